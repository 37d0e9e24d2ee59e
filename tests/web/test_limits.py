# SPDX-License-Identifier: Apache-2.0
"""Each bound of a server, its answer, and that nothing stays behind."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tintype.errors import OptionError
from tintype.web.limits import Limits


def test_a_bound_below_its_least_is_refused():
    with pytest.raises(OptionError, match="concurrent must be at least 1, got 0"):
        Limits(concurrent=0)


def test_too_many_bytes_are_refused_before_they_are_sent(start, grey_jpeg):
    running = start(upload_bytes=len(grey_jpeg))
    assert running.client.post("/v1/colorize", content=grey_jpeg).status_code == 200
    with running.connect() as line:
        line.sendall(
            f"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            f"{len(grey_jpeg) + 1}\r\n\r\n".encode()
        )
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_too_many_bytes_are_refused_where_nothing_announces_them(start, grey_jpeg):
    running = start(upload_bytes=len(grey_jpeg) - 1)
    pieces = iter([grey_jpeg[:100], grey_jpeg[100:]])  # sent in chunks, without a length
    answer = running.client.post("/v1/colorize", content=pieces)
    assert answer.status_code == 413
    assert f"more than the {len(grey_jpeg) - 1} bytes" in answer.json()["detail"]


def test_too_many_pixels_are_refused(start, grey_jpeg):
    running = start(pixels=90 * 61 - 1)
    answer = running.client.post("/v1/colorize", content=grey_jpeg)
    assert answer.status_code == 413
    assert answer.json()["error"] == "ImageTooLarge"


def test_the_network_is_not_asked_to_see_more_than_it_should(start, grey_jpeg):
    running = start(network_size=100)
    for path in ("/v1/colorize", "/v1/confidence", "/v1/alternatives"):
        answer = running.client.post(path, params={"size": 101}, content=grey_jpeg)
        assert answer.status_code == 422
        assert "at most 100 on this server, got 101" in answer.json()["detail"]
    answer = running.client.post("/v1/colorize", params={"size": 100}, content=grey_jpeg)
    assert answer.status_code == 200


def test_a_client_has_so_many_places(start, bench, grey_jpeg):
    running = start(per_client=1)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(running.client.post, "/v1/colorize", content=grey_jpeg)
        assert bench.reached.wait(20)
        answer = running.client.post("/v1/colorize", content=grey_jpeg)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        bench.go.set()
        assert first.result().status_code == 200


def test_beyond_the_queue_all_are_told_to_come_again(start, bench, grey_jpeg):
    running = start(concurrent=1, queue=1)
    with ThreadPoolExecutor() as pool:
        posted = [
            pool.submit(running.client.post, "/v1/colorize", content=grey_jpeg) for _ in range(2)
        ]
        running.wait(lambda: running.occupied == 2)
        answer = running.client.post("/v1/colorize", content=grey_jpeg)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert bench.count == 1
        bench.go.set()
        assert [future.result().status_code for future in posted] == [200, 200]
    running.wait(lambda: running.occupied == 0)


def test_work_that_takes_too_long_is_answered_and_keeps_its_place(start, bench, grey_jpeg):
    running = start(work_seconds=0.2)
    answer = running.client.post("/v1/colorize", content=grey_jpeg)
    assert answer.status_code == 503
    assert "not done after 0.2 s" in answer.json()["detail"]
    wait = int(answer.headers["retry-after"])
    assert running.server.config.timeout_keep_alive > 2 * wait  # to come again on the same line
    assert running.occupied == 1
    bench.go.set()
    running.wait(lambda: running.occupied == 0)


def test_a_slow_client_is_not_waited_for(start, grey_jpeg):
    running = start(transfer_seconds=0.3)
    with running.connect() as line:
        line.sendall(
            b"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n"
        )
        line.sendall(grey_jpeg[:80])
        assert line.recv(100).startswith(b"HTTP/1.1 408")
    running.wait(lambda: running.occupied == 0)


def test_a_client_that_ends_halfway_leaves_nothing(start, grey_jpeg):
    running = start()
    with running.connect() as line:
        line.sendall(
            b"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n"
        )
        line.sendall(grey_jpeg[:80])
        running.wait(lambda: running.occupied == 1)
    running.wait(lambda: running.occupied == 0)


def test_what_nobody_waits_for_is_not_coloured(start, bench, grey_jpeg):
    running = start(concurrent=1)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(running.client.post, "/v1/colorize", content=grey_jpeg)
        assert bench.reached.wait(20)
        with running.connect() as line:
            head = (
                f"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(grey_jpeg)}"
            )
            line.sendall(head.encode() + b"\r\n\r\n" + grey_jpeg)
            running.wait(lambda: running.occupied == 2)
        running.wait(lambda: running.occupied == 1)
        bench.go.set()
        assert first.result().status_code == 200
    assert bench.count == 1


def test_a_server_that_closes_finishes_what_runs_and_refuses_what_is_new(start, bench, grey_jpeg):
    running = start()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(running.client.post, "/v1/colorize", content=grey_jpeg)
        assert bench.reached.wait(20)
        running.app.state.workshop.close()
        answer = running.client.post("/v1/colorize", content=grey_jpeg)
        assert answer.status_code == 503
        assert "stopping" in answer.json()["detail"]
        assert running.client.get("/healthz").json()["status"] == "closing"
        running.server.should_exit = True
        bench.go.set()
        assert first.result().status_code == 200


def test_sigterm_ends_the_command_well(stand_in, grey_jpeg):
    command = [sys.executable, "-m", "tintype", "web", "--port", "0", "--model", stand_in.file]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as done:
        address = done.stdout.readline().strip()
        with httpx.Client(
            transport=httpx.HTTPTransport(retries=20), base_url=address, timeout=60
        ) as client:
            assert client.post("/v1/colorize", content=grey_jpeg).status_code == 200
        done.terminate()
        assert done.wait(30) == 0
        assert done.stderr.read() == ""
