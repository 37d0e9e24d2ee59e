# SPDX-License-Identifier: Apache-2.0
"""Clients that do nothing hold no connection; those that wait or watch keep theirs."""

import socket

import httpx
import numpy as np

from tests.conftest import encode
from tests.web.test_jobs import begin
from tests.web.test_photographs import problem
from tintype.web.connections import Connection


def is_ended(line: socket.socket) -> bool:
    try:
        return line.recv(1 << 16) == b""
    except ConnectionError:
        return True


def test_who_never_ends_a_requests_head_is_given_up(start):
    running = start(transfer_seconds=0.2)
    for sent in (b"", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "):
        with running.connect() as line:
            line.sendall(sent)
            assert is_ended(line)
    running.wait(lambda: len(running.server.server_state.connections) <= 1)


def test_who_never_takes_the_answer_is_given_up(start, rng):
    running = start(transfer_seconds=0.5)
    noise = encode(rng.integers(0, 255, (1500, 1500), np.uint8), "PNG")  # its result is larger
    with running.connect() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = f"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(noise)}"
        line.sendall(f"{head}\r\n\r\n".encode() + noise)
        running.wait(lambda: running.occupied == 1)
        running.wait(lambda: running.occupied == 0)
        running.wait(lambda: not running.server.server_state.connections)


def test_who_watches_a_job_is_not(start):
    running = start(transfer_seconds=0.2)
    job = begin(running)
    with running.client.stream("GET", f"{job}/events", timeout=5) as answer:
        events = answer.iter_lines()
        assert next(events) == "event: settled"
        running.client.get("/healthz")
        for _ in range(3):
            next(events)
        running.app.state.workshop.close()  # a second later it is still told
        assert "event: removed" in list(events)


def test_who_comes_when_all_connections_are_taken_gets_a_problem(start, monkeypatch):
    monkeypatch.setattr(Connection, "most", 3)
    running = start()
    held = [running.connect() for _ in range(3)]
    running.wait(lambda: len(running.server.server_state.connections) == 3)
    late = httpx.get(f"{running.address}/healthz", trust_env=False)
    assert "all connections are taken" in problem(late, 503)
    assert late.headers["retry-after"] == "2"
    assert late.headers["connection"] == "close"
    held.pop().close()
    running.wait(lambda: len(running.server.server_state.connections) == 2)
    assert httpx.get(f"{running.address}/healthz", trust_env=False).status_code == 200
    for connection in held:
        connection.close()
