# SPDX-License-Identifier: Apache-2.0
"""TIFF, written: strips packed by Deflate side by side, metadata in the page's own directory.

Written here and not by a library, because none that is small does all three: 16-bit colour, EXIF's
directories within TIFF's, several pages. Integers are predicted from their neighbours before they
are packed, which halves a photograph; floating samples are not, as few readers know how.

Source: TIFF 6.0, sections 8, 14, 18; Adobe Photoshop TIFF Technical Notes (Deflate).
"""

import itertools
import os
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tintype.errors import UnsupportedImage
from tintype.imaging.codecs import tiff_tags as tiff
from tintype.imaging.codecs.tiff_directory import (
    LONG,
    SHORT,
    UNDEFINED,
    Order,
    Value,
    pack,
    write_directory,
)
from tintype.imaging.codecs.tiff_exif import dpi_values, values_for_page
from tintype.imaging.exif import byte_order
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.profiles import srgb_profile
from tintype.imaging.settings import Settings

_LEVEL = 5  # of 9
_STRIP_BYTES = 1 << 18  # before packing
_DEFLATE = 8
_BLACK_IS_ZERO, _RGB = 1, 2
_ALPHA = 2  # not premultiplied
_NO_PREDICTION, _HORIZONTAL = 1, 2
_UNSIGNED, _FLOAT = 1, 3
_PAGE_OF_MANY = 2


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode a photograph with all of its pages; nothing is lost, so ``settings`` change nothing.

    Raises:
        UnsupportedImage: the file would be larger than 4 GB, or its pages' EXIF blocks differ in
            byte order.
    """
    del settings
    pages = (photograph, *photograph.pages)
    orders = {byte_order(page.exif) for page in pages if page.exif} or {"<"}
    if len(orders) > 1:
        raise UnsupportedImage("the pages' EXIF blocks differ in byte order; write them singly")
    order = orders.pop()
    header = bytearray(struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 0))
    parts: list[bytes | bytearray] = [header]
    size, link, link_at = len(header), header, 4  # where the offset of the next directory goes
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for page in pages:
            strips = list(pool.map(_pack_strip, _strips(page), itertools.repeat(order)))
            values = _values(page, order, many=len(pages) > 1)
            body, directory = _lay_out(strips, values, page.exif, order, at=size)
            size += sum(map(len, body))
            struct.pack_into(f"{order}I", link, link_at, size)
            parts += [*body, directory]
            size, link, link_at = size + len(directory), directory, _link_of(directory, order)
    return b"".join(parts)


def _lay_out(
    strips: list[bytes], values: dict[int, Value], exif: bytes | None, order: Order, *, at: int
) -> tuple[list[bytes], bytearray]:
    """Arrange a page from the even offset ``at`` on: strips, EXIF, and the directory of both."""
    packed = sum(map(len, strips))
    body = [*strips, b"\0" * (packed & 1)]
    values = values | _strip_values(strips, order, at=at)
    if exif:
        described, block = values_for_page(exif, at + packed + (packed & 1))
        values |= described
        body.append(block)
    place = at + sum(map(len, body))
    directory = bytearray(write_directory(values.items(), order=order, at=place))
    return body, directory + b"\0" * (len(directory) & 1)


def _link_of(directory: bytearray, order: Order) -> int:
    """Where a directory holds the offset of the next: behind its entries, whose number is first."""
    (count,) = struct.unpack_from(f"{order}H", directory)
    return 2 + 12 * int(count)


def _strips(page: Photograph) -> Iterator[Pixels]:
    """The page's rows, ``(rows, W, C)`` a few at a time, alpha as the last channel."""
    rows = _rows_per_strip(page)
    for top in range(0, page.size[0], rows):
        strip = page.pixels[top : top + rows]
        strip = strip[..., None] if strip.ndim == 2 else strip
        if page.alpha is not None:
            strip = np.concatenate((strip, page.alpha[top : top + rows, :, None]), axis=2)
        yield strip


def _pack_strip(strip: Pixels, order: Order) -> bytes:
    if strip.dtype.kind != "f":
        predicted = strip.copy()
        predicted[:, 1:] -= strip[:, :-1]
        strip = predicted
    return zlib.compress(strip.astype(strip.dtype.newbyteorder(order)).tobytes(), _LEVEL)


def _rows_per_strip(page: Photograph) -> int:
    width = page.size[1] * (1 if page.is_grey else 3) * page.pixels.itemsize
    return max(1, min(page.size[0], _STRIP_BYTES // width))


def _values(page: Photograph, order: Order, *, many: bool) -> dict[int, Value]:
    """What the directory says of the pixels and of the photograph, but for EXIF."""
    height, width = page.size
    channels = (1 if page.is_grey else 3) + (page.alpha is not None)
    floating = page.pixels.dtype.kind == "f"
    values = {
        tiff.KIND: pack(order, LONG, _PAGE_OF_MANY if many else 0),
        tiff.WIDTH: pack(order, LONG, width),
        tiff.HEIGHT: pack(order, LONG, height),
        tiff.BITS: pack(order, SHORT, *[8 * page.pixels.itemsize] * channels),
        tiff.COMPRESSION: pack(order, SHORT, _DEFLATE),
        tiff.PHOTOMETRIC: pack(order, SHORT, _BLACK_IS_ZERO if page.is_grey else _RGB),
        tiff.CHANNELS: pack(order, SHORT, channels),
        tiff.STRIP_ROWS: pack(order, LONG, _rows_per_strip(page)),
        tiff.PLANAR: pack(order, SHORT, 1),
        tiff.PREDICTOR: pack(order, SHORT, _NO_PREDICTION if floating else _HORIZONTAL),
        tiff.FORMAT: pack(order, SHORT, *[_FLOAT if floating else _UNSIGNED] * channels),
        tiff.ORIENTATION: pack(order, SHORT, 1),
    }
    if page.alpha is not None:
        values[tiff.EXTRA] = pack(order, SHORT, _ALPHA)
    if not page.is_grey:
        values[tiff.ICC] = _block(srgb_profile())
    if page.xmp:
        values[tiff.XMP] = _block(page.xmp)
    if page.iptc:
        values[tiff.IPTC] = _block(page.iptc)
    return values | (dpi_values(page.dpi, order) if page.dpi else {})


def _strip_values(strips: list[bytes], order: Order, *, at: int) -> dict[int, Value]:
    """Where the strips lie, the first of them at ``at``."""
    sizes = [len(strip) for strip in strips]
    starts = [at + start for start in itertools.accumulate([0, *sizes[:-1]])]
    if starts[-1] + sizes[-1] >= 1 << 32:
        raise UnsupportedImage("the TIFF file would be larger than 4 GB; write its pages singly")
    return {
        tiff.STRIP_OFFSETS: pack(order, LONG, *starts),
        tiff.STRIP_BYTES: pack(order, LONG, *sizes),
    }


def _block(data: bytes) -> Value:
    return Value(UNDEFINED, len(data), data)
