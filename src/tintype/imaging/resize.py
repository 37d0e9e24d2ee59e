# SPDX-License-Identifier: Apache-2.0
"""Planes to other sizes: what shrinks is averaged over area, what grows is interpolated.

Pixels are areas, and both corners of the picture stay where they are: the pixel i of n covers
[i / n, (i + 1) / n] of its side before and after, so nothing moves by half a pixel and a picture
resized and back lies exactly over itself. Averaging over the whole area that a new pixel covers
is what keeps grain and fine texture from turning into false detail in a small copy.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_BOXES = 2  # whole boxes at least that make up a new pixel: fewer would blur it visibly


def resize(planes: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    """Resize planes, antialiased.

    Args:
        planes: ``(..., H, W)``, uint8, uint16 or float32; any range and unit, H, W >= 1.
        size: the new (h, w), each >= 1. Either side may shrink or grow.

    Returns:
        ``(..., h, w)`` float32, within the range of ``planes``.

    Raises:
        ValueError: ``planes`` has no pixels or another dtype, or ``size`` is not positive.
    """
    if planes.ndim < 2 or 0 in planes.shape:
        raise ValueError(f"planes must be (..., H, W) with H, W >= 1, got {planes.shape}")
    if planes.dtype not in (np.uint8, np.uint16, np.float32):
        raise ValueError(f"planes must be uint8, uint16 or float32, got {planes.dtype}")
    if min(size) < 1:
        raise ValueError(f"size must be (h, w) with h, w >= 1, got {size}")
    resized = np.empty((*planes.shape[:-2], *size), np.float32)
    for index in np.ndindex(planes.shape[:-2]):
        resized[index] = _resize_plane(planes[index], size)
    return resized


def _resize_plane(plane: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    shrunk = (min(size[0], plane.shape[0]), min(size[1], plane.shape[1]))
    boxed = _average_boxes(plane, shrunk).astype(np.float32, copy=False)
    return _cv_resize(_cv_resize(boxed, shrunk, cv2.INTER_AREA), size, cv2.INTER_LINEAR)


def _average_boxes(plane: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Take the bulk of a strong reduction by whole boxes, which OpenCV does many times faster."""
    height, width = plane.shape
    largest = min(height // size[0], width // size[1]) // _BOXES
    for side in range(largest, 1, -1):
        if height % side == 0 and width % side == 0:
            return _cv_resize(plane, (height // side, width // side), cv2.INTER_AREA)
    return plane


def _cv_resize(plane: NDArray[Any], size: tuple[int, int], interpolation: int) -> NDArray[Any]:
    if plane.shape == size:
        return plane
    return cv2.resize(plane, size[::-1], interpolation=interpolation)
