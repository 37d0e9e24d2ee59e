# SPDX-License-Identifier: Apache-2.0
"""CIELAB (D65, 2 degree observer): the space in which colour differences are measured.

Units everywhere: L* in [0, 100]; a*, b* in CIE units. The sRGB cube spans a* in [-86.2, 98.2]
and b* in [-107.9, 94.5].

With L the curve of lightness, which is 116 f - 16 in the standard's terms, a* = 500/116 (L(X/Xn) -
L(Y)) and b* = 200/116 (L(Y) - L(Z/Zn)). A grey pixel has X/Xn = Y = Z/Zn to the last bit, so its
a* and b* are exactly 0.

Source: CIE 15:2004, section 8.2.1, with the exact constants.
"""

import numpy as np

from tintype.color.arrays import array_namespace
from tintype.color.luv import lightness_to_luminance, luminance_to_lightness
from tintype.color.srgb import (
    RGB_TO_XYZ,
    WHITE_XYZ,
    Array,
    channels,
    check_image,
    linear_to_srgb,
    srgb_to_linear,
    weighted_mean,
)

_RGB_TO_RELATIVE_XYZ = RGB_TO_XYZ / np.array(WHITE_XYZ)[:, None]  # each row sums to 1
_RELATIVE_XYZ_TO_RGB = np.linalg.inv(_RGB_TO_RELATIVE_XYZ)  # and so does each of these
_A, _B = 500 / 116, 200 / 116


def rgb_to_lab(rgb: Array) -> Array:
    """Convert encoded sRGB to CIELAB.

    Args:
        rgb: ``(..., 3, H, W)``, floating, in [0, 1].

    Returns:
        ``(..., 3, H, W)``: L*, a*, b*; same dtype and device. Greys have a* = b* = 0.

    Raises:
        ValueError: if axis -3 is not 3, or ``rgb`` is not floating.
    """
    check_image(rgb, "rgb")
    xp = array_namespace(rgb)
    linear = [srgb_to_linear(plane) for plane in channels(rgb)]
    x, y, z = (luminance_to_lightness(weighted_mean(row, *linear)) for row in _RGB_TO_RELATIVE_XYZ)
    return xp.stack((y, _A * (x - y), _B * (y - z)), axis=-3)


def lab_to_rgb(lab: Array) -> Array:
    """Convert CIELAB to encoded sRGB; inverse of :func:`rgb_to_lab`.

    Args:
        lab: ``(..., 3, H, W)``: L*, a*, b*.

    Returns:
        ``(..., 3, H, W)``, encoded sRGB, not clipped: colours that sRGB cannot show leave
        [0, 1]. Same dtype and device. Where a* = b* = 0 the three channels are equal.

    Raises:
        ValueError: if axis -3 is not 3, or ``lab`` is not floating.
    """
    check_image(lab, "lab")
    xp = array_namespace(lab)
    lightness, a, b = channels(lab)
    light = (lightness + a / _A, lightness, lightness - b / _B)
    relative_xyz = [lightness_to_luminance(plane) for plane in light]
    linear = [weighted_mean(row, *relative_xyz) for row in _RELATIVE_XYZ_TO_RGB]
    return xp.stack([linear_to_srgb(plane) for plane in linear], axis=-3)
