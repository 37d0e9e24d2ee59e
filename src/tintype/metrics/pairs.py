# SPDX-License-Identifier: Apache-2.0
"""What the measures take: floating, channels-first arrays, and pairs of them that match.

Shape ``(..., C, H, W)``. A wrong shape is a programming mistake, hence ``ValueError``; the message
says which argument, what was wanted and what came.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tintype.color.srgb import check_image

Array: TypeAlias = NDArray[np.floating]
"""A floating array; the shape stands in the docstring of whoever takes it."""

Numbers: TypeAlias = NDArray[np.float64]
"""Results: one float64 a picture, ``(...)``, where nothing else is said."""


def check_pair(predicted: Array, true: Array, *, planes: int = 3) -> None:
    """Raise ``ValueError`` unless both are floating ``(..., planes, H, W)`` of one shape."""
    check_image(predicted, "predicted", planes=planes)
    check_image(true, "true", planes=planes)
    if predicted.shape != true.shape:
        raise ValueError(
            f"predicted and true must have one shape, got {predicted.shape} and {true.shape}"
        )


def to_bytes(rgb: Array) -> NDArray[np.uint8]:
    """Round encoded sRGB to 8 bits as a PNG would hold it; values outside [0, 1] are clipped."""
    return np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
