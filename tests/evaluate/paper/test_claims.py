"""Verdicts from figures made up so that the answer is known."""

import pytest

from tintype.evaluate.paper.claims import FAILS, HOLDS, UNCLEAR, judge_claims
from tintype.evaluate.paper.grid import make_grid
from tintype.evaluate.paper.options import PaperOptions

GRID = make_grid(PaperOptions(), 6000)


def found(*, accuracy=0.5, saturation=-0.05, loss=2.0):
    test = {
        "accuracy_u": accuracy,
        "accuracy_v": accuracy,
        "saturation_difference": saturation,
    }
    return {"test": test, "loss": loss}


def results(**more):
    """Classification at 50 % ± 1 %, regression at half the saturation."""
    base = {
        f"classification-seed-{seed}": found(accuracy=0.49 + 0.01 * seed, loss=2 + 0.01 * seed)
        for seed in range(3)
    }
    return {**base, "regression-l2-seed-0": found(saturation=-0.5), **more}


def verdicts(found_):
    return {claim.claim: claim.verdict for claim in judge_claims(GRID, found_)}


def test_what_the_paper_expects():
    said = verdicts(results())
    assert said["Regression gives desaturated pictures."] == HOLDS
    assert said["Classification comes much closer to the true saturation."] == HOLDS
    assert len(said) == 2


def test_what_it_does_not():
    said = verdicts(results(**{"regression-l2-seed-0": found(saturation=-0.05)}))
    assert set(said.values()) == {FAILS}


@pytest.mark.parametrize(
    ("accuracy", "verdict"), [(0.4, HOLDS), (0.49, UNCLEAR), (0.51, UNCLEAR), (0.6, FAILS)]
)
def test_a_difference_counts_beyond_twice_the_noise(accuracy, verdict):
    said = verdicts(results(**{"no-units": found(accuracy=accuracy)}))
    assert said["Without residual-encoder units results are poorer."] == verdict


def test_lower_losses_are_better_and_divergence_is_worst():
    said = verdicts(results(**{"beta-0.99": found(loss=1.5), "nesterov": found(loss=None)}))
    assert said["Adam converges faster with β2 = 0.999 than with 0.99."] == FAILS
    assert said["Adam converges faster than Nesterov momentum."] == HOLDS


def test_what_swings_while_it_learns_is_noise_as_well():
    change = {"hsv": found(saturation=-0.15)}
    assert (
        verdicts(results(**change))["HSV is worse than LUV: errors of S show (Sat. diff.)."]
        == HOLDS
    )
    looks = [found(saturation=saturation)["test"] for saturation in (-0.05, -0.2, -0.05, -0.2)]
    swinging = {"classification-longer": {**found(), "course": looks}}
    said = verdicts(results(**change, **swinging))
    assert said["HSV is worse than LUV: errors of S show (Sat. diff.)."] == UNCLEAR


def test_one_seed_decides_nothing_small():
    one = {key: value for key, value in results().items() if not key.endswith(("1", "2"))}
    judged = judge_claims(GRID, {**one, "sum": found(accuracy=0.1)})
    assert judged[-1].verdict == UNCLEAR
    assert "noise is not known" in judged[-1].evidence


def test_without_the_base_nothing_is_judged():
    assert judge_claims(GRID, {"sum": found()}) == []


def test_the_pair_is_judged_on_the_mixed_set_and_after_longer_training_too():
    pairs = {
        "classification-mixed": found(saturation=-0.5),
        "regression-l2-mixed": found(saturation=-0.3),
        "classification-longer": found(saturation=-0.1),
        "regression-l2-longer": found(saturation=0.3),
    }
    said = verdicts(results(**pairs))
    closer = "Classification comes much closer to the true saturation"
    assert said[f"{closer}, on a mixed set."] == FAILS
    assert said[f"{closer}, with longer training."] == HOLDS
    del pairs["regression-l2-mixed"]
    assert f"{closer}, on a mixed set." not in verdicts(results(**pairs))
