# SPDX-License-Identifier: Apache-2.0
"""A file appears under its name wholly, or not at all.

The bytes go to a temporary file in the same folder, from there to the disk, and only then to their
name, in one step of the file system. A full disk, an error or Ctrl-C leaves what was there before.
After a power cut or a kill a temporary file may stay; its name ends in :data:`PART_SUFFIX`, so that
whoever resumes the work can tell it and remove it.
"""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from tintype.errors import OutputError

PART_SUFFIX = ".tintype-part"
_PART = re.compile(rf"\.[0-9a-f]{{16}}{re.escape(PART_SUFFIX)}")


def write_whole(data: bytes, path: Path, *, overwrite: bool = False) -> None:
    """Write bytes to a file in a folder that exists.

    Args:
        data: what the file shall hold.
        path: its name. A symbolic link of that name is replaced, not followed.
        overwrite: replace what is there already.

    Raises:
        OutputError: the name is taken, or the folder or the disk refuses; nothing has changed.
    """
    check_free(path, overwrite=overwrite)
    part = path.parent / f".{secrets.token_hex(8)}{PART_SUFFIX}"
    try:
        _write_to_disk(data, part)
        _rename(part, path, overwrite=overwrite)
    except BaseException as error:  # Ctrl-C too must leave nothing behind
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            raise OutputError(
                f"cannot write {path}: {error.strerror or error}; make room or choose another place"
            ) from error
        raise


def check_free(path: Path, *, overwrite: bool) -> None:
    """Refuse a name that is taken, before the work whose result it is meant for.

    Raises:
        OutputError: something has that name and ``overwrite`` is false.
    """
    if not overwrite and os.path.lexists(path):
        raise _taken(path)


def remove_parts(folder: Path) -> None:
    """Remove what a kill or a power cut has left of unfinished files in a folder.

    To be called only while nobody else may be writing there.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _PART.fullmatch(entry.name):
                with suppress(OSError):
                    os.unlink(entry.path)


def sync_file(path: Path) -> None:
    """Wait until the disk holds what another has written to a file.

    Raises:
        OSError: the disk refuses.
    """
    with open(path, "rb+") as file:  # Windows waits for none that is open for reading only
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk holds the names in a folder, which a file's own ``fsync`` does not bring.

    Windows keeps a file's name with the file, and some network file systems cannot do it; there a
    name is as safe as they make it.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_to_disk(data: bytes, part: Path) -> None:
    with open(part, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _rename(part: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        os.replace(part, path)
        return
    try:
        os.link(part, path)  # unlike a rename, refuses a name that was taken in the meantime
    except FileExistsError:
        raise _taken(path) from None
    except OSError:  # a file system without hard links, such as exFAT
        if os.path.lexists(path):
            raise _taken(path) from None
        os.replace(part, path)
    else:
        part.unlink()


def _taken(path: Path) -> OutputError:
    return OutputError(f"{path} exists already; choose another name, or allow overwriting")
