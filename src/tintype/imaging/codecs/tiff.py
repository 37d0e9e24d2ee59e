# SPDX-License-Identifier: Apache-2.0
"""TIFF, read: 8 and 16 bits and floating point, plain and Big, all of its pages.

Every page that is a picture of its own becomes a photograph; reduced copies and masks, which some
writers put beside a page, do not. Floating samples must lie in [0, 1], as encoded sRGB or as their
profile says: what white is in any other range, only their maker knows.

Source: TIFF 6.0.
"""

import numpy as np

from tintype.errors import UnreadableImage, UnsupportedImage
from tintype.imaging.alpha import unpremultiply
from tintype.imaging.codecs import tiff_tags as tiff
from tintype.imaging.codecs.tiff_directory import Directory, DirectoryReader
from tintype.imaging.codecs.tiff_exif import dpi_of_page, exif_of_page
from tintype.imaging.codecs.tiff_samples import image_of_page, is_for_pillow, samples_of_page
from tintype.imaging.codecs.tiff_writer import encode
from tintype.imaging.guard import check_size, refuse_unknown_white, refusing_damage
from tintype.imaging.iptc import find_records
from tintype.imaging.photograph import DEPTHS, Pixels
from tintype.imaging.pillow import split_image
from tintype.imaging.profiles import Encoding
from tintype.imaging.raster import Raster

__all__ = ["decode", "encode"]

_REDUCED_OR_MASK = 1 | 4
_OLD_REDUCED = 2
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR, _LAB = 0, 1, 2, 3, 5, 6, 8
_COLORS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _CMYK: 4}  # channels without alpha
_PREMULTIPLIED, _ALPHA = 1, 2  # kinds of extra channels
_CMYK_INKS = 1


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode the pages of a TIFF file."""
    with refusing_damage("TIFF"):
        reader = DirectoryReader(data)
        pages = [page for page in reader.read_pages() if _is_picture(page)]
        if not pages:
            raise UnreadableImage("a TIFF file without any picture in it; check where it is from")
        room = max_pixels
        for page in pages:
            width, height = page.number(tiff.WIDTH, 0), page.number(tiff.HEIGHT, 0)
            check_size(width, height, room, title="TIFF")
            room -= width * height
        return tuple(_decode_page(reader, page) for page in pages)


def _is_picture(page: Directory) -> bool:
    if page.number(tiff.KIND, 0) & _REDUCED_OR_MASK:
        return False
    return tiff.WIDTH in page.values and page.number(tiff.OLD_KIND, 1) != _OLD_REDUCED


def _decode_page(reader: DirectoryReader, page: Directory) -> Raster:
    data = reader.data
    if is_for_pillow(page) or page.number(tiff.PHOTOMETRIC, 1) in (_PALETTE, _YCBCR, _LAB):
        samples, alpha = split_image(image_of_page(data, page))
    else:
        samples, alpha = _split(samples_of_page(data, page), page)
    records = (page.data(tiff.IPTC) or b"").rstrip(b"\0")  # some writers pad to whole numbers
    return Raster(
        samples=samples,
        alpha=alpha,
        encoding=Encoding(profile=page.data(tiff.ICC)),
        orientation=page.number(tiff.ORIENTATION, 1),
        exif=exif_of_page(reader, page),
        xmp=page.data(tiff.XMP),
        iptc=records or find_records(page.data(tiff.PHOTOSHOP) or b""),
        dpi=dpi_of_page(page),
    )


def _split(samples: Pixels, page: Directory) -> tuple[Pixels, Pixels | None]:
    """Part ``(H, W, C)`` into grey, RGB or CMYK, and alpha or None."""
    meaning = page.number(tiff.PHOTOMETRIC, _BLACK_IS_ZERO)
    count = _COLORS.get(meaning)
    channels = page.number(tiff.CHANNELS, 1)
    if count is None or channels < count or page.number(tiff.INKS, _CMYK_INKS) != _CMYK_INKS:
        raise UnsupportedImage(
            f"TIFF of photometric interpretation {meaning} with {channels} channels is not read; "
            "convert it to grey or RGB"
        )
    refuse_unknown_white(samples[..., :count])
    color = np.ascontiguousarray(samples[..., 0] if count == 1 else samples[..., :count])
    if meaning == _WHITE_IS_ZERO:
        color = DEPTHS[color.dtype] - color
    for at, kind in enumerate(page.numbers(tiff.EXTRA)[: channels - count], start=count):
        if kind in (_PREMULTIPLIED, _ALPHA):
            alpha = np.ascontiguousarray(samples[..., at])
            return (unpremultiply(color, alpha) if kind == _PREMULTIPLIED else color), alpha
    return color, None
