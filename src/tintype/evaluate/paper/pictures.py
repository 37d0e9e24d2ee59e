# SPDX-License-Identifier: Apache-2.0
"""The paper's figure 5 from our own runs, and the blind page that its real claim asks for.

Rows are photographs, columns the grey input, the regression's colours, the classification's, the
truth. Photographs are the first of the test set in the order that the split's seed drew, so nobody
chose them; or files of the caller's, for a figure that may be published.

Source: Hwang & Zhou 2016, figure 5 and section 5.3.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import MissingExtra
from tintype.evaluate.blind import KEY_KIND, Pair, make_blind_page
from tintype.evaluate.paper.grid import PICTURED
from tintype.evaluate.paper.landscapes import LANDSCAPE
from tintype.evaluate.paper.reproduction import Reproduction
from tintype.evaluate.pictures import Picture, encode_jpeg, lay_out
from tintype.imaging.atomic import write_whole
from tintype.imaging.files import read
from tintype.learn.augment import center_crop, cut_crop
from tintype.learn.scores import predict_chroma, read_squares, render
from tintype.records.files import write_text
from tintype.records.provenance import Provenance
from tintype.records.record import Record, write_record

COLUMNS = ("input", "regression", "classification", "truth")
PACKAGED = ("coffee.png", "rocket.jpg", "chelsea.png", "astronaut.png")
"""Photographs that come with scikit-image: three CC0, the last one NASA's, public domain."""

_QUESTION = "Which picture is more pleasing?"
Squares = NDArray[np.float32]


def packaged_photographs(side: int) -> Squares:
    """The photographs of :data:`PACKAGED`, ``(N, 3, side, side)`` encoded sRGB in [0, 1].

    Raises:
        MissingExtra: scikit-image is not installed.
    """
    package = find_spec("skimage")
    if package is None or package.origin is None:
        raise MissingExtra(
            "the published figure is made of photographs that come with scikit-image, which is "
            "not installed; install it with: pip install scikit-image"
        )
    squares = []
    for name in PACKAGED:
        pixels = read(Path(package.origin).parent / "data" / name).pixels
        squares.append(cut_crop(pixels, center_crop(*pixels.shape[:2]), side))
    return (np.stack(squares) / 255).astype(np.float32)


def make_figure(reproduction: Reproduction, squares: Squares) -> list[list[Picture]]:
    """A row of :data:`COLUMNS` for every photograph."""
    grey = render(np.zeros_like(squares[:, :2]), squares)
    colored = [_color(reproduction, name, squares) for name in PICTURED]
    return [list(row) for row in zip(grey, *colored, squares, strict=True)]


def encode_figure(rows: Sequence[Sequence[Picture]]) -> bytes:
    """The figure as one JPEG file."""
    side = rows[0][0].shape[-1]
    return encode_jpeg(lay_out(rows, cell=side, columns=1))


def squares_of_test(reproduction: Reproduction, count: int) -> Squares:
    """The first test photographs in the order of the split."""
    side = reproduction.grid[0].recipe.side
    test = reproduction.part(LANDSCAPE, "test")
    return read_squares(test.subset(range(min(count, len(test)))), side)


def write_blind_page(
    reproduction: Reproduction, folder: Path, provenance: Provenance, *, pairs: int, seed: int
) -> tuple[Path, Path]:
    """Write the page to vote on, and its key beside it.

    Returns:
        The page ``blind.html``, and ``blind-key.json``: keep that from who votes.
    """
    rows = make_figure(reproduction, squares_of_test(reproduction, pairs))
    shown = [
        Pair(name=f"test photograph {number}", first=row[1], second=row[2])
        for number, row in enumerate(rows)
    ]
    page, key = make_blind_page(
        shown, names=(COLUMNS[1], COLUMNS[2]), seed=seed, question=_QUESTION
    )
    write_text(page, folder / "blind.html")
    content: dict[str, Any] = key
    write_record(
        Record(kind=KEY_KIND, provenance=provenance, content=content), folder / "blind-key.json"
    )
    return folder / "blind.html", folder / "blind-key.json"


def write_figure(rows: Sequence[Sequence[Picture]], file: Path) -> None:
    """Write the figure, replacing an older one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(encode_figure(rows), file, overwrite=True)


def _color(reproduction: Reproduction, name: str, squares: Squares) -> Squares:
    network, _ = reproduction.network(name)
    return render(predict_chroma(network, squares), squares)
