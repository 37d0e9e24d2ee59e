# SPDX-License-Identifier: Apache-2.0
"""How sure a mean over photographs is: percentile bootstrap intervals, with a seed.

Photographs are drawn with replacement, as often as there are; the statistic is computed on each
such set, and the interval spans the middle 95 % of its values. Everything that the evaluation
reports is a ratio of two sums over photographs (a mean is one with denominators 1), so one
function serves all. Two colourisers are compared on the same photographs: bootstrap the
differences, not each by itself.

Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 6, 13.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tintype.metrics.pairs import Array, Numbers

RESAMPLES = 2000
LEVEL = 0.95
_BLOCK = 4_000_000  # counts held at once: 32 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """A statistic and the bounds that hold it with the asked-for confidence.

    The bounds are NaN where they cannot be known: with fewer than two photographs.
    """

    estimate: float
    low: float
    high: float


def bootstrap_mean(
    values: Array, *, seed: int = 0, resamples: int = RESAMPLES, level: float = LEVEL
) -> Interval:
    """Mean of ``(N,)`` values, one a photograph, with its interval. NaN marks a missing value."""
    return bootstrap_ratio(
        values, np.ones_like(values), seed=seed, resamples=resamples, level=level
    )


def bootstrap_difference(
    values: Array, others: Array, *, seed: int = 0, resamples: int = RESAMPLES, level: float = LEVEL
) -> Interval:
    """Mean of ``values - others``, paired photograph by photograph; below 0: the first is lower."""
    return bootstrap_mean(values - others, seed=seed, resamples=resamples, level=level)


def bootstrap_ratio(
    numerators: Array,
    denominators: Array,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval:
    """Σ numerators / Σ denominators over photographs, with its interval.

    Args:
        numerators: ``(N,)``, one a photograph; a photograph with NaN in either is left out.
        denominators: ``(N,)``, not negative.
        seed: of the drawing; the same seed draws the same photographs.
        resamples: how many sets are drawn.
        level: of confidence, between 0 and 1.

    Returns:
        The ratio and its percentile interval; all NaN without photographs.

    Raises:
        ValueError: the shapes differ, or ``resamples`` or ``level`` make no sense.
    """
    table = bootstrap_ratios(
        numerators[:, None], denominators[:, None], seed=seed, resamples=resamples, level=level
    )
    return table[0]


def bootstrap_ratios(
    numerators: Array,
    denominators: Array,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> list[Interval]:
    """:func:`bootstrap_ratio` of K statistics on the same drawn photographs; arrays are (N, K)."""
    drawn = _draw_ratios(numerators, denominators, seed=seed, resamples=resamples, level=level)
    return _intervals(*drawn, level=level)


def bootstrap_ratio_differences(
    first: tuple[Array, Array],
    second: tuple[Array, Array],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> list[Interval]:
    """Differences of K ratios, first minus second, both on the same drawn photographs.

    Args:
        first: numerators and denominators, ``(N, K)``.
        second: the same of the other; a photograph with NaN in any of a statistic's four numbers is
            left out of both its ratios.
        seed: as in :func:`bootstrap_ratio`, like the rest.
        resamples: how many sets are drawn.
        level: of confidence.
    """
    missing = np.isnan(first[0] + first[1] + second[0] + second[1])
    numerators, denominators = (
        np.where(np.hstack((missing, missing)), np.nan, np.hstack(pair))
        for pair in zip(first, second, strict=True)
    )
    estimates, resampled, photographs = _draw_ratios(
        numerators, denominators, seed=seed, resamples=resamples, level=level
    )
    half = len(estimates) // 2
    return _intervals(
        estimates[:half] - estimates[half:],
        resampled[:, :half] - resampled[:, half:],
        photographs[:half],
        level=level,
    )


def _draw_ratios(
    numerators: Array, denominators: Array, *, seed: int, resamples: int, level: float
) -> tuple[Numbers, Numbers, Numbers]:
    """K ratios over all photographs, over the drawn ones ``(resamples, K)``, and how many count."""
    if numerators.shape != denominators.shape or numerators.ndim != 2:
        raise ValueError(
            f"values must be two arrays of one shape, got {numerators.shape}, {denominators.shape}"
        )
    if resamples < 1 or not 0 < level < 1:
        raise ValueError(f"need resamples ≥ 1 and 0 < level < 1, got {resamples} and {level}")
    known = ~(np.isnan(numerators) | np.isnan(denominators))
    numerators, denominators = np.where(known, numerators, 0), np.where(known, denominators, 0)
    estimates = _ratio(numerators.sum(axis=0), denominators.sum(axis=0))
    if not len(numerators):
        return estimates, np.empty((0, len(estimates))), known.sum(axis=0)
    resampled = [
        _ratio(counts @ numerators, counts @ denominators)
        for counts in _draws(len(numerators), resamples, seed)
    ]
    return estimates, np.concatenate(resampled), known.sum(axis=0)


def _intervals(
    estimates: Numbers, resampled: Numbers, photographs: Numbers, *, level: float
) -> list[Interval]:
    """Percentile intervals of K statistics; bounds of under two photographs are unknown."""
    tail = (1 - level) / 2
    intervals = []
    for estimate, column, count in zip(estimates, resampled.T, photographs, strict=True):
        column = column[~np.isnan(column)]
        known = count >= 2 and column.size
        low, high = np.quantile(column, [tail, 1 - tail]) if known else (np.nan, np.nan)
        intervals.append(Interval(float(estimate), float(low), float(high)))
    return intervals


def _draws(photographs: int, resamples: int, seed: int) -> Iterator[Numbers]:
    """How often each photograph is drawn: blocks of ``(resamples, photographs)`` counts."""
    generator = np.random.default_rng(seed)
    rows = max(1, _BLOCK // photographs)
    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        drawn = generator.integers(photographs, size=(count, photographs))
        drawn += photographs * np.arange(count)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=count * photographs)
        yield counts.reshape(count, photographs).astype(np.float64)


def _ratio(numerator: Array, denominator: Array) -> Numbers:
    """Elementwise quotient, NaN where there is nothing to divide by."""
    nothing = denominator == 0
    return np.where(nothing, np.nan, numerator / np.where(nothing, 1, denominator))
