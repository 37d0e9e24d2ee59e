# SPDX-License-Identifier: Apache-2.0
"""The chunks of a PNG file: checked, sorted, and put back around new pixels.

Source: W3C PNG, third edition, sections 5 (structure), 11 (chunks). The "Raw profile type" texts,
by which IPTC travels in PNG, are ImageMagick's custom, and read by ExifTool too.
"""

import struct
import zlib
from binascii import unhexlify
from collections.abc import Iterator
from dataclasses import dataclass

from tintype.imaging.exif import is_exif
from tintype.imaging.guard import refuse_hdr
from tintype.imaging.iptc import find_records, wrap_records
from tintype.imaging.photograph import Photograph
from tintype.imaging.profiles import SRGB, Encoding, srgb_profile

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_XMP_KEYWORD = "XML:com.adobe.xmp"
_RAW_PROFILE = "Raw profile type "
_PIXEL_CHUNKS = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = (  # first row, step down, first column, step right
    *((0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4)),
    *((2, 4, 0, 2), (0, 2, 1, 2), (1, 2, 0, 1)),
)
_PIECE = 1 << 20  # bytes unpacked at a time
_MOST_UNPACKED = 1 << 24  # bytes of all texts, or of a profile; more is an attack, and left behind
_LARGEST_RATIO = 1032  # of bytes unpacked to packed; zlib's technical details, compression factor
_SRGB_PRIMARIES = 1  # ITU-T H.273, as the transfer characteristics
_TRANSFERS = dict.fromkeys((1, 6, 13, 14, 15), SRGB) | {  # television's are shown like sRGB's own
    4: Encoding(gamma=2.2),
    5: Encoding(gamma=2.8),
    8: Encoding(gamma=1.0),
}
_INCHES_PER_METRE = 1 / 0.0254
_INTENT_RELATIVE = b"\1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunks:
    """A PNG file, taken apart.

    Attributes:
        width: in pixels.
        height: in pixels.
        depth: bits a sample.
        interlaced: whether the pixels come in seven passes.
        color: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
        frames: more than one where it is an animation.
        transparency: the content of ``tRNS``.
        lean: the file with nothing in it but its pixels.
        encoding: what the samples mean.
        exif: the EXIF block.
        xmp: the XMP packet.
        iptc: the IPTC records.
        dpi: pixels per inch.
        text: keywords and texts that are none of the above.
    """

    width: int
    height: int
    depth: int
    color: int
    interlaced: bool
    frames: int
    transparency: bytes | None
    lean: bytes
    encoding: Encoding
    exif: bytes | None
    xmp: bytes | None
    iptc: bytes | None
    dpi: tuple[float, float] | None
    text: tuple[tuple[str, str], ...]


def read_chunks(data: bytes) -> Chunks:
    """Take a PNG file apart, and check that its pixels are whole.

    Raises:
        ValueError: a chunk that carries pixels is cut off, altered or missing.
        struct.error: a header is too short.
        UnsupportedImage: its light is coded for HDR screens.
    """
    first: dict[bytes, bytes] = {}
    texts: dict[str, str] = {}
    inflater = _Inflater()
    pixels = [SIGNATURE]
    for kind, content, whole in _walk(data):
        first.setdefault(kind, content)
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            keyword, text = _read_text(kind, content, inflater)
            if keyword:
                texts.setdefault(keyword, text)
        if kind in _PIXEL_CHUNKS or (kind == b"tRNS" and first[b"IHDR"][9:10] == b"\3"):
            pixels.append(whole)
    if b"IDAT" not in first:
        raise ValueError("no pixels")
    width, height, depth, color, *methods = struct.unpack_from(">IIBBBBB", first[b"IHDR"])
    if depth not in _DEPTHS.get(color, ()) or methods not in ([0, 0, 0], [0, 0, 1]):
        raise ValueError("its header makes no sense")
    raw = {name: _read_raw_profile(texts, name) for name in ("exif", "APP1", "iptc", "8bim", "xmp")}
    exif = first.get(b"eXIf") or (raw["exif"] or raw["APP1"] or b"").removeprefix(b"Exif\0\0")
    xmp = texts[_XMP_KEYWORD].encode() if _XMP_KEYWORD in texts else raw["xmp"]
    return Chunks(
        width=width,
        height=height,
        depth=depth,
        color=color,
        interlaced=methods[-1] == 1,
        frames=struct.unpack_from(">I", first[b"acTL"])[0] if b"acTL" in first else 1,
        transparency=first.get(b"tRNS"),
        lean=b"".join(pixels),
        encoding=_read_encoding(first),
        exif=exif if is_exif(exif) else None,
        xmp=xmp,
        iptc=_read_iptc(raw["iptc"] or raw["8bim"]),
        dpi=_read_density(first.get(b"pHYs", b"")),
        text=tuple((k, t) for k, t in texts.items() if not k.startswith((_RAW_PROFILE, "XML:"))),
    )


