# SPDX-License-Identifier: Apache-2.0
"""How strong a picture's colours are: on the whole, and where they are strongest.

Colourfulness is mostly a spread over the picture, so that a few garish places among grey raise it
as much as colour everywhere does, and cost less ΔE00, which forgives strength. Only the three
numbers together tell the two apart: of two candidates with one colourfulness, the one with the
higher peak has the patches.

Source: C*uv as in CIE 15:2004. The percentile is ours: a patch of a fiftieth of the picture is the
smallest that is seen at once.
"""

import numpy as np

from tintype.color.srgb import check_image
from tintype.metrics.pairs import Array, Numbers

_PEAK = 98  # percentile


def mean_chroma(luv: Array) -> Numbers:
    """C*uv, averaged over the picture.

    Args:
        luv: ``(..., 3, H, W)``: L* in [0, 100], u*, v* in CIE units.

    Returns:
        ``(...)`` float64 in CIE units, from 0.

    Raises:
        ValueError: ``luv`` is no picture.
    """
    return np.asarray(np.mean(_chroma(luv), axis=(-2, -1), dtype=np.float64))


def peak_chroma(luv: Array) -> Numbers:
    """The C*uv that a fiftieth of the picture is beyond; arguments and results as the mean's."""
    return np.asarray(np.percentile(_chroma(luv), _PEAK, axis=(-2, -1)), dtype=np.float64)


def _chroma(luv: Array) -> Array:
    check_image(luv, "luv")
    return np.hypot(luv[..., 1, :, :], luv[..., 2, :, :])
