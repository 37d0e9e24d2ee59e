# SPDX-License-Identifier: Apache-2.0
"""What arrives in a folder while one is looking: photographs from a scanner, one by one.

The folder is looked through again and again. Notices of the operating system would be quicker, but
there are none for folders on a network, where scanners mostly write. A file is taken once nothing
about it has changed from one look to the next, so that no scan is read before its last line is
there; one that changes later is taken again.
"""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from tintype.errors import InputError
from tintype.jobs.finding import Found, find_photographs
from tintype.jobs.ledger import stamp

EVERY = 1.0  # seconds from one look to the next

Stamp = list[int] | None


class Arrivals:
    """Yields the photographs that have arrived, look by look, until it is told to stop.

    Args:
        folder: where to look.
        found: what was there at the beginning, and is no arrival as long as it stays as it is.
        recursive: whether to look into the folders inside too.
        leave_out: a folder that is not looked into.
        stop: when set, it ends.
        every: seconds from one look to the next.
    """

    def __init__(
        self,
        folder: Path,
        found: Found,
        *,
        recursive: bool,
        leave_out: Path,
        stop: Event,
        every: float | None = None,
    ) -> None:
        self._folder, self._recursive, self._leave_out = folder, recursive, leave_out
        self._stop, self._every = stop, EVERY if every is None else every
        self._taken: dict[Path, Stamp] = {path: stamp(path) for path in found.photographs}
        self._seen: dict[Path, Stamp] = {}

    def __iter__(self) -> Iterator[list[Path]]:
        while not self._stop.wait(self._every):
            settled = [path for path in self._look() if self._is_settled(path)]
            if settled:
                yield settled

    def _look(self) -> list[Path]:
        try:
            return find_photographs(
                self._folder, recursive=self._recursive, leave_out=self._leave_out
            ).photographs
        except InputError:  # a network's folder can be away for a while
            return []

    def _is_settled(self, path: Path) -> bool:
        """Whether a file is new or changed, and has been left alone since the last look."""
        now = stamp(path)
        if now is None or now == self._taken.get(path):
            return False
        if now != self._seen.get(path):
            self._seen[path] = now
            return False
        self._taken[path] = now
        del self._seen[path]
        return True
