# SPDX-License-Identifier: Apache-2.0
"""The evaluation as a page: one HTML file that opens from a disk, made of the record alone.

Every figure stands with its 95 % interval. Without pictures the page can be committed beside its
record; with them (:mod:`tintype.evaluate.gallery`) it is for the eyes of whoever made it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tintype.evaluate.baselines import GREY_NAME
from tintype.evaluate.comparison import Comparison
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.statistics import STATISTICS
from tintype.evaluate.tables import (
    say_worse,
    tabulate_comparison,
    tabulate_glance,
    tabulate_groups,
    tabulate_points,
    tabulate_sizes,
    tabulate_statistics,
)
from tintype.records import html
from tintype.records.html import Markup
from tintype.records.plots import Bar, Series, bar_plot, line_plot
from tintype.records.provenance import Provenance

_PLOTTED = {"ciede2000": "Colour error", "cf_ratio": "Colourfulness"}  # as bars, with their titles
_INTRODUCTION = (
    "Each candidate saw the grey photograph only; its colours were put on the true lightness, "
    "fitted into the sRGB gamut and rounded to 8 bits before they were measured. ΔE00, PSNR and "
    "accuracy reward dull averages: read them beside colourfulness, and beside the two baselines. "
    "In brackets: 95 % bootstrap intervals over photographs."
)
_OF_SETS = (
    "Fréchet: between the classifier's features of the colourings and of the same true "
    "photographs; it is not FID, and compares candidates of one record only. Distances have no "
    "intervals here."
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
    glance = html.table(*tabulate_glance(evaluation), caption="Over all photographs.")
    of_sets = html.paragraph(_OF_SETS) if any(evaluation.sets.values()) else ""
    by_label = html.table(*tabulate_groups(evaluation, "label"))
    return html.page(
        title,
        html.paragraph(_describe_photographs(evaluation), " ", _INTRODUCTION),
        html.section("At a glance", glance, of_sets, *_plot_bars(evaluation)),
        *([html.section("Pictures", gallery)] if gallery else []),
        html.section("Photograph by photograph", *_plot_photographs(evaluation)),
        *_show_variants(evaluation),
        html.section(
            "By source",
            html.table(*tabulate_groups(evaluation, "source")),
            *map(html.paragraph, say_worse(evaluation)),
        ),
        html.section("By label", html.details("A row for each label", by_label)),
        html.section(
            "Every statistic", html.table(*tabulate_statistics(evaluation)), _explain_statistics()
        ),
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


def _show_variants(evaluation: Evaluation) -> Iterable[Markup]:
    """What candidates make of true colours at some points, and of other sizes."""
    for title, by, tabulate in (
        ("With true colours at some points", "points", tabulate_points),
        ("At other sizes", "at_size", tabulate_sizes),
    ):
        own = [name for name in evaluation.own_names if evaluation.variants(name, by)]
        if own:
            yield html.section(title, *(html.table(*tabulate(evaluation, name)) for name in own))


def _describe_photographs(evaluation: Evaluation) -> str:
    count = len(evaluation.photographs["key"])
    sources = len(evaluation.groups("source"))
    return (
        f"{count:,} photographs of {sources} source{'s' * (sources != 1)}; the grey input was "
        f"their {evaluation.options['grey']}."
    )


def _explain_statistics() -> Markup:
    rows = [[statistic.title, statistic.help] for statistic in STATISTICS]
    return html.details("What the statistics mean", html.table(["statistic", "meaning"], rows))


def _plot_bars(evaluation: Evaluation) -> list[Markup]:
    plots = []
    for statistic in STATISTICS:
        if statistic.name not in _PLOTTED:
            continue
        bars = [
            Bar(label=name, value=i.estimate, low=_known(i.low), high=_known(i.high))
            for name in evaluation.names
            if (i := evaluation.summary[name].get(statistic.name)) is not None
        ]
        title = _PLOTTED[statistic.name]
        plot = bar_plot(bars, title=title, value_label=statistic.title, digits=statistic.digits)
        plots.append(plot)
    return plots


def _plot_photographs(evaluation: Evaluation) -> list[Markup]:
    """How the error is spread over the photographs, and how the gain goes with colourfulness."""
    errors = {name: evaluation.rows[name]["ciede2000"] for name in evaluation.names}
    true = np.asarray(evaluation.photographs["cf"], dtype=float).tolist()
    shares = np.linspace(0, 1, len(true)).tolist()
    spread = [
        Series(label=name, x=np.sort(column).tolist(), y=shares) for name, column in errors.items()
    ]
    cloud = [
        Series(label=name, x=true, y=(errors[GREY_NAME] - column).tolist(), points=True)
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


def _describe(evaluation: Evaluation, provenance: Provenance) -> Iterable[Markup]:
    yield _list("candidate", "name", evaluation.candidates)
    if evaluation.instruments:
        yield _list("instrument", "kind", evaluation.instruments)
    options = [[name, str(value)] for name, value in evaluation.options.items()]
    yield html.table(["option", "value"], options)
    yield html.provenance_table(provenance)


def _list(what: str, named_by: str, descriptions: Iterable[Mapping[str, Any]]) -> Markup:
    rows = [
        [d[named_by], "; ".join(f"{k} {v}" for k, v in d.items() if k != named_by)]
        for d in descriptions
    ]
    return html.table([what, "what it is"], rows)


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
