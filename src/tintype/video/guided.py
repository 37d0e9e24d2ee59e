# SPDX-License-Identifier: Apache-2.0
"""Chroma spread along the edges of lightness, from where it is known to where it is not.

Within a small window, colour is taken to be a linear function of lightness: that is the guided
filter. Here each pixel counts as much as its colour is trusted, so places that nothing is known
about are filled from those around them that are as light; and the coefficients, which are smooth,
can be used at another size than they were found at, so that a small plane of chroma takes on the
edges of a larger plane of lightness.

Source: K. He, J. Sun and X. Tang, "Guided Image Filtering", ECCV 2010, equations 5 to 8; K. He and
J. Sun, "Fast Guided Filter", arXiv:1505.00996, for the change of size.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_EDGE = np.float32(4.0**2)  # variance in L*: what is flatter than this is smoothed over
_LEAST_WEIGHT = np.float32(1e-3)


def spread(
    chroma: Floats, weight: Floats | None, small: Floats, large: Floats, *, radius: int
) -> Floats:
    """Spread chroma along lightness.

    Args:
        chroma: ``(2, h, w)`` float32: u*, v* in CIE units.
        weight: ``(h, w)`` float32, how far each is trusted, any scale, 0 for not at all; None
            where all count alike.
        small: ``(h, w)`` float32, L*: the lightness there.
        large: ``(H, W)`` float32, L*: the lightness to be coloured; may be ``small`` itself.
        radius: of the window, in pixels of ``small``.

    Returns:
        ``(2, H, W)`` float32.
    """
    counted = np.full_like(small, 1) if weight is None else weight + _LEAST_WEIGHT
    lit = counted * small
    total = _mean(counted, radius)
    mean = _mean(lit, radius) / total
    variance = _mean(lit * small, radius) / total - mean * mean
    planes = np.empty((2, *large.shape), np.float32)
    for plane, known in zip(planes, chroma, strict=True):
        level = _mean(counted * known, radius) / total
        slope = (_mean(lit * known, radius) / total - mean * level) / (variance + _EDGE)
        offset = level - slope * mean
        slope, offset = (_to_size(_mean(p, radius), large.shape) for p in (slope, offset))
        np.multiply(slope, large, out=plane)
        plane += offset
    return planes


def _mean(plane: Floats, radius: int) -> Any:
    """The mean over a square window, cut off at the border's mirror."""
    return cv2.blur(plane, (2 * radius + 1, 2 * radius + 1))


def _to_size(plane: Any, shape: tuple[int, ...]) -> Any:
    return plane if plane.shape == shape else cv2.resize(plane, shape[::-1])
