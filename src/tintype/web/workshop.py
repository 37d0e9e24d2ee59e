# SPDX-License-Identifier: Apache-2.0
"""The workshop: a bounded number of photographs in the house, a smaller one at the bench.

Whoever comes with a photograph gets a place, or is turned away at the door before a byte of it is
read. A place is a private folder, which holds the photograph as it was sent and what becomes of
it. It is given back when the answer has been sent, but not before the bench is done with what lies
in it: nobody can stop a thread, and a place that is counted as free while its work goes on would be
no bound at all.

Jobs take turns, one fewer than there are threads at the bench, so that one of these is always left
for whoever came with a single photograph and waits for it.

All methods belong to the event loop's thread; only the work itself runs in others.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from tintype.web.limits import Limits
from tintype.web.problems import Refusal

Result = TypeVar("Result")

_SOON = 2  # seconds: about what a photograph takes


class Workshop:
    """Who is in the house, and what is being done.

    Args:
        limits: how many, and for how long.

    Attributes:
        turns: at the bench, for the photographs of jobs; at least one, even if it is the only one.
    """

    def __init__(self, limits: Limits) -> None:
        self.closing = asyncio.Event()  # nothing new is taken on
        self.turns = asyncio.Semaphore(max(1, limits.concurrent - 1))
        self._limits = limits
        self._clients: Counter[str] = Counter()
        self._bench = ThreadPoolExecutor(limits.concurrent, thread_name_prefix="tintype-web")
        self._films = ThreadPoolExecutor(1, thread_name_prefix="tintype-film")  # hours, one by one

    @property
    def occupied(self) -> int:
        """Places that are taken."""
        return self._clients.total()

    def admit(self, client: str) -> "Place":
        """Give a client a place.

        Raises:
            Refusal: the client has as many as one may have (429), or all are taken, or the server
                is about to stop (503).
        """
        self.refuse_if_closing()
        if self._clients[client] >= self._limits.per_client:
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{self._limits.per_client} photographs of yours are in the house already, as many "
                f"as one client may have; wait for one of them",
                retry_after=_SOON,
            )
        if self.occupied >= self._limits.concurrent + self._limits.queue:
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"all {self.occupied} places are taken; try again in a while",
                retry_after=_SOON,
            )
        self._clients[client] += 1
        return Place(self, client, Path(tempfile.mkdtemp(prefix="tintype-web-")))

    def refuse_if_closing(self) -> None:
        """Raise :class:`Refusal` (503) if the server is about to stop."""
        if self.closing.is_set():
            raise _stopping()

    def close(self) -> None:
        """Take nothing new on; what is being done goes on."""
        self.closing.set()

    async def finish(self) -> None:
        """Close, drop what waits, and wait for what is at the bench."""
        self.close()
        for threads in (self._bench, self._films):
            await asyncio.to_thread(threads.shutdown, wait=True, cancel_futures=True)

    def start(self, work: Callable[[], Result]) -> "Future[Result]":
        """Put work in the bench's queue."""
        return self._bench.submit(work)

    def start_film(self, work: Callable[[], Result]) -> "Future[Result]":
        """Put a film's work in the queue of films."""
        return self._films.submit(work)

    def leave(self, client: str) -> None:
        """Count a client's place as free again."""
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]


class Place:
    """One photograph's place. From :meth:`Workshop.admit`; :meth:`give_back` ends it.

    Attributes:
        folder: private, and removed with the place.
    """

    def __init__(self, workshop: Workshop, client: str, folder: Path) -> None:
        self.folder = folder
        self._workshop = workshop
        self._client = client
        self._work: Future[Any] | None = None
        self._given_back = False

    async def do(self, work: Callable[[], Result], *, seconds: float) -> Result:
        """Let the bench do something, and wait for it.

        Args:
            work: runs in another thread.
            seconds: how long it may take, the waiting for the bench included.

        Raises:
            Refusal: it took longer (503).
        """
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        future = self._workshop.start(work)
        self._work = future
        future.add_done_callback(lambda _: _tell(loop, done))
        try:
            async with asyncio.timeout(seconds):
                await done.wait()
        except TimeoutError:
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"it was not done after {seconds:g} s; try again when the server is less busy, "
                f"or with a smaller photograph",
                retry_after=5 * _SOON,
            ) from None
        finally:
            future.cancel()  # no use to anybody any more, unless it is at the bench or done
        if future.cancelled():
            raise _stopping()
        return future.result()

    def give_back(self) -> None:
        """Leave the house, once the bench is done; twice is the same as once."""
        if self._given_back:
            return
        self._given_back = True
        if self._work is None or self._work.done():
            self._clear()
        else:
            loop = asyncio.get_running_loop()
            self._work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._clear))

    def _clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._workshop.leave(self._client)


def _stopping() -> Refusal:
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "the server is stopping", retry_after=5 * _SOON)


def _tell(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    """Set an event of the loop's from another thread; a loop that has ended needs none."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)
