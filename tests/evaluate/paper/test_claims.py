"""Verdicts from figures made up so that the answer is known."""

import pytest

from tintype.evaluate.paper.claims import FAILS, HOLDS, UNCLEAR, UNTESTED, judge_claims
from tintype.evaluate.paper.grid import make_grid
from tintype.evaluate.paper.options import PaperOptions

GRID = make_grid(PaperOptions(), 6000)
RATES = [0.0003, 0.001, 0.003, 0.01]


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
    assert said["Classification is more pleasing to look at."] == UNTESTED
    assert len(said) == 3


def test_what_it_does_not():
    said = verdicts(results(**{"regression-l2-seed-0": found(saturation=-0.05)}))
    assert set(said.values()) == {UNTESTED, FAILS}


@pytest.mark.parametrize(
    ("accuracy", "verdict"), [(0.4, HOLDS), (0.49, UNCLEAR), (0.51, UNCLEAR), (0.6, FAILS)]
)
def test_a_difference_counts_beyond_twice_the_noise(accuracy, verdict):
    said = verdicts(results(**{"one-convolution": found(accuracy=accuracy)}))
    assert said["Three final convolutions are better than one."] == verdict


def test_lower_losses_are_better_and_divergence_is_worst():
    said = verdicts(results(**{"beta-0.99": found(loss=1.5), "nesterov": found(loss=None)}))
    assert said["Adam converges faster with β2 = 0.999 than with 0.99."] == FAILS
    assert said["Adam converges faster than Nesterov momentum."] == HOLDS


def test_what_swings_while_it_learns_is_noise_as_well():
    change, claim = (
        {"regression-joined": found(saturation=-0.15)},
        "The objective, not the network, keeps saturation.",
    )
    assert verdicts(results(**change))[claim] == HOLDS
    looks = [found(saturation=saturation)["test"] for saturation in (-0.05, -0.2, -0.05, -0.2)]
    swinging = {"classification-longer": {**found(), "course": looks}}
    said = verdicts(results(**change, **swinging))
    assert said[claim] == UNCLEAR


@pytest.mark.parametrize(("best", "verdict"), [(0.001, HOLDS), (0.003, FAILS)])
def test_the_rate_of_a_small_set_is_that_of_the_search(best, verdict):
    losses = [2.0 if rate == best else None if rate == 0.01 else 3.0 for rate in RATES]
    search = {"search-adam": {"rates": RATES, "losses": losses, "best": best}}
    claim = next(c for c in judge_claims(GRID, results(**search)) if "small set" in c.claim)
    assert claim.verdict == verdict
    assert f"2.000 at {best:g}" in claim.evidence
    assert "none, it diverged at 0.01" in claim.evidence


def test_what_these_runs_cannot_tell_is_not_judged():
    said = verdicts(results(hsv=found(saturation=-0.5), **{"rate-0.001": found(loss=1.0)}))
    assert [claim for claim, verdict in said.items() if verdict == UNTESTED] == [
        "Classification is more pleasing to look at.",
        "On the entire training set a rate of 0.0003 converges faster than 0.001.",
        "HSV makes pictures noisier than LUV: errors of S show.",
    ]


def test_one_seed_decides_nothing_small():
    one = {key: value for key, value in results().items() if not key.endswith(("1", "2"))}
    judged = judge_claims(GRID, {**one, "sum": found(accuracy=0.1)})
    (claim,) = (
        claim for claim in judged if claim.claim.startswith("A sum") and "prediction" in claim.claim
    )
    assert claim.verdict == UNCLEAR
    assert "noise is not known" in claim.evidence


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
