# SPDX-License-Identifier: Apache-2.0
"""The last step of each frame: colours at the size of its chroma planes, beside its own luma."""

from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.imaging.film import (
    Coding,
    Plane,
    chroma_planes,
    compose_rgb,
    luma_to_lightness,
    shrink,
)
from tintype.video.guided import spread
from tintype.video.job import FilmJob
from tintype.video.pixels import change_depth, new_frame

Floats = NDArray[np.float32]

_RADIUS = 2  # of the window for edges, in pixels of the small size


class Finisher:
    """Makes frames to encode. It holds nothing of a frame."""

    def __init__(self, job: FilmJob) -> None:
        self._film, self._layout = job.film, job.settings.layout
        top, bottom, left, right = job.survey.picture
        self._picture = slice(top, bottom), slice(left, right)
        given = job.film.coding
        self._coding = Coding(
            matrix=given.matrix,
            # pictures of RGB are untagged, and are shown as sRGB
            primaries="bt709" if self._layout.rgb else given.primaries,
            depth=self._layout.depth,
            full_range=given.full_range or self._layout.rgb,
        )
        self._whole = self._layout.chroma_size(job.film.size)
        self._part = self._layout.chroma_size((bottom - top, right - left))
        rows = (
            Fraction(self._whole[0], job.film.size[0]),
            Fraction(self._whole[1], job.film.size[1]),
        )
        self._at = round(top * rows[0]), round(left * rows[1])
        woven = job.settings.fields is not None and rows[0] == Fraction(1, 2)
        self._woven = woven and not (top % 4 or bottom % 4)

    def finish(
        self, luma: Plane, alpha: Plane | None, chroma: Floats, lightness: Floats
    ) -> av.VideoFrame:
        """Make a frame.

        Args:
            luma: ``(H, W)`` codes of the input's frame.
            alpha: ``(H, W)`` codes, or None.
            chroma: ``(2, h, w)``: u*, v* of the picture inside any bars, at a small size.
            lightness: ``(h, w)``: its L*.
        """
        luma = change_depth(luma, self._film.coding, self._coding)
        if alpha is not None:
            alpha = _change_alpha(alpha, self._film.coding.depth, self._layout.depth)
        mean = self._shrink(luma[self._picture])
        if mean.shape != lightness.shape:
            light = luma_to_lightness(mean, self._coding)
            chroma = spread(chroma, None, lightness, light, radius=_RADIUS)
        if self._layout.rgb:
            return self._upright(self._rgb(luma, chroma), alpha)
        planes = [self._framed(p) for p in chroma_planes(mean, chroma, self._coding)]
        return new_frame(self._layout, self._film.size, (luma, *planes), alpha)

    def _shrink(self, picture: Plane) -> Plane:
        """The luma of each chroma sample. In a woven frame it is of one field, as the chroma is."""
        if not self._woven:
            return _shrink_sited(picture, self._part)
        height, width = self._part
        fields = [_shrink_sited(picture[first::2], (height // 2, width)) for first in (0, 1)]
        return np.stack(fields, axis=1).reshape(height, width)

    def _upright(self, pixels: Plane, alpha: Plane | None) -> av.VideoFrame:
        """A frame of a format that knows no turning tags, turned itself."""
        turns = self._film.quarter_turns
        pixels = np.rot90(pixels, turns)
        alpha = None if alpha is None else np.rot90(alpha, turns)
        return new_frame(self._layout, (pixels.shape[0], pixels.shape[1]), (pixels,), alpha)

    def _framed(self, plane: Plane) -> Plane:
        """A chroma plane of the picture, with neutral bars around it."""
        if plane.shape == self._whole:
            return plane
        framed = np.full(self._whole, self._coding.neutral, plane.dtype)
        top, left = self._at
        framed[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
        return framed

    def _rgb(self, luma: Plane, chroma: Floats) -> Plane:
        if chroma.shape[1:] != luma.shape:
            framed = np.zeros((2, *luma.shape), np.float32)
            framed[:, self._picture[0], self._picture[1]] = chroma
            chroma = framed
        return compose_rgb(luma, chroma, self._coding)


def _shrink_sited(luma: Plane, size: tuple[int, int]) -> Plane:
    """The mean luma around each chroma sample of a plane of ``size``.

    A sample of two columns lies on the left one: that is what a stream means that says nothing of
    it, and ProRes always. So the columns beside it count half of its own. A last odd column or row
    has a sample of its own.

    Source: ITU-T H.264 (08/2021), E.2.1, chroma_sample_loc_type_top_field, inferred to be 0.
    """
    if luma.shape == size:
        return luma
    (height, width), (rows, columns) = luma.shape, size
    below = -(-height // rows) * rows - height
    beside = -(-width // columns) * columns - width
    padded = cv2.copyMakeBorder(luma, 0, below, 1, beside, cv2.BORDER_REPLICATE)
    left, right = shrink(padded[:, :-1], size), shrink(padded[:, 1:], size)
    return cv2.addWeighted(left, 0.5, right, 0.5, 0).reshape(size)


def _change_alpha(alpha: Plane, given: int, wanted: int) -> Plane:
    """Alpha codes at another depth; full stays full."""
    if given == wanted:
        return alpha
    most, least = (1 << wanted) - 1, (1 << given) - 1
    codes = np.rint(alpha.astype(np.float32) * (most / least))
    return np.asarray(codes, np.uint8 if wanted == 8 else np.uint16)
