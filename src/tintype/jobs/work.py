# SPDX-License-Identifier: Apache-2.0
"""The tasks of a plan, done: read the photograph, colour it, write the result.

What is wrong with one photograph is part of the outcome and never stops the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event
from time import perf_counter

from tintype.errors import ImageTooLarge, OutputError, TintypeError
from tintype.imaging import files
from tintype.imaging.atomic import write_whole
from tintype.imaging.photograph import Photograph
from tintype.imaging.strips import usable_cpus
from tintype.imaging.tone import read_tone
from tintype.inference.ahead import work_ahead
from tintype.inference.colorizer import Colorizer
from tintype.inference.confidence import encode_confidence
from tintype.jobs.plan import Task
from tintype.spec.hints import Hint
from tintype.spec.options import (
    DEFAULTS,
    FILE_DEFAULTS,
    SAMPLE_DEFAULTS,
    ColorizeOptions,
    FileOptions,
)

DONE_BEFORE = "done by an earlier run, and unchanged since"
_WAITING = 3  # times as many as are worked on: one slow photograph shall not stop the others


class Status(StrEnum):
    """What can become of a photograph."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one photograph.

    Attributes:
        task: where it was, and where its result is if it has one.
        seconds: how long it took.
        size: (height, width) in pixels; None if it could not be read.
        was_colored: whether it was in colour already, which the result has replaced.
        error: what is wrong with it.
        skipped: why nothing was to be done about it.
    """

    task: Task
    seconds: float = 0.0
    size: tuple[int, int] | None = None
    was_colored: bool = False
    error: TintypeError | None = None
    skipped: str | None = None

    @property
    def status(self) -> Status:
        """Exactly one of three."""
        if self.error:
            return Status.FAILED
        return Status.SKIPPED if self.skipped else Status.DONE

    @property
    def has_result(self) -> bool:
        """Whether its result is there, by this run or an earlier one."""
        return self.status is Status.DONE or self.skipped == DONE_BEFORE


def color_file(
    colorizer: Colorizer,
    task: Task,
    options: ColorizeOptions = DEFAULTS,
    file_options: FileOptions = FILE_DEFAULTS,
    *,
    hints: Sequence[Hint] = (),
    seed: int = SAMPLE_DEFAULTS.seed,
    overwrite: bool = False,
    read: Callable[[], Photograph] | None = None,
) -> Outcome:
    """Colour one file into another, or in several ways into several. Their folders must exist.

    Args:
        colorizer: shared by all tasks.
        task: from :func:`tintype.jobs.plan.plan_tasks`.
        options: how to colour it.
        file_options: how to read and write it.
        hints: places whose colour is known, in pixels of its first page.
        seed: of the other ways, if there are several.
        overwrite: whether an earlier result may be replaced.
        read: gives the photograph, where it has been read before its turn, or raises what reading
            it has raised.

    Returns:
        The outcome; a photograph that cannot be coloured is one with an ``error``.
    """
    start = perf_counter()
    size, was_colored = None, False
    error: TintypeError | None = None
    try:
        photograph = read() if read else read_file(task, file_options)
        size = photograph.size
        was_colored = not photograph.is_grey and read_tone(photograph).is_color
        targets = task.target, *task.others
        ways = colorizer.samples(photograph, options, hints, samples=len(targets), seed=seed)
        for target, colored in zip(targets, ways, strict=True):
            files.write(
                colored,
                target,
                format=file_options.format,
                quality=file_options.quality,
                mark=file_options.mark,
                overwrite=overwrite,
            )
        if task.confidence is not None:
            found = colorizer.confidence(photograph, options, hints)
            write_whole(encode_confidence(found), task.confidence, overwrite=overwrite)
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


def read_file(task: Task, file_options: FileOptions) -> Photograph:
    """Read the photograph of a task.

    Raises:
        InputError: as :func:`tintype.imaging.files.read` raises.
    """
    return files.read(task.source, max_pixels=file_options.max_pixels)


def work_off(
    tasks: Iterable[Task], work: Callable[[Task], Outcome], *, jobs: int, stop: Event | None = None
) -> Iterator[Outcome]:
    """Do tasks, several at a time.

    Args:
        tasks: what to do.
        work: does one, in one of several threads.
        jobs: how many at a time.
        stop: when set, those in hand are finished and no more are begun.

    Yields:
        The outcomes, in the order of ``tasks``.
    """

    def unless_stopped(task: Task) -> Outcome | None:
        return None if stop is not None and stop.is_set() else work(task)

    ahead = work_ahead(unless_stopped, tasks, threads=jobs, waiting=_WAITING * jobs)
    yield from (outcome for outcome in ahead if outcome is not None)


def share_cores(jobs: int | None, tasks: int) -> tuple[int, int]:
    """Divide the cores among photographs.

    Args:
        jobs: photographs at a time that were asked for; None for one a core.
        tasks: how many photographs there are.

    Returns:
        How many at a time, and the threads of each.
    """
    cores = usable_cpus()
    jobs = max(1, min(jobs or cores, tasks))
    return jobs, max(1, cores // jobs)


def make_folders(tasks: Sequence[Task]) -> None:
    """Make the folders that the results of a plan go to.

    Raises:
        OutputError: a folder cannot be made.
    """
    for folder in dict.fromkeys(path.parent for task in tasks for path in task.results):
        make_folder(folder)


def make_folder(folder: Path) -> None:
    """Make a folder, if need be.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {folder}: {error.strerror}; choose another one"
        ) from error
