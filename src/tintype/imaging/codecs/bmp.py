# SPDX-License-Identifier: Apache-2.0
"""BMP: decoded by Pillow, encoded by OpenCV, which knows how to put alpha into it.

The one format here without any room for metadata but its resolution, and so without the mark.
"""

import struct

import cv2
from PIL.BmpImagePlugin import BmpImageFile

from tintype.imaging.guard import refusing_damage
from tintype.imaging.opencv import to_bgr
from tintype.imaging.photograph import Photograph
from tintype.imaging.pillow import open_image, split_image
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings

_INCHES_PER_METRE = 1 / 0.0254
_RESOLUTION_AT = 38  # two 32-bit numbers, pixels per metre, in every header since 1990


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode a BMP file."""
    with refusing_damage("BMP"):
        image = open_image(BmpImageFile, data, max_pixels=max_pixels, title="BMP")
        samples, alpha = split_image(image)
    x, y = image.info.get("dpi", (0.0, 0.0))
    return (Raster(samples=samples, alpha=alpha, dpi=(x, y) if x > 0 and y > 0 else None),)


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode an 8-bit photograph; nothing is lost, so ``settings`` change nothing."""
    del settings
    made = bytearray(cv2.imencode(".bmp", to_bgr(photograph))[1].tobytes())
    if photograph.dpi:
        numbers = (min(round(d * _INCHES_PER_METRE), 2**31 - 1) for d in photograph.dpi)
        struct.pack_into("<2i", made, _RESOLUTION_AT, *numbers)
    return bytes(made)
