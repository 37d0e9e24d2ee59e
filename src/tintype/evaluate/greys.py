# SPDX-License-Identifier: Apache-2.0
"""The grey photograph that a colouriser is given in place of the true one.

``lightness`` is what tintype trains on. The others are what real inputs may be: most programs
that make a picture grey take Rec. 601 luma, and until the 1920s (cheap films far longer) emulsions
did not see red at all, so that lips are dark and blue skies white. ``soft`` is a photograph out of
focus, a print of a print, or a thumbnail that somebody has enlarged; ``worn`` is one that has faded
too, and shows its grain. Whatever grey a candidate has seen, its colours are judged on the true
lightness.

Source: ITU-R BT.601-7, section 2.5.1, for luma. Orthochromatic emulsions differ; equal parts of
linear green and blue, and no red, are our stand-in for them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import luminance_to_lightness, rgb_to_lightness
from tintype.color.srgb import srgb_to_linear
from tintype.errors import OptionError

LIGHTNESS, REC601, ORTHOCHROMATIC = "lightness", "rec601", "orthochromatic"
SOFT, WORN = "soft", "worn"
GREYS = (LIGHTNESS, REC601, ORTHOCHROMATIC, SOFT, WORN)

_LUMA = (0.299, 0.587, 0.114)  # of encoded R, G, B
_RED_BLIND = (0.0, 0.5, 0.5)  # of linear R, G, B
_SOFTNESS = 1 / 200  # standard deviation of the Gaussian, of the short side
_FADED = (10.0, 90.0)  # L* of black and of white
_GRAIN = 3.0  # standard deviation, L*
_GRAINS = 150  # on the short side


def make_grey(rgb: NDArray[np.float32], kind: str) -> NDArray[np.float32]:
    """The grey photograph, as the lightness that a network would read from it.

    Args:
        rgb: ``(3, H, W)`` float32 encoded sRGB in [0, 1].
        kind: one of :data:`GREYS`.

    Returns:
        ``(H, W)`` float32, L* in [0, 100].

    Raises:
        OptionError: no such kind.
    """
    if kind == LIGHTNESS:
        return np.asarray(rgb_to_lightness(rgb)[0])
    if kind == REC601:
        return np.asarray(luminance_to_lightness(srgb_to_linear(_mix(rgb, _LUMA))))
    if kind == ORTHOCHROMATIC:
        return np.asarray(luminance_to_lightness(_mix(srgb_to_linear(rgb), _RED_BLIND)))
    if kind == SOFT:
        sharp = make_grey(rgb, LIGHTNESS)
        blurred = cv2.GaussianBlur(sharp, (0, 0), _SOFTNESS * min(sharp.shape))
        return blurred.astype(np.float32, copy=False)
    if kind == WORN:
        faded = np.interp(make_grey(rgb, SOFT), (0, 100), _FADED)
        return (faded + _grain(faded.shape)).clip(0, 100).astype(np.float32)
    raise OptionError(f"grey must be one of {', '.join(GREYS)}; got {kind!r}")


def _grain(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """``(H, W)``, L*: every time the same, and of one size beside the photograph's."""
    height, width = shape
    rows, columns = (round(_GRAINS * side / min(shape)) for side in shape)
    grain = np.random.default_rng(0).normal(0, _GRAIN, (rows, columns))
    return np.asarray(cv2.resize(grain.astype(np.float32), (width, height)))


def _mix(planes: NDArray[np.float32], weights: tuple[float, ...]) -> NDArray[np.float32]:
    return np.tensordot(np.array(weights, planes.dtype), planes, axes=1)
