# SPDX-License-Identifier: Apache-2.0
"""What the paper claims, held against what was measured, in words.

A difference counts where it is more than twice the noise, which is the larger one of two standard
deviations of the classification network: over its seeds, and over the looks at one network while it
learnt on, for at a constant rate it swings. With one seed nothing can be said of small differences,
and that is what is said.

The text gives few of its measures: that what it calls dull is Sat. diff., and that half of the
regression's is clearly less, is our reading. What these runs cannot tell is listed as not tested.

Source: Hwang & Zhou 2016, abstract and sections 3 and 5.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tintype.evaluate.paper.grid import CLASSIFICATION, HUBER, REGRESSION, SEARCH_ADAM
from tintype.evaluate.paper.tables import Grid, Results, headline_runs

HOLDS, FAILS, UNCLEAR, UNTESTED = "holds", "does not hold", "no clear difference", "not tested"
_CLEARLY_DULL = -0.15  # Sat. diff. that is "well below zero"

Found = Mapping[str, Any]
Measure = Callable[[Found], float]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, and what became of it."""

    claim: str
    verdict: str
    evidence: str


def judge_claims(grid: Grid, results: Results) -> list[Claim]:
    """Judge every claim for which the runs are there."""
    bases = headline_runs(grid, results, CLASSIFICATION)
    if not bases:
        return []
    claims = [
        _PLEASING,
        _regression_is_dull(grid, results),
        _classification_is_not("", bases, headline_runs(grid, results, REGRESSION)),
    ]
    for suffix, when in (("mixed", ", on a mixed set"), ("longer", ", with longer training")):
        pair = [results.get(f"{name}-{suffix}") for name in (CLASSIFICATION, REGRESSION)]
        if all(pair):
            claims.append(_classification_is_not(when, *([found] for found in pair if found)))
    measures: tuple[Measure, ...] = (accuracy, saturation, loss)
    looks = results.get(f"{CLASSIFICATION}-longer", {}).get("course", [])
    noise = {measure: _noise(bases, looks, measure) for measure in measures}
    for name, text, measure, better in _CHANGES:
        if name in results:
            claims.append(_compare(text, bases, results[name], measure, better, noise[measure]))
    claims += [
        _rate_of_a_subset(results),
        _rate_of_everything(bases, results),
        _noise_of_hsv(results),
    ]
    return [claim for claim in claims if claim is not None]


def accuracy(found: Found) -> float:
    """Mean of Acc.U and Acc.V on the test photographs; below all where there is no network."""
    if "test" not in found:
        return -math.inf
    return float(found["test"]["accuracy_u"] + found["test"]["accuracy_v"]) / 2


def saturation(found: Found) -> float:
    """Size of Sat. diff.: how far from the truth's, either way; infinite without a network."""
    if "test" not in found:
        return math.inf
    return abs(float(found["test"]["saturation_difference"]))


def loss(found: Found) -> float:
    """Training loss at the end; infinite where it diverged."""
    return float("inf") if found["loss"] is None else float(found["loss"])


_HIGHER, _LOWER = 1, -1
_SUBSET_RATE = 0.001
_CHANGES: tuple[tuple[str, str, Measure, int], ...] = (
    ("sum", "A sum in place of the concatenation harms prediction.", accuracy, _HIGHER),
    ("sum", "A sum in place of the concatenation harms training.", loss, _LOWER),
    ("no-units", "Without residual-encoder units training is poorer.", loss, _LOWER),
    ("one-convolution", "Three final convolutions are better than one.", accuracy, _HIGHER),
    ("two-convolutions", "Three final convolutions are better than two.", accuracy, _HIGHER),
    ("no-batch-norm", "Batch norm in the units improves the training rate.", loss, _LOWER),
    ("from-scratch", "An encoder trained on ImageNet helps prediction.", accuracy, _HIGHER),
    ("from-scratch", "An encoder trained on ImageNet helps training.", loss, _LOWER),
    ("regression-joined", "The objective, not the network, keeps saturation.", saturation, _LOWER),
    ("beta-0.99", "Adam converges faster with β2 = 0.999 than with 0.99.", loss, _LOWER),
    ("nesterov", "Adam converges faster than Nesterov momentum.", loss, _LOWER),
    ("batch-4", "Batches of six converge faster than of four.", loss, _LOWER),
)
_PLEASING = Claim(
    "Classification is more pleasing to look at.",
    UNTESTED,
    "nobody has voted yet; the grid leaves a blind page of shuffled pairs beside its runs",
)
_NAMES: dict[Measure, str] = {
    accuracy: "mean accuracy",
    saturation: "size of Sat. diff.",
    loss: "training loss",
}


