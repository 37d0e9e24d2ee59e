# SPDX-License-Identifier: Apache-2.0
"""Transparency: whether there is any, and colours freed from it."""

import numpy as np

from tintype.imaging.photograph import DEPTHS, Pixels

_STRIP_ROWS = 256
_LEAST = np.finfo(np.float32).tiny


def is_opaque(alpha: Pixels) -> bool:
    """Whether nothing is transparent."""
    return bool(alpha.min() >= DEPTHS[alpha.dtype])


def unpremultiply(samples: Pixels, alpha: Pixels) -> Pixels:
    """Divide samples by the opacity that they have been multiplied with.

    Args:
        samples: ``(H, W)`` or ``(H, W, C)``, darkened by ``alpha``.
        alpha: ``(H, W)`` of the same dtype.

    Returns:
        The samples as they were, to rounding; black where nothing can be seen.
    """
    white, whole = DEPTHS[alpha.dtype], alpha.dtype != np.float32
    opacity = alpha if samples.ndim == 2 else alpha[..., None]
    result = np.empty_like(samples)
    for top in range(0, len(samples), _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        seen = opacity[rows] >= _LEAST  # the reciprocal of less is infinite
        factor = white / np.where(seen, opacity[rows], np.inf)
        freed = np.minimum(samples[rows] * factor, white)
        result[rows] = np.rint(freed) if whole else freed
    return result
