# SPDX-License-Identifier: Apache-2.0
"""The evaluation as a page: one HTML file that opens from a disk, made of the record alone.

Every figure stands with its 95 % interval. Without pictures the page can be committed beside its
record; with them (:mod:`tintype.evaluate.gallery`) it is for the eyes of whoever made it.
"""

from collections.abc import Sequence

import numpy as np

from tintype.evaluate.baselines import GREY_NAME
from tintype.evaluate.comparison import Comparison
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.statistics import STATISTICS, Statistic
from tintype.evaluate.summary import summarize
from tintype.metrics.bootstrap import Interval
from tintype.records import html
from tintype.records.cells import MISSING, Cell
from tintype.records.html import Markup
from tintype.records.plots import Bar, Series, bar_plot, line_plot
from tintype.records.provenance import Provenance

_GLANCE = ("ciede2000", "gain", "cf_ratio", "saturation_difference", "undisplayable", "agreement")
_GROUPED = ("gain", "cf_ratio")  # statistics in the tables of sources and labels
_BY_NAME = {statistic.name: statistic for statistic in STATISTICS}
_FRECHET = "Fréchet distance on the classifier's features"
_INTRODUCTION = (
    "Each candidate saw the grey photograph only; its colours were put on the true lightness, "
    "fitted into the sRGB gamut and rounded to 8 bits before they were measured. ΔE00, PSNR and "
    "accuracy reward dull averages: read them beside colourfulness, and beside the two baselines. "
    "In brackets: 95 % bootstrap intervals over photographs."
)


def make_report(
    evaluation: Evaluation, provenance: Provenance, *, title: str, gallery: str = ""
) -> str:
    """Make the page.

    Args:
        evaluation: what was measured.
        provenance: where it comes from.
        title: of the page.
        gallery: a block of pictures to put in, if any.

    Returns:
        A whole HTML file.
    """
    return html.page(
        title,
        html.paragraph(_describe_photographs(evaluation), " ", _INTRODUCTION),
        html.section("At a glance", _glance(evaluation), *_plot_bars(evaluation)),
        *([html.section("Pictures", gallery)] if gallery else []),
        html.section("Photograph by photograph", *_plot_photographs(evaluation)),
        html.section("By source", _group_table(evaluation, "source")),
        html.section(
            "By label", html.details("A row for each label", _group_table(evaluation, "label"))
        ),
        html.section("Every statistic", _full_table(evaluation), _explain()),
        html.section("What was measured, and with what", *_describe(evaluation, provenance)),
    )


def make_comparison_page(comparison: Comparison, provenance: Provenance) -> str:
    """The page of a comparison of two records."""
    first, second = comparison.names
    return html.page(
        f"{first} against {second}",
        html.paragraph(
            f"{comparison.photographs:,} photographs that both records have, paired; left out: "
            f"{comparison.left_out[0]:,} and {comparison.left_out[1]:,}. Differences are first "
            "minus second; in brackets: 95 % bootstrap intervals over the pairs."
        ),
        html.table(*tabulate_comparison(comparison)),
        html.provenance_table(provenance),
    )


def tabulate_comparison(comparison: Comparison) -> tuple[list[str], list[list[Cell]]]:
    """Titles and rows of a comparison's table, for any face."""
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


def tabulate_glance(evaluation: Evaluation) -> tuple[list[str], list[list[Cell]]]:
    """Titles and rows of the table that comes first, for any face."""
    statistics = [_BY_NAME[name] for name in _GLANCE if _is_known(evaluation, name)]
    has_frechet = any("frechet" in numbers for numbers in evaluation.sets.values())
    rows: list[list[Cell]] = []
    for name in evaluation.names:
        found = evaluation.summary[name]
        cells: list[Cell] = [show(found.get(s.name), s) for s in statistics]
        if has_frechet:
            cells.append(evaluation.sets.get(name, {}).get("frechet"))
        rows.append([name, *cells])
    return ["candidate", *(s.title for s in statistics), *["Fréchet"] * has_frechet], rows


def show(interval: Interval | None, statistic: Statistic, *, bounds: bool = True) -> str:
    """A statistic as text: ``9.39 (9.05 to 9.71)``; a dash where it does not apply."""
    if interval is None or not np.isfinite(interval.estimate):
        return MISSING
    factor, unit = (100, " %") if statistic.percent else (1, "")
    shown = [
        f"{factor * value:,.{statistic.digits}f}"
        for value in (interval.estimate, interval.low, interval.high)
    ]
    known = np.isfinite(interval.low) and bounds
    return f"{shown[0]}{unit} ({shown[1]} to {shown[2]})" if known else f"{shown[0]}{unit}"


def _describe_photographs(evaluation: Evaluation) -> str:
    count = len(evaluation.photographs["key"])
    sources = evaluation.groups("source")
    return (
        f"{count:,} photographs of {len(sources)} source{'s' * (len(sources) != 1)}; the grey "
        f"input was their {evaluation.options['grey']}."
    )


