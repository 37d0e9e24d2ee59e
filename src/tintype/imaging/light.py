# SPDX-License-Identifier: Apache-2.0
"""From pixels of any depth, grey or in colour, to L* and back to luminance, fast.

The definition is :mod:`tintype.color`. Here grey pixels of 8 and 16 bits are looked up in tables
made by it, and what must be computed is: the powers by logarithm and exponential, which OpenCV
has as vector code, unlike a power.

Luminance Y is relative, in [0, 1]; lightness is L*, in [0, 100].
"""

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import luminance_to_lightness
from tintype.color.srgb import RGB_TO_XYZ, srgb_to_linear
from tintype.imaging.photograph import DEPTHS, Pixels

Plane = NDArray[np.float32]

_WEIGHTS = np.asarray(RGB_TO_XYZ[1], dtype=np.float32)  # of linear R, G, B in Y

# L* over Y is a cube root, and a straight line from black to where both have the same slope.
_KNEE_Y, _KNEE_L, _SLOPE = (6 / 29) ** 3, 8.0, (29 / 3) ** 3


def read_light(pixels: Pixels, lightness: Plane, luminance: Plane) -> None:
    """Find L* and Y of pixels.

    Args:
        pixels: ``(h, w)`` grey or ``(h, w, 3)`` RGB, uint8, uint16 or float32, encoded sRGB.
        lightness: ``(h, w)`` float32, is overwritten with L*.
        luminance: ``(h, w)`` float32, is overwritten with Y.
    """
    if pixels.ndim == 2 and pixels.dtype != np.float32:
        look_up(pixels, grey_lightness(pixels.dtype), lightness)
        look_up(pixels, grey_luminance(pixels.dtype), luminance)
        return
    if pixels.ndim == 2:
        luminance[:] = srgb_to_linear(pixels)
    else:
        np.matmul(_linear(pixels), _WEIGHTS, out=luminance)
    find_lightness(luminance, lightness)


def find_lightness(luminance: Plane, lightness: Plane) -> None:
    """Overwrite ``lightness`` with L* of ``luminance``; both ``(h, w)`` float32."""
    np.clip(luminance, _KNEE_Y, 1, out=lightness)
    cv2.log(lightness, lightness)
    lightness *= np.float32(1 / 3)
    cv2.exp(lightness, lightness)
    lightness *= np.float32(116)
    straight = np.clip(luminance, 0, _KNEE_Y)
    straight *= np.float32(_SLOPE)
    lightness += straight
    lightness -= np.float32(16 + _KNEE_L)  # one of the two terms stands still at the knee


def find_luminance(lightness: Plane, luminance: Plane) -> None:
    """Overwrite ``luminance`` with Y of ``lightness``; both ``(h, w)`` float32."""
    root = np.clip(lightness, _KNEE_L, 100)
    root += np.float32(16)
    root *= np.float32(1 / 116)
    np.multiply(root, root, out=luminance)
    luminance *= root
    straight = np.clip(lightness, 0, _KNEE_L)
    straight *= np.float32(1 / _SLOPE)
    luminance += straight
    luminance -= np.float32(_KNEE_Y)


def look_up(codes: NDArray[Any], table: Plane, plane: Plane) -> None:
    """Overwrite ``plane`` with the entry of ``table`` for each code, uint8 or uint16."""
    if codes.dtype == np.uint8:
        cv2.LUT(codes, table, plane)
    else:
        np.take(table, codes, out=plane, mode="clip")  # as a mode, it spares NumPy a buffer


@cache
def grey_luminance(dtype: np.dtype[Any]) -> Plane:
    """Y of every grey code of a depth, uint8 or uint16."""
    codes = np.arange(DEPTHS[dtype] + 1) / DEPTHS[dtype]
    return np.asarray(srgb_to_linear(codes), dtype=np.float32)


@cache
def grey_lightness(dtype: np.dtype[Any]) -> Plane:
    """L* of every grey code of a depth, uint8 or uint16."""
    codes = np.arange(DEPTHS[dtype] + 1) / DEPTHS[dtype]
    return np.asarray(luminance_to_lightness(srgb_to_linear(codes)), dtype=np.float32)


def _linear(rgb: Pixels) -> NDArray[np.float32]:
    if rgb.dtype == np.float32:
        return np.asarray(srgb_to_linear(rgb), dtype=np.float32)
    linear = np.empty(rgb.shape, np.float32)
    look_up(rgb, grey_luminance(rgb.dtype), linear)
    return linear
