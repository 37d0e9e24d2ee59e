# SPDX-License-Identifier: Apache-2.0
"""How far a run over many photographs is, and when it will be through."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        done: photographs coloured in this run.
        failed: those that could not be, and those that failed before and were left at that.
        skipped: those that there was nothing to do for.
        total: all of them; None if that is not known.
        per_second: photographs worked on a second in this run.
        left: seconds that the rest will take; None if not known.
    """

    done: int
    failed: int
    skipped: int
    total: int | None
    per_second: float
    left: float | None

    @property
    def finished(self) -> int:
        """Photographs that nothing more will be done about."""
        return self.done + self.failed + self.skipped


class Pace:
    """Counts photographs, and tells of it after each.

    Args:
        total: how many there are; None if that is not known.
        on_progress: told after every photograph, from the thread that counts.
    """

    def __init__(self, total: int | None, on_progress: Callable[[Progress], None] | None) -> None:
        self.total = total
        self._on_progress = on_progress
        self._counts = {"done": 0, "failed": 0, "skipped": 0}
        self._worked = 0
        self._begun = perf_counter()

    def count(self, status: str, *, worked: bool = True) -> None:
        """Count one photograph.

        Args:
            status: ``done``, ``failed`` or ``skipped``.
            worked: whether it took work; what was settled without any says nothing of the pace.
        """
        self._counts[status] += 1
        self._worked += worked
        if self._on_progress is not None:
            self._on_progress(self._look())

    def _look(self) -> Progress:
        pace = self._worked / max(perf_counter() - self._begun, 1e-6)
        left = None
        if self.total is not None and self._worked:
            left = max(0, self.total - sum(self._counts.values())) / pace
        return Progress(**self._counts, total=self.total, per_second=pace, left=left)
