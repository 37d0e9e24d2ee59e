# SPDX-License-Identifier: Apache-2.0
"""Text onto the disk, whole or not at all."""

from pathlib import Path

from tintype.errors import OutputError
from tintype.imaging.atomic import write_whole


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
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {path.parent}: {error.strerror}; choose another place"
        ) from error
    write_whole(text.encode("utf-8", "replace"), path, overwrite=True)
