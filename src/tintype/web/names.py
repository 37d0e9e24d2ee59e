# SPDX-License-Identifier: Apache-2.0
"""What clients call their files, as labels: never a path here, and none where an archive is opened.

Archives are unpacked by programs that trust the names in them. So no name leaves here that has a
folder in it, that Windows reserves or cuts, that a terminal would obey, or that is another's twin
on a disk where case does not count.

Source: learn.microsoft.com/windows/win32/fileio/naming-a-file.
"""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

LONGEST = 120  # characters; file systems allow 255 bytes, and a character has up to four of UTF-8

_FORBIDDEN = frozenset('<>:"|?*')
_RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"
}
_NAMELESS = "photograph"


def clean_name(name: str) -> str:
    """Make a file's name of whatever a client says.

    Args:
        name: any text.

    Returns:
        Its last part, without what no file's name should have; ``photograph`` if nothing is left.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(mark for mark in unicodedata.normalize("NFC", last) if _is_plain(mark))
    path = PurePosixPath(kept.strip(" .") or _NAMELESS)
    suffix = path.suffix[:10]
    stem = path.name.removesuffix(path.suffix).strip(" .")[: LONGEST - len(suffix)]
    reserved = stem.partition(".")[0].rstrip().casefold() in _RESERVED
    return f"{'_' if reserved else ''}{stem or _NAMELESS}{suffix}"


def distinct_names(names: Iterable[str]) -> list[str]:
    """Number those that are named alike, in the order in which they come: ``a.jpg``, ``a-2.jpg``.

    Args:
        names: from :func:`clean_name`.
    """
    taken: set[str] = set()
    return [_number(name, taken) for name in names]


def _is_plain(mark: str) -> bool:
    invisible = unicodedata.category(mark)[0] in "CZ" and mark != " "  # controls, odd spaces
    return mark not in _FORBIDDEN and not invisible


def _number(name: str, taken: set[str]) -> str:
    path, candidate, count = PurePosixPath(name), name, 1
    while candidate.casefold() in taken:
        count += 1
        candidate = f"{path.stem}-{count}{path.suffix}"
    taken.add(candidate.casefold())
    return candidate
