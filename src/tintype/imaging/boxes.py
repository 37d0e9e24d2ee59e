# SPDX-License-Identifier: Apache-2.0
"""Boxes: the structure that JPEG 2000, AVIF and HEIF files are built of.

A box is its length, a name of four letters, and content, which may be boxes again.

Source: ISO/IEC 14496-12, section 4.2; ISO/IEC 15444-1, annex I.4.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple


class Box(NamedTuple):
    """One box.

    Attributes:
        name: its four letters.
        start: offset of its content.
        end: offset past its content.
    """

    name: bytes
    start: int
    end: int


def walk_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Walk through the boxes that lie between two offsets.

    Raises:
        ValueError: one reaches beyond the end.
    """
    stop = len(data) if end is None else end
    at = start
    while at + 8 <= stop:
        size, name = struct.unpack_from(">I4s", data, at)
        content = at + 8
        following = at + size if size else stop  # 0: to the end
        if size == 1 and content + 8 <= stop:  # a length too large for four bytes follows
            following = at + struct.unpack_from(">Q", data, content)[0]
            content += 8
        if following < content or following > stop:
            raise ValueError("it ends early")
        yield Box(name, content, following)
        at = following


def find_boxes(data: bytes, *path: bytes) -> list[Box]:
    """Find the boxes that a path of names leads to; ``meta`` holds four bytes before its boxes."""
    found = [Box(b"", 0, len(data))]
    for name in path:
        found = [
            inner
            for outer in found
            for inner in walk_boxes(data, outer.start + 4 * (outer.name == b"meta"), outer.end)
            if inner.name == name
        ]
    return found


def make_box(name: bytes, content: bytes) -> bytes:
    """Make a box of its content."""
    return struct.pack(">I4s", 8 + len(content), name) + content
