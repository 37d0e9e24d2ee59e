# SPDX-License-Identifier: Apache-2.0
"""Harm done to files: bits and pieces altered at random, and a few bytes that promise billions."""

import random
import struct
import zlib
from collections.abc import Callable

from tintype.imaging.codecs.png_chunks import SIGNATURE


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def spoil_the_head(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(min(len(data), chance.choice((64, 256, 1024))))
        data[at] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))


def lose_a_piece(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 64)]


def gain_a_piece(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = chance.randbytes(chance.randint(1, 64))


def write_a_great_number(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(max(1, len(data) - 4))
    data[at : at + 4] = chance.choice(
        (b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f")
    )


def mend_checksums(data: bytearray, chance: random.Random) -> None:
    """Flip bits, then make PNG's checksums right again: what lies behind them is reached."""
    flip_bits(data, chance)
    at = len(SIGNATURE)
    while data[:8] == SIGNATURE and at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + size > len(data):
            return
        check = zlib.crc32(data[at + 4 : at + 8 + size])
        data[at + 8 + size : at + 12 + size] = check.to_bytes(4, "big")
        at += 12 + size


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *(cut, flip_bits, spoil_the_head, lose_a_piece, gain_a_piece, write_a_great_number),
    mend_checksums,
)


def png_of(width: int, height: int) -> bytes:
    """A few bytes that promise a picture of any size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


BOMBS = {
    "png": png_of(60_000, 60_000),
    "jpeg": b"\xff\xd8"
    b"\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00"
    b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00",
    "bmp": b"BM" + bytes(12) + struct.pack("<IiiHHIIiiII", 40, 60_000, 60_000, 1, 24, *[0] * 6),
    "ppm": b"P5 60000 60000 255\n",
    "webp": b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xff\xff\x0f" + bytes(8),
    "tiff": b"II*\0\x08\0\0\0\x02\0"
    + struct.pack("<HHII", 256, 4, 1, 60_000)
    + struct.pack("<HHII", 257, 4, 1, 60_000)
    + bytes(4),
}
