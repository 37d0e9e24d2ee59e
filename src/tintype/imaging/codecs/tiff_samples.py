# SPDX-License-Identifier: Apache-2.0
"""A TIFF page's samples, at the depth that they have.

Deflate is unpacked here, strips or tiles side by side. For LZW and the rest there is libtiff, which
comes with Pillow; but Pillow hands its pixels on at 8 bits. So the page is described to it anew as
a picture of bytes, as wide as the page's rows are long, with the same strips or tiles: what comes
back are the bytes of the samples, and prediction, byte order and depth are seen to here. Pages of
fewer than 8 bits, or packed by JPEG or as facsimiles, are what Pillow does well, and are described
to it as they are.

Source: TIFF 6.0, sections 8, 14, 15; Adobe Photoshop TIFF Technical Note 3 (floating point).
"""

import io
import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL.TiffImagePlugin import TiffImageFile

from tintype.errors import UnsupportedImage
from tintype.imaging.codecs import tiff_tags as tiff
from tintype.imaging.codecs.tiff_directory import (
    LONG,
    SHORT,
    Directory,
    Order,
    Value,
    pack,
    write_directory,
)
from tintype.imaging.photograph import Pixels

_UNPACKED = {1, 5, 8, 32773, 32946, 34925, 50000}  # none, LZW, Deflate, PackBits, LZMA, Zstandard
_PLAIN = 1
_INFLATED = {_PLAIN, 8, 32946}
_AS_THEY_ARE = {2, 3, 4, 7}  # facsimiles and JPEG
_DEFLATES = {32946: 8}  # an old number of the same thing
_DESCRIBING_TAGS = {  # the pixels, and nothing else
    *(tiff.WIDTH, tiff.HEIGHT, tiff.BITS, tiff.COMPRESSION, tiff.PHOTOMETRIC, tiff.FILL_ORDER),
    *(tiff.CHANNELS, tiff.STRIP_ROWS, tiff.PLANAR, tiff.PREDICTOR, tiff.COLOR_MAP, tiff.FORMAT),
    *(tiff.TILE_WIDTH, tiff.TILE_HEIGHT, tiff.INKS, tiff.EXTRA, tiff.JPEG_TABLES),
    *(tiff.FACSIMILE_3_OPTIONS, tiff.FACSIMILE_4_OPTIONS),
    *(tiff.YCBCR_SUBSAMPLING, tiff.YCBCR_POSITIONING, tiff.REFERENCE_BLACK_WHITE),
}
_UNSIGNED, _FLOAT, _UNKNOWN = 1, 3, 4
_DTYPES = {
    (8, _UNSIGNED): "u1",
    (16, _UNSIGNED): "u2",
    (16, _FLOAT): "f2",
    (32, _FLOAT): "f4",
    (64, _FLOAT): "f8",
}
_MOST_CHANNELS = 32  # more is no photograph
_LARGEST_TILE = 1 << 14  # pixels a side
_NO_PREDICTION, _HORIZONTAL, _FLOATING = 1, 2, 3


def is_for_pillow(page: Directory) -> bool:
    """Whether a page is of a kind that Pillow does well as a whole."""
    few_bits = min(page.numbers(tiff.BITS) or (1,)) < 8
    return few_bits or page.number(tiff.COMPRESSION, 1) in _AS_THEY_ARE


def image_of_page(data: bytes, page: Directory) -> TiffImageFile:
    """Open a page with Pillow, without anything that would make it turn or convert the pixels.

    Raises:
        One of :data:`tintype.imaging.guard.DECODER_FAILURES`: it is damaged.
        UnsupportedImage: it is packed in a way that is not read.
    """
    _check_compression(page)
    values = {tag: value for tag, value in page.values.items() if tag in _DESCRIBING_TAGS}
    tiled = tiff.TILE_OFFSETS in page.values
    return _open(page.order, values, _read_segments(data, page), tiled=tiled)


def samples_of_page(data: bytes, page: Directory) -> Pixels:
    """Unpack a page.

    Returns:
        ``(H, W, C)`` uint8, uint16 or float32, as the file has them.

    Raises:
        One of :data:`tintype.imaging.guard.DECODER_FAILURES`: it is damaged.
        UnsupportedImage: its samples, or the way they are packed, are of a kind that is not read.
    """
    _check_compression(page)
    _check_shape(page)
    dtype = _dtype(page)
    segments = _read_segments(data, page)
    if page.number(tiff.PLANAR, 1) == 1:
        samples = _unpack(page, segments, dtype, page.number(tiff.CHANNELS, 1))
    else:
        count = len(segments) // page.number(tiff.CHANNELS, 1)
        planes = [segments[at : at + count] for at in range(0, len(segments), count)]
        samples = np.dstack([_unpack(page, plane, dtype, 1) for plane in planes])
    return samples.astype(np.float32) if dtype.kind == "f" else samples


