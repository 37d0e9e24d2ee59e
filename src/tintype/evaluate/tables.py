# SPDX-License-Identifier: Apache-2.0
"""An evaluation's tables, as titles and rows of text: for the page, the terminal, the documents."""

from collections.abc import Sequence

import numpy as np

from tintype.evaluate.baselines import GREY_NAME
from tintype.evaluate.comparison import Comparison
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.statistics import STATISTICS, Statistic
from tintype.evaluate.summary import summarize
from tintype.metrics.bootstrap import Interval
from tintype.records import markdown
from tintype.records.cells import MISSING, Cell

Table = tuple[list[str], list[list[Cell]]]
"""Titles and rows."""

SET_TITLES = {"frechet": "Fréchet", "fid": "FID"}
"""Titles of what is measured on all photographs together."""

_GLANCE = ("ciede2000", "gain", "cf_ratio", "saturation_difference", "undisplayable", "agreement")
_GROUPED = ("gain", "cf_ratio")
_BY_NAME = {statistic.name: statistic for statistic in STATISTICS}


def tabulate_glance(evaluation: Evaluation) -> Table:
    """What matters most: a row for each candidate."""
    statistics = [s for s in map(_BY_NAME.__getitem__, _GLANCE) if _is_known(evaluation, s)]
    sets = [name for name in SET_TITLES if any(name in row for row in evaluation.sets.values())]
    rows: list[list[Cell]] = [
        [
            name,
            *(show(evaluation.summary[name].get(s.name), s) for s in statistics),
            *(evaluation.sets[name].get(number) for number in sets),
        ]
        for name in evaluation.names
    ]
    titles = [s.title for s in statistics] + [SET_TITLES[name] for name in sets]
    return ["candidate", *titles], rows


def tabulate_statistics(evaluation: Evaluation) -> Table:
    """Everything: a row for each statistic, a column for each candidate."""
    rows: list[list[Cell]] = [
        [s.title, *(show(evaluation.summary[name].get(s.name), s) for name in evaluation.names)]
        for s in STATISTICS
        if _is_known(evaluation, s)
    ]
    return ["statistic", *evaluation.names], rows


def tabulate_groups(evaluation: Evaluation, by: str) -> Table:
    """A row for each ``source`` or ``label``: how far below grey, and how colourful."""
    others = [name for name in evaluation.names if name != GREY_NAME]
    statistics = [_BY_NAME[name] for name in _GROUPED]
    seed, resamples = evaluation.options["seed"], evaluation.options["resamples"]
    rows: list[list[Cell]] = []
    for group, chosen in evaluation.groups(by).items():
        found = summarize(evaluation.columns(chosen), seed=seed, resamples=resamples)
        grey = found[GREY_NAME]["ciede2000"].estimate
        cells = [
            show(found[name].get(s.name), s, bounds=s.name == "gain")
            for name in others
            for s in statistics
        ]
        rows.append([group or MISSING, len(chosen), f"{grey:.2f}", *cells])
    titles = [f"{name}: {s.title}" for name in others for s in statistics]
    return [by, "photographs", "grey's ΔE00", *titles], rows


def tabulate_comparison(comparison: Comparison) -> Table:
    """A row for each statistic: both candidates, their difference, where the first is better."""
    rows: list[list[Cell]] = [
        [
            d.statistic.title,
            show(d.first, d.statistic, bounds=False),
            show(d.second, d.statistic, bounds=False),
            show(d.difference, d.statistic),
            MISSING if d.wins is None else f"{100 * d.wins:.0f} %",
        ]
        for d in comparison.differences
    ]
    return ["statistic", *comparison.names, "difference", f"{comparison.names[0]} better on"], rows


def to_markdown(evaluation: Evaluation) -> str:
    """What a document shows of a record: the first table, and the sources'."""
    count = len(evaluation.photographs["key"])
    return "\n".join(
        (
            f"{count:,} photographs; grey input: {evaluation.options['grey']}; in brackets 95 % "
            "bootstrap intervals.\n",
            markdown.table(*tabulate_glance(evaluation)),
            markdown.table(*tabulate_groups(evaluation, "source")),
        )
    )


def show(interval: Interval | None, statistic: Statistic, *, bounds: bool = True) -> str:
    """A statistic as text: ``9.39 (9.05 to 9.71)``; a dash where it does not apply."""
    if interval is None or not np.isfinite(interval.estimate):
        return MISSING
    factor, unit = (100, " %") if statistic.percent else (1, "")
    numbers: Sequence[float] = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (f"{factor * number:,.{statistic.digits}f}" for number in numbers)
    known = bounds and np.isfinite(interval.low)
    return f"{estimate}{unit} ({low} to {high})" if known else f"{estimate}{unit}"


def _is_known(evaluation: Evaluation, statistic: Statistic) -> bool:
    return any(statistic.name in found for found in evaluation.summary.values())
