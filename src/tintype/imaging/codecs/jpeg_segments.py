# SPDX-License-Identifier: Apache-2.0
"""The segments of a JPEG file: where everything but its pixels lies.

Source: ITU-T T.81, annex B; JFIF 1.02; CIPA DC-008, section 4.7 (EXIF); ISO 16684-3 (XMP);
ICC.1:2022, annex B.4 (profiles).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from tintype.errors import UnsupportedImage
from tintype.imaging.exif import read_resolution
from tintype.imaging.iptc import find_records, wrap_records
from tintype.imaging.photograph import Photograph
from tintype.imaging.profiles import srgb_profile
from tintype.imaging.xmp import is_marked, join_extension, split_for_jpeg

_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_ICC = b"ICC_PROFILE\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_JFIF = b"JFIF\0"
_APP0, _APP1, _APP2, _APP13, _COMMENT = 0xE0, 0xE1, 0xE2, 0xED, 0xFE
_METADATA = {*range(0xE0, 0xF0), _COMMENT} - {0xEE}  # 0xEE is Adobe's, on how colours are coded
_START_OF_SCAN, _END = 0xDA, 0xD9
_ROOM = 65533  # bytes of content in one segment
_CENTIMETRES_PER_INCH = 2.54


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What the segments before the first scan say; each None where the file is silent.

    ``lean`` is the file without them, so that no decoder stumbles over them.
    """

    exif: bytes | None
    xmp: bytes | None
    iptc: bytes | None
    profile: bytes | None
    dpi: tuple[float, float] | None
    comments: tuple[str, ...]
    lean: bytes


def read_segments(data: bytes) -> Segments:
    """Gather the metadata of a JPEG file, as far as its segments are intact."""
    exif = xmp = dpi = None
    extension, profile, resources, comments = [], [], b"", []
    kept = [data[:2]]
    end = 2
    for marker, content, following in _walk(data):
        end = following
        if marker not in _METADATA:
            kept.append(_segment(marker, content))
        if marker == _APP0 and content.startswith(_JFIF):
            dpi = _read_density(content)
        elif marker == _APP1 and content.startswith(_EXIF):
            exif = exif or content[len(_EXIF) :]
        elif marker == _APP1 and content.startswith(_XMP):
            xmp = xmp or content[len(_XMP) :]
        elif marker == _APP1 and content.startswith(_XMP_EXTENSION):
            extension.append(content[len(_XMP_EXTENSION) :])
        elif marker == _APP2 and content.startswith(_ICC):
            profile.append(content[len(_ICC) :])
        elif marker == _APP13 and content.startswith(_PHOTOSHOP):
            resources += content[len(_PHOTOSHOP) :]
        elif marker == _COMMENT:
            comments.append(content.rstrip(b"\0").decode("utf-8", "replace"))
    if xmp and extension:
        xmp = join_extension(xmp, _join_parts(xmp, extension))
    return Segments(
        exif=exif,
        xmp=xmp,
        iptc=find_records(resources),
        profile=b"".join(part[2:] for part in sorted(profile)) or None,  # number, count, bytes
        dpi=dpi or read_resolution(exif),
        comments=tuple(comments),
        lean=b"".join((*kept, memoryview(data)[end:])),
    )


def insert_segments(bare: bytes, photograph: Photograph) -> bytes:
    """Put a photograph's metadata into the bare JPEG file of its pixels.

    Raises:
        UnsupportedImage: its EXIF block is larger than JPEG can hold.
    """
    start = 2  # past the marker that begins the file
    if bare[2:4] == b"\xff\xe0":
        start += 2 + int.from_bytes(bare[4:6], "big")  # past the encoder's own JFIF header
    x, y = photograph.dpi or (0.0, 0.0)
    density = struct.pack(
        ">2sBHH2x", b"\1\1", bool(photograph.dpi), *(min(round(d) or 1, 65535) for d in (x, y))
    )
    parts = [bare[:2], _segment(_APP0, _JFIF + density)]
    if photograph.exif:
        parts.append(_segment(_APP1, _EXIF + photograph.exif, what="EXIF block"))
    parts += _xmp_segments(photograph)
    if photograph.iptc:
        parts += _in_parts(_APP13, _PHOTOSHOP, wrap_records(photograph.iptc))
    if not photograph.is_grey:
        parts.append(_segment(_APP2, _ICC + b"\1\1" + srgb_profile()))
    for keyword, text in photograph.text:
        if keyword == "Comment":
            parts += _in_parts(_COMMENT, b"", text.encode())
    return b"".join((*parts, memoryview(bare)[start:]))


def _walk(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Markers and contents of the segments before the first scan, and where each one ends."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (_START_OF_SCAN, _END):
            return
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        following = at + 2 + size
        if size < 2 or following > len(data):
            return
        yield marker, data[at + 4 : following], following
        at = following


def _read_density(content: bytes) -> tuple[float, float] | None:
    if len(content) < 12:
        return None
    unit, x, y = struct.unpack_from(">BHH", content, 7)
    if unit not in (1, 2) or not x or not y:
        return None
    scale = 1.0 if unit == 1 else _CENTIMETRES_PER_INCH
    return x * scale, y * scale


def _join_parts(xmp: bytes, parts: list[bytes]) -> bytes:
    """Join the parts of the extension that the packet names: digest, length, offset, bytes."""
    named = [part for part in parts if part[:32] in xmp]
    return b"".join(part[40:] for part in sorted(named, key=lambda part: part[36:40]))


def _xmp_segments(photograph: Photograph) -> list[bytes]:
    packet = photograph.xmp
    if not packet:
        return []
    if len(packet) + len(_XMP) <= _ROOM:
        return [_segment(_APP1, _XMP + packet)]
    by = photograph.colored_by if is_marked(packet) else None
    short, digest = split_for_jpeg(packet, by=by)
    step = _ROOM - len(_XMP_EXTENSION) - 40
    return [_segment(_APP1, _XMP + short)] + [
        _segment(
            _APP1,
            _XMP_EXTENSION
            + digest
            + struct.pack(">2I", len(packet), offset)
            + packet[offset : offset + step],
        )
        for offset in range(0, len(packet), step)
    ]


def _in_parts(marker: int, head: bytes, content: bytes) -> list[bytes]:
    step = _ROOM - len(head)
    return [_segment(marker, head + content[at : at + step]) for at in range(0, len(content), step)]


def _segment(marker: int, content: bytes, *, what: str = "segment") -> bytes:
    if len(content) > _ROOM:
        raise UnsupportedImage(
            f"the {what} is {len(content):,} bytes and JPEG holds {_ROOM:,}; "
            "choose format png or tiff"
        )
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
