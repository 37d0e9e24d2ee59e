# SPDX-License-Identifier: Apache-2.0
"""TIFF's directories: lists of tagged values, each pointing to the next.

Read from plain and Big TIFF; written as plain TIFF, whose offsets have 32 bits.

Source: TIFF 6.0, section 2; the BigTIFF design of the libtiff project.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tintype.errors import UnsupportedImage

Order = Literal["<", ">"]  # little or big end first, as struct spells it

SHORT, LONG, RATIONAL, UNDEFINED = 3, 4, 5, 7

_TYPE_BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_NUMBER_CODES = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MOST_PAGES = 10_000
_MOST_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class Value:
    """What a tag says: a number of values of one type, in the byte order of the file."""

    type: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory.

    Attributes:
        order: byte order, ``"<"`` or ``">"``.
        values: by tag.
    """

    order: Order
    values: dict[int, Value] = field(default_factory=dict)

    def numbers(self, tag: int) -> tuple[int, ...]:
        """The integers that a tag holds; none where it is absent."""
        value = self.values.get(tag)
        if value is None or value.type not in _NUMBER_CODES:
            return ()
        count = len(value.data) // _TYPE_BYTES[value.type]
        return struct.unpack_from(f"{self.order}{count}{_NUMBER_CODES[value.type]}", value.data)

    def number(self, tag: int, default: int) -> int:
        """The first integer that a tag holds; ``default`` where it is absent."""
        return next(iter(self.numbers(tag)), default)

    def ratio(self, tag: int) -> float | None:
        """The fraction that a tag holds; None where it is absent or no number."""
        value = self.values.get(tag)
        if value is None or value.type != RATIONAL or len(value.data) < 8:
            return None
        above, below = struct.unpack_from(f"{self.order}II", value.data)
        return above / below if below else None

    def data(self, tag: int) -> bytes | None:
        """The bytes that a tag holds; None where it is absent."""
        value = self.values.get(tag)
        return value.data if value else None


class DirectoryReader:
    """Reads the directories of a TIFF file, plain or Big.

    Attributes:
        data: the whole file.
        order: its byte order, ``"<"`` or ``">"``.

    Raises:
        struct.error: it is cut off.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order: Order = "<" if data[:2] == b"II" else ">"
        self._big = struct.unpack_from(f"{self.order}H", data, 2)[0] == 43
        self._room = len(data)  # bytes of values: each lies somewhere else in the file

    def read_pages(self) -> list[Directory]:
        """Read the chain of directories, one for each page.

        Raises:
            ValueError: one of them is damaged.
            struct.error: one of them is cut off.
        """
        code, start = ("Q", 8) if self._big else ("I", 4)
        (at,) = struct.unpack_from(self.order + code, self.data, start)
        seen: set[int] = set()
        found: list[Directory] = []
        while at and at not in seen and len(found) < _MOST_PAGES:
            seen.add(at)  # a chain that bites its tail ends there
            directory, at = self.read(at)
            found.append(directory)
        return found

    def read(self, at: int, *, lenient: bool = False) -> tuple[Directory, int]:
        """Read one directory, and the offset of the next.

        Args:
            at: its offset.
            lenient: leave out values that reach beyond the end of the file.

        Raises:
            ValueError: it reaches beyond the end of the file, or all that have been read claim more
                than the file holds: a few bytes could then be gigabytes.
            struct.error: it is cut off.
        """
        data, order = self.data, self.order
        head, entry, offset = ("Q", "HHQ", "Q") if self._big else ("H", "HHI", "I")
        size, inline = (20, 8) if self._big else (12, 4)
        if at >= len(data):  # up to 64 bits, more than an index may have
            raise ValueError("a directory beyond the end")
        (count,) = struct.unpack_from(order + head, data, at)
        start = at + struct.calcsize(order + head)
        if count > _MOST_ENTRIES:
            raise ValueError("a directory of an impossible size")
        directory = Directory(order)
        for place in range(start, start + count * size, size):
            tag, type, number = struct.unpack_from(order + entry, data, place)
            length = _TYPE_BYTES.get(type, 0) * number
            where = place + size - inline
            if length > inline:
                (where,) = struct.unpack_from(order + offset, data, where)
            if where + length > len(data):
                if lenient:
                    continue
                raise ValueError("it ends early")
            if length > self._room:
                raise ValueError("its values overlap")
            self._room -= length
            directory.values.setdefault(tag, Value(type, number, data[where : where + length]))
        end = start + count * size
        following = data[end : end + struct.calcsize(order + offset)]
        return directory, int.from_bytes(following, "little" if order == "<" else "big")


def write_directory(
    values: Iterable[tuple[int, Value]], *, order: Order, at: int, following: int = 0
) -> bytes:
    """Write a plain TIFF directory, followed by the values that do not fit into it.

    Args:
        values: tags and what they say, in the byte order ``order``.
        order: ``"<"`` or ``">"``.
        at: offset in the file at which it will stand, an even number.
        following: offset of the next directory; 0 for the last.

    Raises:
        UnsupportedImage: an offset does not fit into 32 bits.
    """
    rows = sorted(values, key=lambda row: row[0])
    place = at + 2 + 12 * len(rows) + 4
    if place + sum(len(value.data) + 1 for _, value in rows) >= 1 << 32:
        raise UnsupportedImage("the TIFF file would be larger than 4 GB; write its pages singly")
    entries, tail = [struct.pack(f"{order}H", len(rows))], []
    for tag, value in rows:
        field_bytes = value.data.ljust(4, b"\0")
        if len(value.data) > 4:
            field_bytes = struct.pack(f"{order}I", place)
            tail.append(value.data + b"\0" * (len(value.data) & 1))
            place += len(tail[-1])
        entries.append(struct.pack(f"{order}HHI", tag, value.type, value.count) + field_bytes)
    return b"".join((*entries, struct.pack(f"{order}I", following), *tail))


def pack(order: Order, type: int, *numbers: int) -> Value:
    """Make a value of integers."""
    data = struct.pack(f"{order}{len(numbers)}{_NUMBER_CODES[type]}", *numbers)
    return Value(type, len(numbers), data)
