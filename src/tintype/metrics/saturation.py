# SPDX-License-Identifier: Apache-2.0
"""Mean saturation and its relative deviation from the truth: the paper's "Sat. diff.".

The paper does not say which saturation it means. HSV's S is the natural reading, since HSV is its
other colour space, and is reported first; CIELUV's own s*uv = C*uv / L* is the second. Nor does the
text that we have tell whether the deviation has a sign. Here it has: negative is duller than the
truth, which is what the paper holds against regression. The paper's sums are over a picture's
pixels, ours over all pictures together, so a vivid one makes up for a dull one.

Source: Hwang and Zhou 2016, section 5.1: (Σ Sp - Σ Sa) / Σ Sa over the pixels. s*uv: CIE 15:2004.
"""

import numpy as np

from tintype.color.hsv import rgb_to_hsv
from tintype.color.srgb import check_image
from tintype.metrics.pairs import Array, Numbers


def mean_hsv_saturation(rgb: Array) -> Numbers:
    """HSV's S = (max - min) / max, averaged over the picture.

    Args:
        rgb: ``(..., 3, H, W)`` encoded sRGB in [0, 1].

    Returns:
        ``(...)`` float64 in [0, 1]; black counts as 0.

    Raises:
        ValueError: ``rgb`` is no picture.
    """
    check_image(rgb, "rgb")
    saturation = rgb_to_hsv(rgb)[..., 1, :, :]
    return np.asarray(np.mean(saturation, axis=(-2, -1), dtype=np.float64))


def mean_luv_saturation(luv: Array) -> Numbers:
    """CIELUV's s*uv = C*uv / L*, averaged over the picture.

    Args:
        luv: ``(..., 3, H, W)``: L* in [0, 100], u*, v* in CIE units.

    Returns:
        ``(...)`` float64, from 0; black counts as 0.

    Raises:
        ValueError: ``luv`` is no picture.
    """
    check_image(luv, "luv")
    lightness, u, v = np.moveaxis(luv, -3, 0)
    chroma = np.hypot(u, v)
    black = lightness <= 0
    saturation = np.where(black, 0, chroma / np.where(black, 1, lightness))
    return np.asarray(np.mean(saturation, axis=(-2, -1), dtype=np.float64))


def saturation_difference(predicted: Array, true: Array) -> float:
    """Relative deviation of the mean saturation, over all pictures together.

    Args:
        predicted: ``(N,)`` mean saturations of the predictions.
        true: ``(N,)`` those of the true photographs.

    Returns:
        From -1 (no colour at all) over 0 (as saturated as the truth) upwards.

    Raises:
        ValueError: the shapes differ, or the truth has no saturation to compare with.
    """
    if np.shape(predicted) != np.shape(true):
        raise ValueError(
            f"predicted and true must have one shape, got {np.shape(predicted)}, {np.shape(true)}"
        )
    whole = float(np.sum(true))
    if whole <= 0:
        raise ValueError("the true photographs are all grey; a relative deviation needs colour")
    return float(np.sum(predicted)) / whole - 1
