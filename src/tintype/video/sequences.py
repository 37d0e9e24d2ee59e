# SPDX-License-Identifier: Apache-2.0
"""Numbered pictures: a name that stands for many files, such as ``frame_%05d.png``.

Numbers are written as FFmpeg writes them, which fills them up with zeros whether or not the name
says so: ``%5d`` is ``%05d``.

Source: FFmpeg 8, libavformat/utils.c, ``av_get_frame_filename2``.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

_NUMBERED = re.compile(r"([^%]*)%0?(\d*)d([^%]*)")


def is_sequence(path: Path) -> bool:
    """Whether a name stands for numbered pictures: ``frame_%05d.png``."""
    return _NUMBERED.fullmatch(path.name) is not None


def name_picture(path: Path, number: int) -> Path:
    """The path of one picture of a sequence."""
    begin, width, end = _split(path)
    return path.with_name(f"{begin}{str(number).zfill(int(width or 0))}{end}")


def find_numbered(path: Path) -> Iterator[tuple[int, Path]]:
    """Yield the number and path of each picture of a sequence that is there, by number."""
    begin, _, end = (re.escape(part) for part in _split(path))
    numbered = re.compile(f"{begin}([0-9]+){end}", re.IGNORECASE)  # as some disks see names
    names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    for number in sorted({int(match[1]) for name in names if (match := numbered.fullmatch(name))}):
        picture = name_picture(path, number)
        if picture.exists():  # not where only its zeros are others
            yield number, picture


def first_number(path: Path) -> int:
    """The number at which a sequence of pictures begins; 1 where there are none."""
    return next((number for number, _ in find_numbered(path)), 1)


def name_for_ffmpeg(path: Path) -> str:
    """How FFmpeg is told of a sequence: it looks for numbers' places in folders' names too."""
    return os.path.join(str(path.parent).replace("%", "%%"), path.name)


def _split(path: Path) -> tuple[str, str, str]:
    """What is before a number, how wide it is at least, and what is after it."""
    found = _NUMBERED.fullmatch(path.name)
    if found is None:
        raise ValueError(f"{path.name!r} has no place for a number")
    return found[1], found[2], found[3]
