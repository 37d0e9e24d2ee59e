# SPDX-License-Identifier: Apache-2.0
"""What is said while photographs are coloured: to a person on stderr, to a program on stdout.

A person sees a bar while it lasts, one line for each photograph that something is to be said about,
and a summary. A program reads one JSON object a photograph, each on its line as soon as it is
known.
"""

import json
import sys
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from tintype.errors import TintypeError
from tintype.inference.progress import Progress
from tintype.jobs.work import Outcome, Status


class Report:
    """Tells of outcomes as they come; a context that ends with the summary.

    Args:
        total: how many photographs there are; None until :meth:`show` tells.
        as_json: whether to write a JSON line for each to stdout as well.

    Attributes:
        failed: photographs that could not be coloured.
        notes: more that the summary is to say, such as how to go on.
    """

    def __init__(self, total: int | None = None, *, as_json: bool = False) -> None:
        self.failed = 0
        self.notes: list[str] = []
        self._done = self._skipped = 0
        self._total = total
        self._as_json = as_json
        self._start = perf_counter()
        self._bar = _Bar(total) if total != 1 and sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()
        if isinstance(error, TintypeError) and not self._done + self.failed:
            return  # refused before any work: that line says it all
        seconds = perf_counter() - self._start
        wanted = (self.settled if self._total is None else self._total) - self._skipped
        noun = "photograph" if wanted == 1 else "photographs"
        counted = str(self._done) if self._done == wanted else f"{self._done} of {wanted}"
        said = [f"{counted} {noun} coloured in {seconds:.1f} s"]
        said += [f"{self.failed} failed"] * bool(self.failed)
        said += [f"{self._skipped} skipped"] * bool(self._skipped)
        said += ["stopped before the end"] * bool(kind)
        self._say(", ".join([*said, *self.notes]))

    @property
    def settled(self) -> int:
        """How many photographs have been told of."""
        return self._done + self.failed + self._skipped

    def add(self, outcome: Outcome) -> None:
        """Tell of one photograph."""
        source = printable(str(outcome.task.source))
        if outcome.status is Status.FAILED:
            self.failed += 1
            self._say(f"{source}: {printable(str(outcome.error))}")
        elif outcome.status is Status.SKIPPED:
            self._skipped += 1
        else:
            self._done += 1
            if outcome.was_colored:
                self._say(
                    f"{source}: is in colour already; the result has computed colours instead"
                )
        if self._as_json:
            sys.stdout.write(json.dumps(describe(outcome)) + "\n")
            sys.stdout.flush()
        if self._bar:
            self._bar.advance()

    def show(self, progress: Progress) -> None:
        """Tell how far the run is, and when it will be through."""
        self._total = progress.total
        if self._bar:
            self._bar.show(progress)

    def _say(self, line: str) -> None:
        if self._bar:
            self._bar.say(line)
        else:
            sys.stderr.write(f"{line}\n")


def describe(outcome: Outcome) -> dict[str, Any]:
    """Put an outcome as ``--json`` gives it: null for what there is not."""
    error = outcome.error

    def shown(path: Path | None) -> str | None:
        return str(path) if path and outcome.has_result else None

    return {
        "source": str(outcome.task.source),
        "target": shown(outcome.task.target),
        "others": [str(other) for other in outcome.task.others if outcome.has_result],
        "confidence": shown(outcome.task.confidence),
        "status": outcome.status.value,
        "seconds": round(outcome.seconds, 3),
        "size": outcome.size,
        "was_colored": outcome.was_colored,
        "skipped": outcome.skipped,
        "error": error and {"type": type(error).__name__, "message": str(error)},
    }


def printable(text: str) -> str:
    """Escape what would break the line or the terminal: names of files can hold anything."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


class _Bar:
    """Rich's progress bar, imported where there is a terminal to show it on."""

    def __init__(self, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, TextColumn

        self._progress = Progress(
            *Progress.get_default_columns()[1:2],
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", total=total, pace="")
        self._progress.start()

    def advance(self) -> None:
        self._progress.advance(self._task)

    def show(self, progress: Progress) -> None:
        pace = f"{progress.per_second:.1f} photographs/s"
        if progress.left is not None:
            pace += f", {_clock(progress.left)} left"
        self._progress.update(self._task, total=progress.total, pace=pace)

    def say(self, line: str) -> None:
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def stop(self) -> None:
        self._progress.stop()


def _clock(seconds: float) -> str:
    """Hours, minutes and seconds, as ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
