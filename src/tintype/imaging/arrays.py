# SPDX-License-Identifier: Apache-2.0
"""Arrays, as callers of Python hold pictures, to photographs and back.

Such an array is ``(H, W)``, ``(H, W, 3)`` or ``(H, W, 4)`` (the last plane is opacity), encoded
sRGB, uint8, uint16, or floating in [0, 1].
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import UnsupportedImage
from tintype.imaging.guard import refuse_unknown_white
from tintype.imaging.photograph import DEPTHS, Photograph
from tintype.imaging.raster import Raster, develop


def photograph_of_array(array: NDArray[Any]) -> Photograph:
    """Take a photograph from an array; three equal planes become one, as in a file.

    Raises:
        UnsupportedImage: its shape, dtype or range is not as this module's head says.
    """
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,), (4,)) or 0 in array.shape:
        raise UnsupportedImage(
            f"an array must be (H, W), (H, W, 3) or (H, W, 4) with H, W >= 1; got {array.shape}"
        )
    if np.issubdtype(array.dtype, np.floating):
        refuse_unknown_white(array)
        array = array.astype(np.float32, copy=False)
    elif array.dtype not in DEPTHS:
        raise UnsupportedImage(f"an array must be uint8, uint16 or floating; got {array.dtype}")
    opaque = array.shape[2:] != (4,)
    return develop(
        Raster(
            samples=np.ascontiguousarray(array if opaque else array[..., :3]),
            alpha=None if opaque else np.ascontiguousarray(array[..., 3]),
        ),
        format="png",
    )


def array_of_photograph(photograph: Photograph, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Give a photograph's pixels, with its opacity as a fourth plane if it has one, in ``dtype``.

    Returns:
        ``(H, W)``, ``(H, W, 3)`` or ``(H, W, 4)``; values as the photograph has them.
    """
    pixels, alpha = photograph.pixels, photograph.alpha
    array = pixels if alpha is None else np.dstack((pixels, alpha))
    return array.astype(dtype, copy=False)
