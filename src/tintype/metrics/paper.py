# SPDX-License-Identifier: Apache-2.0
"""The measures of the paper: ℓ2 distance in U and V, and the share of pixels in the right bin.

They apply to any prediction of u* and v*, regression or classification. Accuracy in bins of width
4 rewards grey, because most pixels are nearly grey: print it beside the constant-grey and the
dataset-mode baselines. Saturation has its own file.

Source: Hwang and Zhou 2016, section 5.1; the bins are section 3.6's: 50 equal bins over
[-100, 100] for each channel. Values outside, which the paper does not speak of, count into the
outermost bins.
"""

import numpy as np

from tintype.color.bins import ChannelBins
from tintype.metrics.pairs import Array, Numbers, check_pair

PAPER_BINS = ChannelBins()
"""The paper's 50 bins of width 4 over [-100, 100]."""


def squared_l2(predicted: Array, true: Array) -> Numbers:
    """The paper's L_reg = ‖Up - Ua‖² + ‖Vp - Va‖²: summed over the pixels, so it grows with them.

    Args:
        predicted: ``(..., 2, H, W)`` u*, v* in CIE units.
        true: the same shape.

    Returns:
        ``(...)`` float64, squared CIE units; divide by H·W to compare sizes.

    Raises:
        ValueError: the arrays are no pair of chroma planes.
    """
    check_pair(predicted, true, planes=2)
    squares = (predicted - true) ** 2
    return np.asarray(np.sum(squares, axis=(-3, -2, -1), dtype=np.float64))


def root_mean_square(predicted: Array, true: Array) -> Numbers:
    """Root of the mean squared error of each channel, which no longer depends on the size.

    Args:
        predicted: ``(..., 2, H, W)`` u*, v* in CIE units.
        true: the same shape.

    Returns:
        ``(..., 2)`` float64, CIE units: of u*, of v*.

    Raises:
        ValueError: the arrays are no pair of chroma planes.
    """
    check_pair(predicted, true, planes=2)
    squares = (predicted - true) ** 2
    return np.asarray(np.sqrt(np.mean(squares, axis=(-2, -1), dtype=np.float64)))


def bin_accuracy(
    predicted: Array, true: Array, *, tolerance: int = 0, bins: ChannelBins = PAPER_BINS
) -> Numbers:
    """Acc.U and Acc.V: the share of pixels whose predicted bin is the true one.

    Args:
        predicted: ``(..., 2, H, W)`` u*, v* in CIE units.
        true: the same shape.
        tolerance: bins that the prediction may be off; 1 gives Acc±1.
        bins: of each channel.

    Returns:
        ``(..., 2)`` float64 in [0, 1]: Acc.U, Acc.V.

    Raises:
        ValueError: the arrays are no pair of chroma planes, or ``tolerance`` is negative.
    """
    check_pair(predicted, true, planes=2)
    if tolerance < 0:
        raise ValueError(f"tolerance must be 0 or more bins, got {tolerance}")
    distance = np.abs(bins.encode(predicted) - bins.encode(true))
    return np.asarray(np.mean(distance <= tolerance, axis=(-2, -1), dtype=np.float64))
