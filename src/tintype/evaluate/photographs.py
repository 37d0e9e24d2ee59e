# SPDX-License-Identifier: Apache-2.0
"""The colour photographs that an evaluation runs on: folders of files, or tar shards.

A shard is a WebDataset tar with one picture a sample and keys ``source/label/number``. A folder is
read the same way: a file's key is its path below the folder without the suffix, the folders on that
path are source and label, and a file without them belongs to a source named after the folder.

Nothing is decoded while the photographs are listed; :meth:`Subject.read` does that, in any thread.
"""

import tarfile
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from tintype.errors import InputError, OptionError
from tintype.imaging.files import read
from tintype.imaging.formats import FORMATS
from tintype.imaging.photograph import Photograph
from tintype.records.provenance import hash_file, hash_files

_SUFFIXES = {suffix for row in FORMATS for suffix in row.suffixes}
_LISTED = 5  # names in one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One colour photograph: where it lies, and what it is called in the record."""

    key: str
    source: str
    label: str  # empty where the photographs have none
    file: Path  # the picture itself, or the shard
    offset: int = 0  # of its first byte in the file
    length: int | None = None  # bytes; None for the whole file

    def read(self) -> Photograph:
        """Decode it.

        Raises:
            InputError: it cannot be read; the message names it.
        """
        try:
            with self.file.open("rb") as file:
                file.seek(self.offset)
                return read(file.read(-1 if self.length is None else self.length))
        except InputError as error:
            raise type(error)(f"{self.key} in {self.file}: {error}") from error
        except OSError as error:
            raise InputError(f"cannot read {self.file}: {error.strerror}") from error


def list_subjects(data: Sequence[Path]) -> list[Subject]:
    """List the photographs of folders, tar shards and folders of tar shards.

    Args:
        data: what to evaluate on; a folder that holds shards is read as those.

    Returns:
        The photographs in the order of ``data``, of the shards, and of the paths in a folder.

    Raises:
        InputError: there is no such file or folder, no photograph in it, or two have one key.
    """
    subjects = [subject for place in data for subject in _list_place(place)]
    taken: dict[str, Subject] = {}
    for subject in subjects:
        first = taken.setdefault(subject.key, subject)
        if first is not subject:
            raise InputError(
                f"two photographs have the key {subject.key}: in {first.file} and {subject.file}; "
                "evaluate them apart, or rename one"
            )
    return subjects


def choose_subjects(
    subjects: Sequence[Subject],
    *,
    sources: Sequence[str] = (),
    labels: Sequence[str] = (),
    limit: int | None = None,
    seed: int = 0,
) -> list[Subject]:
    """Keep some of the photographs, in their order.

    Args:
        subjects: those that there are.
        sources: keep these sources only; empty keeps all.
        labels: keep these labels only; empty keeps all.
        limit: keep so many of what is left, drawn by ``seed``; None keeps all.
        seed: of the drawing.

    Raises:
        OptionError: a source or label does not occur, or nothing is left.
    """
    _check_known("source", sources, {subject.source for subject in subjects})
    _check_known("label", labels, {subject.label for subject in subjects})
    kept = [
        subject
        for subject in subjects
        if (not sources or subject.source in sources) and (not labels or subject.label in labels)
    ]
    if not kept:
        raise OptionError(
            f"no photograph has both a source among {', '.join(sources)} "
            f"and a label among {', '.join(labels)}"
        )
    if limit is not None and limit < len(kept):
        chosen = np.random.default_rng(seed).choice(len(kept), limit, replace=False)
        kept = [kept[index] for index in sorted(chosen)]
    return kept


def hash_data(data: Sequence[Path]) -> dict[str, str]:
    """Name and SHA-256 of each place in ``data``, for the record.

    Of two that are named alike the second has the folder's name before its own.
    """
    hashes: dict[str, str] = {}
    for place in dict.fromkeys(path.resolve() for path in data):
        for shard in _list_shards(place):
            hashes[_name_apart(shard, hashes)] = hash_file(shard)
        if not _list_shards(place):
            hashes[_name_apart(place, hashes)] = hash_files(list_pictures(place), root=place)
    return hashes


def _name_apart(path: Path, taken: Container[str]) -> str:
    """The shortest end of an address that is not taken."""
    ends = (Path(*path.parts[first:]).as_posix() for first in range(len(path.parts) - 1, -1, -1))
    return next(end for end in ends if end not in taken)


def list_pictures(folder: Path) -> list[Path]:
    """Every file below ``folder`` whose name is a picture's, sorted; hidden ones are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
    )


def to_rgb(photograph: Photograph) -> NDArray[np.float32]:
    """The pixels as the colour floor takes them: ``(3, H, W)`` float32 encoded sRGB in [0, 1]."""
    pixels = photograph.pixels.astype(np.float32) / np.float32(photograph.white)
    if photograph.is_grey:
        return np.stack([pixels] * 3)
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0))


def _list_place(place: Path) -> list[Subject]:
    shards = _list_shards(place)
    if shards:
        return [subject for shard in shards for subject in _list_members(shard)]
    if not place.is_dir():
        raise InputError(f"{place} is neither a folder nor a tar shard; give one that exists")
    subjects = [
        _subject(path.relative_to(place).as_posix(), place, file=path)
        for path in list_pictures(place)
    ]
    if not subjects:
        raise InputError(f"no photographs in {place}; it holds neither pictures nor tar shards")
    return subjects


def _list_shards(place: Path) -> list[Path]:
    if place.is_dir():
        return sorted(place.glob("*.tar"))
    return [place] if place.suffix == ".tar" and place.is_file() else []


def _list_members(shard: Path) -> list[Subject]:
    try:
        with tarfile.open(shard, "r:") as tar:
            return [
                _subject(m.name, shard, file=shard, offset=m.offset_data, length=m.size)
                for m in tar
                if m.isfile() and PurePosixPath(m.name).suffix.lower() in _SUFFIXES
            ]
    except (tarfile.TarError, OSError) as error:
        raise InputError(f"{shard} is no readable tar shard: {error}") from error


def _subject(
    name: str, place: Path, *, file: Path, offset: int = 0, length: int | None = None
) -> Subject:
    """A photograph by its name below ``place``, from whose folders source and label follow."""
    key = PurePosixPath(name).with_suffix("")
    folders = key.parts[:-1]
    source = folders[0] if len(folders) > 1 else place.resolve().stem
    return Subject(
        key=str(key),
        source=source,
        label=folders[-1] if folders else "",
        file=file,
        offset=offset,
        length=length,
    )


def _check_known(what: str, asked: Sequence[str], known: set[str]) -> None:
    missing = [name for name in asked if name not in known]
    if missing:
        there = ", ".join(sorted(known)[:_LISTED]) + (", …" if len(known) > _LISTED else "")
        raise OptionError(f"no photograph has the {what} {missing[0]!r}; there are: {there}")
