# SPDX-License-Identifier: Apache-2.0
"""sRGB: the encoded RGB of picture files, and the linear light behind it.

Conventions of all of ``tintype.color``: floating NumPy arrays or PyTorch tensors, channels on
axis -3, RGB order, encoded sRGB in [0, 1] unless a name says ``linear``. Nothing here clips,
moves an array to another device or changes its dtype.

Source: IEC 61966-2-1:1999 (transfer function, primaries, D65 white).
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from tintype.color.arrays import array_namespace

Array: TypeAlias = Any  # a NumPy array or a PyTorch tensor; what goes in comes out

_PRIMARIES_XY = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))  # R, G, B chromaticities
_WHITE_XY = (0.3127, 0.3290)  # D65, as sRGB states it

# Where the straight foot 12.92 x meets the curve. The standard rounds this point to 0.04045 on one
# side and to 0.0031308 on the other: two knees that disagree by 2e-9, a step both ways.
_KNEE = 0.0404482362771082
_LINEAR_KNEE = _KNEE / 12.92


def _xyz_of_xy(x: float, y: float) -> tuple[float, float, float]:
    """CIE XYZ of a chromaticity, scaled so that Y = 1."""
    return x / y, 1.0, (1 - x - y) / y


def _rgb_to_xyz() -> np.ndarray:
    """3x3 float64 matrix from linear RGB to XYZ, with Y = 1 for white.

    Derived from the primaries rather than typed in: the rounded tables in circulation leave
    white with a trace of chroma.
    """
    primaries = np.array([_xyz_of_xy(*xy) for xy in _PRIMARIES_XY]).T
    strengths = np.linalg.solve(primaries, np.array(WHITE_XYZ))  # of each primary, to make white
    return primaries * strengths


WHITE_XYZ = _xyz_of_xy(*_WHITE_XY)
RGB_TO_XYZ = _rgb_to_xyz()
XYZ_TO_RGB = np.linalg.inv(RGB_TO_XYZ)


def srgb_to_linear(rgb: Array) -> Array:
    """Undo the sRGB transfer function.

    Args:
        rgb: any shape, floating, encoded sRGB in [0, 1]; the curve stays monotone outside.

    Returns:
        Linear light, same shape, dtype and device; [0, 1] goes to [0, 1].
    """
    xp = array_namespace(rgb)
    curve = ((xp.clip(rgb, min=_KNEE) + 0.055) / 1.055) ** 2.4  # clip: finite gradient below
    return xp.where(rgb <= _KNEE, rgb / 12.92, curve)


def linear_to_srgb(linear: Array) -> Array:
    """Apply the sRGB transfer function; inverse of :func:`srgb_to_linear`.

    Args:
        linear: any shape, floating, linear light in [0, 1]; the curve stays monotone outside.

    Returns:
        Encoded sRGB, same shape, dtype and device; [0, 1] goes to [0, 1].
    """
    xp = array_namespace(linear)
    curve = 1.055 * xp.clip(linear, min=_LINEAR_KNEE) ** (1 / 2.4) - 0.055
    return xp.where(linear <= _LINEAR_KNEE, linear * 12.92, curve)


def check_image(image: Array, name: str, *, planes: int = 3) -> None:
    """Raise :class:`ValueError` unless ``image`` is floating with ``planes`` on axis -3."""
    xp = array_namespace(image)
    if image.ndim < 3 or image.shape[-3] != planes:
        raise ValueError(
            f"{name} must be channels-first, (..., {planes}, H, W); got {tuple(image.shape)}"
        )
    if not xp.isdtype(image.dtype, "real floating"):
        raise ValueError(f"{name} must be floating, got {image.dtype}; convert it first")


def channels(image: Array) -> tuple[Array, ...]:
    """The planes ``(..., H, W)`` of an image ``(..., C, H, W)``."""
    return tuple(image[..., i, :, :] for i in range(image.shape[-3]))


def weighted_mean(weights: Sequence[float], a: Array, b: Array, c: Array) -> Array:
    """Mean of three planes under weights that sum to 1, negative ones allowed.

    Computed from differences, so that three equal planes come out exactly as they went in,
    whatever the rounding: this is what keeps grey grey.
    """
    return b + float(weights[0]) * (a - b) + float(weights[2]) * (c - b)
