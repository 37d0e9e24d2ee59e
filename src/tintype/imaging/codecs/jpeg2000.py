# SPDX-License-Identifier: Apache-2.0
"""JPEG 2000: up to 8 bits by Pillow, more by OpenCV; metadata in boxes of its own. Always lossless.

A bare codestream (.j2k) is read, and has no metadata; what is written is always a JP2 file.

Source: ISO/IEC 15444-1, annexes A.5.1 (SIZ) and I (boxes); ISO 16684-3, for the XMP box; the boxes
of EXIF and IPTC are Adobe's and ExifTool's custom.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from tintype.errors import UnsupportedImage
from tintype.imaging.boxes import find_boxes, make_box, walk_boxes
from tintype.imaging.depth import to_16_bits
from tintype.imaging.exif import read_orientation, read_resolution
from tintype.imaging.guard import check_size, damaged, opencv_silent, refusing_damage
from tintype.imaging.opencv import from_bgr, to_bgr
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.pillow import join_image, open_image, split_image
from tintype.imaging.profiles import Encoding
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings

_CODESTREAM = b"\xff\x4f\xff\x51"
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EXIF = b"JpgTiffExif->JP2"
_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_EMBEDDED_PROFILES = (2, 3)  # methods of a colr box that carry an ICC profile
_INCHES_PER_METRE = 1 / 0.0254
_LEAST_SIDE = 32  # OpenCV always asks for six resolutions
_LOSSLESS = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000]


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode a JP2 file or a bare codestream."""
    with refusing_damage("JPEG 2000"):
        frame = _read_frame(data)
        check_size(frame.width, frame.height, max_pixels, title="JPEG 2000")
        if max(frame.bits) > 8:
            samples, alpha = _decode_deep(data, frame)
        else:
            image = open_image(Jpeg2KImageFile, data, max_pixels=max_pixels, title="JPEG 2000")
            samples, alpha = split_image(image)
        boxed = {} if data.startswith(_CODESTREAM) else dict(_read_uuids(data))
        profile = None if data.startswith(_CODESTREAM) else _read_profile(data)
        dpi = None if data.startswith(_CODESTREAM) else _read_density(data)
    exif = boxed.get(_EXIF, b"").removeprefix(b"Exif\0\0") or None
    return (
        Raster(
            samples=samples,
            alpha=alpha,
            encoding=Encoding(profile=profile),
            orientation=read_orientation(exif),
            exif=exif,
            xmp=boxed.get(_XMP),
            iptc=boxed.get(_IPTC),
            dpi=dpi or read_resolution(exif),
        ),
    )


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode a photograph of 8 or 16 bits; nothing is lost, so ``settings`` change nothing.

    Raises:
        UnsupportedImage: one of 16 bits is too small for OpenCV's encoder.
    """
    del settings
    if photograph.pixels.dtype == np.uint8:
        buffer = io.BytesIO()
        join_image(photograph).save(buffer, "JPEG2000", mct=int(not photograph.is_grey))
        bare = buffer.getvalue()
    elif min(photograph.size) < _LEAST_SIDE:
        raise UnsupportedImage(
            f"JPEG 2000 of 16 bits needs {_LEAST_SIDE} pixels a side, and the photograph has "
            f"{min(photograph.size)}; choose format png or tiff"
        )
    else:
        bare = cv2.imencode(".jp2", to_bgr(photograph), _LOSSLESS)[1].tobytes()
    return _insert_boxes(bare, photograph)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the codestream says of its picture; ``bits`` for each component."""

    width: int
    height: int
    bits: tuple[int, ...]


def _read_frame(data: bytes) -> _Frame:
    at = 0 if data.startswith(_CODESTREAM) else find_boxes(data, b"jp2c")[0].start
    if data[at : at + 4] != _CODESTREAM:
        raise ValueError("no codestream")
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
    (count,) = struct.unpack_from(">H", data, at + 40)
    depths = data[at + 42 : at + 42 + 3 * count : 3]
    if any(depth & 0x80 for depth in depths):
        raise UnsupportedImage("JPEG 2000 with signed samples is not read; convert it to TIFF")
    return _Frame(right - left, bottom - top, tuple(depth + 1 for depth in depths))


def _decode_deep(data: bytes, frame: _Frame) -> tuple[Pixels, Pixels | None]:
    if len(set(frame.bits)) > 1 or max(frame.bits) > 16:
        depths = ", ".join(map(str, frame.bits))
        raise UnsupportedImage(f"JPEG 2000 of {depths} bits is not read; convert it to 16 bits")
    if len(frame.bits) == 2:
        raise UnsupportedImage(
            f"JPEG 2000 of {frame.bits[0]} bits, grey with alpha, is not read; convert it to TIFF"
        )
    with opencv_silent():
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16:
        raise damaged("JPEG 2000", "its pixels cannot be unpacked")
    return from_bgr(to_16_bits(decoded, frame.bits[0]))


def _read_uuids(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Identifiers and contents of the boxes that anyone may define."""
    for box in find_boxes(data, b"uuid"):
        yield data[box.start : box.start + 16], data[box.start + 16 : box.end]


def _read_profile(data: bytes) -> bytes | None:
    for box in find_boxes(data, b"jp2h", b"colr"):
        if data[box.start] in _EMBEDDED_PROFILES:
            return data[box.start + 3 : box.end]
    return None


def _read_density(data: bytes) -> tuple[float, float] | None:
    for name in (b"resc", b"resd"):  # of capture; of display
        for box in find_boxes(data, b"jp2h", b"res ", name):
            y, y_unit, x, x_unit, y_power, x_power = struct.unpack_from(">4H2b", data, box.start)
            if x and y and x_unit and y_unit:
                per_metre = (x / x_unit * 10.0**x_power, y / y_unit * 10.0**y_power)
                return per_metre[0] / _INCHES_PER_METRE, per_metre[1] / _INCHES_PER_METRE
    return None


def _insert_boxes(bare: bytes, photograph: Photograph) -> bytes:
    """Put the resolution into the header, and the metadata before the codestream."""
    parts = []
    blocks = ((_EXIF, photograph.exif), (_XMP, photograph.xmp), (_IPTC, photograph.iptc))
    uuids = [make_box(b"uuid", name + block) for name, block in blocks if block]
    for box in walk_boxes(bare):
        content = bare[box.start : box.end]
        if box.name == b"jp2h" and photograph.dpi:
            content += make_box(b"res ", _write_density(photograph.dpi))
        if box.name == b"jp2c":
            parts += uuids
        parts.append(make_box(box.name, content))
    return b"".join(parts)


def _write_density(dpi: tuple[float, float]) -> bytes:
    """Pixels per metre as fractions with a power of ten, vertical first."""
    fields, powers = [], []
    for value in reversed(dpi):
        power = 0
        scaled = value * _INCHES_PER_METRE
        while scaled > 65535:
            scaled, power = scaled / 10, power + 1
        unit = next(unit for unit in (1000, 100, 10, 1) if scaled * unit <= 65535)
        fields += [max(1, round(scaled * unit)), unit]
        powers.append(power)
    return make_box(b"resc", struct.pack(">4H2b", *fields, *powers))
