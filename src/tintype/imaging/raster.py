# SPDX-License-Identifier: Apache-2.0
"""The raster: a picture as a decoder found it; developed, it becomes a photograph.

Between the two lies all that every format has in common: colour profile to sRGB, three equal planes
to one, orientation applied, metadata made true of the result.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from tintype.imaging.exif import is_exif, make_upright
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.profiles import SRGB, Encoding, to_srgb
from tintype.imaging.xmp import make_true

_STRIP_ROWS = 64  # rows that are compared at a time; a colour picture is told by its first strips


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """A decoded picture.

    Attributes:
        samples: ``(H, W)`` grey, ``(H, W, 3)`` RGB or ``(H, W, 4)`` CMYK (uint8, 255 is full ink);
            uint8, uint16 or float32, as the file has them.
        alpha: ``(H, W)``, same dtype, not premultiplied; None if opaque.
        encoding: what the samples mean.
        orientation: how the picture lies, as EXIF counts it: 1 is upright.
        exif: the EXIF block, as :class:`Photograph` has it but for the orientation.
        xmp: the XMP packet.
        iptc: the IPTC-IIM records.
        dpi: pixels per inch, (horizontal, vertical), of the picture as it lies.
        text: keywords and texts.
    """

    samples: Pixels
    alpha: Pixels | None = None
    encoding: Encoding = SRGB
    orientation: int = 1
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
    text: tuple[tuple[str, str], ...] = ()


def develop(raster: Raster, *, format: str) -> Photograph:
    """Turn a raster into a photograph: upright encoded sRGB, a grey one as one plane.

    Args:
        raster: what the decoder found.
        format: name of the format it was found in.

    Raises:
        UnsupportedImage: its depth and its colour profile do not go together.
    """
    samples, alpha = raster.samples, raster.alpha
    if raster.encoding.keeps_grey():
        samples = without_equal_planes(samples)
    samples = without_equal_planes(to_srgb(samples, raster.encoding))
    pixels = upright(samples, raster.orientation)
    swapped = raster.orientation >= 5
    exif = raster.exif if is_exif(raster.exif) else None
    return Photograph(
        pixels=np.ascontiguousarray(pixels),
        alpha=None if alpha is None else np.ascontiguousarray(upright(alpha, raster.orientation)),
        exif=make_upright(exif, size=pixels.shape[:2]) if exif else None,
        xmp=make_true(raster.xmp) if raster.xmp else None,
        iptc=raster.iptc,
        dpi=raster.dpi[::-1] if raster.dpi and swapped else raster.dpi,
        text=raster.text,
        format=format,
    )


def without_equal_planes(samples: Pixels) -> Pixels:
    """One plane of three where they are equal in every pixel; else the samples as they are."""
    if samples.ndim != 3 or samples.shape[2] != 3:
        return samples
    for top in range(0, len(samples), _STRIP_ROWS):
        red, green, blue = cv2.split(samples[top : top + _STRIP_ROWS])
        if not (np.array_equal(red, green) and np.array_equal(green, blue)):
            return samples
    return np.asarray(cv2.extractChannel(samples, 1))


def upright(samples: Pixels, orientation: int) -> Pixels:
    """Turn and mirror samples to lie as EXIF's ``orientation`` (1 to 8) says that they should."""
    turned = samples
    if orientation in (2, 3, 4):
        turned = cv2.flip(samples, {2: 1, 3: -1, 4: 0}[orientation])
    elif orientation in (5, 7):
        turned = cv2.transpose(samples)
        turned = cv2.flip(turned, -1) if orientation == 7 else turned
    elif orientation in (6, 8):
        clockwise, counterclockwise = cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE
        turned = cv2.rotate(samples, clockwise if orientation == 6 else counterclockwise)
    return np.asarray(turned)
