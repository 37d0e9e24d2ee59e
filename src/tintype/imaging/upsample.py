# SPDX-License-Identifier: Apache-2.0
"""Chroma from the network's few cells to every pixel, along the photograph's own edges.

A cell of the network's output covers 4 x 4 pixels of its input and dozens of the photograph;
enlarged as it is, its colour would bleed over every edge that runs through it. Lightness is known
everywhere, and where it changes, chroma mostly does. Two steps use that.

*Refine*: on a grid of 4 x 4 points a cell, chroma is moved towards that of neighbours that are as
light, a joint bilateral filter of a few points with ever smaller steps. After each of them the
cells are given their own mean again, so that nothing the network said is lost; and the points are
held within what sRGB can show at their lightness, so that a cell's colour goes to where it can be
seen, not into its shadows.

*Enlarge*: around each point, chroma is a linear function of lightness, u* = a L* + b, with the
slope a of the guided filter, held back where lightness is nearly flat, and b such that the point
keeps its chroma. In the shadows, where the colours of sRGB are a cone with its tip at black, a
strong colour fades towards black as the cone does. The smooth coefficients are interpolated to full
size and meet the photograph's own lightness there.

Lightness in L*, chroma u*, v* in CIE units. A plane covers its picture from edge to edge at every
size, so nothing moves when it is enlarged.

Source: J. Kopf et al., "Joint Bilateral Upsampling", SIGGRAPH 2007; K. He, J. Sun and X. Tang,
"Guided Image Filtering", ECCV 2010, equations 5 to 8; K. He and J. Sun, "Fast Guided Filter",
arXiv:1505.00996, for coefficients found at one size and used at another.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.gamut import Room, displayable_share
from tintype.imaging.resize import resize

Plane = NDArray[np.float32]  # (h, w)
Planes = NDArray[np.float32]  # (n, h, w)

POINTS = 4  # of the refined grid along a cell's side

_PASSES = ((3, 3), (2, 2), (1, 2))  # points to a neighbour, and how often these are gathered
_SIMILAR = 5.7  # L*: at this difference in lightness a neighbour counts a quarter
_RETURNS = 2  # how often, after a pass, what the cells have lost is given back
_MARGIN = 2.0  # L*: so much darker and lighter than itself a point's colour can be shown too
_EDGE = 150.0  # variance of L* at which a slope is held back by half
_SHADOW = (30.0, 50.0)  # L*: below the first all is shadow, where room for chroma grows with L*,
# above the second none is


@dataclass(frozen=True, slots=True, eq=False)
class ChromaField:
    """Chroma as a linear function of lightness that varies smoothly over a picture.

    Attributes:
        coefficients: ``(2, 2, h, w)`` float32: slopes over L*, then offsets; of u*, then of v*.
    """

    coefficients: NDArray[np.float32]

    @property
    def height(self) -> int:
        """Rows of the field."""
        return int(self.coefficients.shape[2])

    def rows(self, at: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """The coefficients in rows between the field's own.

        Args:
            at: ``(n,)``, in units of the field's rows; 0 is the first row's centre. Beyond the
                outermost centres their values hold.

        Returns:
            ``(2, 2, n, w)`` float32.
        """
        last = self.height - 1
        at = np.clip(at, 0, last)
        above = at.astype(np.intp)
        between = self.coefficients[:, :, np.minimum(above + 1, last)]
        upper = self.coefficients[:, :, above]
        between -= upper
        between *= (at - above).astype(np.float32)[:, None]
        between += upper
        return between

    def over(self, lightness: Plane) -> Planes:
        """Chroma ``(2, H, W)`` of a picture at full size, of its ``(H, W)`` lightness."""
        height, width = lightness.shape
        slopes, offsets = self.rows(rows_between(slice(0, height), height, self.height))
        return np.stack(
            [
                stretch(slope, width) * lightness + stretch(offset, width)
                for slope, offset in zip(slopes, offsets, strict=True)
            ]
        )


def upsample(chroma: Planes, lightness: Plane) -> Planes:
    """Enlarge chroma to a photograph's size, along its edges.

    :func:`tintype.imaging.compose.compose` does the same strip by strip; this is for pictures
    that may as well be held as a whole.

    Args:
        chroma: ``(2, h, w)`` float32; covers the photograph from edge to edge.
        lightness: ``(H, W)`` float32, any H, W >= 1.

    Returns:
        ``(2, H, W)`` float32, not brought into the gamut.
    """
    points = resize(lightness, (POINTS * chroma.shape[1], POINTS * chroma.shape[2]))
    return spread(chroma, points).over(lightness)


def spread(chroma: Planes, lightness: Plane) -> ChromaField:
    """Make of the network's cells a field over the picture: refine, then fit.

    Args:
        chroma: ``(2, h, w)`` float32.
        lightness: ``(POINTS h, POINTS w)`` float32.

    Returns:
        The field, on the grid of ``lightness``.

    Raises:
        ValueError: the shapes do not belong together.
    """
    return fit(refine(chroma, lightness), lightness)


def refine(chroma: Planes, lightness: Plane) -> Planes:
    """Give chroma the edges of lightness, :data:`POINTS` times finer than it is.

    Args:
        chroma: ``(2, h, w)`` float32.
        lightness: ``(POINTS h, POINTS w)`` float32.

    Returns:
        ``(2, POINTS h, POINTS w)`` float32, that can be shown; its mean over each cell is that
        cell's chroma, or nearly so, where the cell is light enough, and dark enough, for it.

    Raises:
        ValueError: the shapes do not belong together.
    """
    if chroma.ndim != 3 or lightness.shape != tuple(POINTS * side for side in chroma.shape[1:]):
        raise ValueError(
            f"lightness must have {POINTS} points a side for each cell of chroma, got "
            f"{lightness.shape} for {chroma.shape}"
        )
    chroma = np.ascontiguousarray(chroma)  # OpenCV misreads an array that repeats itself
    size = lightness.shape[::-1]
    refined = np.stack([cv2.resize(p, size, interpolation=cv2.INTER_CUBIC) for p in chroma])
    weights = np.empty((9, *lightness.shape), np.float32)
    room = Room.between(*(np.clip(lightness + by, 0, 100) for by in (-_MARGIN, _MARGIN)))
    for step, passes in _PASSES:
        _weigh(lightness, step, weights)
        for _ in range(passes):
            refined = _gather(refined, weights, step)
            for _ in range(_RETURNS):
                lost = chroma - resize(refined, chroma.shape[1:])
                refined += np.stack([cv2.resize(p, size) for p in lost])
        refined *= room.share(*refined)
    return refined


def fit(chroma: Planes, lightness: Plane) -> ChromaField:
    """Describe chroma as a function of lightness, exactly where both are known.

    Args:
        chroma: ``(2, h, w)`` float32.
        lightness: ``(h, w)`` float32.

    Returns:
        The field, ``(2, h, w)``; at ``lightness`` it gives ``chroma``.
    """
    mean = _blur(lightness)
    variance = _blur(lightness * lightness) - mean * mean
    held_back = 1 / (variance + np.float32(_EDGE))
    slope: Planes = np.stack(
        [(_blur(lightness * p) - mean * _blur(p)) * held_back for p in chroma], dtype=np.float32
    )
    cone = chroma / np.maximum(lightness, np.float32(_MARGIN))
    slope += _strength_in_shadow(chroma, lightness) * (cone - slope)
    return ChromaField(np.stack((slope, chroma - slope * lightness)))


def rows_between(rows: slice, height: int, points: int) -> NDArray[np.float64]:
    """Where the centres of a picture's rows lie on a grid of ``points`` rows that covers it."""
    return (np.arange(rows.start, rows.stop) + 0.5) * (points / height) - 0.5


