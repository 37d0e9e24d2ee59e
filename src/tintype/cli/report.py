# SPDX-License-Identifier: Apache-2.0
"""What is said while photographs are coloured: to a person on stderr, to a program on stdout.

A person sees a bar while it lasts, one line for each photograph that something is to be said about,
and a summary. A program reads one JSON object a photograph, each on its line as soon as it is
known.
"""

import json
import sys
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from tintype.jobs.work import Outcome


class Report:
    """Tells of outcomes as they come; a context that ends with the summary.

    Args:
        total: how many photographs there are.
        as_json: whether to write a JSON line for each to stdout as well.
    """

    def __init__(self, total: int, *, as_json: bool = False) -> None:
        self.failed = 0
        self._done = 0
        self._total = total
        self._as_json = as_json
        self._start = perf_counter()
        self._bar = _Bar(total) if total > 1 and sys.stderr.isatty() else None

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
        seconds = perf_counter() - self._start
        noun = "photograph" if self._total == 1 else "photographs"
        counted = str(self._done) if self._done == self._total else f"{self._done} of {self._total}"
        failed = f", {self.failed} failed" if self.failed else ""
        stopped = ", stopped before the end" if kind else ""
        self._say(f"{counted} {noun} coloured in {seconds:.1f} s{failed}{stopped}")

    def add(self, outcome: Outcome) -> None:
        """Tell of one photograph."""
        source = printable(str(outcome.task.source))
        if outcome.error:
            self.failed += 1
            self._say(f"{source}: {printable(str(outcome.error))}")
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

    def _say(self, line: str) -> None:
        if self._bar:
            self._bar.say(line)
        else:
            sys.stderr.write(f"{line}\n")


def describe(outcome: Outcome) -> dict[str, Any]:
    """Put an outcome as ``--json`` gives it: null for a size or an error that there is not."""
    error = outcome.error
    return {
        "source": str(outcome.task.source),
        "target": None if error else str(outcome.task.target),
        "status": "failed" if error else "done",
        "seconds": round(outcome.seconds, 3),
        "size": outcome.size,
        "was_colored": outcome.was_colored,
        "error": error and {"type": type(error).__name__, "message": str(error)},
    }


def printable(text: str) -> str:
    """Escape what would break the line or the terminal: names of files can hold anything."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


class _Bar:
    """Rich's progress bar, imported where there is a terminal to show it on."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

        self._progress = Progress(
            *Progress.get_default_columns()[1:2],
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", total=total)
        self._progress.start()

    def advance(self) -> None:
        self._progress.advance(self._task)

    def say(self, line: str) -> None:
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def stop(self) -> None:
        self._progress.stop()
