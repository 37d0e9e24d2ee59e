# SPDX-License-Identifier: Apache-2.0
"""What a collection of photographs is to tintype: a name, its terms, and a way to find them.

Each public collection has a module of its own beside this one, which knows the archive's real
layout and naming and nothing else; splitting, shrinking and packing are the same for all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from tintype.learn.prepare.sources import Member

PHOTOGRAPH_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".avif", ".bmp", ".ppm"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A photograph that a collection offers, before anybody has looked inside it."""

    member: Member
    label: str  # one path component: letters, digits, ``-`` and ``_``
    rotation: int = 0  # degrees counter-clockwise that set it upright, where EXIF does not
    refusal: str = ""  # why it must be left out, if it must; it is then listed as skipped
    author: str = ""
    title: str = ""
    license: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One public collection. A row is data, except for the function that reads its layout."""

    name: str  # on the command line, and the first component of every key
    title: str
    layout: str  # one sentence: what the caller is to give
    terms: str  # what its publishers allow, for the notes beside the shards
    citation: str
    find: Callable[[Iterable[Member]], list[Candidate]]
    descend: Callable[[PurePosixPath], bool]  # which archives inside the source to enter


def label_of(text: str) -> str:
    """Make one path component of a category's name: ``School Bus`` gives ``school_bus``."""
    kept = "".join(c if (c.isalnum() and c.isascii()) or c == "-" else "_" for c in text.strip())
    return kept.strip("_").lower() or "unlabelled"


def is_photograph(path: PurePosixPath) -> bool:
    """Tell by its suffix whether a file can be a photograph."""
    return path.suffix.lower() in PHOTOGRAPH_SUFFIXES
