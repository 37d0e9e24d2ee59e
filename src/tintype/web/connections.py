# SPDX-License-Identifier: Apache-2.0
"""A connection that is given up when nothing comes of it.

uvicorn waits for as long as a client likes to send a request's head, and to take an answer. Each
such client holds a connection, and those are bounded, so a few that do nothing would keep everyone
out. Here each connection is looked at from time to time, and ended if since the last look nothing
has come of it: no request has begun, or an answer lies there and is not being taken.

What happens between a request's head and the beginning of its answer is the application's to bound.

The bound on connections is kept here too, because uvicorn's own answers in plain text: who comes
when all are taken gets a problem detail, as from the application, and is sent away.
"""

import asyncio
from http import HTTPStatus
from typing import ClassVar

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tintype.web.problems import Refusal, answer_error

_SOON = 2  # seconds


class Connection(H11Protocol):
    """uvicorn's connection, looked at every :attr:`patience` seconds; one of :attr:`most`."""

    patience: ClassVar[float] = 20.0
    most: ClassVar[int] = 512

    _look: asyncio.TimerHandle | None = None
    _seen: tuple[object, int] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look; at one too many, only to turn it away."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self.app = _turn_away
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def _look_later(self) -> None:
        self._look = self.loop.call_later(self.patience, self._check)

    def _check(self) -> None:
        seen = self.cycle, self.transport.get_write_buffer_size()
        if self._is_stuck() and seen == self._seen:
            self.transport.abort()
            return
        self._seen = seen
        self._look_later()

    def _is_stuck(self) -> bool:
        """Whether it is the client's turn to do something."""
        idle = self.cycle is None or self.cycle.response_complete
        return idle or self.flow.write_paused or self.transport.is_closing()


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that all connections are taken, and take this one no longer."""
    full = Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "all connections are taken; try again in a while",
        retry_after=_SOON,
    )
    answer = answer_error(full)
    answer.headers["Connection"] = "close"
    await answer(scope, receive, send)
