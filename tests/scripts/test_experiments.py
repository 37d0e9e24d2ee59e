# SPDX-License-Identifier: Apache-2.0
"""The list of experiments builds, runs, goes on, and becomes a table."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from scripts.experiments import __main__ as experiments
from scripts.experiments.measure import SHARE, compare
from scripts.experiments.table import to_markdown
from scripts.experiments.trials import BASE, PHOTOGRAPHS, Trial, list_trials
from tintype.color.luv import rgb_to_luv
from tintype.errors import RecordError
from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.network import Network, NetworkConfig
from tintype.learn.recipe import Recipe
from tintype.records.record import read_record

TRIALS = list_trials()
SMALL = Recipe(
    name="small",
    network=NetworkConfig(
        encoder=MobileNetV2Config(width=0.25),
        decoder=PyramidConfig(widths=(8, 8, 16), blocks=(1, 1, 1), top=16),
        head=JointBinsConfig(step=40.0),
    ),
    photographs=4,
    batch_size=2,
    side=32,
    imagenet_start=False,
    precision="32-true",
)


def test_every_run_has_a_name_of_its_own_and_one_change():
    assert TRIALS[0].name == BASE
    assert len({trial.name for trial in TRIALS}) == len(TRIALS)
    base = TRIALS[0].recipe
    for trial in TRIALS[1:]:
        assert trial.recipe != base or trial.vivid
        assert trial.recipe.photographs == PHOTOGRAPHS


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_every_network_can_be_built_and_learns_from_a_crop(trial):
    network = Network(trial.recipe.network)
    grey, chroma = torch.rand(2, 1, 64, 64) * 100, torch.zeros(2, 2, 64, 64)
    loss = network.head.learn(network.features(grey), chroma, grey)
    assert loss.isfinite()


@pytest.fixture
def photographs(rng):
    return rng.uniform(0.2, 0.8, (3, 3, 16, 16)).astype(np.float32)


def test_dull_and_vivid_copies_of_a_prediction_compare_alike(photographs):
    chroma = rgb_to_luv(photographs)[:, 1:].astype(np.float32)
    dull, vivid = (compare(chroma * np.float32(factor), photographs) for factor in (0.3, 1.0))
    assert dull["below"] == pytest.approx(vivid["below"], abs=0.01)
    assert dull["factor"] == pytest.approx(vivid["factor"] / 0.3, rel=0.02)
    assert vivid["own_below"] == pytest.approx(1, abs=1e-3)  # it is the truth
    assert vivid["own_colorfulness"] == pytest.approx(1, abs=1e-3)
    assert vivid["factor"] == pytest.approx(SHARE, abs=0.05)


def test_a_grey_prediction_has_no_colour_to_scale(photographs):
    found = compare(np.zeros((3, 2, 16, 16), np.float32), photographs)
    assert found["own_below"] == pytest.approx(0, abs=1e-9)
    assert found["below"] == pytest.approx(0, abs=1e-9)


@pytest.fixture
def data(tmp_path, rng, write_shard):
    """Five pictures to train on and five to look at; the first of each is grey."""
    for part in ("train", "val"):
        levels = [np.full(3, 90), *rng.integers(0, 200, (4, 3))]
        grain = rng.integers(0, 50, (5, 40, 48, 1))
        write_shard(
            tmp_path / part, [(a + b).astype(np.uint8) for a, b in zip(levels, grain, strict=True)]
        )
    return tmp_path


@pytest.mark.slow
def test_a_list_is_worked_off_once_and_published(data, tmp_path, monkeypatch, capsys):
    base = Trial(name=BASE, group="the base", change="nothing", recipe=SMALL)
    vivid = replace(base, name="vivid", change="no grey ones", vivid=True)
    monkeypatch.setattr(experiments, "list_trials", lambda: [base, vivid])
    monkeypatch.setattr(experiments, "RECORD", tmp_path / "docs/search.json")
    monkeypatch.setattr(experiments, "_SIDE", 32)
    words = ["--data", str(data), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "c")]
    assert experiments.main([*words, "--publish"]) == 2
    assert "has not been run" in capsys.readouterr().err
    assert experiments.main(words) == 0
    assert capsys.readouterr().out.count("below grey") == 2
    shutil.rmtree(tmp_path / "c")
    assert experiments.main(words) == 0
    assert capsys.readouterr().out == ""  # nothing is left to do
    assert experiments.main([*words, "--publish"]) == 0
    record = read_record(tmp_path / "docs/search.json")
    text = to_markdown(record.content)
    assert "no grey ones" in text
    assert "temperature 0.3" in text
    assert "0 runs of the list are still to come" in text


def test_the_dullest_photographs_are_left_out(data, tmp_path):
    cache = experiments.open_cache(data / "train", tmp_path / "c")
    left = experiments._leave_dull_out(cache)
    assert "made/plain/00000000" not in left.keys
    assert 2 <= len(left) < len(cache)


def test_a_damaged_record_is_named():
    with pytest.raises(RecordError, match="damaged"):
        to_markdown({"trials": []})
