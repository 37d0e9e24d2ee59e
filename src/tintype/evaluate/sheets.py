# SPDX-License-Identifier: Apache-2.0
"""Picture sheets, to be looked at: grey, coloured and true, of photographs that nobody has chosen.

A measure does not see a blotch. So before a network is believed, somebody looks: at photographs
drawn by a seed from data whose truth is known, and at real old photographs, which have none. The
sheets are JPEG files, and one page with all of them at a larger size; they hold pictures of the
data and belong into folders that are not committed.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from tintype.errors import OutputError
from tintype.evaluate.candidates import Candidate
from tintype.evaluate.examination import GREY, Pictures
from tintype.evaluate.greys import LIGHTNESS, make_grey
from tintype.evaluate.measures import render
from tintype.evaluate.photographs import Subject, to_rgb
from tintype.evaluate.pictures import encode_jpeg, lay_out, shrink
from tintype.imaging.atomic import write_whole
from tintype.records import html
from tintype.records.files import write_text

_PER_SHEET = 12  # photographs
_CELL = 256  # pixels of a picture's long side on a sheet
_LONGEST = 640  # pixels of a picture's long side on the page
_COLUMNS = 2  # photographs beside each other on a sheet


def color_scan(subject: Subject, candidates: Sequence[Candidate]) -> Pictures:
    """A photograph that has no true colours: its own grey, and each candidate's colours on it."""
    lightness = make_grey(to_rgb(subject.read()), LIGHTNESS)
    pictures = {GREY: render(lightness, np.zeros((2, *lightness.shape), np.float32))}
    for candidate in candidates:
        pictures[candidate.name] = render(lightness, candidate.color(subject.key, lightness).chroma)
    return pictures


def write_sheets(shown: Iterable[tuple[str, Pictures]], folder: Path, *, title: str) -> list[Path]:
    """Write sheets of pictures, and one page of them.

    Args:
        shown: a name for each photograph, and its pictures in order. They are reduced as they come,
            so that many large ones may be given one by one.
        folder: where to; made if need be. Earlier sheets in it are replaced.
        title: of the page.

    Returns:
        The files: sheets of twelve photographs each, and ``index.html``.

    Raises:
        OutputError: a file cannot be written.
    """
    box = (_LONGEST, _LONGEST)
    small = [(name, {w: shrink(p, box) for w, p in pictures.items()}) for name, pictures in shown]
    files = []
    for start in range(0, len(small), _PER_SHEET):
        strips = [list(pictures.values()) for _, pictures in small[start : start + _PER_SHEET]]
        sheet = lay_out(strips, cell=_CELL, columns=_COLUMNS)
        files.append(folder / f"sheet-{start // _PER_SHEET + 1}.jpg")
        make_folder(folder)
        write_whole(encode_jpeg(sheet), files[-1], overwrite=True)
    blocks = [html.section(name, _show(name, pictures)) for name, pictures in small]
    page = folder / "index.html"
    write_text(html.page(title, *blocks), page)
    return [*files, page]


def make_folder(folder: Path) -> None:
    """Make a folder for results.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error


def _show(name: str, pictures: Pictures) -> html.Markup:
    figures = [
        html.figure(html.image(encode_jpeg(picture), alt=f"{name}, {which}"), caption=which)
        for which, picture in pictures.items()
    ]
    return html.grid(*figures, width=300)