def stretch(plane: Plane, width: int, out: Plane | None = None) -> Plane:
    """Interpolate ``(n, w)`` to ``(n, width)``, both from edge to edge; ``out`` may be a view."""
    return cv2.resize(plane, (width, plane.shape[0]), dst=out, interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _strength_in_shadow(chroma: Planes, lightness: Plane) -> Plane:
    """1 where a dark colour is as strong as can be shown, 0 where half as strong, or in light."""
    share = displayable_share(lightness, *(2 * chroma))
    dark, light = _SHADOW
    strength: Plane = np.clip(2 - 2 * share, 0, 1) * np.interp(lightness, (dark, light), (1, 0))
    return strength.astype(np.float32)


def _weigh(lightness: Plane, step: int, weights: Planes) -> None:
    """Find how much each neighbour ``step`` away counts: the lighter and darker, the less.

    Args:
        lightness: ``(h, w)``.
        step: points between neighbours.
        weights: ``(9, h, w)``, is overwritten; the fifth is the point's own. They sum to 1.
    """
    around = _pad(lightness, step)
    for weight, there in zip(weights, _neighbours(lightness, step), strict=True):
        np.subtract(around[there], lightness, out=weight)
    weights *= np.float32(1 / _SIMILAR)
    np.square(weights, out=weights)
    weights += 1
    np.square(weights, out=weights)
    np.reciprocal(weights, out=weights)
    weights /= weights.sum(axis=0)


def _gather(chroma: Planes, weights: Planes, step: int) -> Planes:
    """The weighted mean of each point's neighbours and its own chroma."""
    gathered = np.zeros_like(chroma)
    for plane, gathering in zip(chroma, gathered, strict=True):
        around = _pad(plane, step)
        for weight, there in zip(weights, _neighbours(plane, step), strict=True):
            cv2.accumulateProduct(weight, around[there], gathering)
    return gathered


def _neighbours(plane: Plane, step: int) -> list[tuple[slice, slice]]:
    """Where the nine neighbours of all points lie once ``plane`` is padded by ``step``."""
    height, width = plane.shape
    shifts = (0, step, 2 * step)
    return [np.s_[y : y + height, x : x + width] for y in shifts for x in shifts]


def _pad(plane: Plane, by: int) -> Any:
    return cv2.copyMakeBorder(plane, by, by, by, by, cv2.BORDER_REPLICATE)


def _blur(plane: Plane) -> Any:
    return cv2.GaussianBlur(plane, (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE)
