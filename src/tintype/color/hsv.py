# SPDX-License-Identifier: Apache-2.0
"""HSV: hue, saturation, value; the paper's other colour space.

All three are in [0, 1]. Hue is a fraction of the circle, 0 red, 1/3 green, 2/3 blue, and never 1;
grey has none, and gets 0. Saturation is (max - min) / max of R, G and B, value their maximum.

Since hue is a circle, a network that regresses it predicts its direction (cos, sin) instead, where
the distance from 0.99 to 0.01 is short: :func:`hue_to_direction` and back.

Source: A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978; CSS Color 4 has the branchless
inverse.
"""

import math

from tintype.color.arrays import array_namespace
from tintype.color.srgb import Array, channels, check_image


def rgb_to_hsv(rgb: Array) -> Array:
    """Convert encoded sRGB to HSV.

    Args:
        rgb: ``(..., 3, H, W)``, floating, in [0, 1].

    Returns:
        ``(..., 3, H, W)``: hue in [0, 1), saturation and value in [0, 1]; same dtype and device.
        Greys have hue 0 and saturation 0.

    Raises:
        ValueError: if axis -3 is not 3, or ``rgb`` is not floating.
    """
    check_image(rgb, "rgb")
    xp = array_namespace(rgb)
    r, g, b = channels(rgb)
    value = xp.max(rgb, axis=-3)
    spread = value - xp.min(rgb, axis=-3)
    divisor = xp.where(spread > 0, spread, 1.0)
    sextant = xp.where(
        value == r,
        (g - b) / divisor,
        xp.where(value == g, 2 + (b - r) / divisor, 4 + (r - g) / divisor),
    )
    hue = sextant / 6
    hue = xp.where(hue < 0, hue + 1, hue)
    hue = xp.where(hue < 1, hue, 0.0)  # a hair below 0 rounds up to 1
    saturation = spread / xp.where(value > 0, value, 1.0)
    return xp.stack((hue, saturation, value), axis=-3)


def hsv_to_rgb(hsv: Array) -> Array:
    """Convert HSV to encoded sRGB; inverse of :func:`rgb_to_hsv`.

    Args:
        hsv: ``(..., 3, H, W)``, floating: hue, any number of turns; saturation and value in
            [0, 1].

    Returns:
        ``(..., 3, H, W)``, encoded sRGB in [0, 1]; same dtype and device.

    Raises:
        ValueError: if axis -3 is not 3, or ``hsv`` is not floating.
    """
    check_image(hsv, "hsv")
    xp = array_namespace(hsv)
    hue, saturation, value = channels(hsv)
    planes = []
    for ahead in (5, 3, 1):  # sextants by which red is past the point where R, G, B fall away
        sextant = ahead + 6 * hue
        sextant = sextant - 6 * xp.floor(sextant / 6)
        missing = xp.clip(xp.minimum(sextant, 4 - sextant), min=0.0, max=1.0)
        planes.append(value * (1 - saturation * missing))
    return xp.stack(planes, axis=-3)


def hue_to_direction(hue: Array) -> Array:
    """Cosine and sine of a hue: ``(..., 1, H, W)`` in turns to ``(..., 2, H, W)`` in [-1, 1].

    Raises:
        ValueError: if axis -3 is not 1, or ``hue`` is not floating.
    """
    check_image(hue, "hue", planes=1)
    xp = array_namespace(hue)
    angle = 2 * math.pi * hue
    return xp.concat((xp.cos(angle), xp.sin(angle)), axis=-3)


def direction_to_hue(direction: Array) -> Array:
    """Hue of a direction, whatever its length: ``(..., 2, H, W)`` to ``(..., 1, H, W)`` in [0, 1).

    Inverse of :func:`hue_to_direction`. No direction, (0, 0), is hue 0, as grey is.

    Raises:
        ValueError: if axis -3 is not 2, or ``direction`` is not floating.
    """
    check_image(direction, "direction", planes=2)
    xp = array_namespace(direction)
    cosine, sine = channels(direction)
    hue = xp.atan2(sine, cosine) / (2 * math.pi)
    hue = xp.where(hue < 0, hue + 1, hue)
    return xp.where(hue < 1, hue, 0.0)[..., None, :, :]
