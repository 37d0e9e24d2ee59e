# SPDX-License-Identifier: Apache-2.0
"""Text onto the disk, whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from tintype.errors import OutputError


def write_text(text: str, path: Path) -> None:
    """Write a text file as UTF-8; a reader sees the old file or the new one, never a part.

    Args:
        text: what the file shall say. Lone surrogates, which file names may bring, become ``?``.
        path: where; its folder is made if need be, a file that is there is replaced.

    Raises:
        OutputError: the file cannot be written there; the old one, if any, is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; choose another place") from error
    try:
        with open(handle, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())  # mkstemp made it private
        os.replace(name, path)
    except BaseException as error:  # Ctrl-C too must leave no temporary file behind
        with suppress(OSError):
            os.unlink(name)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write {path}: {error.strerror}") from error
        raise


def _umask() -> int:
    """Read the process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
