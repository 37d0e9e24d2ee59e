# SPDX-License-Identifier: Apache-2.0
"""How colourful a picture looks: Hasler and Süsstrunk's statistic, in its two current variants.

Zero for grey, about 40 for an ordinary photograph, 80 and more for a garish one. Higher is not
better: compare with the true photograph's value (ΔCF, or the ratio of the means).

``colorfulness`` is the paper's, on signed opponent channels. ``colorfulness_abs`` takes absolute
values first, as the code of CT2, DDColor and ColorMNet does, and gives smaller numbers: use it to
compare with theirs, and never mix the two.

Source: D. Hasler and S. Süsstrunk, "Measuring colourfulness in natural images", Proc. SPIE 5007,
2003, equation 11: sqrt(σ²rg + σ²yb) + 0.3 sqrt(µ²rg + µ²yb) with rg = R - G,
yb = (R + G) / 2 - B, on encoded RGB in 0–255.
"""

import numpy as np

from tintype.color.srgb import check_image
from tintype.metrics.pairs import Array, Numbers


def colorfulness(rgb: Array) -> Numbers:
    """Colourfulness on signed opponent channels (``cf``).

    Args:
        rgb: ``(..., 3, H, W)`` encoded sRGB in [0, 1].

    Returns:
        ``(...)`` float64, in units of 8-bit RGB; 0 for every grey picture.

    Raises:
        ValueError: ``rgb`` is no picture.
    """
    return _statistic(*_opponents(rgb))


def colorfulness_abs(rgb: Array) -> Numbers:
    """Colourfulness on absolute opponent channels (``cf_abs``); see the head of this file."""
    red_green, yellow_blue = _opponents(rgb)
    return _statistic(np.abs(red_green), np.abs(yellow_blue))


def _opponents(rgb: Array) -> tuple[Array, Array]:
    """Rg and yb, each ``(..., H, W)``, in units of 8-bit RGB."""
    check_image(rgb, "rgb")
    red, green, blue = np.moveaxis(255 * rgb, -3, 0)
    return red - green, (red + green) / 2 - blue


def _statistic(red_green: Array, yellow_blue: Array) -> Numbers:
    spread = _variance(red_green) + _variance(yellow_blue)
    offset = _mean(red_green) ** 2 + _mean(yellow_blue) ** 2
    return np.asarray(np.sqrt(spread) + 0.3 * np.sqrt(offset))


def _mean(plane: Array) -> Numbers:
    return np.asarray(np.mean(plane, axis=(-2, -1), dtype=np.float64))


def _variance(plane: Array) -> Numbers:
    return np.asarray(np.var(plane, axis=(-2, -1), dtype=np.float64))
