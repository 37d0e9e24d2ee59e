# SPDX-License-Identifier: Apache-2.0
"""Two records against each other, photograph by photograph.

The photographs that both records have are paired by their keys, and the difference of each
statistic is bootstrapped over the pairs: how hard a photograph is then no longer hides how two
candidates differ. Of each record one candidate takes part.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import OptionError, RecordError
from tintype.evaluate.baselines import GREY_NAME, MODE_NAME
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.statistics import Statistic
from tintype.evaluate.summary import common_statistics, sums_of
from tintype.metrics.bootstrap import Interval, bootstrap_ratio_differences, bootstrap_ratios

KIND = "comparison"

_SAME = ("height", "width", "cf", "saturation")  # of a true photograph, in both records
_OF_THE_WHOLE = "auc_rebalanced"  # weighs its pixels by all photographs of its own record


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One statistic of two candidates on the same photographs.

    Attributes:
        statistic: which.
        first: of the first candidate.
        second: of the second.
        difference: first minus second, paired.
        wins: share of photographs on which the first is better, ties half; None where a single
            photograph has no better or worse.
    """

    statistic: Statistic
    first: Interval
    second: Interval
    difference: Interval
    wins: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two candidates on the photographs that both records have.

    Attributes:
        names: of the candidates.
        photographs: how many were paired.
        left_out: how many photographs of each record the other has not got.
        differences: in the order of the tables.
    """

    names: tuple[str, str]
    photographs: int
    left_out: tuple[int, int]
    differences: tuple[Difference, ...]

    def to_content(self) -> dict[str, Any]:
        """The content of a record of kind :data:`KIND`; unknown bounds are None."""
        return {
            "names": list(self.names),
            "photographs": self.photographs,
            "left_out": list(self.left_out),
            "differences": {
                d.statistic.name: {
                    "first": _to_json(d.first),
                    "second": _to_json(d.second),
                    "difference": _to_json(d.difference),
                    "wins": d.wins,
                }
                for d in self.differences
            },
        }


def compare(
    first: Evaluation,
    second: Evaluation,
    *,
    names: tuple[str | None, str | None] = (None, None),
    seed: int = 0,
    resamples: int = 2000,
) -> Comparison:
    """Compare a candidate of one evaluation with one of another, or of the same.

    Args:
        first: one evaluation.
        second: another, of at least some of the same photographs.
        names: which candidate of each; None for the only one that is no baseline.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Raises:
        OptionError: no such candidate, or several could be meant.
        RecordError: the evaluations share no photograph, or photographs of one key differ.
    """
    chosen = _choose(first, names[0]), _choose(second, names[1])
    places = _pair(first, second)
    columns = tuple(
        evaluation.columns(index)[name]
        for evaluation, index, name in zip((first, second), places, chosen, strict=True)
    )
    left_out = len(first.photographs["key"]), len(second.photographs["key"])
    statistics = common_statistics(columns)
    if any(count != len(places[0]) for count in left_out):
        statistics = [s for s in statistics if s.name != _OF_THE_WHOLE]
    sides = [_stack(statistics, side) for side in columns]
    singles = [bootstrap_ratios(*side, seed=seed, resamples=resamples) for side in sides]
    paired = bootstrap_ratio_differences(*sides, seed=seed, resamples=resamples)
    return Comparison(
        names=chosen,
        photographs=len(places[0]),
        left_out=(left_out[0] - len(places[0]), left_out[1] - len(places[0])),
        differences=tuple(
            Difference(
                statistic=statistic,
                first=one,
                second=other,
                difference=difference,
                wins=_count_wins(statistic, *columns),
            )
            for statistic, one, other, difference in zip(statistics, *singles, paired, strict=True)
        ),
    )


def _choose(evaluation: Evaluation, name: str | None) -> str:
    others = [other for other in evaluation.own_names if other not in (GREY_NAME, MODE_NAME)]
    if name is None and len(others) == 1:
        return others[0]
    if name in evaluation.names:
        return str(name)
    asked = "which candidate" if name is None else f"no candidate {name!r}"
    raise OptionError(f"{asked}; the record has: {', '.join(evaluation.names)}")


def _pair(first: Evaluation, second: Evaluation) -> tuple[list[int], list[int]]:
    """Indices of the photographs that both have, in the order of the first."""
    where = {key: index for index, key in enumerate(second.photographs["key"])}
    pairs = [
        (index, where[key]) for index, key in enumerate(first.photographs["key"]) if key in where
    ]
    if not pairs:
        raise RecordError("the two records share no photograph; evaluate on the same data")
    for column in _SAME:
        for here, there in pairs:
            one, other = first.photographs[column][here], second.photographs[column][there]
            if not np.isclose(one, other, rtol=1e-4):
                key = first.photographs["key"][here]
                raise RecordError(
                    f"{key} is not the same photograph in both records: its {column} is {one} in "
                    f"one and {other} in the other"
                )
    return [here for here, _ in pairs], [there for _, there in pairs]


def _stack(
    statistics: list[Statistic], columns: Mapping[str, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sums = [sums_of(statistic, columns) for statistic in statistics]
    return np.stack([s[0] for s in sums], axis=1), np.stack([s[1] for s in sums], axis=1)


def _count_wins(
    statistic: Statistic,
    first: Mapping[str, NDArray[np.float64]],
    second: Mapping[str, NDArray[np.float64]],
) -> float | None:
    if statistic.aim not in ("low", "high") or statistic.minus or statistic.over:
        return None
    one, other = first[statistic.number], second[statistic.number]
    known = ~np.isnan(one) & ~np.isnan(other)
    better = one < other if statistic.aim == "low" else one > other
    score = np.where(one == other, 0.5, better)
    return float(np.mean(score[known])) if known.any() else None


def _to_json(interval: Interval) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in asdict(interval).values()]
