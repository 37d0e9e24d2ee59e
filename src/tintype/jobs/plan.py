# SPDX-License-Identifier: Apache-2.0
"""Where every result will go, settled before any work is done.

A result keeps its photograph's stem and, where that can hold colour, its suffix. A suffix that is
no format's belongs to the name (``scan.001``), and the result's comes behind it. Two photographs
whose results would share a name, a result that would replace a photograph, and a result that is
there already are refused while nothing has been written yet: a folder is coloured wholly as planned
or not at all.
"""

import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tintype.errors import OptionError, OutputError
from tintype.imaging.formats import replace_suffix, result_suffix, suffix_format

_SUFFIX_OF_NAMELESS = ".png"  # holds what any of the formats can, except float samples
_CASELESS = sys.platform in ("darwin", "win32")  # where a.jpg and A.jpg are mostly one file
_MAP = ".png"  # suffix of maps of confidence
_LISTED = 5  # conflicts in one message


@dataclass(frozen=True, slots=True)
class Task:
    """One photograph's way: what is read, what will be written.

    Attributes:
        source: the photograph's file.
        target: the result's; of several, the first's.
        others: the other results', where the photograph is coloured in several ways.
        confidence: that of a map of how sure the network is; None if none is wanted.
    """

    source: Path
    target: Path
    others: tuple[Path, ...] = ()
    confidence: Path | None = None

    @property
    def results(self) -> tuple[Path, ...]:
        """All that will be written."""
        photographs = self.target, *self.others
        return photographs if self.confidence is None else (*photographs, self.confidence)


def plan_tasks(
    sources: Sequence[Path],
    out: Path,
    *,
    format: str | None = None,
    base: Path | None = None,
    samples: int = 1,
    confidence: Path | None = None,
) -> list[Task]:
    """Settle where the result of each photograph goes. Looks at names, not into files.

    Args:
        sources: the photographs; one that is named twice is coloured once.
        out: a folder; for a single photograph also a file's name, which ends in a format's suffix
            and is no folder that exists.
        format: name of the format of the results, a row of
            :data:`tintype.imaging.formats.FORMATS`; None to keep each photograph's own.
        base: a folder that holds all sources, whose tree the results shall mirror in the folder
            ``out``; None to put all results into ``out`` itself.
        samples: in how many ways each photograph is coloured; if several, their names are numbered:
            ``a-1.jpg``, ``a-2.jpg``.
        confidence: a folder for maps of how sure the network is; for a single photograph also a
            file's name, which ends in ``.png`` and is no folder that exists.

    Returns:
        One task a photograph, in the order of ``sources``.

    Raises:
        OutputError: two results would have one name, or one would need a folder where another
            goes; or ``out`` or ``confidence`` is one file's name for several.
        OptionError: ``format`` is unknown, or is not that of the file which ``out`` names.
    """
    once = list(dict.fromkeys(sources))
    if base is None and _names_a_file(out):
        if len(once) != 1:
            raise OutputError(
                f"{out} is one file's name, for {len(once)} photographs; name a folder"
            )
        own = suffix_format(out)
        if format not in (None, own.name):
            raise OptionError(
                f"{out} is a {own.title} file's name, but the format asked for is {format}"
            )
        tasks = [Task(once[0], out)]
    else:
        tasks = [Task(source, out / _result_name(source, format, base)) for source in once]
    if samples > 1:
        tasks = [_number(task, samples) for task in tasks]
    if confidence is not None:
        tasks = _add_maps(tasks, confidence)
    _refuse_shared_targets(tasks)
    return tasks


def refuse_conflicts(
    tasks: Sequence[Task], *, overwrite: bool, ours: Collection[Path] = ()
) -> None:
    """Refuse results that would replace what is on disk; to be called before any work.

    Args:
        tasks: the whole plan.
        overwrite: whether an earlier result may be replaced. A photograph of the plan never is,
            whatever name or link leads to it.
        ours: results that are there by the run that is gone on with, and stay or are replaced.

    Raises:
        OutputError: a result would replace a photograph, a folder, or an earlier result; or would
            need a folder where there is a file.
    """
    for folder in dict.fromkeys(path.parent for task in tasks for path in task.results):
        if _is_barred(folder):
            raise OutputError(
                f"cannot make the folder {folder}: a file is in its way; choose another one"
            )
    sources = {identity for task in tasks if (identity := _identity(task.source))}
    existing = [path for task in tasks for path in task.results if os.path.lexists(path)]
    _refuse(
        [path for path in existing if _identity(path) in sources],
        "would replace a photograph that is to be coloured; choose another folder",
    )
    _refuse(
        [path for path in existing if os.path.isdir(path)],
        "is a folder, where a result should go; choose another folder",
    )
    if not overwrite:
        _refuse(
            [path for path in existing if path not in ours],
            "is there already; choose another folder, or allow results to be overwritten",
        )


def _number(task: Task, samples: int) -> Task:
    target = task.target
    names = [f"{target.stem}-{number}{target.suffix}" for number in range(1, samples + 1)]
    first, *others = map(target.with_name, names)
    return replace(task, target=first, others=tuple(others))


def _add_maps(tasks: list[Task], confidence: Path) -> list[Task]:
    if confidence.suffix.lower() != _MAP or os.path.isdir(confidence):
        return [
            replace(task, confidence=confidence / replace_suffix(task.source, _MAP).name)
            for task in tasks
        ]
    if len(tasks) != 1:
        raise OutputError(
            f"{confidence} is one file's name, for the maps of {len(tasks)} photographs; "
            f"name a folder"
        )
    return [replace(tasks[0], confidence=confidence)]


def _names_a_file(out: Path) -> bool:
    try:
        suffix_format(out)
    except OptionError:
        return False
    return not os.path.isdir(out)


def _result_name(source: Path, format: str | None, base: Path | None) -> Path:
    try:
        suffix = result_suffix(source, format)
    except OptionError:
        if format is not None:
            raise
        suffix = _SUFFIX_OF_NAMELESS  # a picture whose name does not say so, or no picture at all
    name = Path(source.name) if base is None else source.relative_to(base)
    return replace_suffix(name, suffix)


def _refuse_shared_targets(tasks: Sequence[Task]) -> None:
    taken: dict[str, Task] = {}
    for task in tasks:
        for path in task.results:
            first = taken.setdefault(_as_file(path), task)
            if first is not task:
                raise OutputError(
                    f"{first.source} and {task.source} would both be written to {path}; "
                    f"colour them into different folders, or rename one"
                )
        if len({_as_file(path) for path in task.results}) < len(task.results):
            raise OutputError(
                f"two results of {task.source} would both be written to {task.target}"
            )
    for folder in {folder for task in tasks for path in task.results for folder in path.parents}:
        if blocking := taken.get(_as_file(folder)):
            raise OutputError(
                f"{blocking.source} would be written to {folder}, which is to be a folder of other "
                f"results; rename it"
            )


def _as_file(path: Path) -> str:
    """A name as the file system compares it."""
    return str(path).casefold() if _CASELESS else str(path)


def _refuse(paths: Sequence[Path], why: str) -> None:
    if paths:
        names = ", ".join(map(str, paths[:_LISTED]))
        more = f" and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
        raise OutputError(f"{names}{more} {why}")


def _is_barred(folder: Path) -> bool:
    """Whether a file stands where the folder, or one that it lies in, has to be."""
    return any(os.path.lexists(p) and not os.path.isdir(p) for p in (folder, *folder.parents))


def _identity(path: Path) -> tuple[int, int] | None:
    """What the file is, under whatever name: device and inode; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