def _glance(evaluation: Evaluation) -> Markup:
    titles, rows = tabulate_glance(evaluation)
    note = f" Fréchet: {_FRECHET}; not FID." if "Fréchet" in titles else ""
    return html.table(titles, rows, caption=f"Means over all photographs.{note}")


def _full_table(evaluation: Evaluation) -> Markup:
    """A row for each statistic, a column for each candidate."""
    rows: list[list[Cell]] = [
        [s.title, *(show(evaluation.summary[name].get(s.name), s) for name in evaluation.names)]
        for s in STATISTICS
        if _is_known(evaluation, s.name)
    ]
    for name in sorted({name for numbers in evaluation.sets.values() for name in numbers}):
        values = [evaluation.sets.get(candidate, {}).get(name) for candidate in evaluation.names]
        rows.append([name, *(MISSING if v is None else f"{v:.2f}" for v in values)])
    return html.table(["statistic", *evaluation.names], rows)


def _explain() -> Markup:
    rows = [[statistic.title, statistic.help] for statistic in STATISTICS]
    return html.details("What the statistics mean", html.table(["statistic", "meaning"], rows))


def _plot_bars(evaluation: Evaluation) -> list[Markup]:
    plots = []
    for name, title in (("ciede2000", "Colour error"), ("cf_ratio", "Colourfulness")):
        bars = [
            Bar(label=candidate, value=i.estimate, low=_known(i.low), high=_known(i.high))
            for candidate in evaluation.names
            if (i := evaluation.summary[candidate].get(name)) is not None
        ]
        statistic = _BY_NAME[name]
        plots.append(
            bar_plot(bars, title=title, value_label=statistic.title, digits=statistic.digits)
        )
    return plots


def _plot_photographs(evaluation: Evaluation) -> list[Markup]:
    """How the error is spread over the photographs, and against their colourfulness."""
    true = np.asarray(evaluation.photographs["cf"], dtype=float)
    shares = np.linspace(0, 1, len(true))
    errors = {name: evaluation.rows[name]["ciede2000"] for name in evaluation.names}
    spread = [
        Series(label=name, x=np.sort(column).tolist(), y=shares.tolist())
        for name, column in errors.items()
    ]
    cloud = [
        Series(label=name, x=true.tolist(), y=(errors[GREY_NAME] - column).tolist(), points=True)
        for name, column in errors.items()
        if name != GREY_NAME
    ]
    return [
        line_plot(
            spread,
            title="Share of photographs up to an error",
            x_label="mean ΔE00 of a photograph",
            y_label="share",
        ),
        line_plot(
            cloud,
            title="Gain over constant grey, by colourfulness",
            x_label="colourfulness of the true photograph",
            y_label="ΔE00 below grey's",
        ),
    ]


def _group_table(evaluation: Evaluation, by: str) -> Markup:
    """A row for each group of photographs: how far below grey, and how colourful."""
    others = [name for name in evaluation.names if name != GREY_NAME]
    statistics = [_BY_NAME[name] for name in _GROUPED]
    seed, resamples = evaluation.options["seed"], evaluation.options["resamples"]
    rows: list[list[Cell]] = []
    for group, chosen in evaluation.groups(by).items():
        found = summarize(evaluation.columns(chosen), seed=seed, resamples=resamples)
        grey = found[GREY_NAME]["ciede2000"].estimate
        cells: list[Cell] = [
            show(found[name].get(s.name), s, bounds=s.name == "gain")
            for name in others
            for s in statistics
        ]
        rows.append([group or MISSING, len(chosen), f"{grey:.2f}", *cells])
    titles = [f"{name}: {s.title}" for name in others for s in statistics]
    return html.table([by, "photographs", "grey's ΔE00", *titles], rows)


def _describe(evaluation: Evaluation, provenance: Provenance) -> list[Markup]:
    def told(rows: Sequence[tuple[str, object]]) -> list[list[Cell]]:
        return [[name, str(value)] for name, value in rows]

    candidates = [
        (d["name"], "; ".join(f"{k} {v}" for k, v in d.items() if k != "name"))
        for d in [*evaluation.candidates]
    ]
    instruments = [
        (d["kind"], "; ".join(f"{k} {v}" for k, v in d.items() if k != "kind"))
        for d in evaluation.instruments
    ]
    return [
        html.table(["candidate", "what it is"], told(candidates)),
        *([html.table(["instrument", "what it is"], told(instruments))] if instruments else []),
        html.table(["option", "value"], told(list(evaluation.options.items()))),
        html.provenance_table(provenance),
    ]


def _is_known(evaluation: Evaluation, statistic: str) -> bool:
    return any(statistic in found for found in evaluation.summary.values())


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