def check_stream(chunks: Chunks) -> None:
    """Check that the packed pixels unpack to what they should, so that no decoder need complain.

    Raises:
        ValueError: they end early, or go on for too long.
        zlib.error: they are damaged.
    """
    inflater = zlib.decompressobj()
    missing = _unpacked_size(chunks)
    for kind, content, _ in _walk(chunks.lean):
        while kind == b"IDAT" and content and missing >= 0 and not inflater.eof:
            missing -= len(inflater.decompress(content, _PIECE))
            content = inflater.unconsumed_tail
    if missing or not inflater.eof:
        raise ValueError("its pixels end early" if missing > 0 else "its pixels do not end")


def _unpacked_size(chunks: Chunks) -> int:
    """Bytes of the rows before they were packed, a byte for the filter in front of each."""
    size, bits = 0, _CHANNELS[chunks.color] * chunks.depth
    for top, down, left, right in _ADAM7 if chunks.interlaced else ((0, 1, 0, 1),):
        rows = -(-max(0, chunks.height - top) // down)
        columns = -(-max(0, chunks.width - left) // right)
        size += rows * (1 + -(-columns * bits // 8)) if columns else 0
    return size


def insert_chunks(bare: bytes, photograph: Photograph) -> bytes:
    """Put a photograph's metadata into the bare PNG file of its pixels."""
    if photograph.is_grey:
        parts = [_chunk(b"sRGB", _INTENT_RELATIVE)]
    else:
        parts = [_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(srgb_profile()))]
    if photograph.dpi:
        x, y = (min(round(d * _INCHES_PER_METRE), 2**31 - 1) for d in photograph.dpi)
        parts.append(_chunk(b"pHYs", struct.pack(">IIB", x, y, 1)))
    if photograph.exif:
        parts.append(_chunk(b"eXIf", photograph.exif))
    if photograph.xmp:
        parts.append(_international(_XMP_KEYWORD, photograph.xmp))
    if photograph.iptc:
        parts.append(_write_raw_profile("iptc", wrap_records(photograph.iptc)))
    parts += [_write_text(keyword, text) for keyword, text in photograph.text]
    start = len(SIGNATURE) + 12 + 13  # past IHDR, which comes first
    view = memoryview(bare)
    return b"".join((view[:start], *parts, view[start:]))


def _walk(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Kind, content and whole of every chunk; ones that carry no pixels are passed over if damaged.

    A critical chunk is known by the capital letter that its name begins with.
    """
    at, kind = len(SIGNATURE), b""
    view = memoryview(data)
    while kind != b"IEND":
        if at + 12 > len(data):
            raise ValueError("it ends early")
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(data):
            raise ValueError("it ends early")
        if zlib.crc32(view[at + 4 : end - 4]).to_bytes(4, "big") == data[end - 4 : end]:
            yield kind, data[at + 8 : end - 4], data[at:end]
        elif kind[:1].isupper():
            raise ValueError("its checksums do not match")
        at = end


def _read_encoding(first: dict[bytes, bytes]) -> Encoding:
    """The chunks that say what samples mean, in the order of precedence that PNG gives them.

    Of the colours that ``cICP`` can name, those of sRGB's primaries are known here; for others, the
    chunks that stand beside it for readers that do not know it have to do.
    """
    primaries, transfer = (*first.get(b"cICP", b""), None, None)[:2]
    refuse_hdr(transfer)
    if primaries == _SRGB_PRIMARIES and transfer in _TRANSFERS:
        return _TRANSFERS[transfer]
    name, _, packed = first.get(b"iCCP", b"").partition(b"\0")
    if name and (profile := _Inflater().unpack(packed[1:])):
        return Encoding(profile=profile)
    gamma = int.from_bytes(first.get(b"gAMA", b"")[:4], "big")  # of encoding, times 100,000
    if gamma and b"sRGB" not in first:
        return Encoding(gamma=100_000 / gamma)
    return Encoding()


def _read_text(kind: bytes, content: bytes, inflater: "_Inflater") -> tuple[str, str]:
    """Keyword and text of a text chunk; ("", "") where it cannot be read."""
    keyword, _, rest = content.partition(b"\0")
    name = keyword.decode("latin-1")
    if kind == b"tEXt":
        return name, rest.decode("latin-1")
    if kind == b"zTXt":
        unpacked = inflater.unpack(rest[1:])
        return (name, unpacked.decode("latin-1")) if unpacked is not None else ("", "")
    packed, (_language, _, tail) = rest[:1] == b"\1", rest[2:].partition(b"\0")
    body = tail.partition(b"\0")[2]
    unpacked = inflater.unpack(body) if packed else body
    return (name, unpacked.decode("utf-8", "replace")) if unpacked is not None else ("", "")


class _Inflater:
    """Unpacks what is not pixels, one piece after the other, up to a limit for all together."""

    def __init__(self) -> None:
        self._room = _MOST_UNPACKED

    def unpack(self, packed: bytes) -> bytes | None:
        """Unpack a piece; None where it is damaged, or there is no room for all of it."""
        if self._room < 1:
            return None
        stream = zlib.decompressobj()
        try:
            data = stream.decompress(packed, self._room)
        except zlib.error:
            self._room -= _LARGEST_RATIO * len(packed)  # how far it came, nobody knows
            return None
        self._room -= len(data)
        return data if stream.eof else None


def _read_raw_profile(texts: dict[str, str], name: str) -> bytes | None:
    """A binary block as text: its name, its length, its hexadecimal digits, each on new lines."""
    lines = texts.get(_RAW_PROFILE + name, "").strip().splitlines()
    try:
        return unhexlify("".join(line.strip() for line in lines[2:])) or None
    except ValueError:
        return None


def _write_raw_profile(name: str, block: bytes) -> bytes:
    digits = block.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name}\n{len(block):8}\n{lines}\n"
    return _chunk(b"zTXt", f"{_RAW_PROFILE}{name}\0\0".encode() + zlib.compress(text.encode()))


def _read_iptc(block: bytes | None) -> bytes | None:
    if block is None or block.startswith(b"\x1c"):  # IPTC's own marker: records without wrapping
        return block
    return find_records(block)


def _read_density(content: bytes) -> tuple[float, float] | None:
    if len(content) != 9 or content[8] != 1:  # 1: per metre; else only a ratio
        return None
    x, y = struct.unpack_from(">II", content)
    return (x / _INCHES_PER_METRE, y / _INCHES_PER_METRE) if x and y else None


def _write_text(keyword: str, text: str) -> bytes:
    try:
        body = keyword[:79].encode("latin-1") + b"\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        return _international(keyword, text.encode())
    return _chunk(b"tEXt", body)


def _international(keyword: str, text: bytes) -> bytes:
    name = keyword[:79].encode("latin-1", "replace")
    return _chunk(b"iTXt", name + b"\0\0\0\0\0" + text)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
