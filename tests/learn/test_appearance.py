# SPDX-License-Identifier: Apache-2.0
"""The loss by appearance, against the measures that it stands for."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tintype.color.bins import JointBins
from tintype.color.curve import PIVOT, ChromaCurve
from tintype.color.luv import luv_to_rgb
from tintype.errors import OptionError
from tintype.learn.appearance import AppearanceConfig, appearance_loss
from tintype.learn.heads.joint_bins import JointBinsConfig, learn_together
from tintype.metrics.color_difference import mean_ciede2000

BINS = JointBins(12.0)
CENTERS = torch.from_numpy(BINS.centers)
CURVE = ChromaCurve(gain=1.5, power=1.4, limit=1.2, turn=(0.02, -0.03, 0.04, 0.01))
PLAIN = AppearanceConfig(weight=1.0, shortfall=0.0)


def muted(generator: torch.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    """Chroma that can be shown at medium lightness."""
    return torch.rand((*shape[:1], 2, *shape[1:]), generator=generator) * 30 - 15


@pytest.fixture
def scene():
    """Scores that are sure of known colours, other colours that are true, and their lightness."""
    draw = torch.Generator().manual_seed(0)
    sure, true = muted(draw, (3, 6, 8)), muted(draw, (3, 6, 8))
    lightness = torch.rand((3, 1, 6, 8), generator=draw) * 20 + 50
    bins, weights = BINS.encode(sure)
    scores = torch.full((3, BINS.count, 6, 8), -40.0).scatter(1, bins, weights.clamp(1e-9).log())
    return scores, sure, true, lightness


def shown(lightness: torch.Tensor, chroma: torch.Tensor) -> np.ndarray:
    return luv_to_rgb(torch.cat((lightness, chroma), dim=1)).clamp(0, 1).numpy()


@pytest.mark.parametrize("curve", [ChromaCurve(), CURVE])
def test_it_is_the_difference_to_the_truth_that_the_measure_finds(scene, curve):
    scores, sure, true, lightness = scene
    config = replace(PLAIN, temperature=1.0, curve=curve)
    loss = appearance_loss(config, scores, CENTERS, lightness, true)
    colored = shown(lightness, curve.lift(sure))
    assert loss.item() == pytest.approx(
        mean_ciede2000(colored, shown(lightness, true)).mean(), rel=1e-3
    )


def loss_of(answer, true, **config) -> float:
    """Of one place at medium lightness, of which the scores are sure."""
    place = torch.tensor(answer, dtype=torch.float32).reshape(1, 2, 1, 1)
    bins, weights = BINS.encode(place)
    scores = torch.full((1, BINS.count, 1, 1), -60.0).scatter(1, bins, weights.clamp(1e-20).log())
    loss = appearance_loss(
        replace(PLAIN, temperature=1.0, **config),
        scores,
        CENTERS,
        torch.full((1, 1, 1, 1), 60.0),
        torch.tensor(true).reshape(1, 2, 1, 1),
    )
    return loss.item()


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ((0.0, 0.0), 20.0),
        ((6.0, 8.0), 10.0),
        ((16.0, -12.0), 20.0),  # another hue
        ((12.0, 16.0), 0.0),
        ((18.0, 24.0), 0.0),  # more than enough
    ],
)
def test_what_is_missing_along_the_true_hue_counts_by_the_truths_strength(answer, missing):
    true = (12.0, 16.0)
    found = loss_of(answer, true, weight=2.0, shortfall=0.1) / 2 - loss_of(answer, true)
    assert found == pytest.approx(0.1 * missing * 20 / PIVOT, abs=1e-3)


def test_a_likely_hue_is_best_answered_boldly_and_an_unlikely_one_calmly():
    strengths = range(31)

    def along(strength: float) -> tuple[float, float]:
        return 0.6 * strength, 0.8 * strength

    def best(shortfall: float, *truths: float) -> int:
        """The strength of an answer, along one hue, that is best for both truths."""
        losses = [
            sum(loss_of(along(s), along(true), shortfall=shortfall) for true in truths)
            for s in strengths
        ]
        return strengths[int(np.argmin(losses))]

    assert best(0.0, 20.0, 4.0, 4.0) < best(1.0, 20.0, 4.0, 4.0) <= 20
    assert best(0.3, 20.0, -20.0) == 0


def test_what_cannot_be_shown_is_no_excuse():
    assert loss_of((60.0, 60.0), (20.0, 20.0)) > loss_of((45.0, 45.0), (20.0, 20.0)) + 1


def test_restraint_makes_strong_colours_unlikely(scene):
    _, _, true, lightness = scene
    even = torch.zeros(3, BINS.count, 6, 8)
    found = [
        appearance_loss(replace(PLAIN, restraint=restraint), even, CENTERS, lightness, 0 * true)
        for restraint in (0.0, 0.01, 0.1)
    ]
    assert found[0] > found[1] > found[2]


def test_grey_photographs_have_a_gradient_and_it_is_a_number():
    scores = torch.zeros(2, BINS.count, 4, 4, requires_grad=True)
    lightness = torch.tensor([0.0, 100.0]).reshape(2, 1, 1, 1).expand(2, 1, 4, 4)
    config = AppearanceConfig(restraint=10.0, curve=CURVE)  # as good as sure of grey
    loss = appearance_loss(config, scores, CENTERS, lightness, torch.zeros(2, 2, 4, 4))
    torch.autograd.backward(loss)
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


def test_a_head_adds_it_to_the_likelihood(scene):
    _, _, true, lightness = scene
    torch.manual_seed(0)
    plain = JointBinsConfig(step=12.0).build(in_channels=6, stride=1)
    config = AppearanceConfig(curve=CURVE)
    seeing = JointBinsConfig(step=12.0, appearance=config).build(in_channels=6, stride=1)
    seeing.load_state_dict(plain.state_dict())
    features = torch.randn(3, 6, 6, 8)
    added = seeing.learn(features, true, lightness) - plain.learn(features, true, lightness)
    expected = appearance_loss(config, plain(features), CENTERS, lightness, true)
    assert_close(added, expected, atol=1e-4, rtol=1e-4)


def test_heads_that_learn_together_are_seen_by_the_mean_of_their_scores(scene):
    _, _, true, lightness = scene
    torch.manual_seed(0)
    config = AppearanceConfig(curve=CURVE)
    plain = JointBinsConfig(step=12.0)
    heads = [replace(plain, appearance=config).build(width, stride=1) for width in (6, 4)]
    features = [torch.randn(3, width, 6, 8) for width in (6, 4)]
    found = learn_together(heads, features, true, lightness)
    raws = [head(own) for head, own in zip(heads, features, strict=True)]
    likely = sum(head.loss(raw, true) for head, raw in zip(heads, raws, strict=True)) / 2
    looks = appearance_loss(config, (raws[0] + raws[1]) / 2, CENTERS, lightness, true)
    assert_close(found, likely + looks, atol=1e-4, rtol=1e-4)
    alone = learn_together(heads[:1], features[:1], true, lightness)
    assert_close(alone, heads[0].learn(features[0], true, lightness))


def test_a_hint_is_said_so_that_it_comes_out_of_the_curve(scene):
    _, _, true, lightness = scene
    seeing = JointBinsConfig(appearance=AppearanceConfig(curve=CURVE)).build(6, stride=1)
    said = seeing.hint_at(true, lightness)
    assert_close(CURVE.lift(said), true, atol=1e-2, rtol=1e-3)
    assert JointBinsConfig().build(6, stride=1).hint_at(true, lightness) is true


@pytest.mark.parametrize("change", [{"weight": -1.0}, {"shortfall": -0.1}, {"temperature": 0.0}])
def test_impossible_numbers_are_refused(change):
    with pytest.raises(OptionError, match="appearance"):
        AppearanceConfig(**change)
