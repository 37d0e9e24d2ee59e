# SPDX-License-Identifier: Apache-2.0
"""WebP, by Pillow; 8 bits, with lossless alpha whatever the quality.

WebP's lossy form keeps chroma at every fourth pixel, whatever one asks of it.

Source: RFC 9649.
"""

from typing import Any

from PIL.WebPImagePlugin import WebPImageFile

from tintype.errors import UnsupportedImage
from tintype.imaging.exif import read_orientation, read_resolution
from tintype.imaging.guard import refuse_animation, refusing_damage
from tintype.imaging.photograph import Photograph
from tintype.imaging.pillow import open_image, save_image, split_image
from tintype.imaging.profiles import Encoding
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings

QUALITY = 97

_LARGEST_SIDE = 16383
_EFFORT = 3  # of 6


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode a WebP file."""
    with refusing_damage("WebP"):
        image = open_image(WebPImageFile, data, max_pixels=max_pixels, title="WebP")
        refuse_animation(getattr(image, "n_frames", 1))
        samples, alpha = split_image(image)
    exif = image.info.get("exif", b"").removeprefix(b"Exif\0\0") or None
    return (
        Raster(
            samples=samples,
            alpha=alpha,
            encoding=Encoding(profile=image.info.get("icc_profile")),
            orientation=read_orientation(exif),
            exif=exif,
            xmp=image.info.get("xmp"),
            dpi=read_resolution(exif),
        ),
    )


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode an 8-bit photograph.

    Raises:
        UnsupportedImage: a side is longer than WebP counts.
    """
    if max(photograph.size) > _LARGEST_SIDE:
        raise UnsupportedImage(
            f"WebP holds {_LARGEST_SIDE} pixels a side and the photograph has "
            f"{max(photograph.size)}; choose format avif, png or tiff"
        )
    options: dict[str, Any] = {
        "quality": settings.quality or QUALITY,
        "method": _EFFORT,
        "exact": True,  # colours behind full transparency too
    }
    return save_image(photograph, "WEBP", options)
