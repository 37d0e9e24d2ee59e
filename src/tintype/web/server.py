# SPDX-License-Identifier: Apache-2.0
"""The server: a socket, the application, and a good end.

On SIGTERM or Ctrl-C nothing new is taken on, what waits is told to come again, what is being
coloured is finished and sent. A second Ctrl-C does not wait for that.
"""

import contextlib
import signal
import socket
from collections.abc import Iterator
from math import ceil
from types import FrameType

import uvicorn
from fastapi import FastAPI

from tintype.errors import OptionError
from tintype.web.connections import Connection
from tintype.web.limits import Limits


class Server(uvicorn.Server):
    """uvicorn's server with our end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Tell the workshop to take nothing new on, then let uvicorn end."""
        self.config.app.state.workshop.close()  # type: ignore[union-attr]  # it is ours
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while serving; unlike uvicorn, do not raise them again afterwards."""
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {sig: signal.signal(sig, self.handle_exit) for sig in handled}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def listen(host: str, port: int) -> socket.socket:
    """Open the socket.

    Args:
        host: an address, or a name of this machine.
        port: 0 for any that is free.

    Raises:
        OptionError: there is no such address, or the port is taken.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise OptionError(
            f"cannot listen on {host}, port {port}: {error}; choose another --port or --host"
        ) from error


def serve(app: FastAPI, opened: socket.socket, limits: Limits) -> None:
    """Answer requests until a signal ends it.

    Args:
        app: from :func:`tintype.web.app.create_app`.
        opened: from :func:`listen`.
        limits: how long clients are waited for, and at the end what runs.
    """
    Server(configure(app, limits)).run(sockets=[opened])


def configure(app: FastAPI, limits: Limits) -> uvicorn.Config:
    """How uvicorn serves an application of ours.

    A connection is kept for longer than ``Retry-After`` asks who was turned away to wait: else it
    would be closed, on a busy machine, just when they come again on it.
    """
    return uvicorn.Config(
        app,
        http=type("Connection", (Connection,), {"patience": limits.transfer_seconds}),
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=ceil(limits.transfer_seconds),
        timeout_graceful_shutdown=round(limits.work_seconds + limits.transfer_seconds),
    )
