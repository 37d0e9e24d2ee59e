# SPDX-License-Identifier: Apache-2.0
"""EXIF, changed in place and otherwise kept byte for byte.

An EXIF block is a little TIFF file: a header, then directories of 12-byte entries that point to
each other by offsets from the start of the block. Writing it anew would break the makers' own
notes, which hold offsets that nobody else understands; so only the entries that colouring makes
untrue are overwritten where they stand.

Source: CIPA DC-008 (Exif 2.32), sections 4.5 and 4.6.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ORIENTATION = 0x0112
EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
_X_RESOLUTION, _Y_RESOLUTION, _UNIT = 0x011A, 0x011B, 0x0128
_COLOR_SPACE, _WIDTH, _HEIGHT = 0xA001, 0xA002, 0xA003
_SRGB = 1
_SHORT, _LONG = 3, 4
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_LINKS = (EXIF_IFD, GPS_IFD, INTEROP_IFD)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory.

    Attributes:
        at: where its 12 bytes begin in the block.
        tag: what it is about.
        type: of its values: 3 is a 16-bit number, 4 a 32-bit one.
        count: how many values.
        number: the first value if it is such a number; the offset of the values if they are long.
        data: the values' bytes, as far as they lie in the block; a view, for a block of many
            entries can claim to be in each of them.
    """

    at: int
    tag: int
    type: int
    count: int
    number: int
    data: memoryview

    @property
    def size(self) -> int:
        """Bytes that its values take, by their type and number."""
        return _TYPE_BYTES.get(self.type, 1) * self.count

    @property
    def is_whole(self) -> bool:
        """Whether all of its values lie in the block."""
        return len(self.data) == self.size


def is_exif(block: bytes | None) -> bool:
    """Whether the block has the header and first directory of an EXIF block."""
    return (
        block is not None
        and block[:4] in (b"II*\0", b"MM\0*")
        and 8 <= _first_directory(block) <= len(block) - 2
    )


def byte_order(block: bytes) -> Literal["<", ">"]:
    """``"<"`` or ``">"``, as :mod:`struct` spells them."""
    return "<" if block[:2] == b"II" else ">"


def entries(block: bytes, directory: int | None = None) -> Iterator[Entry]:
    """Walk through one directory, as far as it is intact.

    Args:
        block: the EXIF block.
        directory: offset of the directory; None for the first one.
    """
    start = _first_directory(block) if directory is None else directory
    order, view = byte_order(block), memoryview(block)
    for index in range(_entry_count(block, start)):
        at = start + 2 + 12 * index
        tag, type, count, offset = struct.unpack_from(f"{order}HHII", block, at)
        size = _TYPE_BYTES.get(type, 1) * count
        place = at + 8 if size <= 4 else offset
        number = offset
        if size <= 4 and type == _SHORT:
            (number,) = struct.unpack_from(f"{order}H", block, at + 8)
        yield Entry(at, tag, type, count, number, view[place : place + size])


def read_orientation(block: bytes | None) -> int:
    """Read how the picture lies, 1 (upright) to 8; 1 where the block doesn't say or is damaged."""
    if block is None or not is_exif(block):
        return 1
    found = next((entry.number for entry in entries(block) if entry.tag == ORIENTATION), 1)
    return found if 1 <= found <= 8 else 1


def read_resolution(block: bytes | None) -> tuple[float, float] | None:
    """Read the pixels per inch, (horizontal, vertical); None where the block doesn't say."""
    if block is None or not is_exif(block):
        return None
    found = {entry.tag: entry for entry in entries(block)}
    if not {_X_RESOLUTION, _Y_RESOLUTION} <= found.keys():
        return None
    scale = 2.54 if _UNIT in found and found[_UNIT].number == 3 else 1.0  # 3: per centimetre
    ratios = [found[tag].data for tag in (_X_RESOLUTION, _Y_RESOLUTION)]
    if any(len(ratio) != 8 or not any(ratio[4:]) for ratio in ratios):
        return None
    x, y = (a / b for a, b in (struct.unpack(f"{byte_order(block)}II", r) for r in ratios))
    return (x * scale, y * scale) if x > 0 and y > 0 else None


