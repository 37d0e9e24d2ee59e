# SPDX-License-Identifier: Apache-2.0
"""CIEDE2000: how different two colours look, in units of about one just noticeable difference.

Angles are in radians here, and the standard's kL = kC = kH = 1. At 180 degrees between two hues
the formula jumps, as its authors show: which arc holds the mean hue is then decided by the order
of the two, and within a millionth of a radian of that point we follow the same rule, lest
rounding decide.

Source: CIE 142-2001, as worked out with test data in G. Sharma, W. Wu and E. N. Dalal, "The
CIEDE2000 color-difference formula", Color Research and Application 30 (2005), equations 2 to 22.
"""

import math

from tintype.color.arrays import array_namespace
from tintype.color.srgb import Array, channels, check_image

_KNEE = 25.0**7  # of mean chroma to the 7th power, in the terms G and R_C
_HALF_TURN = math.pi + 1e-6


def ciede2000(lab1: Array, lab2: Array) -> Array:
    """The CIEDE2000 colour difference, pixel by pixel.

    Args:
        lab1: ``(..., 3, H, W)``, floating: L*, a*, b*, CIELAB units.
        lab2: the same, of a shape that broadcasts with ``lab1``.

    Returns:
        ``(..., 1, H, W)``, not negative; same dtype and device. Symmetric in its arguments, and 0
        for equal colours. Its gradient is finite everywhere, and 0 between equal colours.

    Raises:
        ValueError: if axis -3 of either is not 3, or either is not floating.
    """
    check_image(lab1, "lab1")
    check_image(lab2, "lab2")
    xp = array_namespace(lab1, lab2)
    (lightness1, a1, b1), (lightness2, a2, b2) = channels(lab1), channels(lab2)
    stretch = 1.5 - 0.5 * _knee((_length(a1, b1) + _length(a2, b2)) / 2)  # of a*, among greys
    chroma1, hue1 = _polar(stretch * a1, b1)
    chroma2, hue2 = _polar(stretch * a2, b2)
    mean_lightness = (lightness1 + lightness2) / 2
    mean_chroma = (chroma1 + chroma2) / 2
    turn = _turn(hue1, hue2)
    mean_hue = hue1 + turn / 2

    from_middle = (mean_lightness - 50) ** 2
    s_l = 1 + 0.015 * from_middle / (20 + from_middle) ** 0.5
    s_c = 1 + 0.045 * mean_chroma
    s_h = 1 + 0.015 * mean_chroma * _hue_weight(mean_hue)

    delta_l = (lightness2 - lightness1) / s_l
    delta_c = (chroma2 - chroma1) / s_c
    delta_h = 2 * _root(chroma1 * chroma2) * xp.sin(turn / 2) / s_h
    squared = delta_l**2 + delta_c**2 + delta_h**2
    squared = squared + _rotation(mean_hue, mean_chroma) * delta_c * delta_h
    return _root(squared)[..., None, :, :]


def _polar(a: Array, b: Array) -> tuple[Array, Array]:
    """Chroma, and hue in radians in [0, 2 pi). Grey's is 0, and as Delta H' is 0 too, unused."""
    xp = array_namespace(a)
    hue = xp.atan2(b, a)
    return _length(a, b), xp.where(hue < 0, hue + 2 * math.pi, hue)


def _turn(hue1: Array, hue2: Array) -> Array:
    """The shorter way from the first hue to the second, radians in [-pi, pi]."""
    xp = array_namespace(hue1)
    turn = hue2 - hue1
    turn = xp.where(turn > _HALF_TURN, turn - 2 * math.pi, turn)
    return xp.where(turn < -_HALF_TURN, turn + 2 * math.pi, turn)


def _hue_weight(hue: Array) -> Array:
    """The term T: how much hue counts, by hue."""
    xp = array_namespace(hue)
    return (
        1
        - 0.17 * xp.cos(hue - math.radians(30))
        + 0.24 * xp.cos(2 * hue)
        + 0.32 * xp.cos(3 * hue + math.radians(6))
        - 0.20 * xp.cos(4 * hue - math.radians(63))
    )


def _rotation(hue: Array, chroma: Array) -> Array:
    """The term R_T: chroma and hue are not independent among saturated blues."""
    xp = array_namespace(hue)
    degrees = hue * (180 / math.pi) % 360
    angle = math.radians(60) * xp.exp(-(((degrees - 275) / 25) ** 2))
    return -2 * _knee(chroma) * xp.sin(angle)


def _knee(chroma: Array) -> Array:
    """sqrt(C^7 / (C^7 + 25^7)): 0 for grey, 1 for saturated colours."""
    power = chroma**7
    return _root(power / (power + _KNEE))


def _length(a: Array, b: Array) -> Array:
    return _root(a**2 + b**2)


def _root(square: Array) -> Array:
    """Square root of what is not negative but for rounding; its gradient at 0 is 0."""
    xp = array_namespace(square)
    positive = square > 0
    return xp.where(positive, xp.where(positive, square, 1.0) ** 0.5, 0.0)
