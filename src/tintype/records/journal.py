# SPDX-License-Identifier: Apache-2.0
"""An append-only journal of JSON lines that survives its writer's end at any moment.

An entry is a JSON object on a line of its own, and counts once its newline is there. Whoever dies
in the middle of a line leaves a torn one at the end; readers overlook it, and the next writer cuts
it off before adding its own. Nothing is ever rewritten, so that no entry is lost that
:meth:`Journal.append` had accepted:

* killed program: never, since the system holds what was written;
* power failure: not if ``durable``, which waits for the disk (``fsync``) at every entry.

The first line names the format and the kind of the journal. A file without it is somebody else's
and is left alone.

One writer at a time. The lock is the system's own (``flock``) on the journal itself: it ends with
its process, however that ends, so no stale lock file can block the next run.
"""

import errno
import json
import os
import sys
import threading
import weakref
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tintype.errors import OutputError, RecordError
from tintype.imaging.atomic import sync_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

Entry = dict[str, Any]
FORMAT = "tintype-journal/1"
_HELD_BY_ANOTHER = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)


class Journal:
    """A journal open for appending. Threads may share it; processes may not.

    Attributes:
        path: where it is.
        kind: what it is about, as its first line says.
        earlier: the entries that were there when it was opened, oldest first.
    """

    def __init__(self, path: Path, *, kind: str, durable: bool = True) -> None:
        """Open or make a journal, lock it, and cut off a torn last line.

        Args:
            path: the file; its folder must be there.
            kind: what it is about ("folder", "reproduction", ...); another kind is refused.
            durable: whether an entry survives a power failure too, at the cost of waiting for the
                disk. Without it an entry survives the end of the program.

        Raises:
            RecordError: another run is writing to it, or it is no journal of that kind.
            OutputError: it cannot be opened or written there.
        """
        self.path, self.kind = path, kind
        self._durable = durable
        self._turn = threading.Lock()
        self._file = _open_locked(path)
        try:
            self.earlier, length = _parse(self._file.readall(), path, kind)
            self._file.truncate(length)
            if not length:
                self._write(_header(kind))
            if durable:
                os.fsync(self._file.fileno())
                sync_folder(path.parent)
        except BaseException as error:
            self._file.close()
            if isinstance(error, OSError):
                raise OutputError(f"cannot write to {path}: {error.strerror}") from error
            raise
        _open_journals.add(self)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Add an entry. When this returns, the entry is kept; when it raises, it is not.

        Args:
            entry: JSON values; text may hold anything, as file names do.

        Raises:
            OutputError: it cannot be written, for want of room perhaps.
            ValueError: the journal is closed, or the entry holds NaN or infinity.
            TypeError: the entry holds something that JSON has no word for.
        """
        line = _to_line(entry)
        with self._turn:
            start = os.fstat(self._file.fileno()).st_size
            try:
                self._write(line)
                if self._durable:
                    os.fsync(self._file.fileno())
            except BaseException as error:  # Ctrl-C too: no half line may stay under the next one
                self._take_back(start)
                if isinstance(error, OSError):
                    raise OutputError(f"cannot write to {self.path}: {error.strerror}") from error
                raise

    def close(self) -> None:
        """Let others write. Closing twice does no harm."""
        if not self._file.closed:
            _unlock(self._file)
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, line: bytes) -> None:
        while line:  # the system may take a part at a time, when the disk is nearly full
            line = line[self._file.write(line) or 0 :]

    def _take_back(self, start: int) -> None:
        """Cut the file back to ``start`` bytes; where that fails, write no more."""
        try:
            self._file.truncate(start)
        except OSError:
            self.close()


def read_journal(path: Path, *, kind: str) -> list[Entry]:
    """Read the entries of a journal, oldest first, while another run may be writing to it.

    Raises:
        RecordError: there is no such file, or it is no journal of that kind.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordError(f"cannot read the journal {path}: {error.strerror}") from error
    return _parse(data, path, kind)[0]


def _to_line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(entry), allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _header(kind: str) -> bytes:
    return _to_line({"format": FORMAT, "kind": kind})


def _parse(data: bytes, path: Path, kind: str) -> tuple[list[Entry], int]:
    """The entries in ``data``, and how many of its bytes count, the header's included."""
    header = _header(kind)
    if (header.startswith(data) and data != header) or not data.strip(b"\0"):
        return [], 0  # new, or torn while it was being made
    if not data.startswith(header):
        raise RecordError(f"{path} is no journal of kind {kind!r}; choose another place for it")
    entries: list[Entry] = []
    length = len(header)
    *lines, torn = data[length:].split(b"\n")
    for number, line in enumerate(lines, 1):
        entry = _parse_line(line)
        if entry is not None:
            entries.append(entry)
            length += len(line) + 1
        elif torn or number < len(lines):
            raise RecordError(
                f"{path}, line {number + 1} is no entry: something else wrote into this journal; "
                "move it away to start afresh"
            )
    return entries, length


def _parse_line(line: bytes) -> Entry | None:
    """The entry in a line; None for a line that a power failure left holes in."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _open_locked(path: Path) -> FileIO:
    """Open a file for reading and appending, and lock it against other writers."""
    while True:
        try:
            file = FileIO(path, "a+")
        except OSError as error:
            raise OutputError(f"cannot open {path} for writing: {error.strerror}") from error
        try:
            _lock(file)
            if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                file.seek(0)
                return file
        except FileNotFoundError:
            pass  # removed between opening and locking: make it again
        except OSError as error:
            file.close()
            if error.errno in _HELD_BY_ANOTHER:
                raise RecordError(
                    f"another run is writing to {path}; wait until it has ended, or choose another "
                    "output folder"
                ) from error
            raise OutputError(
                f"cannot lock {path}: {error.strerror}; choose a folder on a disk that can lock"
            ) from error
        file.close()


if sys.platform == "win32":
    _FAR = 2**31 - 2  # Windows locks bytes against reading too: one that no journal reaches

    def _lock(file: FileIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: FileIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:

    def _lock(file: FileIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: FileIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


# A forked worker must not hold its parent's lock: it could outlive the parent and block the next.
_open_journals: "weakref.WeakSet[Journal]" = weakref.WeakSet()


def _close_in_child() -> None:
    for journal in _open_journals:
        journal._file.close()  # and no unlocking: the lock is the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)
