# SPDX-License-Identifier: Apache-2.0
"""An evaluation's tables, as titles and rows of text: for the page, the terminal, the documents.

Those of groups and of variants (true colours at some points, other sizes) show the candidates
themselves, and one of their kinds of rows each; the first table and the last show all rows.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tintype.evaluate.baselines import GREY_NAME, MODE_NAME
from tintype.evaluate.comparison import Comparison
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.statistics import STATISTICS, Statistic
from tintype.evaluate.summary import summarize
from tintype.metrics.bootstrap import Interval, bootstrap_ratio
from tintype.records import markdown
from tintype.records.cells import MISSING, Cell

Table = tuple[list[str], list[list[Cell]]]
"""Titles and rows."""

SET_TITLES = {"frechet": "Fréchet", "fid": "FID"}
"""Titles of what is measured on all photographs together."""

_GLANCE = (
    "ciede2000",
    "gain",
    "cf_ratio",
    "peak_ratio",
    "saturation_difference",
    "undisplayable",
    "lightness_error",
    "stability",
    "agreement",
)
_GROUPED = ("gain", "cf_ratio")
_BY_NAME = {statistic.name: statistic for statistic in STATISTICS}


def tabulate_glance(evaluation: Evaluation, names: Sequence[str] | None = None) -> Table:
    """What matters most: a row for each candidate, or for some of them."""
    statistics = [s for s in map(_BY_NAME.__getitem__, _GLANCE) if _is_known(evaluation, s)]
    sets = [name for name in SET_TITLES if any(name in row for row in evaluation.sets.values())]
    rows: list[list[Cell]] = [
        [
            name,
            *(show(evaluation.summary[name].get(s.name), s) for s in statistics),
            *(evaluation.sets[name].get(number) for number in sets),
        ]
        for name in names or evaluation.names
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
    others = [name for name in evaluation.own_names if name != GREY_NAME]
    statistics = [_BY_NAME[name] for name in _GROUPED]
    rows: list[list[Cell]] = []
    for (group, chosen), found in _summarize_groups(evaluation, by):
        grey = found[GREY_NAME]["ciede2000"].estimate
        cells = [
            show(found[name].get(s.name), s, bounds=s.name == "gain")
            for name in others
            for s in statistics
        ]
        rows.append([group or MISSING, len(chosen), f"{grey:.2f}", *cells])
    titles = [f"{name}: {s.title}" for name in others for s in statistics]
    return [by, "photographs", "grey's ΔE00", *titles], rows


def tabulate_points(evaluation: Evaluation, name: str) -> Table:
    """What the true colour at k points is worth: how far ΔE00 falls from its value without any."""
    base = evaluation.rows[name]["ciede2000"]
    rows: list[list[Cell]] = [[0, *_show_row(evaluation, name, ("ciede2000", "cf_ratio")), MISSING]]
    for count, row in sorted(evaluation.variants(name, "points").items()):
        fall = bootstrap_ratio(
            base - evaluation.rows[row]["ciede2000"],
            base,
            seed=evaluation.options["seed"],
            resamples=evaluation.options["resamples"],
        )
        cells = _show_row(evaluation, row, ("ciede2000", "cf_ratio"))
        rows.append([count, *cells, show(fall, _BY_NAME["gain"])])
    return [f"{name}: points", "ΔE00", "cf / true", "below no points"], rows


def tabulate_sizes(evaluation: Evaluation, name: str) -> Table:
    """What a network makes of other sizes: colours against the truth, and against its own size."""
    own = next(row for row in evaluation.candidates if row["name"] == name)
    shown = {own.get("size", MISSING): name} | evaluation.variants(name, "at_size")
    statistics = ("ciede2000", "gain", "cf_ratio", "stability")
    rows: list[list[Cell]] = [
        [f"{size}{' (its own)' * (row == name)}", *_show_row(evaluation, row, statistics)]
        for size, row in shown.items()
    ]
    rows[0][-1] += " (mean of all)"  # type: ignore[operator]  # show gives text
    return [f"{name}: short side", *(_BY_NAME[s].title for s in statistics)], rows


def list_worse(evaluation: Evaluation, by: str) -> dict[str, tuple[list[str], list[str]]]:
    """The groups on which candidates are worse than constant grey.

    Returns:
        For each candidate but the baselines: the groups where all of the gain's interval is below
        0, and those where its estimate is.
    """
    own = [name for name in evaluation.own_names if name not in (GREY_NAME, MODE_NAME)]
    worse: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for name in own}
    for (group, _), found in _summarize_groups(evaluation, by):
        for name, (surely, perhaps) in worse.items():
            gain = found[name]["gain"]
            if gain.estimate < 0:
                (surely if gain.high < 0 else perhaps).append(group or MISSING)
    return worse


def say_worse(evaluation: Evaluation) -> list[str]:
    """A sentence for each candidate: on which sources constant grey would have been better."""
    count = len(evaluation.groups("source"))
    sentences = []
    for name, (surely, perhaps) in list_worse(evaluation, "source").items():
        parts = [f"{', '.join(surely)} (all of the interval)"] if surely else []
        parts += [f"{', '.join(perhaps)} (in the mean)"] if perhaps else []
        listed = f"{len(surely) + len(perhaps)} of {count} sources: {'; '.join(parts)}"
        none = f"none of {count} sources"
        sentences.append(f"Worse than constant grey, {name}: {listed if parts else none}.")
    return sentences


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
    """What a document shows of a record: the first table, the variants', and the sources'.

    Sources are left out where only some photographs of each were drawn, or there is one source.
    """
    own = [name for name in evaluation.own_names if name not in (GREY_NAME, MODE_NAME)]
    parts = [glance_to_markdown(evaluation)]
    for by, tabulate in (("points", tabulate_points), ("at_size", tabulate_sizes)):
        with_rows = [name for name in own if evaluation.variants(name, by)]
        parts += [markdown.table(*tabulate(evaluation, name)) for name in with_rows]
    if len(evaluation.groups("source")) > 1 and not evaluation.options["limit"]:
        parts.append(markdown.table(*tabulate_groups(evaluation, "source")))
        parts += [f"{sentence}\n" for sentence in say_worse(evaluation)]
    return "\n".join(parts)


def glance_to_markdown(evaluation: Evaluation) -> str:
    """The first table only, and what it is of."""
    count = len(evaluation.photographs["key"])
    drawn = " drawn by a seed" if evaluation.options["limit"] else ""
    said = (
        f"{count:,} photographs{drawn}; grey input: {evaluation.options['grey']}; in brackets 95 % "
        "bootstrap intervals.\n"
    )
    table = markdown.table(*tabulate_glance(evaluation, evaluation.own_names))
    return f"{said}\n{table}"


def show(interval: Interval | None, statistic: Statistic, *, bounds: bool = True) -> str:
    """A statistic as text: ``9.39 (9.05 to 9.71)``; a dash where it does not apply."""
    if interval is None or not np.isfinite(interval.estimate):
        return MISSING
    factor, unit = (100, " %") if statistic.percent else (1, "")
    numbers: Sequence[float] = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (f"{factor * number:,.{statistic.digits}f}" for number in numbers)
    known = bounds and np.isfinite(interval.low)
    return f"{estimate}{unit} ({low} to {high})" if known else f"{estimate}{unit}"


def _show_row(evaluation: Evaluation, name: str, statistics: Sequence[str]) -> list[str]:
    return [show(evaluation.summary[name].get(s), _BY_NAME[s]) for s in statistics]


def _summarize_groups(
    evaluation: Evaluation, by: str
) -> Iterator[tuple[tuple[str, list[int]], Mapping[str, Mapping[str, Interval]]]]:
    """Each group's name and indices, and the statistics of every candidate on it."""
    seed, resamples = evaluation.options["seed"], evaluation.options["resamples"]
    for group, chosen in evaluation.groups(by).items():
        columns = evaluation.columns(chosen)
        own = {name: columns[name] for name in evaluation.own_names}
        yield (group, chosen), summarize(own, seed=seed, resamples=resamples)


def _is_known(evaluation: Evaluation, statistic: Statistic) -> bool:
    return any(statistic.name in found for found in evaluation.summary.values())
