# SPDX-License-Identifier: Apache-2.0
"""EXIF out of a TIFF file and into one.

In TIFF, EXIF has no block of its own: its first directory is that of the page, and the others hang
on it. So the tags that describe the photograph are picked from among those that describe the file,
and become a block like JPEG's; on the way back they are put among them again.

Source: CIPA DC-008 (Exif 2.32), section 4.6.4, table 4 (tags of the first directory).
"""

import struct
from contextlib import suppress

from tintype.imaging.codecs import tiff_tags as tiff
from tintype.imaging.codecs.tiff_directory import (
    LONG,
    SHORT,
    Directory,
    DirectoryReader,
    Order,
    Value,
    write_directory,
)
from tintype.imaging.exif import (
    EXIF_IFD,
    GPS_IFD,
    INTEROP_IFD,
    byte_order,
    directories,
    entries,
    relocated,
)

_RESOLUTION = {tiff.X_RESOLUTION, tiff.Y_RESOLUTION, tiff.RESOLUTION_UNIT}

# Name and page of the document, description, maker, software, dates, people, copyright, ratings,
# and Windows' own title, comment, author, keywords, subject.
_DESCRIPTIVE = {
    *(269, 270, 271, 272, 285, 297, 305, 306, 315, 316, 33432),
    *(18246, 18249, 40091, 40092, 40093, 40094, 40095),
}


def exif_of_page(reader: DirectoryReader, page: Directory) -> bytes | None:
    """Gather an EXIF block from a page's directory; None where there is nothing to gather.

    A directory of EXIF's own that cannot be read is left out, as are values that reach beyond the
    end of the file: the photograph is not lost with them.

    Args:
        reader: of the TIFF file.
        page: the page's directory.
    """
    order = page.order
    kept = _DESCRIPTIVE | _RESOLUTION | {tiff.ORIENTATION}
    rows = [(tag, value) for tag, value in page.values.items() if tag in kept and value.data]
    links = [(tag, _linked(reader, page, tag)) for tag in (EXIF_IFD, GPS_IFD)]
    found = [(tag, directory) for tag, directory in links if directory]
    if not found and not any(tag in _DESCRIPTIVE for tag, _ in rows):
        return None
    parts = [struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 0)]
    size = len(parts[0])
    for tag, directory in found:
        written, at = _copy_directory(reader, directory, at=size)
        rows.append((tag, Value(LONG, 1, struct.pack(f"{order}I", at))))
        parts.append(written)
        size += len(written)
    parts.append(write_directory(rows, order=order, at=size))
    parts[0] = parts[0][:4] + struct.pack(f"{order}I", size)
    return b"".join(parts)


def values_for_page(block: bytes, at: int) -> tuple[dict[int, Value], bytes]:
    """Prepare an EXIF block for a page's directory.

    Args:
        block: the EXIF block, in the byte order of the file.
        at: offset in the file at which the block will stand, an even number.

    Returns:
        The values to put among the page's, and the bytes to write at ``at``; without those of which
        the block has only the beginning, or nothing.
    """
    order, known = byte_order(block), directories(block)
    values: dict[int, Value] = {}
    for entry in entries(block):
        if entry.tag in values:
            continue
        if entry.tag in _DESCRIPTIVE and entry.is_whole:
            values[entry.tag] = Value(entry.type, entry.count, bytes(entry.data))
        elif entry.tag in (EXIF_IFD, GPS_IFD) and entry.number in known:
            values[entry.tag] = Value(LONG, 1, struct.pack(f"{order}I", entry.number + at))
    padding = b"\0" * (len(block) & 1)
    return values, relocated(block, at) + padding


def dpi_of_page(page: Directory) -> tuple[float, float] | None:
    """A page's pixels per inch, (horizontal, vertical)."""
    x, y = page.ratio(tiff.X_RESOLUTION), page.ratio(tiff.Y_RESOLUTION)
    unit = page.number(tiff.RESOLUTION_UNIT, 2)
    if not x or not y or unit not in (2, 3):  # 1: only a ratio
        return None
    scale = 1.0 if unit == 2 else 2.54
    return x * scale, y * scale


def dpi_values(dpi: tuple[float, float], order: Order) -> dict[int, Value]:
    """The values that say pixels per inch."""
    x, y = (struct.pack(f"{order}II", min(round(d * 1000), 2**32 - 1), 1000) for d in dpi)
    inch = Value(SHORT, 1, struct.pack(f"{order}H", 2))
    return {
        tiff.X_RESOLUTION: Value(5, 1, x),
        tiff.Y_RESOLUTION: Value(5, 1, y),
        tiff.RESOLUTION_UNIT: inch,
    }


def _linked(reader: DirectoryReader, directory: Directory, tag: int) -> Directory | None:
    """Read the directory that a tag points to; None where there is none, or it is damaged."""
    start = directory.number(tag, 0)
    with suppress(ValueError, struct.error):
        return reader.read(start, lenient=True)[0] if start else None
    return None


def _copy_directory(reader: DirectoryReader, directory: Directory, *, at: int) -> tuple[bytes, int]:
    """Copy a directory, with the one of interoperability if it has one, to be written at ``at``.

    Returns:
        The bytes, of even length, and the offset of the directory among them.
    """
    order = reader.order
    rows = dict(directory.values)
    rows.pop(INTEROP_IFD, None)
    inner = b""
    other = _linked(reader, directory, INTEROP_IFD)
    if other:
        inner = write_directory(other.values.items(), order=order, at=at)
        inner += b"\0" * (len(inner) & 1)
        rows[INTEROP_IFD] = Value(LONG, 1, struct.pack(f"{order}I", at))
    outer_at = at + len(inner)
    outer = write_directory(rows.items(), order=order, at=outer_at)
    return inner + outer + b"\0" * (len(outer) & 1), outer_at
