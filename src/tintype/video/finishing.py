# SPDX-License-Identifier: Apache-2.0
"""The last step of each frame: colours at the size of its chroma planes, beside its own luma."""

from fractions import Fraction

import av
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
            primaries=given.primaries,
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
        mean = shrink(luma[self._picture], self._part)
        if mean.shape != lightness.shape:
            light = luma_to_lightness(mean, self._coding)
            chroma = spread(chroma, None, lightness, light, radius=_RADIUS)
        size = self._film.size
        if self._layout.rgb:
            return new_frame(self._layout, size, (self._rgb(luma, chroma),), alpha)
        planes = [self._framed(p) for p in chroma_planes(mean, chroma, self._coding)]
        return new_frame(self._layout, size, (luma, *planes), alpha)

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


def _change_alpha(alpha: Plane, given: int, wanted: int) -> Plane:
    """Alpha codes at another depth; full stays full."""
    if given == wanted:
        return alpha
    most, least = (1 << wanted) - 1, (1 << given) - 1
    codes = np.rint(alpha.astype(np.float32) * (most / least))
    return np.asarray(codes, np.uint8 if wanted == 8 else np.uint16)
