# SPDX-License-Identifier: Apache-2.0
"""A ZIP archive, sent as it is made: neither memory nor disk holds it as a whole.

Photographs and films are compressed already, so they are stored. All entries have the same date, so
that the same results give the same archive.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MEDIA_TYPE = "application/zip"

_DATE = (1980, 1, 1, 0, 0, 0)  # the first that the format can write
_PIECE = 1 << 18  # bytes


def stream_zip(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """Make an archive.

    Args:
        files: names, which must differ, and what lies under them.

    Returns:
        The archive's bytes, in pieces.
    """
    made = _Made()
    with zipfile.ZipFile(made, "w") as archive:
        for name, path in files:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.file_size = path.stat().st_size  # tells whether 64-bit sizes are needed
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while piece := source.read(_PIECE):
                    target.write(piece)
                    yield made.take()
    yield made.take()


class _Made(io.RawIOBase):
    """What has been written and not been taken yet. It cannot be wound back, and ZIP need not."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:  # any buffer
        data = bytes(piece)
        self._pieces.append(data)
        return len(data)

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
