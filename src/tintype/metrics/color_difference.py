# SPDX-License-Identifier: Apache-2.0
"""How far the colours are from the true ones: mean CIEDE2000, the project's primary pixel measure.

Zero for the truth itself; about 1 is just noticeable side by side. It rewards dull averages, so
read it beside :mod:`tintype.metrics.colorfulness`. Where only colour is to count, give the
prediction the true L* first (the evaluation does).

Source: CIE 142:2001 (CIEDE2000, kL = kC = kH = 1).
"""

import numpy as np

from tintype.color.difference import ciede2000
from tintype.color.lab import rgb_to_lab
from tintype.color.luv import rgb_to_lightness
from tintype.metrics.pairs import Array, Numbers, check_pair


def mean_ciede2000(predicted: Array, true: Array) -> Numbers:
    """CIEDE2000 of each pixel, averaged over the picture.

    Args:
        predicted: ``(..., 3, H, W)`` encoded sRGB in [0, 1].
        true: the same shape.

    Returns:
        ``(...)`` float64, ΔE00 units.

    Raises:
        ValueError: the arrays are no pair of pictures.
    """
    check_pair(predicted, true)
    return mean_ciede2000_of_lab(rgb_to_lab(predicted), rgb_to_lab(true))


def mean_ciede2000_of_lab(predicted: Array, true: Array) -> Numbers:
    """:func:`mean_ciede2000` of pictures that are CIELAB already, for who compares often."""
    check_pair(predicted, true)
    return np.asarray(np.mean(ciede2000(predicted, true), axis=(-3, -2, -1), dtype=np.float64))


def mean_lightness_error(predicted: Array, true: Array) -> Numbers:
    """|ΔL*| of each pixel, averaged: what a colouriser did to the photograph that it was given.

    Args:
        predicted: ``(..., 3, H, W)`` encoded sRGB in [0, 1].
        true: the same shape.

    Returns:
        ``(...)`` float64, L* units.

    Raises:
        ValueError: the arrays are no pair of pictures.
    """
    check_pair(predicted, true)
    error = np.abs(rgb_to_lightness(predicted) - rgb_to_lightness(true))
    return np.asarray(np.mean(error, axis=(-3, -2, -1), dtype=np.float64))
