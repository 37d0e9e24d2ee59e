# SPDX-License-Identifier: Apache-2.0
"""Size stability: how much one photograph's colours change with the size the network sees.

Ours; nobody else reports it, though users do (the same photograph comes out differently coloured
at another input size). Zero is perfect; the colours need not be right to be steady.
"""

from itertools import combinations

import numpy as np

from tintype.color.lab import rgb_to_lab
from tintype.color.srgb import check_image
from tintype.metrics.color_difference import mean_ciede2000_of_lab
from tintype.metrics.pairs import Array


def size_stability(pictures: Array, *, reference: int | None = None) -> float:
    """Mean ΔE00 between one photograph's colourings at several network sizes.

    Args:
        pictures: ``(K, 3, H, W)`` encoded sRGB in [0, 1], K ≥ 2 colourings brought to one size.
        reference: index of the colouring that all others are compared with; None compares every
            pair.

    Returns:
        Mean over the comparisons of the mean over pixels, ΔE00 units.

    Raises:
        ValueError: fewer than two colourings, or no such ``reference``.
    """
    check_image(pictures, "pictures")
    count = len(pictures)
    if pictures.ndim != 4 or count < 2:
        raise ValueError(f"pictures must be (K, 3, H, W) with K of 2 or more, got {pictures.shape}")
    if reference is not None and not 0 <= reference < count:
        raise ValueError(f"reference must be an index below {count}, got {reference}")
    lab = rgb_to_lab(pictures)
    pairs = (
        list(combinations(range(count), 2))
        if reference is None
        else [(other, reference) for other in range(count) if other != reference]
    )
    return float(np.mean([mean_ciede2000_of_lab(lab[a], lab[b]) for a, b in pairs]))
