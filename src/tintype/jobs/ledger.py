# SPDX-License-Identifier: Apache-2.0
"""The memory of a folder's results: what has been done there, from which photograph, how.

It is a journal in the folder itself (:mod:`tintype.records.journal`), so whoever opens the folder
again knows what an earlier run did, whenever and however that run ended. A photograph has up to two
entries in each run: ``begun`` before its result can appear, and ``ended`` after. A result whose
photograph has begun is ours, also when the run was killed between the file and its entry; a result
that the journal does not know, or that is no longer what we wrote, is somebody's and stays.

A photograph counts as unchanged as long as its size and its time of change are the same, as for
``make`` and ``rsync``; so does a result, and one with another time, which a copy may have, as long
as its bytes have the same digest. What was asked for counts as the same as long as a digest of
the network, the options and the program's version is.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from tintype import __version__, errors
from tintype.errors import OutputError, UnreadableImage, UnsupportedImage
from tintype.imaging.photograph import Photograph
from tintype.jobs.plan import Task
from tintype.jobs.work import DONE_BEFORE, Outcome
from tintype.records.journal import Entry, Journal
from tintype.records.provenance import hash_file
from tintype.spec.model import ModelSpec
from tintype.spec.options import ColorizeOptions, FileOptions

JOURNAL = ".tintype-journal"  # in the folder of the results

_KIND = "folder"
_LASTING = (UnreadableImage, UnsupportedImage)  # what trying again does not change


class Ledger:
    """What is known of the results in a folder; a context, which holds the folder's lock.

    Threads may share it, each with a photograph of its own.

    Args:
        out: the folder of the results, which must exist.
        wish: from :func:`digest_wish`.

    Raises:
        RecordError: another run is at work in the folder, or its journal is damaged.
        OutputError: the journal cannot be written there.
    """

    def __init__(self, out: Path, wish: str) -> None:
        self._out, self._wish = out, wish
        self._journal = Journal(out / JOURNAL, kind=_KIND)
        self._last: dict[str, Entry] = {}  # entry of the last end, by target
        self._written: dict[str, Entry] = {}  # the result that we wrote, by target
        self._open: dict[str, Entry] = {}  # begun, and not ended
        for entry in self._journal.earlier:
            self._learn(entry)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._journal.close()

    @property
    def is_new(self) -> bool:
        """Whether no run has begun anything here."""
        return not (self._last or self._open)

    @property
    def unfinished(self) -> list[Path]:
        """Results that were being made when a run was killed."""
        return [self._out / key for key in self._open]

    def owns(self, task: Task) -> bool:
        """Whether what lies under the task's result's name is what an earlier run put there."""
        key = self._key(task)
        if key in self._open:
            return True
        found, written = _stamp_of_result(task.target), self._written.get(key)
        if found is None or written is None or found[0] != written["stamp"][0]:
            return False
        return bool(found == written["stamp"] or _digest(task.target) == written["sha256"])

    def refuse_strangers(self, tasks: Iterable[Task]) -> None:
        """Refuse results that would replace those of photographs from another folder.

        Raises:
            OutputError: a result is there already, of a photograph of the same name elsewhere.
        """
        for task in tasks:
            entry = self._open.get(self._key(task)) or self._last.get(self._key(task))
            other = Path(entry["source"]) if entry else task.source
            if (
                os.path.lexists(task.target)
                and os.path.exists(other)
                and not _same(other, task.source)
            ):
                raise OutputError(
                    f"{task.target} is the result of {other}, and {task.source} would replace it; "
                    f"choose another folder for the results"
                )

    def recall(self, task: Task, *, retry: bool) -> Outcome | None:
        """What an earlier run made of a photograph, if that still stands.

        Args:
            task: the photograph's.
            retry: whether a failure stands no longer.

        Returns:
            An outcome that is skipped or failed; None if there is something to do.
        """
        key = self._key(task)
        entry = self._last.get(key)
        if key in self._open or entry is None:
            return None
        if entry["wish"] != self._wish or entry["stamp"] != stamp(task.source):
            return None
        size = tuple(entry["size"]) if entry["size"] else None
        if entry["error"] is None:
            return Outcome(task=task, size=size, skipped=DONE_BEFORE) if self.owns(task) else None
        kind = getattr(errors, entry["error"][0], None)
        if retry or kind not in _LASTING:
            return None
        return Outcome(task=task, size=size, error=kind(entry["error"][1]))

    def begin(self, task: Task) -> None:
        """Write down that a photograph's result may appear from now on."""
        entry = {
            "begun": self._key(task),
            "source": os.path.abspath(task.source),
            "stamp": stamp(task.source),
            "wish": self._wish,
        }
        self._journal.append(entry)
        self._learn(entry)

    def end(self, outcome: Outcome) -> None:
        """Write down what has become of a photograph that was begun."""
        task, error = outcome.task, outcome.error
        key = self._key(task)
        begun = self._open[key]
        entry = {
            "ended": key,
            "source": begun["source"],
            "stamp": begun["stamp"],  # from before it was read: a change meanwhile is a change
            "wish": self._wish,
            "result": None if error else _describe_result(task.target),
            "size": outcome.size,
            "seconds": round(outcome.seconds, 3),
            "error": error and [type(error).__name__, str(error)],
        }
        self._journal.append(entry)
        self._learn(entry)

    def _learn(self, entry: Entry) -> None:
        if "begun" in entry:
            self._open[entry["begun"]] = entry
            return
        key = entry["ended"]
        self._open.pop(key, None)
        self._last[key] = entry
        if written := entry.get("result"):
            self._written[key] = written

    def _key(self, task: Task) -> str:
        return task.target.relative_to(self._out).as_posix()


def digest_wish(
    model: ModelSpec,
    options: ColorizeOptions,
    file_options: FileOptions,
    reference: Photograph | None = None,
) -> str:
    """Digest of all that a result depends on beside its photograph."""
    files = asdict(file_options)
    del files["max_pixels"]  # a limit: no result that there is depends on it
    palette = reference and hashlib.sha256(reference.pixels.tobytes()).hexdigest()
    wish = {
        "program": __version__,
        "model": model.sha256,
        "options": asdict(options),
        "files": files,
        "reference": palette,
    }
    return hashlib.sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()


def stamp(path: Path) -> list[int] | None:
    """Size in bytes and time of change in nanoseconds; None if there is no such file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return [found.st_size, found.st_mtime_ns]


def _stamp_of_result(path: Path) -> list[int] | None:
    """As :func:`stamp`; None also if a link is in its place."""
    return None if os.path.islink(path) else stamp(path)


def _describe_result(path: Path) -> Entry | None:
    """What a result that was just written is known by; None if it is gone already."""
    found, digest = _stamp_of_result(path), _digest(path)
    return None if found is None or digest is None else {"stamp": found, "sha256": digest}


def _digest(path: Path) -> str | None:
    """SHA-256 of a file's bytes; None if it cannot be read."""
    try:
        return hash_file(path)
    except OSError:
        return None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return os.path.abspath(one) == os.path.abspath(other)
