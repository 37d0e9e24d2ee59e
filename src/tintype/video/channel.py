# SPDX-License-Identifier: Apache-2.0
"""A short queue from one thread to the next that ends, or breaks, for both of them at once."""

from collections import deque
from collections.abc import Iterator
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Broken(Exception):
    """The other side has gone; there is nobody to put things for."""


class Channel(Generic[T]):
    """Hands things over in order, and makes the giver wait when the taker is behind.

    Args:
        room: things that may wait.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: deque[T] = deque()
        self._changed = Condition()
        self._ended = self._broken = False
        self._error: BaseException | None = None

    def put(self, thing: T) -> None:
        """Give something; waits for room.

        Raises:
            Broken: the taker has gone.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._broken or len(self._waiting) < self._room)
            if self._broken:
                raise Broken
            self._waiting.append(thing)
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """Say that nothing more will come; the taker is raised ``error`` after what is waiting."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def leave(self) -> None:
        """Say that nothing more will be taken."""
        with self._changed:
            self._broken = True
            self._waiting.clear()
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        """Take things until the giver has ended.

        Raises:
            BaseException: the error with which the giver has ended.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended)
                if not self._waiting:
                    if self._error is not None:
                        raise self._error
                    return
                thing = self._waiting.popleft()
                self._changed.notify_all()
            yield thing