def make_upright(block: bytes, *, size: tuple[int, int]) -> bytes:
    """Make the block true of an upright sRGB photograph.

    The orientation becomes 1, also where its entry is damaged, for other readers may make something
    of it yet; the size and colour space are those of the pixels, and the thumbnail, which shows the
    photograph as it was, is unlinked.

    Args:
        block: an EXIF block, as :func:`is_exif` has it.
        size: (height, width) of the pixels.
    """
    order, changed = byte_order(block), bytearray(block)
    truth = {_COLOR_SPACE: _SRGB, _WIDTH: size[1], _HEIGHT: size[0]}
    for directory in directories(block):
        for entry in entries(block, directory):
            if entry.tag == ORIENTATION:
                struct.pack_into(f"{order}HIH2x", changed, entry.at + 2, _SHORT, 1, 1)
            elif entry.tag in truth and entry.count == 1 and entry.type in (_SHORT, _LONG):
                code = "H2x" if entry.type == _SHORT else "I"
                value = truth[entry.tag]
                if entry.type == _LONG or value < 1 << 16:
                    struct.pack_into(f"{order}{code}", changed, entry.at + 8, value)
    return bytes(_unlink_thumbnail(changed, order))


def without_orientation(block: bytes) -> bytes:
    """Take the orientation out of a block, which is then upright; no value moves."""
    changed, first = bytearray(block), _first_directory(block)
    places = {entry.at for entry in entries(block) if entry.tag == ORIENTATION}
    if places:
        _take_out(changed, first, places)
    return bytes(changed)


def relocated(block: bytes, offset: int) -> bytes:
    """Change the block's inner offsets to count from ``offset`` bytes before its start.

    For a TIFF file, whose EXIF directories are a part of the file itself. Entries whose values or
    whose directory lie outside of the block are taken out: in the file, something else lies there.
    """
    order, moved, known = byte_order(block), bytearray(block), directories(block)
    for directory in known:
        lost = set()
        for entry in entries(block, directory):
            is_link = entry.tag in _LINKS
            if not (entry.number in known if is_link else entry.is_whole):
                lost.add(entry.at)
            elif is_link or entry.size > 4:
                struct.pack_into(f"{order}I", moved, entry.at + 8, entry.number + offset)
        if lost:
            _take_out(moved, directory, lost)
    return bytes(moved)


def directories(block: bytes) -> list[int]:
    """Offsets of the first directory and of those it links to: EXIF, GPS, interoperability.

    Of each kind the first link counts: a block can hold thousands, each to thousands of entries.
    """
    found, followed = [_first_directory(block)], set[int]()
    for directory in found:  # grows while it is walked; no directory is taken twice
        for entry in entries(block, directory):
            if entry.tag not in _LINKS or entry.tag in followed:
                continue
            followed.add(entry.tag)
            if entry.number not in found and 8 <= entry.number <= len(block) - 2:
                found.append(entry.number)
    return found


def _take_out(block: bytearray, directory: int, places: set[int]) -> None:
    """Take a directory's entries at these places out of it; nothing but its entries moves."""
    start, count = directory + 2, _entry_count(block, directory)
    end = start + 12 * count
    kept = [block[at : at + 12] for at in range(start, end, 12) if at not in places]
    link = block[end : end + 4]
    code = f"{byte_order(bytes(block[:2]))}H"
    struct.pack_into(code, block, directory, len(kept))
    block[start : end + len(link)] = b"".join((*kept, link, bytes(12 * (count - len(kept)))))


def _unlink_thumbnail(block: bytearray, order: str) -> bytearray:
    """Cut the chain after the first directory; the bytes go too where they are the last ones."""
    first = _first_directory(block)
    link = first + 2 + 12 * _entry_count(block, first)
    if link + 4 > len(block):
        return block
    (second,) = struct.unpack_from(f"{order}I", block, link)
    struct.pack_into(f"{order}I", block, link, 0)
    if second and not _reaches(bytes(block), second):
        del block[second:]
    return block


def _reaches(block: bytes, end: int) -> bool:
    """Whether anything that the directories hold lies at or after ``end``."""
    for directory in directories(block):
        if directory >= end:
            return True
        for entry in entries(block, directory):
            if entry.size > 4 and entry.number + entry.size > end:
                return True
    return False


def _first_directory(block: bytes | bytearray) -> int:
    if len(block) < 8:
        return 0
    return int(struct.unpack_from(f"{byte_order(bytes(block[:2]))}I", block, 4)[0])


def _entry_count(block: bytes | bytearray, directory: int) -> int:
    """Entries that the directory claims, or as many as there is room for."""
    if not 8 <= directory <= len(block) - 2:
        return 0
    (claimed,) = struct.unpack_from(f"{byte_order(bytes(block[:2]))}H", block, directory)
    return min(int(claimed), (len(block) - directory - 2) // 12)
