# SPDX-License-Identifier: Apache-2.0
"""Where in a scan the picture proper lies, inside film edges, mounts and letterboxes.

A network that sees half an inch of black film takes the scene for one by night. So it is shown the
picture proper. A border is told by its rows (or columns): nearly all of a row has one lightness,
which is that of bare film, of unexposed paper or of a bar, near black or near white. Writing,
perforations and flare may break some of its rows, so it reaches as far as most of them are plain.
And it ends along a straight edge, which white backgrounds, skies and dark corners do not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.resize import resize

Plane = NDArray[np.float32]

_SIDE = 256  # pixels of the short side at which borders are looked for
_WIDEST = 0.25  # share of a side that a border may take
_BLACK, _WHITE = 20.0, 98.0  # L*: a border is below the one or above the other
_PLAIN = 6.0  # L* between the quartiles of a border's row
_NARROW, _PLAINER = 0.06, 2.5  # farther in than this share of a side, it must be plainer: bare film
_MOST = 0.6  # share of plain rows in a border
_EDGE, _STEP, _STRAIGHT = (
    4,
    6.0,
    0.5,
)  # within so many rows, L*, for this share of the border's edge
_TRIM = 0.1  # share of a row that is not looked at, at either end, where other borders may be


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A rectangle of a photograph, in its pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)."""
        return self.height, self.width

    @property
    def rows(self) -> slice:
        """Its rows."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """Its columns."""
        return slice(self.left, self.left + self.width)


def whole(size: tuple[int, int]) -> Frame:
    """The frame that leaves nothing of a photograph of (H, W) pixels out."""
    return Frame(top=0, left=0, height=size[0], width=size[1])


def find_frame(lightness: Plane, size: tuple[int, int]) -> Frame:
    """Find the picture proper.

    Args:
        lightness: ``(h, w)`` float32, L* of the photograph, or of a reduced copy of it.
        size: the photograph's (H, W), pixels.

    Returns:
        The frame, in pixels of the photograph; the whole of it where there is no border, or where
        nothing else would be left.
    """
    scale = min(1.0, _SIDE / min(lightness.shape))
    small = resize(
        lightness, (round(scale * lightness.shape[0]), round(scale * lightness.shape[1]))
    )
    top, bottom = _borders(small)
    left, right = _borders(small[top : small.shape[0] - bottom].T)
    top, bottom = _borders(small[:, left : small.shape[1] - right])  # now without the others
    down, across = size[0] / small.shape[0], size[1] / small.shape[1]
    first, last = round(top * down), size[0] - round(bottom * down)
    start, stop = round(left * across), size[1] - round(right * across)
    return Frame(top=first, left=start, height=last - first, width=stop - start)


def _borders(plane: Plane) -> tuple[int, int]:
    """Rows of the border at the top and at the bottom."""
    return _border(plane), _border(plane[::-1])


def _border(plane: Plane) -> int:
    """Rows from the first that belong to a border."""
    height, width = plane.shape
    trim = int(_TRIM * width)
    within = plane[:, trim : width - trim]
    outer = within[: int(_WIDEST * height)]
    if outer.size == 0:
        return 0
    low, middle, high = _quartiles(outer)
    limit = np.where(np.arange(len(outer)) < _NARROW * height, _PLAIN, _PLAINER)
    plain = (high - low < limit) & ((middle < _BLACK) | (middle > _WHITE))
    mostly = np.cumsum(plain) >= _MOST * np.arange(1, len(plain) + 1)
    ends = np.flatnonzero(plain & mostly)
    if len(ends) == 0:
        return 0
    end = int(ends[-1]) + 2  # with the row in which border and picture mix
    if 2 * end >= height:
        return 0  # borders on both sides would leave nothing between them
    before = within[max(0, end - 1 - _EDGE) : end - 1].mean(axis=0)
    beyond = np.abs(within[end : end + _EDGE] - before).max(axis=0, initial=0)
    return end if np.mean(beyond > _STEP) >= _STRAIGHT else 0


def _quartiles(rows: Plane) -> Plane:
    """``(3, n)``: the quartiles of each of n rows, each one of the row's own values.

    NumPy's percentiles interpolate, and import the whole of ``numpy.ma`` to do so.
    """
    ranks = np.arange(1, 4) * (rows.shape[1] - 1) // 4
    return np.sort(rows, axis=1)[:, ranks].T
