# SPDX-License-Identifier: Apache-2.0
"""One task of a plan, done: read the photograph, colour it, write the result.

What is wrong with one photograph is part of the outcome and never stops the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tintype.errors import ImageTooLarge, OutputError, TintypeError
from tintype.imaging import files
from tintype.imaging.tone import read_tone
from tintype.inference.colorizer import Colorizer
from tintype.jobs.plan import Task
from tintype.spec.hints import Hint
from tintype.spec.options import DEFAULTS, FILE_DEFAULTS, ColorizeOptions, FileOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one photograph.

    Attributes:
        task: where it was, and where its result is if there is no ``error``.
        seconds: how long it took.
        size: (height, width) in pixels; None if it could not be read.
        was_colored: whether it was in colour already, which the result has replaced.
        error: what is wrong with it; None if it is done.
    """

    task: Task
    seconds: float
    size: tuple[int, int] | None = None
    was_colored: bool = False
    error: TintypeError | None = None


def color_file(
    colorizer: Colorizer,
    task: Task,
    options: ColorizeOptions = DEFAULTS,
    file_options: FileOptions = FILE_DEFAULTS,
    *,
    hints: Sequence[Hint] = (),
    overwrite: bool = False,
) -> Outcome:
    """Colour one file into another. The target's folder must exist.

    Args:
        colorizer: shared by all tasks.
        task: from :func:`tintype.jobs.plan.plan_tasks`.
        options: how to colour it.
        file_options: how to read and write it.
        hints: places whose colour is known, in pixels of its first page.
        overwrite: whether an earlier result may be replaced.

    Returns:
        The outcome; a photograph that cannot be coloured is one with an ``error``.
    """
    start = perf_counter()
    size, was_colored = None, False
    error: TintypeError | None = None
    try:
        photograph = files.read(task.source, max_pixels=file_options.max_pixels)
        size = photograph.size
        was_colored = not photograph.is_grey and read_tone(photograph).is_color
        files.write(
            colorizer(photograph, options, hints),
            task.target,
            format=file_options.format,
            quality=file_options.quality,
            mark=file_options.mark,
            overwrite=overwrite,
        )
    except TintypeError as raised:
        error = raised
    except MemoryError:
        error = ImageTooLarge("there is not enough memory for it; scale it down, or free some")
    return Outcome(
        task=task,
        seconds=perf_counter() - start,
        size=size,
        was_colored=was_colored,
        error=error,
    )


def make_folders(tasks: list[Task]) -> None:
    """Make the folders that the results of a plan go to.

    Raises:
        OutputError: a folder cannot be made.
    """
    for folder in dict.fromkeys(task.target.parent for task in tasks):
        _make_folder(folder)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {folder}: {error.strerror}; choose another one"
        ) from error
