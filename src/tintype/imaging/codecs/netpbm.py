# SPDX-License-Identifier: Apache-2.0
"""PBM, PGM and PPM: a few words of text, then samples. Read and written here, at 8 and 16 bits.

Samples run from 0 to a maximum that the file chooses; they are scaled to the depth's own white.
There is no metadata but comments: they are kept, and the mark is put there.

Source: the netpbm manual, pages pbm(5), pgm(5) and ppm(5).
"""

import re

import numpy as np

from tintype.imaging.guard import check_size, refusing_damage
from tintype.imaging.photograph import Photograph, Pixels
from tintype.imaging.raster import Raster
from tintype.imaging.settings import Settings
from tintype.imaging.xmp import COMPUTED, is_marked

_TOKEN = re.compile(rb"(?:\s|#([^\r\n]*)[\r\n])*(\d{1,10})(?!\d)")
_COMMENT = re.compile(rb"#[^\r\n]*")
_KEYWORD = "Comment"
_BITS, _TEXT_BITS = b"4", b"1"
_COLOR = b"36"


def decode(data: bytes, *, max_pixels: int) -> tuple[Raster, ...]:
    """Decode a PBM, PGM or PPM file, of plain text or binary."""
    with refusing_damage("PPM"):
        kind = data[1:2]
        is_bits = kind in (_BITS, _TEXT_BITS)
        numbers, comments, start = _read_header(data, 2 if is_bits else 3)
        width, height, maximum = (*numbers, 1) if is_bits else numbers
        check_size(width, height, max_pixels, title="PPM")
        if not 1 <= maximum <= 65535:
            raise ValueError(f"its largest value is {maximum}")
        shape = (height, width, 3) if kind in _COLOR else (height, width)
        if kind == _BITS:
            samples = _read_bits(data, start, height, width)
        elif kind in b"123":
            samples = _read_text(data[start:], shape, packed=is_bits)
        else:
            dtype = ">u2" if maximum > 255 else "u1"
            samples = np.frombuffer(data, dtype, int(np.prod(shape)), start).reshape(shape)
        if is_bits:
            samples = 1 - samples  # ink, not light
    text = tuple((_KEYWORD, comment) for comment in comments if not _is_mark(comment))
    return (Raster(samples=_scale(samples, maximum), text=text),)


def encode(photograph: Photograph, *, settings: Settings) -> bytes:
    """Encode a photograph of 8 or 16 bits; nothing is lost, so ``settings`` change nothing."""
    del settings
    height, width = photograph.size
    comments = [text for keyword, text in photograph.text if keyword == _KEYWORD]
    if is_marked(photograph.xmp):
        comments.append(f"DigitalSourceType {COMPUTED}")
        comments.append(f"AISystemUsed tintype ({photograph.colored_by})")
    lines = [line for comment in comments for line in comment.splitlines()]
    head = "\n".join(
        (
            "P5" if photograph.is_grey else "P6",
            *(f"#{line}" for line in lines),
            f"{width} {height}",
            f"{photograph.white}\n",
        )
    )
    wide = photograph.pixels.dtype == np.uint16
    samples = photograph.pixels.astype(">u2") if wide else photograph.pixels
    return head.encode() + samples.tobytes()


def _read_header(data: bytes, count: int) -> tuple[list[int], list[str], int]:
    """The header's numbers and comments, and where the samples begin."""
    numbers, comments, at = [], [], 2
    for _ in range(count):
        token = _TOKEN.match(data, at)
        if token is None:
            raise ValueError("its header is cut off")
        found = _COMMENT.findall(data, at, token.end())
        comments += [comment[1:].decode("utf-8", "replace") for comment in found]
        numbers.append(int(token[2]))
        at = token.end()
    return numbers, comments, at + 1  # one white space, and one only


def _read_bits(data: bytes, start: int, height: int, width: int) -> Pixels:
    """Eight pixels a byte, every row padded to whole bytes."""
    row = (width + 7) // 8
    packed = np.frombuffer(data, np.uint8, height * row, start).reshape(height, row)
    return np.unpackbits(packed, axis=1, count=width)


def _read_text(text: bytes, shape: tuple[int, ...], *, packed: bool) -> Pixels:
    """Numbers in decimal; bits may stand without space between them."""
    clean = _COMMENT.sub(b"", text)
    words = re.findall(rb"[01]", clean) if packed else clean.split()
    count = int(np.prod(shape))
    if len(words) < count:
        raise ValueError("it ends early")
    return np.array(words[:count], dtype="S5").astype(np.uint32).reshape(shape)


def _scale(samples: Pixels, maximum: int) -> Pixels:
    """Scale from a file's maximum to white, and refuse nothing: what is above it is white."""
    dtype = np.dtype(np.uint16 if maximum > 255 else np.uint8)
    white = 65535 if maximum > 255 else 255
    if maximum == white:
        return samples.astype(dtype)
    table = (np.arange(maximum + 1, dtype=np.uint64) * white + maximum // 2) // maximum
    return np.take(table.astype(dtype), np.minimum(samples, maximum))


def _is_mark(comment: str) -> bool:
    return comment.startswith(("DigitalSourceType ", "AISystemUsed "))
