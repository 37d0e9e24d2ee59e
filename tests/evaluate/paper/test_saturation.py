"""The study's parts on predictions whose answer is known by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tintype.evaluate.paper.grid import PICTURED, make_grid
from tintype.evaluate.paper.options import PaperOptions
from tintype.evaluate.paper.saturation import (
    explain_saturation,
    fit_factor,
    longer_runs,
    saturation_tables,
    study_saturation,
)
from tintype.learn.datasets import PhotographCache
from tintype.learn.network import Network
from tintype.learn.recipes.paper_small_classification import RECIPE as BINS
from tintype.learn.recipes.paper_small_regression import RECIPE as REGRESSION

GRID = make_grid(PaperOptions(), 6000)
MEASURED = dict.fromkeys(
    (
        "l2",
        "accuracy_u",
        "accuracy_v",
        "near_u",
        "near_v",
        "saturation_difference",
        "luv_saturation_difference",
        "ciede2000",
        "colorfulness",
    ),
    -0.25,
)


def test_a_prediction_twice_too_strong_is_halved(rng):
    truth = rng.normal(size=(3, 2, 4, 4)).astype(np.float32)
    assert fit_factor(2 * truth, truth) == pytest.approx(0.5)
    assert fit_factor(truth, truth) == pytest.approx(1)
    assert fit_factor(np.zeros_like(truth), truth) == 1


def test_noise_that_nothing_is_known_of_asks_for_less(rng):
    """As much noise as signal: the best factor is a half."""
    truth = rng.normal(size=(50, 2, 16, 16)).astype(np.float32)
    noisy = truth + rng.normal(size=truth.shape).astype(np.float32)
    assert fit_factor(noisy, truth) == pytest.approx(0.5, abs=0.02)


@pytest.fixture
def reproduction(rng):
    """Two untrained networks, and a handful of noise to colour."""
    sides = np.full((6, 2), 128)
    photographs = PhotographCache(
        pixels=rng.integers(0, 256, 6 * 128 * 128 * 3, dtype=np.uint8),
        keys=tuple(f"made/{n}" for n in range(6)),
        sizes=sides,
        offsets=np.arange(6) * 128 * 128 * 3,
    )
    parts = {"train": [0, 1, 2], "validation": [3], "test": [4, 5]}
    recipes = dict(zip(PICTURED, (REGRESSION, BINS), strict=True))
    torch.manual_seed(0)
    networks = {name: Network(recipe.network).eval() for name, recipe in recipes.items()}
    networks[PICTURED[1]].head.fit(40 * torch.randn(2, 2, 128, 128))  # or means are centres
    return SimpleNamespace(
        part=lambda _, which: photographs.subset(parts[which]),
        network=lambda name: (networks[name], recipes[name]),
    )


def test_every_decode_is_a_row_and_leaves_the_network_as_it_was(reproduction):
    rows = study_saturation(reproduction)
    said = [(row["run"], row["how"].split(" by ")[0]) for row in rows]
    assert said == [
        ("regression-l2-seed-0", "as predicted"),
        ("regression-l2-seed-0", "blurred, 17 pixels"),
        ("regression-l2-seed-0", "scaled"),
        ("regression-l2-seed-0", "on photographs it learnt from"),
        ("classification-seed-0", "means of the best bins"),
        ("classification-seed-0", "blurred, 17 pixels"),
        ("classification-seed-0", "centres of the best bins"),
        ("classification-seed-0", "expectation over all bins"),
        ("classification-seed-0", "scaled"),
        ("classification-seed-0", "on photographs it learnt from"),
    ]
    assert reproduction.network("classification-seed-0")[0].head.config.decode == "mean"
    binned = [row["saturation_difference"] for row in rows[4:8]]
    assert len(set(binned)) == len(binned)  # each decode is another one


def study(**binned):
    """Sat. diff. of each decode, regression's first."""
    usual = {"as predicted": -0.2, "blurred, 17 pixels": -0.4, "scaled by 0.85": -0.3}
    both = (
        {**usual, "on photographs it learnt from": -0.1},
        {
            "means of the best bins": -0.4,
            "centres of the best bins": -0.35,
            "expectation over all bins": -0.25,
            "on photographs it learnt from": -0.15,
            **binned,
        },
    )
    rows = [
        {"run": name, "how": how, "saturation_difference": value}
        for name, found in zip(PICTURED, both, strict=True)
        for how, value in found.items()
    ]
    return {"saturation": {"rows": rows}}


def test_the_study_in_words():
    noise, confidence, decode, memory = explain_saturation(GRID, study())
    assert "from \N{MINUS SIGN}20.0% to \N{MINUS SIGN}40.0%; much of it is noise" in noise
    assert "chroma scaled by 0.85; so scaled, its Sat. diff. is \N{MINUS SIGN}30.0%" in confidence
    assert "lie nearer to grey than their means" in decode
    assert "regression has \N{MINUS SIGN}10.0% and classification \N{MINUS SIGN}15.0%" in memory
    vivid = explain_saturation(GRID, study(**{"means of the best bins": -0.05}))
    assert "lie no nearer to grey than their means" in vivid[2]
    assert explain_saturation(GRID, {}) == []


def test_a_longer_run_in_words():
    looks = [{"photographs": n, "saturation_difference": v} for n, v in ((6, -0.2), (9, -0.4))]
    looks.append({"photographs": 12, "saturation_difference": -0.1})
    (said,) = explain_saturation(GRID, {"classification-longer": {"course": looks}})
    assert "classification, 2 times as long, went from \N{MINUS SIGN}20.0%" in said
    assert "to \N{MINUS SIGN}10.0%, between \N{MINUS SIGN}40.0% and" in said
    assert "over 3 looks" in said


def test_tables_show_what_there_is():
    assert saturation_tables(GRID, {}) == []
    results = {
        "saturation": {"rows": [{"run": PICTURED[1], "how": "blurred", **MEASURED}]},
        "classification-longer": {"course": [{"photographs": 9000, **MEASURED}]},
        "sum": {"course": [{"photographs": 6000, **MEASURED}]},  # as long as the others
    }
    study, course = saturation_tables(GRID, results)
    assert study.rows[0][:2] == ("classification", "blurred")
    assert course.rows[0][:2] == ("classification, 2 times as long", "9,000")
    assert "\N{MINUS SIGN}25.0%" in course.rows[0]
    assert [run.name for run in longer_runs(GRID, results)] == ["classification-longer"]
