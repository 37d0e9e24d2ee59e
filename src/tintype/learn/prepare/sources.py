# SPDX-License-Identifier: Apache-2.0
"""Where photographs come from: a folder, a zip or a tar, listed alike and read in any order.

A collection is often an archive, an archive of archives (ILSVRC's training set is a tar of one
thousand tars) or the folder that somebody unpacked it into. :func:`open_source` lists the files
of each as :class:`Member` rows whose paths read as if everything had been unpacked in place:
``n02132136.tar`` holding ``n02132136_7.JPEG`` gives ``n02132136/n02132136_7.JPEG``. Nothing is
written to disk, and a member is read only when it is asked for.
"""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import IO, cast

from tintype.errors import InputError, UnreadableImage

_KINDS = {".zip": "zip", ".tar": "tar"}
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,  # bzip2's data
    RuntimeError,  # encrypted, or compressed in a way that is not known
)
_COMPRESSED = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a source."""

    path: PurePosixPath  # relative to the source, archives on the way read as folders
    read: Callable[[], bytes]  # the whole file; safe to call from several threads

    def __post_init__(self) -> None:
        if self.path.is_absolute() or ".." in self.path.parts:
            raise InputError(f"an archive names a file outside itself: {self.path}")


@contextmanager
def open_source(
    source: Path, *, descend: Callable[[PurePosixPath], bool] = lambda _: True
) -> Iterator[tuple[Member, ...]]:
    """List every file of a folder, zip or tar, sorted by path; archives inside are entered.

    Hidden files and the resource forks that macOS adds to zips are left out.

    Args:
        source: a folder, a ``.zip`` or an uncompressed ``.tar``.
        descend: asked with the path of each archive inside, without its suffix, whether to list
            it; listing a large tar means reading it once from end to end.

    Raises:
        InputError: there is nothing at ``source``, or it is of no kind that can be listed.
    """
    if not source.exists():
        raise InputError(f"{source} does not exist; give the archive or folder as downloaded")
    with ExitStack() as stack:
        listing = _Listing(stack, descend)
        if source.is_dir():
            members = listing.folder(source)
        else:
            members = listing.archive(partial(_open_binary, source), source.name, PurePosixPath())
        yield tuple(sorted(members, key=lambda member: member.path))


class _Listing:
    """Lists sources, and keeps the archives it opened until the stack closes them.

    One lock serves every archive: archives inside one another share a file position.
    """

    def __init__(self, stack: ExitStack, descend: Callable[[PurePosixPath], bool]) -> None:
        self._stack = stack
        self._descend = descend
        self._lock = Lock()

    def folder(self, root: Path) -> list[Member]:
        members: list[Member] = []
        for file in root.rglob("*"):
            path = PurePosixPath(file.relative_to(root).as_posix())
            if file.is_file():
                members += self._enter(path, partial(_read_file, file), partial(_open_binary, file))
        return members

    def archive(
        self, open_file: Callable[[], IO[bytes]], name: str, inside: PurePosixPath
    ) -> list[Member]:
        """List an archive; ``inside`` is the folder that its files are to appear in."""
        if name.lower().endswith(_COMPRESSED):
            raise InputError(
                f"{name} is a compressed tar, which cannot be read out of order; unpack it and "
                "give the folder"
            )
        kind = _KINDS.get(PurePosixPath(name.lower()).suffix)
        if kind is None:
            raise InputError(f"{name} is neither a folder nor a .zip or .tar archive")
        stream = self._stack.enter_context(open_file())
        try:
            return self._zip(stream, inside) if kind == "zip" else self._tar(stream, inside)
        except _DAMAGE as error:
            raise InputError(f"{name} is damaged ({error}); download it again") from error

    def _zip(self, stream: IO[bytes], inside: PurePosixPath) -> list[Member]:
        archive = self._stack.enter_context(zipfile.ZipFile(stream))
        members: list[Member] = []
        for entry in archive.infolist():
            if not entry.is_dir():
                open_entry = partial(archive.open, entry)
                read = partial(_read_locked, open_entry, self._lock)
                members += self._enter(inside / entry.filename, read, open_entry)
        return members

    def _tar(self, stream: IO[bytes], inside: PurePosixPath) -> list[Member]:
        archive = self._stack.enter_context(tarfile.TarFile(fileobj=stream, mode="r"))
        members: list[Member] = []
        for entry in archive:
            if entry.isfile():
                open_entry = partial(_open_entry, archive, entry)
                read = partial(_read_locked, open_entry, self._lock)
                members += self._enter(inside / entry.name, read, open_entry)
        return members

    def _enter(
        self, path: PurePosixPath, read: Callable[[], bytes], open_file: Callable[[], IO[bytes]]
    ) -> list[Member]:
        """A plain file as itself; an archive as what it holds, if that is wanted."""
        if any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts):
            return []
        suffix = next((s for s in (*_KINDS, *_COMPRESSED) if path.name.lower().endswith(s)), None)
        if suffix is None:
            return [Member(path, read)]
        folder = path.with_name(path.name[: -len(suffix)] or path.name)
        return self.archive(open_file, path.name, folder) if self._descend(folder) else []


def _read_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableImage(f"cannot be read: {error.strerror}") from error


def _open_binary(file: Path) -> IO[bytes]:
    return file.open("rb")


def _open_entry(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    return cast(IO[bytes], archive.extractfile(entry))  # None only for what is no file


def _read_locked(open_file: Callable[[], IO[bytes]], lock: Lock) -> bytes:
    try:
        with lock, open_file() as file:
            return file.read()
    except _DAMAGE as error:  # this one file is damaged
        raise UnreadableImage(f"damaged inside its archive: {error}") from error