def _check_compression(page: Directory) -> None:
    number = page.number(tiff.COMPRESSION, 1)
    if number not in _UNPACKED | _AS_THEY_ARE:
        raise UnsupportedImage(
            f"TIFF of compression {number} is not read; save it with LZW, Deflate or none"
        )


def _check_shape(page: Directory) -> None:
    """Refuse numbers that would ask for far more memory than the page has pixels."""
    if not 1 <= page.number(tiff.CHANNELS, 1) <= _MOST_CHANNELS:
        raise UnsupportedImage(
            f"TIFF of {page.number(tiff.CHANNELS, 1)} channels is not read; convert it to RGB"
        )
    if max(page.number(tiff.TILE_WIDTH, 1), page.number(tiff.TILE_HEIGHT, 1)) > _LARGEST_TILE:
        raise ValueError("it has tiles of an impossible size")


def _dtype(page: Directory) -> np.dtype[np.generic]:
    bits = set(page.numbers(tiff.BITS) or (1,))
    kinds = set(page.numbers(tiff.FORMAT) or (_UNSIGNED,))
    kind = kinds.pop()
    name = _DTYPES.get((min(bits), _UNSIGNED if kind == _UNKNOWN else kind))
    if len(bits) > 1 or kinds or name is None:
        shapes = ", ".join(map(str, page.numbers(tiff.BITS)))
        what = {2: "signed ", _FLOAT: "floating "}.get(kind, "")
        raise UnsupportedImage(
            f"TIFF of {what}{shapes} bits is not read; convert it to 8, 16 or floating 32"
        )
    return np.dtype(name)


