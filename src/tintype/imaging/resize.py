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
        resized[index] = _resize_image(planes[index], size)
    return resized


def resize_pixels(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    """Resize a picture whose channels lie together, antialiased, into planes.

    Args:
        pixels: ``(H, W)`` or ``(H, W, C)``, uint8, uint16 or float32, H, W >= 1.
        size: the new (h, w), each >= 1.

    Returns:
        ``(h, w)`` or ``(C, h, w)`` float32, on the scale of ``pixels``.
    """
    resized = _resize_image(pixels, size)
    return np.ascontiguousarray(np.moveaxis(resized, -1, 0)) if pixels.ndim == 3 else resized


def _resize_image(image: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    """``(H, W)`` or ``(H, W, C)`` of any dtype to ``(h, w)`` or ``(h, w, C)`` float32."""
    shrunk = (min(size[0], image.shape[0]), min(size[1], image.shape[1]))
    small = _take_bulk(image, (2 * shrunk[0], 2 * shrunk[1])).astype(np.float32, copy=False)
    return _cv_resize(_cv_resize(small, shrunk, cv2.INTER_AREA), size, cv2.INTER_LINEAR)


def _take_bulk(image: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Shrink to ``size`` where that is smaller, in the image's own dtype.

    Halving goes first, as long as it comes out even, because OpenCV is many times faster at it.
    """
    while not (image.shape[0] % 2 or image.shape[1] % 2):
        half = (image.shape[0] // 2, image.shape[1] // 2)
        if half[0] < size[0] or half[1] < size[1]:
            break
        image = _cv_resize(image, half, cv2.INTER_AREA)
    smaller = (min(size[0], image.shape[0]), min(size[1], image.shape[1]))
    return _cv_resize(image, smaller, cv2.INTER_AREA)


def _cv_resize(image: NDArray[Any], size: tuple[int, int], interpolation: int) -> NDArray[Any]:
    if image.shape[:2] == size:
        return image
    resized = cv2.resize(image, size[::-1], interpolation=interpolation)
    return resized.reshape(size + image.shape[2:])  # OpenCV drops a single channel's axis
