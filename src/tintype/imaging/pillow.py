# SPDX-License-Identifier: Apache-2.0
"""Pillow's images to arrays and back: modes, palettes, transparency.

Files are opened by their format's own plugin class and not by ``Image.open``, which would guess at
the format, load every plugin to do so, and apply a size limit that is one for the whole process.
"""

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageFile

from tintype.errors import UnsupportedImage
from tintype.imaging.exif import read_orientation
from tintype.imaging.guard import check_size, refuse_unknown_white
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.profiles import Encoding, srgb_profile
from tintype.imaging.raster import Raster, develop

# Modes whose pixels mean something else until they are converted.
_CONVERSIONS = {
    "1": "L",
    "RGBX": "RGB",
    "RGBa": "RGBA",
    "La": "LA",
    "PA": "RGBA",
    "YCbCr": "RGB",
    "HSV": "RGB",
}


def open_image(
    plugin: Callable[[io.BytesIO], ImageFile.ImageFile], data: bytes, *, max_pixels: int, title: str
) -> ImageFile.ImageFile:
    """Read a file's head with the plugin of its format; no pixel is decoded yet.

    Raises:
        ImageTooLarge: it has more than ``max_pixels``.
        One of :data:`tintype.imaging.guard.DECODER_FAILURES`: it is no such file.
    """
    image = plugin(io.BytesIO(data))
    check_size(image.width, image.height, max_pixels, title=title)
    return image


def split_image(image: Image.Image) -> tuple[Pixels, Pixels | None]:
    """Decode an image into samples and alpha.

    Args:
        image: of any mode that Pillow decodes photographs to.

    Returns:
        Samples, as :class:`Raster` has them, and alpha or None.

    Raises:
        UnsupportedImage: a mode that is no photograph's, integers beyond 16 bits, or floating
            samples outside of [0, 1].
    """
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode in ("L", "RGB", "1") and "transparency" in image.info:  # one colour is clear
        image = image.convert("LA" if image.mode in ("L", "1") else "RGBA")
    elif image.mode in _CONVERSIONS:
        image = image.convert(_CONVERSIONS[image.mode])
    elif image.mode == "LAB":
        image = _lab_to_rgb(image)
    samples: Pixels = np.asarray(image)
    if image.mode in ("L", "RGB", "CMYK"):
        return samples, None
    if image.mode == "LA":
        return cv2.extractChannel(samples, 0), cv2.extractChannel(samples, 1)
    if image.mode == "RGBA":
        return cv2.cvtColor(samples, cv2.COLOR_RGBA2RGB), cv2.extractChannel(samples, 3)
    if image.mode.startswith("I"):
        return _to_uint16(samples), None
    if image.mode == "F":
        refuse_unknown_white(samples)
        return samples, None
    raise UnsupportedImage(f"pictures of mode {image.mode} are not read; convert it to RGB or grey")


def join_image(photograph: Photograph) -> Image.Image:
    """Make a Pillow image of mode L, LA, RGB or RGBA of an 8-bit photograph."""
    pixels, alpha = photograph.pixels, photograph.alpha
    if alpha is None:
        return Image.fromarray(pixels)
    return Image.fromarray(np.dstack((pixels, alpha)))


def save_image(photograph: Photograph, kind: str, options: dict[str, Any]) -> bytes:
    """Encode an 8-bit photograph with its metadata, by a writer of Pillow's that takes all three.

    Args:
        photograph: what to encode.
        kind: Pillow's name of the format.
        options: what else the writer takes.
    """
    metadata = {
        "exif": photograph.exif,
        "xmp": photograph.xmp,
        "icc_profile": None if photograph.is_grey else srgb_profile(),
    }
    buffer = io.BytesIO()
    kept = {name: block for name, block in metadata.items() if block}
    join_image(photograph).save(buffer, kind, **kept, **options)
    return buffer.getvalue()


def photograph_of_image(image: Image.Image) -> Photograph:
    """Take a photograph from an image that is in memory already.

    Its colour profile and EXIF orientation are honoured, and its EXIF and XMP kept, as
    :func:`tintype.imaging.files.read` does it for a file.

    Raises:
        UnsupportedImage: as :func:`split_image` raises.
    """
    samples, alpha = split_image(image)
    exif = image.getexif().tobytes().removeprefix(b"Exif\0\0") if image.getexif() else None
    xmp = image.info.get("xmp")
    raster = Raster(
        samples=samples,
        alpha=alpha,
        encoding=Encoding(profile=image.info.get("icc_profile")),
        orientation=read_orientation(exif),
        exif=exif,
        xmp=xmp.encode() if isinstance(xmp, str) else xmp,
    )
    return develop(raster, format="png")


def _to_uint16(samples: Pixels) -> Pixels:
    lowest, highest = int(samples.min()), int(samples.max())
    if lowest < 0 or highest > 65535:
        raise UnsupportedImage(
            f"integer samples from {lowest} to {highest} are not read; scale them to 16 bits"
        )
    return samples.astype(np.uint16)


def _lab_to_rgb(image: Image.Image) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    if converted is None:
        raise UnsupportedImage("this Lab picture cannot be converted; convert it to RGB first")
    return converted