def _read_segments(data: bytes, page: Directory) -> list[memoryview]:
    """The strips or tiles, packed as they are."""
    tiled = tiff.TILE_OFFSETS in page.values
    starts = page.numbers(tiff.TILE_OFFSETS if tiled else tiff.STRIP_OFFSETS)
    sizes = page.numbers(tiff.TILE_BYTES if tiled else tiff.STRIP_BYTES)
    if not sizes and len(starts) == 1:
        sizes = (len(data) - starts[0],)  # some old writers leave it out
    view = memoryview(data)
    pairs = list(zip(starts, sizes, strict=False))
    if any(start + size > len(data) for start, size in pairs):
        raise ValueError("it ends early")
    segments = [view[start : start + size] for start, size in pairs]
    width, height = page.number(tiff.WIDTH, 0), page.number(tiff.HEIGHT, 0)
    if tiled:
        across = -(-width // page.number(tiff.TILE_WIDTH, 1))
        expected = across * -(-height // page.number(tiff.TILE_HEIGHT, 1))
    else:
        rows = page.number(tiff.STRIP_ROWS, height)
        if rows < 1:
            raise ValueError("it has strips without rows")
        expected = -(-height // min(rows, height))
    expected *= 1 if page.number(tiff.PLANAR, 1) == 1 else page.number(tiff.CHANNELS, 1)
    if not 1 <= expected <= len(segments):
        raise ValueError("parts of it are missing")
    del segments[expected:]
    if sum(map(len, segments)) > len(data):  # they will be joined, each for itself
        raise ValueError("parts of it overlap")
    return segments


def _unpack(
    page: Directory, segments: list[memoryview], dtype: np.dtype[np.generic], channels: int
) -> Pixels:
    """Unpack segments that hold ``channels`` samples of each pixel side by side."""
    width, height = page.number(tiff.WIDTH, 0), page.number(tiff.HEIGHT, 0)
    tiled = tiff.TILE_OFFSETS in page.values
    block = page.number(tiff.TILE_WIDTH, 0) if tiled else width  # columns that are packed together
    across, row = -(-width // block), block * channels * dtype.itemsize
    number = page.number(tiff.COMPRESSION, 1)
    if number in _INFLATED and page.number(tiff.FILL_ORDER, 1) == 1:
        rows = page.number(tiff.TILE_HEIGHT if tiled else tiff.STRIP_ROWS, height)
        blocks = _inflate(segments, number, rows=rows, row=row, shape=(height, across))
    else:
        blocks = _unpack_by_libtiff(page, segments, row=row, shape=(height, across))
    samples = _decode(blocks, page, dtype, channels)
    return samples.reshape(height, across * block, channels)[:, :width]


def _inflate(
    segments: list[memoryview], compression: int, *, rows: int, row: int, shape: tuple[int, int]
) -> Pixels:
    """Unpack segments of ``rows`` rows of ``row`` bytes, side by side in as many threads.

    Returns:
        ``(H, blocks, row)`` uint8, where ``shape`` is (H, blocks).
    """
    height, across = shape
    result = np.empty((height, across, row), np.uint8)

    def inflate(index: int) -> None:
        down, right = divmod(index, across)
        place = result[down * rows : (down + 1) * rows, right]
        data: bytes | memoryview = segments[index]
        if compression != _PLAIN:
            inflater = zlib.decompressobj()
            data = inflater.decompress(data, place.size)
            inflater.decompress(inflater.unconsumed_tail, 1)  # to the checksum, which it verifies
        place[:] = np.frombuffer(data, np.uint8, place.size).reshape(place.shape)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(inflate, range(len(segments))))
    return result


def _unpack_by_libtiff(
    page: Directory, segments: list[memoryview], *, row: int, shape: tuple[int, int]
) -> Pixels:
    """Unpack segments as :func:`_inflate` does, described as a picture of bytes."""
    height, across = shape
    tiled = tiff.TILE_OFFSETS in page.values
    number = page.number(tiff.COMPRESSION, 1)
    long = {tiff.WIDTH: across * row, tiff.HEIGHT: height}
    if tiled:
        long |= {tiff.TILE_WIDTH: row, tiff.TILE_HEIGHT: page.number(tiff.TILE_HEIGHT, 0)}
    else:
        long[tiff.STRIP_ROWS] = min(page.number(tiff.STRIP_ROWS, height), height)
    short = {
        tiff.BITS: 8,
        tiff.COMPRESSION: _DEFLATES.get(number, number),
        tiff.PHOTOMETRIC: 1,
        tiff.FILL_ORDER: page.number(tiff.FILL_ORDER, 1),
        tiff.CHANNELS: 1,
    }
    values = {tag: pack(page.order, LONG, value) for tag, value in long.items()}
    values |= {tag: pack(page.order, SHORT, value) for tag, value in short.items()}
    picture = np.asarray(_open(page.order, values, segments, tiled=tiled))
    return picture.reshape(height, across, row)


def _decode(blocks: Pixels, page: Directory, dtype: np.dtype[np.generic], channels: int) -> Pixels:
    """Undo prediction and byte order: ``(H, blocks, bytes)`` to ``(H, blocks, W, C)``."""
    predictor = page.number(tiff.PREDICTOR, _NO_PREDICTION)
    if predictor == _FLOATING:
        height, count, size = blocks.shape
        flat = np.cumsum(blocks.reshape(height, count, -1, channels), axis=2, dtype=np.uint8)
        planes = flat.reshape(height, count, dtype.itemsize, size // dtype.itemsize)
        joined = np.ascontiguousarray(np.moveaxis(planes, 2, 3))  # the highest bytes come first
        samples = joined.view(dtype.newbyteorder(">")).astype(dtype)
        return samples.reshape(height, count, -1, channels)
    samples = blocks.view(dtype.newbyteorder(page.order)).astype(dtype, copy=False)
    samples = samples.reshape(*blocks.shape[:2], -1, channels)
    if predictor == _NO_PREDICTION:
        return samples
    if predictor != _HORIZONTAL:
        raise ValueError(f"prediction of an unknown kind, {predictor}")
    numbers = samples.view(f"u{dtype.itemsize}")  # of floating samples too, their bits
    return np.cumsum(numbers, axis=2, dtype=numbers.dtype).view(dtype)


def _open(
    order: Order, values: dict[int, Value], segments: list[memoryview], *, tiled: bool
) -> TiffImageFile:
    """Open a picture made of these values and segments."""
    header = struct.pack(f"{order}2sH", b"II" if order == "<" else b"MM", 42)
    sizes = [len(segment) for segment in segments]
    starts = np.cumsum([8, *sizes])[:-1].tolist()
    rows = dict(values)
    rows[tiff.TILE_OFFSETS if tiled else tiff.STRIP_OFFSETS] = pack(order, LONG, *starts)
    rows[tiff.TILE_BYTES if tiled else tiff.STRIP_BYTES] = pack(order, LONG, *sizes)
    end = 8 + sum(sizes)
    padding = b"\0" * (end & 1)
    directory = write_directory(rows.items(), order=order, at=end + len(padding))
    place = struct.pack(f"{order}I", end + len(padding))
    return TiffImageFile(io.BytesIO(b"".join((header, place, *segments, padding, directory))))
