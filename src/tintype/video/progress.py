# SPDX-License-Identifier: Apache-2.0
"""How far a film is, and where its time goes."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a film is.

    Attributes:
        frames: coloured so far, those of earlier runs included.
        total: how many there are, as far as the film's head tells; 0 if it does not.
        per_second: frames coloured a second in this run.
        left: seconds that the rest will take; None if unknown.
    """

    frames: int
    total: int
    per_second: float
    left: float | None


class Tally:
    """Counts frames, and the time that each step is busy. Each step belongs to one thread.

    Args:
        total: frames of the film; 0 if unknown.
        done: by earlier runs.
        on_progress: told after every frame.

    Attributes:
        busy: seconds, by step.
    """

    def __init__(
        self, total: int, done: int, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self.busy: defaultdict[str, float] = defaultdict(float)
        self._total, self._earlier, self._now = total, done, 0
        self._on_progress = on_progress
        self._begun = perf_counter()

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Count the time that the block takes as that of a step."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.busy[step] += perf_counter() - begun

    def add(self) -> None:
        """Count a frame as done, and tell of it."""
        self._now += 1
        if self._on_progress is None:
            return
        done = self._earlier + self._now
        pace = self._now / max(perf_counter() - self._begun, 1e-6)
        left = max(0, self._total - done) / pace if self._total else None
        self._on_progress(Progress(frames=done, total=self._total, per_second=pace, left=left))
