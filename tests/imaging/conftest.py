# SPDX-License-Identifier: Apache-2.0
"""Samples of every depth, and metadata to travel with them."""

import struct
from collections.abc import Callable

import numpy as np
import pytest

from tintype.imaging.exif import EXIF_IFD, GPS_IFD
from tintype.imaging.photograph import DEPTHS

Samples = Callable[..., np.ndarray]

XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" tiff:Make="Öhm &amp; Co">'
    "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Ein Hund</rdf:li></rdf:Alt></dc:title>"
    "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
).encode()

IPTC = b"\x1c\x02\x00\x00\x02\x00\x04\x1c\x02\x05\x00\x08Der Hund"  # its version, a title


@pytest.fixture(scope="session")
def samples(grey_pixels, color_pixels) -> Samples:
    """A function that gives grey or RGB samples of a depth, every bit of which is used."""

    def make(dtype: str, *, color: bool = True) -> np.ndarray:
        eight = color_pixels if color else grey_pixels
        if dtype == "uint8":
            return eight
        fine = np.random.default_rng(16).random(eight.shape)  # what 8 bits have no room for
        deep = (eight + fine) / 256 * DEPTHS[np.dtype(dtype)]
        return deep.astype(dtype)

    return make


@pytest.fixture(scope="session")
def opacity(grey_pixels) -> Samples:
    """A function that gives an alpha plane of a depth, from clear to opaque."""

    def make(dtype: str) -> np.ndarray:
        height, width = grey_pixels.shape
        ramp = np.tile(np.linspace(0, 1, width), (height, 1)) * DEPTHS[np.dtype(dtype)]
        return ramp.astype(dtype)

    return make


@pytest.fixture(scope="session")
def exif_block() -> Callable[..., bytes]:
    """A function that makes an EXIF block with all that is to be kept or changed in one."""
    return make_exif


def make_exif(
    orientation: int = 1,
    *,
    order: str = "<",
    size: tuple[int, int] = (61, 90),
    thumbnail: bytes = b"",
    dpi: int = 300,
) -> bytes:
    """Make an EXIF block: a maker, a date, a place, a maker's note, maybe a thumbnail."""

    def directory(rows: list[tuple[int, int, int, bytes]], at: int, following: int) -> bytes:
        head, place, tail = [], at + 2 + 12 * len(rows) + 4, b""
        for tag, kind, count, data in sorted(rows):
            inline = data.ljust(4, b"\0")
            if len(data) > 4:
                inline, tail = struct.pack(f"{order}I", place + len(tail)), tail + data
            head.append(struct.pack(f"{order}HHI", tag, kind, count) + inline)
        count = struct.pack(f"{order}H", len(rows))
        return b"".join((count, *head, struct.pack(f"{order}I", following), tail))

    def number(code: str, *values: int) -> bytes:
        return struct.pack(f"{order}{code}", *values)

    gps = [(1, 2, 2, b"N\0"), (2, 5, 3, number("6I", 51, 1, 2, 1, 3, 1))]
    inner = [
        (0x9003, 2, 20, b"1936:03:07 12:00:00\0"),
        (0x927C, 7, 11, b"maker\0notes"),
        (0xA001, 3, 1, number("H", 0xFFFF)),
        (0xA002, 4, 1, number("I", size[1])),
        (0xA003, 4, 1, number("I", size[0])),
    ]
    small = [(0x0201, 4, 1, b"\0" * 4), (0x0202, 4, 1, number("I", len(thumbnail)))]
    gps_at = 8
    inner_at = gps_at + len(directory(gps, gps_at, 0))
    outer_at = inner_at + len(directory(inner, inner_at, 0))
    outer = [
        (0x010F, 2, 6, b"Leica\0"),
        (0x0112, 3, 1, number("H", orientation)),
        (0x011A, 5, 1, number("2I", dpi, 1)),
        (0x011B, 5, 1, number("2I", dpi, 1)),
        (0x0128, 3, 1, number("H", 2)),
        (EXIF_IFD, 4, 1, number("I", inner_at)),
        (GPS_IFD, 4, 1, number("I", gps_at)),
    ]
    end = outer_at + len(directory(outer, outer_at, 0))
    small_at = end if thumbnail else 0
    parts = [
        struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, outer_at),
        directory(gps, gps_at, 0),
        directory(inner, inner_at, 0),
        directory(outer, outer_at, small_at),
    ]
    if thumbnail:
        picture_at = end + len(directory(small, end, 0))
        small[0] = (0x0201, 4, 1, number("I", picture_at))
        parts += [directory(small, end, 0), thumbnail]
    return b"".join(parts)


@pytest.fixture(scope="session")
def xmp_packet() -> bytes:
    """A packet with a title, a maker, and how the picture lay."""
    return XMP


@pytest.fixture(scope="session")
def iptc_records() -> bytes:
    """IPTC records with a title."""
    return IPTC


ADOBE_COLORANTS = (
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)


@pytest.fixture(scope="session")
def adobe_rgb() -> bytes:
    """A profile of Adobe RGB (1998): its gamma as a curve of one number, its colorants under D50.

    Source: Adobe RGB (1998) Color Image Encoding, version 2005-05, section 4.3.1.1 and annex B.
    """
    gamma = struct.pack(">4s4xIH2x", b"curv", 1, round(563 / 256 * 256))
    tags = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma)
    for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), ADOBE_COLORANTS, strict=True):
        tags[name] = make_xyz(*xyz)
    return make_profile(b"RGB ", tags)


@pytest.fixture(scope="session")
def grey_gamma() -> Callable[[float], bytes]:
    """A function that makes a profile of grey with a gamma."""

    def make(gamma: float) -> bytes:
        curve = struct.pack(">4s4xH2xi", b"para", 0, round(gamma * 65536))
        return make_profile(b"GRAY", {b"kTRC": curve})

    return make


@pytest.fixture(scope="session")
def build_profile() -> Callable[..., bytes]:
    """:func:`make_profile`, for tests that make tags of their own."""
    return make_profile


def make_profile(
    space: bytes, tags: dict[bytes, bytes], *, connection: bytes = b"XYZ ", kind: bytes = b"scnr"
) -> bytes:
    """Make a profile of version 2 of its tags, with what LittleCMS asks for besides."""
    rows = {b"wtpt": make_xyz(0.9642, 1.0, 0.8249), **tags}
    at, table, content = 128 + 4 + 12 * len(rows), [], []
    for name, data in rows.items():
        table.append(struct.pack(">4sII", name, at, len(data)))
        content.append(data.ljust((len(data) + 3) & ~3, b"\0"))
        at += len(content[-1])
    body = struct.pack(">I", len(rows)) + b"".join(table + content)
    header = struct.pack(
        ">I4sI4s4s4s12s4s28s3i48x",
        128 + len(body),
        bytes(4),
        0x02400000,
        kind,
        space,
        connection,
        bytes(12),
        b"acsp",
        bytes(28),
        *(round(n * 65536) for n in (0.9642, 1.0, 0.8249)),
    )
    return header + body


def make_xyz(x: float, y: float, z: float) -> bytes:
    """Make an element of one colour."""
    return struct.pack(">4s4x3i", b"XYZ ", *(round(n * 65536) for n in (x, y, z)))
