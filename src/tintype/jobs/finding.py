# SPDX-License-Identifier: Apache-2.0
"""What lies in a folder: photographs to colour, and what is no photograph.

A file is a photograph if its name ends like one or its first bytes are one's: scans without a
suffix count, and so do photographs that are damaged, so that they fail by name instead of being
passed over. Names that begin with a dot belong to the system and not to the archive; macOS leaves
``._scan.jpg`` beside each ``scan.jpg``, which is no picture. Links to files are followed; links to
folders are not, since they may lead round in a circle or out of the archive.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from tintype.errors import InputError, OptionError
from tintype.imaging.files import detect_format
from tintype.imaging.formats import result_suffix

_NO_PICTURE = "not a picture, by its name or its first bytes"
_LINK = "a link to a folder, which is not followed"


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a folder.

    Attributes:
        photographs: in order of their names, folder by folder.
        skipped: what is no photograph, and why.
        failed: folders that could not be looked into, and why.
    """

    photographs: list[Path] = field(default_factory=list)
    skipped: dict[Path, str] = field(default_factory=dict)
    failed: dict[Path, InputError] = field(default_factory=dict)


def find_photographs(folder: Path, *, recursive: bool = False, leave_out: Path) -> Found:
    """Look through a folder.

    Args:
        folder: where to look.
        recursive: whether to look into the folders inside too.
        leave_out: a folder that is not looked into, such as that of the results.

    Raises:
        InputError: ``folder`` is none, or cannot be looked into.
    """
    if not os.path.isdir(folder):  # Path's own fails on one that is out of reach
        raise InputError(f"{folder} is not a folder; check its name")
    found = Found()
    results = os.path.realpath(leave_out)
    folders = [folder]
    while folders:
        here = folders.pop()
        try:
            inside = _sort_out(here, found)
        except OSError as error:
            failure = InputError(f"it cannot be listed ({error.strerror}); check its permissions")
            if here == folder:
                raise InputError(f"{folder}: {failure}") from error
            found.failed[here] = failure
            continue
        if recursive:
            folders += [path for path in reversed(inside) if os.path.realpath(path) != results]
    return found


def _sort_out(folder: Path, found: Found) -> list[Path]:
    """Add the files of one folder to what has been found; gives the folders inside."""
    inside = []
    with os.scandir(folder) as listed:
        entries = sorted(listed, key=lambda entry: entry.name)
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            inside.append(path)
        elif os.path.isdir(path):  # the entry would fail on a link that leads to itself
            found.skipped[path] = _LINK
        elif is_photograph(path):
            found.photographs.append(path)
        else:
            found.skipped[path] = _NO_PICTURE
    return inside


def is_photograph(path: Path) -> bool:
    """Whether a file is to be taken for a photograph, by its name or by its first bytes."""
    try:
        result_suffix(path)
    except OptionError:
        try:
            detect_format(path)
        except InputError:
            return False
    return True
