# SPDX-License-Identifier: Apache-2.0
"""Files that were cut off, altered or made to do harm: a clean refusal, or a photograph.

Bits that flip inside of compressed pixels cannot all be noticed; what must never happen is anything
else than a photograph or an error of :mod:`tintype.errors` in one line.
"""

import random
import struct
import zlib
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from tintype.errors import ImageTooLarge, InputError, UnreadableImage
from tintype.imaging.codecs.png_chunks import SIGNATURE
from tintype.imaging.files import encode, read
from tintype.imaging.formats import FORMATS
from tintype.imaging.photograph import Photograph

FILES_OF_EACH = 80
MAX_PIXELS = 4_000_000


@pytest.fixture(scope="module")
def intact(samples, opacity, exif_block, xmp_packet, iptc_records) -> dict[str, list[bytes]]:
    """By format: files of every depth, with all the metadata that they can hold."""
    files: dict[str, list[bytes]] = {}
    for row in FORMATS:
        for dtype in row.depths:
            photograph = Photograph(
                pixels=samples(dtype)[:40, :50],
                alpha=opacity(dtype)[:40, :50] if row.alpha else None,
                exif=exif_block(6, thumbnail=b"\xff\xd8\xff\xd9"),
                xmp=xmp_packet,
                iptc=iptc_records,
                dpi=(300.0, 300.0),
                text=(("Comment", "ein Hund"), ("Title", "größer")),
            )
            files.setdefault(row.name, []).append(encode(photograph, format=row.name))
    return files


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


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of damaged EXIF in AVIF
def test_mutated_files_are_refused_or_read(intact, name):
    chance = random.Random(f"damage to {name}")  # noqa: S311  (the same files every time)
    outcomes = Counter()
    messages = set()
    for number in range(FILES_OF_EACH):
        data = bytearray(chance.choice(intact[name]))
        MUTATIONS[number % len(MUTATIONS)](data, chance)
        try:
            photograph = read(bytes(data), max_pixels=MAX_PIXELS)
        except InputError as error:
            messages.add(str(error))
            outcomes[type(error).__name__] += 1
        else:
            assert min(photograph.size) >= 1
            outcomes["read"] += 1
    assert not [message for message in messages if "\n" in message or not message]
    assert outcomes["UnreadableImage"] >= FILES_OF_EACH // 8  # the mutations do bite
    assert outcomes["read"] >= 1  # and do not bite always


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
def test_every_beginning_of_a_file_is_refused_or_read(intact, name):
    data = intact[name][0]
    for size in range(0, len(data), max(1, len(data) // 40)):
        try:
            read(data[:size], max_pixels=MAX_PIXELS)
        except InputError:
            continue


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


@pytest.mark.parametrize("name", BOMBS)
def test_a_few_bytes_that_promise_billions_of_pixels_are_refused(name):
    # The decoder of WebP makes room for its canvas at once, and may be the first to refuse.
    with pytest.raises((ImageTooLarge, UnreadableImage) if name == "webp" else ImageTooLarge):
        read(BOMBS[name])


def test_long_and_thin_photographs_are_read():
    thin = np.random.default_rng(0).integers(0, 256, (1, 30_000, 3), np.uint8)
    for row in FORMATS:
        if row.name in ("webp", "heif"):  # which count to 16383, or pad to whole blocks
            continue
        for pixels in (thin, np.ascontiguousarray(thin.swapaxes(0, 1))):
            assert read(encode(Photograph(pixels=pixels), format=row.name)).size == pixels.shape[:2]
