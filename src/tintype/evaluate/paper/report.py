# SPDX-License-Identifier: Apache-2.0
"""The report of a reproduction: one page for a browser, one for the repository, made of a record.

Both show the same tables, claims and words; the page has the curves and pictures too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tintype.errors import RecordError
from tintype.evaluate.paper.claims import Claim, judge_claims
from tintype.evaluate.paper.grid import (
    CLASSIFICATION,
    HUBER,
    REGRESSION,
    Cell,
    Search,
    describe_decoder,
    make_grid,
)
from tintype.evaluate.paper.landscapes import LANDSCAPE, MIXED
from tintype.evaluate.paper.options import PaperOptions
from tintype.evaluate.paper.origins import ORIGIN, list_origins, origin_table
from tintype.evaluate.paper.saturation import (
    STUDY,
    explain_saturation,
    longer_runs,
    saturation_tables,
)
from tintype.evaluate.paper.tables import Grid, Results, Table, is_headline, make_tables, rate_table
from tintype.evaluate.pictures import Picture, encode_jpeg
from tintype.learn.curves import Curve
from tintype.records import html, markdown
from tintype.records.plots import Bar, Series, bar_plot, line_plot
from tintype.records.provenance import Provenance

TITLE = "Hwang & Zhou 2016, run again"
RECORD_KIND = "paper"
_CLAIM_HEADER = ("claim", "verdict", "measured")
_ANSWERED = {
    True: "Colours are answered at full size; VGG16 is ImageNet's as far as its file goes, "
    "and new behind.",
    False: "Colours are answered at half of the size, and enlarged before they are scored.",
}


def to_content(
    grid: Grid, results: Results, plan: Mapping[str, Any], *, seconds: float
) -> dict[str, Any]:
    """What the record keeps: the plan, and what every finished run found."""
    names = [run.name for run in grid if run.name in results]
    names += [name for name in results if name.startswith("baselines-") or name == STUDY]
    return {
        "plan": dict(plan),
        "hours": seconds / 3600,
        "runs": {name: _without(results[name], "run", "finished", ORIGIN) for name in names},
        "origins": [{"runs": trained, **origin} for origin, trained in list_origins(results)],
        "missing": [run.name for run in grid if run.name not in results],
    }


def from_content(
    content: Mapping[str, Any],
) -> tuple[list[Cell | Search], Results, Mapping[str, Any], float]:
    """The grid, results, plan and seconds that a record's content was made of.

    Raises:
        RecordError: it is not that of a reproduction.
    """
    try:
        plan, origins = content["plan"], content["origins"]
        grid = make_grid(PaperOptions(**plan["options"]), plan["photographs"])
        trained = {
            name: {**content["runs"][name], ORIGIN: _without(origin, "runs")}
            for origin in origins
            for name in origin["runs"]
        }
        return (
            grid,
            {**trained, **_without(content["runs"], *trained)},
            plan,
            3600 * content["hours"],
        )
    except (KeyError, TypeError) as error:
        raise RecordError(f"a reproduction's record has other content: {error!r}") from error


def make_page(
    grid: Grid,
    results: Results,
    plan: Mapping[str, Any],
    provenance: Provenance,
    *,
    seconds: float,
    curves: Mapping[str, Curve],
    figure: Sequence[Sequence[Picture]],
    columns: Sequence[str],
) -> str:
    """The whole report as one HTML file.

    Args:
        grid: every run.
        results: what finished ones found.
        plan: what was asked for, and how much each run saw.
        provenance: where the figures come from.
        seconds: that all runs together took.
        curves: of finished runs, by name.
        figure: rows of pictures; none where the networks are not there yet.
        columns: their titles.
    """
    tables = [*make_tables(grid, results), *saturation_tables(grid, results)]
    claims = judge_claims(grid, results)
    origins = origin_table(results)
    return html.page(
        TITLE,
        *(html.paragraph(text) for text in _introduce(grid, results, plan, seconds)),
        html.section("What became of the claims", _claim_table(claims)),
        *(html.section(table.title, _to_html(table)) for table in tables),
        html.section(
            "Saturation",
            *(html.paragraph(text) for text in explain_saturation(grid, results)),
            _saturation_bars(grid, results),
            *_course_plot(grid, results),
        ),
        html.section(
            "Learning rates", _to_html(rate_table(grid, results)), _rate_plot(grid, results)
        ),
        html.section("Figure 5", _show_figure(figure, columns)),
        html.section("Curves", *_curve_plots(grid, curves)),
        html.section("Photographs", *_describe_photographs(plan)),
        html.section(origins.title, _to_html(origins)),
        html.provenance_table(provenance),
    )


def make_document(
    grid: Grid,
    results: Results,
    plan: Mapping[str, Any],
    *,
    seconds: float,
    figure: str = "",
    shown: str = "",
) -> str:
    """The report as Markdown.

    Args:
        grid: every run.
        results: what finished ones found.
        plan: what was asked for, and how much each run saw.
        seconds: that all runs together took.
        figure: a link to a picture that stands beside it.
        shown: of which photographs that is, in words.
    """
    parts = [f"# {TITLE}", *_introduce(grid, results, plan, seconds)]
    claims = [(claim.claim, claim.verdict, claim.evidence) for claim in judge_claims(grid, results)]
    if claims:
        parts += ["## What became of the claims", markdown.table(_CLAIM_HEADER, claims)]
    explained = [f"- {text}" for text in explain_saturation(grid, results)]
    if explained:
        parts += ["## What the saturation depends on", "\n".join(explained)]
    tables = [*make_tables(grid, results), *saturation_tables(grid, results)]
    for table in [*tables, rate_table(grid, results), origin_table(results)]:
        if table.rows:
            parts += [f"## {table.title}", markdown.table(table.header, table.rows)]
    if figure:
        parts += [
            "## Figure 5",
            f"Columns: input, regression, classification, truth; {shown}.\n\n![]({figure})",
        ]
    for name, counts in plan["labels"].items():
        title, rows = ("label", counts) if name == LANDSCAPE else ("source", _by_source(counts))
        table_ = markdown.table((title, "photographs"), list(rows.items()))
        parts += [f"## Training photographs: {name}", table_]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _introduce(grid: Grid, results: Results, plan: Mapping[str, Any], seconds: float) -> list[str]:
    done = sum(run.name in results for run in grid)
    full = plan["options"]["full"]
    size = "full size: VGG16" if full else "small: MobileNetV2 in VGG16's place"
    side = grid[0].recipe.side
    decoders = {
        run.system: describe_decoder(run.recipe)
        for run in grid
        if is_headline(run) and run.recipe.seed == 0
    }
    train, validation, test = plan["split"][LANDSCAPE]
    texts = [
        f"The paper's networks, objectives and alternatives, {size}, {side} × {side} pixels. "
        f"Every run saw {plan['photographs']:,} photographs, repeats counted, where no row says "
        f"otherwise; they are drawn from {train} landscapes in place of Open Country. {validation} "
        f"were held out for validation, and all figures but those of tables that say so are of "
        f"{test} others that nothing was chosen on. "
        f"{done} of {len(grid)} runs are done; they took {seconds / 3600:.1f} hours.",
        "The decoders: "
        + "; ".join(f"{system}: {decoder}" for system, decoder in decoders.items())
        + f". {_ANSWERED[full]} Photographs whose shorter side is less are enlarged. The mixed "
        "set stands for the paper's others (McGill, ILSVRC, MIRFLICKR), which are not trained on "
        "one by one.",
        "ℓ2 is the root of the mean squared distance in (u*, v*), CIE units: the paper's sum, "
        "which grows with the picture, over the number of pixels. Acc. is the share of pixels in "
        "the right one of 50 bins of width 4. Sat. diff. is the relative deviation of the mean of "
        "HSV's S over all photographs together, negative where colours are duller than true (the "
        "text leaves open which saturation, and whether it has a sign); the next column takes "
        "C*uv / L*. "
        "± is the standard deviation over seeds. A difference counts beyond twice the noise, the "
        "larger of two deviations of the classification: over seeds, and over looks at one network "
        "while it learnt. ΔE00 and saturation are of the picture that one "
        "sees: true lightness, chroma fitted into sRGB.",
    ]
    missing = [run.name for run in grid if run.name not in results]
    if missing:
        texts.append(
            "The grid is not finished: rows and verdicts may be missing or change. "
            f"Not there yet: {', '.join(missing)}."
        )
    return texts


def _claim_table(claims: Sequence[Claim]) -> html.Markup:
    rows = [(claim.claim, claim.verdict, claim.evidence) for claim in claims]
    return html.table(_CLAIM_HEADER, rows)


def _to_html(table: Table) -> html.Markup:
    return html.table(table.header, table.rows)


def _saturation_bars(grid: Grid, results: Results) -> html.Markup:
    bars = [
        Bar(label=run.name, value=100 * results[run.name]["test"]["saturation_difference"])
        for run in grid
        if isinstance(run, Cell) and "test" in results.get(run.name, {})
    ]
    return bar_plot(bars, title="Sat. diff. of every run", value_label="% of the true saturation")


def _course_plot(grid: Grid, results: Results) -> list[html.Markup]:
    series = [
        Series(
            label=run.name,
            x=[look["photographs"] for look in results[run.name]["course"]],
            y=[100 * look["saturation_difference"] for look in results[run.name]["course"]],
        )
        for run in longer_runs(grid, results)
    ]
    if not series:
        return []
    return [
        line_plot(
            series,
            title="Sat. diff. on the validation photographs while networks learn",
            x_label="photographs seen",
            y_label="% of the true saturation",
        )
    ]


def _rate_plot(grid: Grid, results: Results) -> html.Markup:
    searches = [run for run in grid if isinstance(run, Search) and run.name in results]
    series = [
        Series(
            label=run.system,
            x=results[run.name]["rates"],
            y=[float("nan") if loss is None else loss for loss in results[run.name]["losses"]],
        )
        for run in searches
    ]
    return line_plot(
        series,
        title="Training loss after a tenth of a run",
        x_label="learning rate",
        y_label="cross-entropy, U and V",
        x_log=True,
        y_log=True,
    )


def _show_figure(figure: Sequence[Sequence[Picture]], columns: Sequence[str]) -> html.Markup:
    if not figure:
        return html.paragraph("The two networks are not trained yet.")
    shown = [
        html.figure(html.image(encode_jpeg(picture), alt=column, width=224), caption=column)
        for row in figure
        for picture, column in zip(row, columns, strict=True)
    ]
    rows = [shown[i : i + len(columns)] for i in range(0, len(shown), len(columns))]
    return html.join(*(html.grid(*row, width=150) for row in rows))


def _curve_plots(grid: Grid, curves: Mapping[str, Curve]) -> list[html.Markup]:
    """Losses that may be compared stand in one plot: those of one objective."""
    groups: dict[str, list[Cell]] = {"classification": [], "regression": [], "HSV": []}
    for run in grid:
        if isinstance(run, Cell) and run.name in curves:
            groups[_objective(run)].append(run)
    return [
        line_plot(
            [
                Series(
                    label=run.name,
                    x=[point.step * run.recipe.batch_size for point in curves[run.name].training],
                    y=[point.loss for point in curves[run.name].training],
                )
                for run in runs
            ],
            title=f"Training loss, {objective}",
            x_label="photographs seen",
            y_label="loss",
            y_log=True,
        )
        for objective, runs in groups.items()
        if runs
    ]


def _objective(cell: Cell) -> str:
    if cell.name.startswith("hsv"):
        return "HSV"
    return (
        "regression" if cell.name.startswith((REGRESSION, HUBER, "regression-")) else CLASSIFICATION
    )


def _describe_photographs(plan: Mapping[str, Any]) -> list[html.Markup]:
    blocks = []
    for name in (LANDSCAPE, MIXED):
        train, validation, test = plan["split"][name]
        rows = list(plan["labels"][name].items())
        table = html.table(("label", "training photographs"), rows)
        blocks.append(html.paragraph(f"{name}: {train} train, {validation} validate, {test} test"))
        blocks.append(html.details("By label", table))
    return blocks


def _by_source(labels: Mapping[str, int]) -> dict[str, int]:
    """Counts of ``source/label``, by source alone."""
    counts: dict[str, int] = {}
    for label, count in labels.items():
        source = label.partition("/")[0]
        counts[source] = counts.get(source, 0) + count
    return counts


def _without(found: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in names}
