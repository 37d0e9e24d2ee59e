# SPDX-License-Identifier: Apache-2.0
"""A server on a free port of the machine's own, and a client: what goes over the wire is tested."""

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic, sleep

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from tests.web.browser import open_page  # noqa: F401 - a fixture of this folder
from tintype.inference.colorizer import Colorizer
from tintype.web.app import create_app
from tintype.web.limits import LIMITS, Limits
from tintype.web.server import configure, listen


@dataclass
class Running:
    """A server that runs, and a client of it."""

    app: FastAPI
    address: str
    client: httpx.Client
    server: uvicorn.Server

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def occupied(self) -> int:
        return self.app.state.workshop.occupied

    def wait(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait until something is so; fail if it never is."""
        end = monotonic() + seconds
        while not condition():
            assert monotonic() < end, "it did not come to pass"
            sleep(0.01)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def run(app: FastAPI, limits: Limits = LIMITS) -> Iterator[Running]:
    opened = listen("127.0.0.1", 0)
    server = uvicorn.Server(configure(app, limits))
    thread = Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    address = f"http://127.0.0.1:{opened.getsockname()[1]}"
    try:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            running = Running(app, address, client, server)
            running.wait(lambda: server.started)
            yield running
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture(scope="session", autouse=True)
def _temporary(tmp_path_factory) -> Iterator[None]:
    """Let servers keep their folders where no other server's are counted with them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("servers")))
        yield


@pytest.fixture(scope="session")
def colorizer(stand_in) -> Colorizer:
    """The stand-in network."""
    return Colorizer(stand_in.file, device="cpu", threads=1)


@pytest.fixture(scope="session")
def hinted(make_stand_in) -> Colorizer:
    """The stand-in network that takes hints."""
    return Colorizer(make_stand_in("hinted", hints=True).file, device="cpu", threads=1)


@pytest.fixture(scope="session")
def house(colorizer) -> Iterator[Running]:
    """A server with the default limits, which no test may leave occupied."""
    with run(create_app(colorizer)) as running:
        yield running


@pytest.fixture
def start(colorizer) -> Iterator[Callable[..., Running]]:
    """Start a server of the test's own: ``start(token=…, queue=…)``."""
    with ExitStack() as stack:

        def make(*, network=None, token=None, local=True, **limits) -> Running:
            bounds = Limits(**limits)
            app = create_app(network or colorizer, limits=bounds, token=token, local=local)
            return stack.enter_context(run(app, bounds))

        yield make


@pytest.fixture
def bench(monkeypatch) -> Iterator["Bench"]:
    """Let every photograph stay at the bench until it is let go."""
    bench = Bench(Colorizer.__call__)
    monkeypatch.setattr(Colorizer, "__call__", lambda *given: bench.work(*given))
    yield bench
    bench.go.set()


class Bench:
    def __init__(self, work: Callable) -> None:
        self.reached, self.go, self.sizes, self._work = Event(), Event(), [], work

    @property
    def count(self) -> int:
        return len(self.sizes)

    def work(self, *given):
        self.sizes.append(given[1].size)  # (H, W)
        self.reached.set()
        assert self.go.wait(30)
        return self._work(*given)