def _regression_is_dull(grid: Grid, results: Results) -> Claim | None:
    runs = [run for name in (REGRESSION, HUBER) for run in headline_runs(grid, results, name)]
    if not runs:
        return None
    values = [float(run["test"]["saturation_difference"]) for run in runs]
    verdict = HOLDS if max(values) < _CLEARLY_DULL else FAILS
    return Claim(
        "Regression gives desaturated pictures.",
        verdict,
        f"Sat. diff. {_range(values)} over {len(values)} runs of ℓ2 and Huber",
    )


def _classification_is_not(when: str, vivid: list[Found], dull: list[Found]) -> Claim | None:
    """Half of the regression's deviation at most would be "much closer"."""
    if not dull:
        return None
    values = [statistics.fmean(map(saturation, runs)) for runs in (vivid, dull)]
    verdict = HOLDS if values[0] < values[1] / 2 else FAILS
    return Claim(
        f"Classification comes much closer to the true saturation{when}.",
        verdict,
        f"size of Sat. diff. {_write(saturation, values[0])}, with ℓ2 regression "
        f"{_write(saturation, values[1])}",
    )


def _rate_of_a_subset(results: Results) -> Claim | None:
    """Section 5.2 searched on 270 photographs; our landscapes are not many more."""
    if SEARCH_ADAM not in results:
        return None
    found = results[SEARCH_ADAM]
    losses = dict(zip(found["rates"], found["losses"], strict=True))
    told = ", ".join(
        f"{_write(loss, math.inf if end is None else end)} at {rate:g}"
        for rate, end in losses.items()
    )
    verdict = HOLDS if found["best"] == _SUBSET_RATE else FAILS
    return Claim(
        f"On a small set a rate of {_SUBSET_RATE:g} is the best.",
        verdict,
        f"training loss {told}",
    )


def _rate_of_everything(bases: list[Found], results: Results) -> Claim | None:
    if "rate-0.001" not in results:
        return None
    base, other = statistics.fmean(map(loss, bases)), loss(results["rate-0.001"])
    return Claim(
        "On the entire training set a rate of 0.0003 converges faster than 0.001.",
        UNTESTED,
        f"our set is as small as the paper's subset: training loss {_write(loss, base)}, "
        f"with 0.001 {_write(loss, other)}",
    )


def _noise_of_hsv(results: Results) -> Claim | None:
    if "hsv" not in results:
        return None
    return Claim(
        "HSV makes pictures noisier than LUV: errors of S show.",
        UNTESTED,
        "no measure here sees noise; the tables have the rest of what HSV does",
    )


def _compare(
    text: str,
    bases: list[Found],
    changed: Found,
    measure: Measure,
    better: int,
    noise: float | None,
) -> Claim:
    """Is the network as it was better than the changed one, by more than the noise?"""
    base, other = statistics.fmean(map(measure, bases)), measure(changed)
    lead = better * (base - other)
    evidence = f"{_NAMES[measure]} {_write(measure, base)}, changed {_write(measure, other)}"
    if noise is None:
        return Claim(text, UNCLEAR, f"{evidence}; one seed, so the noise is not known")
    if abs(lead) <= 2 * noise:
        return Claim(text, UNCLEAR, f"{evidence}; noise {_write(measure, noise)}")
    return Claim(text, HOLDS if lead > 0 else FAILS, evidence)


def _noise(seeds: Sequence[Found], looks: Sequence[Found], measure: Measure) -> float | None:
    """The larger deviation, over seeds or over looks; None of one seed."""
    if len(seeds) < 2:
        return None
    over_seeds = statistics.stdev(map(measure, seeds))
    if measure is loss or len(looks) < 2:
        return over_seeds
    return max(over_seeds, statistics.stdev(measure({"test": look}) for look in looks))


def _write(measure: Measure, value: float) -> str:
    if math.isinf(value):
        return "none, it diverged"
    return f"{value:.3f}" if measure is loss else f"{value:.1%}"


def _range(values: list[float]) -> str:
    low, high = (
        f"{value:+.1%}".replace("-", "\N{MINUS SIGN}") for value in (min(values), max(values))
    )
    return f"{low} to {high}"
