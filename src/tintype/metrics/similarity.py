# SPDX-License-Identifier: Apache-2.0
"""PSNR and SSIM, as papers on colourisation print them: on 8-bit RGB, with a data range of 255.

Both compare all three channels, so a true lightness lifts them greatly: only numbers of pictures
that were given the same lightness can be compared. Average the values of single pictures.

Source: PSNR after ITU-T J.340, over the three channels together. SSIM after Wang, Bovik, Sheikh
and Simoncelli, IEEE TIP 13(4), 2004: 11×11 Gaussian window of σ = 1.5, K1 = 0.01, K2 = 0.03,
population moments, window wholly inside the picture; each channel by itself, then their mean.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.metrics.pairs import Array, Numbers, check_pair, to_bytes

SSIM_WINDOW = 11
"""Pixels of the Gaussian window, and so the least height and width that SSIM can measure."""

_PEAK = 255.0
_SIGMA = 1.5
_C1, _C2 = (0.01 * _PEAK) ** 2, (0.03 * _PEAK) ** 2


def psnr(predicted: Array, true: Array) -> Numbers:
    """Peak signal-to-noise ratio of the 8-bit pictures.

    Args:
        predicted: ``(..., 3, H, W)`` encoded sRGB in [0, 1]; rounded to 8 bits first.
        true: the same shape.

    Returns:
        ``(...)`` float64, decibel; infinite where the pictures are the same.

    Raises:
        ValueError: the arrays are no pair of pictures.
    """
    check_pair(predicted, true)
    difference = to_bytes(predicted).astype(np.float32) - to_bytes(true)
    squared = np.mean(difference**2, axis=(-3, -2, -1), dtype=np.float64)
    with np.errstate(divide="ignore"):  # equal pictures: infinite, by definition
        return np.asarray(10 * np.log10(_PEAK**2 / squared))


def ssim(predicted: Array, true: Array) -> Numbers:
    """Structural similarity of the 8-bit pictures, the mean of the three channels.

    Args:
        predicted: ``(..., 3, H, W)`` encoded sRGB in [0, 1]; rounded to 8 bits first.
        true: the same shape.

    Returns:
        ``(...)`` float64 in [-1, 1]; 1 where the pictures are the same.

    Raises:
        ValueError: the arrays are no pair of pictures, or a side is under 11 pixels.
    """
    check_pair(predicted, true)
    size = predicted.shape[-2:]
    if min(size) < SSIM_WINDOW:
        raise ValueError(f"SSIM needs pictures of at least 11×11 pixels, got {size[0]}×{size[1]}")
    planes = zip(_planes(predicted), _planes(true), strict=True)
    values = np.array([_ssim_of_planes(x, y) for x, y in planes])
    return np.asarray(values.reshape(predicted.shape[:-2]).mean(axis=-1))


def _planes(rgb: Array) -> NDArray[np.float64]:
    """``(..., 3, H, W)`` to ``(N, H, W)`` in 0–255."""
    return to_bytes(rgb).reshape(-1, *rgb.shape[-2:]).astype(np.float64)


def _ssim_of_planes(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Mean SSIM of two ``(H, W)`` planes in 0–255."""
    mean_x, mean_y = _windowed(x), _windowed(y)
    variance_x = _windowed(x * x) - mean_x**2
    variance_y = _windowed(y * y) - mean_y**2
    covariance = _windowed(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    structure = (2 * covariance + _C2) / (variance_x + variance_y + _C2)
    return float(np.mean(luminance * structure))


def _windowed(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaussian mean round each pixel whose whole window lies in the picture."""
    kernel = cv2.getGaussianKernel(SSIM_WINDOW, _SIGMA, cv2.CV_64F)
    edge = SSIM_WINDOW // 2
    filtered = cv2.sepFilter2D(plane, cv2.CV_64F, kernel, kernel)
    return np.asarray(filtered[edge:-edge, edge:-edge], dtype=np.float64)
