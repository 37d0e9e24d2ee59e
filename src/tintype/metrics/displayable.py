# SPDX-License-Identifier: Apache-2.0
"""The share of predicted colours that no sRGB display can show, before they are fitted.

A network that often asks for impossible colours has not understood lightness, and its results
depend on how they are brought back into the gamut.
"""

import numpy as np

from tintype.color.gamut import in_gamut
from tintype.color.srgb import check_image
from tintype.metrics.pairs import Array, Numbers


def undisplayable_share(luv: Array) -> Numbers:
    """Share of pixels outside the sRGB gamut.

    Args:
        luv: ``(..., 3, H, W)``: the photograph's L* in [0, 100] with the predicted u*, v*, not
            fitted.

    Returns:
        ``(...)`` float64 in [0, 1].

    Raises:
        ValueError: ``luv`` is no picture.
    """
    check_image(luv, "luv")
    return np.asarray(1 - np.mean(in_gamut(luv), axis=(-3, -2, -1), dtype=np.float64))
