# SPDX-License-Identifier: Apache-2.0
"""Writes what a reproduction found: for its maker's eyes, and for the repository.

The report beside the runs holds pictures of the data, which may be anybody's, and the blind page.
What is published holds none of them: the record, the document made of it, the page with curves,
and figure 5 from photographs that come with installed packages.
"""

from pathlib import Path

from tintype.evaluate.paper import pictures
from tintype.evaluate.paper.grid import PICTURED, Cell
from tintype.evaluate.paper.report import (
    RECORD_KIND,
    from_content,
    make_document,
    make_page,
    to_content,
)
from tintype.evaluate.paper.reproduction import Reproduction
from tintype.evaluate.pictures import Picture
from tintype.learn.curves import Curve, read_curve
from tintype.records.files import write_text
from tintype.records.provenance import Provenance, collect_provenance, hash_names
from tintype.records.record import Record, read_record, write_record

_FIGURE_ROWS = 8
_PAIRS = 40  # on the blind page
_BLIND_SEED = 20160323
_FIGURE = "figure-5.jpg"
_PUBLISHED = "not of the test set as in the paper, but photographs that anybody may show"


def write_report(reproduction: Reproduction) -> Path:
    """Write record, page, document, figure and blind page beside the runs.

    Returns:
        The page.
    """
    folder = reproduction.folder
    provenance = collect_provenance(data=hash_split(reproduction))
    figure: list[list[Picture]] = []
    if reproduction.has(PICTURED):
        squares = pictures.squares_of_test(reproduction, _FIGURE_ROWS)
        figure = pictures.make_figure(reproduction, squares)
        pictures.write_figure(figure, folder / _FIGURE)
        pictures.write_blind_page(reproduction, folder, provenance, pairs=_PAIRS, seed=_BLIND_SEED)
    _write(
        reproduction,
        provenance,
        figure,
        shown="photographs of the test set",
        page=folder / "index.html",
        document=folder / "index.md",
    )
    return folder / "index.html"


def publish_report(reproduction: Reproduction, folder: Path) -> Path:
    """Write what may be committed: no picture of the data is in it.

    Returns:
        The document.

    Raises:
        MissingExtra: scikit-image, whose photographs the figure shows, is not installed.
    """
    provenance = collect_provenance(data=hash_split(reproduction))
    figure: list[list[Picture]] = []
    if reproduction.has(PICTURED):
        side = reproduction.grid[0].recipe.side
        figure = pictures.make_figure(reproduction, pictures.packaged_photographs(side))
        pictures.write_figure(figure, folder / _FIGURE)
    _write(
        reproduction,
        provenance,
        figure,
        shown=_PUBLISHED,
        page=folder / "report.html",
        document=folder / "README.md",
    )
    return folder / "README.md"


def redraw_document(folder: Path) -> str:
    """The published document, made anew of the record and the figure beside it.

    Raises:
        RecordError: the record is missing, or not that of a reproduction.
    """
    grid, results, plan, seconds = from_content(read_record(folder / "record.json").content)
    figure = _FIGURE if (folder / _FIGURE).exists() else ""
    return make_document(grid, results, plan, seconds=seconds, figure=figure, shown=_PUBLISHED)


def hash_split(reproduction: Reproduction) -> dict[str, str]:
    """A hash of each set's keys, part by part: which photographs, without a look at the pixels."""
    return {
        f"{name}, {part}": hash_names(reproduction.part(name, part).keys)
        for name in reproduction.splits
        for part in ("train", "validation", "test")
    }


def _write(
    reproduction: Reproduction,
    provenance: Provenance,
    figure: list[list[Picture]],
    *,
    shown: str,
    page: Path,
    document: Path,
) -> None:
    grid, results, plan = reproduction.grid, reproduction.results, reproduction.plan
    content = to_content(grid, results, plan, seconds=reproduction.seconds)
    record = Record(kind=RECORD_KIND, provenance=provenance, content=content)
    write_record(record, page.with_name("record.json"))
    whole = make_page(
        grid,
        results,
        plan,
        provenance,
        seconds=reproduction.seconds,
        curves=_curves(reproduction),
        figure=figure,
        columns=pictures.COLUMNS,
    )
    write_text(whole, page)
    text = make_document(
        grid,
        results,
        plan,
        seconds=reproduction.seconds,
        figure=_FIGURE if figure else "",
        shown=shown,
    )
    write_text(text, document)


def _curves(reproduction: Reproduction) -> dict[str, Curve]:
    return {
        run.name: read_curve(reproduction.folder / "runs" / run.name)
        for run in reproduction.grid
        if isinstance(run, Cell) and run.name in reproduction.results
    }
