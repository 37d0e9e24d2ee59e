# SPDX-License-Identifier: Apache-2.0
"""Pictures for people to look at: small JPEG files for a page, and sheets of many side by side.

Only what is looked at is ever reduced, never what is measured. Pages with pictures are made of
photographs that are somebody's, so they go to folders that nobody commits; records have none.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.files import encode
from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize
from tintype.metrics.pairs import to_bytes

Picture = NDArray[np.float32]
"""``(3, H, W)`` float32 encoded sRGB in [0, 1]."""

_QUALITY = 90  # of JPEG files
_GAP = 4  # pixels between pictures of a sheet
_PAPER = 1.0  # white


def encode_jpeg(picture: Picture, *, longest: int | None = None) -> bytes:
    """A JPEG file of a picture, reduced to ``longest`` pixels a side where it has more."""
    if longest is not None:
        picture = shrink(picture, (longest, longest))
    pixels = np.ascontiguousarray(np.moveaxis(to_bytes(picture), 0, -1))
    photograph = Photograph(pixels=pixels, format="jpeg")
    return encode(photograph, quality=_QUALITY, subsampling="4:4:4", mark=False)


def shrink(picture: Picture, box: tuple[int, int]) -> Picture:
    """Reduce a picture to fit into ``box``, (H, W) pixels; one that fits stays as it is."""
    height, width = picture.shape[1:]
    scale = min(box[0] / height, box[1] / width)
    if scale >= 1:
        return picture
    return resize(picture, (max(1, round(height * scale)), max(1, round(width * scale))))


def lay_out(strips: Sequence[Sequence[Picture]], *, cell: int, columns: int) -> Picture:
    """Lay strips of pictures out on one sheet.

    Args:
        strips: each a photograph's pictures, which stay side by side.
        cell: height and width, in pixels, that a picture may take.
        columns: strips beside each other.

    Returns:
        The sheet, strips in reading order.
    """
    rows = math.ceil(len(strips) / columns)
    longest = max(len(strip) for strip in strips)
    pitch = cell + _GAP
    width = columns * longest * pitch + (columns - 1) * 2 * _GAP
    sheet = np.full((3, rows * pitch, width), _PAPER, np.float32)
    for number, strip in enumerate(strips):
        row, column = divmod(number, columns)
        for place, picture in enumerate(strip):
            small = _fill(picture, cell)
            height, across = small.shape[1:]
            top = row * pitch + (cell - height) // 2
            left = (column * longest + place) * pitch + column * 2 * _GAP + (cell - across) // 2
            sheet[:, top : top + height, left : left + across] = small
    return sheet


def _fill(picture: Picture, cell: int) -> Picture:
    """Scale a picture, up or down, so that its long side is ``cell``."""
    scale = cell / max(picture.shape[1:])
    height, width = (max(1, round(side * scale)) for side in picture.shape[1:])
    return resize(picture, (height, width)).clip(0, 1)
