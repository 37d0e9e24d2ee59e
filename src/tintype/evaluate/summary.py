# SPDX-License-Identifier: Apache-2.0
"""From columns to statistics with intervals, over all photographs or a group of them.

Every interval is drawn with the same seed, so that the candidates of one group are resampled on the
same photographs, and a record says the same however often it is made.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.statistics import STATISTICS, Statistic
from tintype.metrics.bootstrap import Interval, bootstrap_ratios

Columns = Mapping[str, NDArray[np.float64]]
"""A candidate's numbers by name, ``(N,)`` each, NaN where missing; the photographs' own are called
``true_…``, constant grey's ``grey_…``."""


def summarize(
    candidates: Mapping[str, Columns], *, seed: int, resamples: int
) -> dict[str, dict[str, Interval]]:
    """Statistics of each candidate over the same photographs.

    Args:
        candidates: each one's columns, all of one length.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Returns:
        By candidate and statistic; a statistic whose columns are missing is left out.
    """
    wanted = [
        (name, statistic)
        for name, columns in candidates.items()
        for statistic in STATISTICS
        if _applies(statistic, columns)
    ]
    sums = [sums_of(statistic, candidates[name]) for name, statistic in wanted]
    numerators, denominators = (np.stack(side, axis=1) for side in zip(*sums, strict=True))
    intervals = bootstrap_ratios(numerators, denominators, seed=seed, resamples=resamples)
    table: dict[str, dict[str, Interval]] = {name: {} for name in candidates}
    for (name, statistic), interval in zip(wanted, intervals, strict=True):
        table[name][statistic.name] = interval
    return table


def sums_of(
    statistic: Statistic, columns: Columns
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What a statistic sums, photograph by photograph: numerators and denominators, ``(N,)``."""
    number = columns[statistic.number]
    if statistic.minus is not None:
        number = number - columns[statistic.minus]
    over = np.ones_like(number) if statistic.over is None else columns[statistic.over]
    return number, over


def common_statistics(candidates: Sequence[Columns]) -> list[Statistic]:
    """The statistics that every one of several candidates has columns for."""
    return [s for s in STATISTICS if all(_applies(s, columns) for columns in candidates)]


def _applies(statistic: Statistic, columns: Columns) -> bool:
    names = (statistic.number, statistic.minus, statistic.over)
    return all(
        name is None or (name in columns and not np.isnan(columns[name]).all()) for name in names
    )
