# SPDX-License-Identifier: Apache-2.0
"""What no client should send: nothing crashes the server, stays in it, or comes out of it.

After every test the server must be well, nobody's place taken, and no folder left.
"""

import io
import random
import struct
import tempfile
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tintype.inference.colorizer import Colorizer

ANSWERS = {200, 408, 413, 415, 422}
MUTATIONS = 300
TINY = 10_000


@pytest.fixture
def server(start):
    running = start(transfer_seconds=5.0, pixels=4_000_000, upload_bytes=2_000_000)
    yield running
    assert running.client.get("/healthz").json()["status"] == "ok"
    running.wait(lambda: running.occupied == 0)
    running.wait(lambda: not list(Path(tempfile.gettempdir()).glob("tintype-web-*")))


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One of the ways in which a file comes out wrong: cut, doubled, with other bytes in it."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 4, 32))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    match chance.randrange(5):
        case 0:
            del changed[chance.randrange(len(changed)) :]
        case 1:
            at = chance.randrange(len(changed))
            changed[at:at] = changed[:at]
        case 2:
            at = chance.randrange(len(changed) - 8)
            changed[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
    return bytes(changed)


@pytest.mark.slow
def test_mutated_uploads_get_an_answer(server, grey_jpeg, grey_png, grey_pixels):
    from PIL import Image

    kinds = [grey_jpeg, grey_png]
    for kind in ("TIFF", "WEBP", "AVIF", "JPEG2000", "BMP", "PPM"):
        buffer = io.BytesIO()
        Image.fromarray(grey_pixels).save(buffer, kind)
        kinds.append(buffer.getvalue())
    chance = random.Random(6)  # noqa: S311 - the same uploads each time
    statuses = Counter(
        server.client.post(
            "/v1/colorize", content=mutate(kinds[number % len(kinds)], chance)
        ).status_code
        for number in range(MUTATIONS)
    )
    assert statuses.keys() <= ANSWERS, statuses
    assert statuses[422] > MUTATIONS / 10


def png_of(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height", "status"),
    [(60_000, 60_000, 413), (0x7FFFFFFF, 0x7FFFFFFF, 413), (0, 10, 422), (2001, 2000, 413)],
)
def test_a_picture_that_would_fill_the_memory_is_refused(server, width, height, status):
    bomb = png_of(width, height, bytes(2_000_000))
    answer = server.client.post("/v1/colorize", content=bomb)
    assert answer.status_code == status, answer.text


def test_more_data_than_the_picture_has_does_no_harm(server):
    bomb = png_of(8, 8, bytes(500_000_000))  # half a gigabyte of zeros in half a megabyte
    assert len(bomb) < 1_000_000
    assert server.client.post("/v1/colorize", content=bomb).status_code in (200, 422)


def test_a_text_that_unfolds_does_no_harm(server, grey_png):
    text = zlib.compress(bytes(200_000_000), 9)
    body = b"zTXtComment\0\0" + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    at = 8 + 25  # behind the head
    answer = server.client.post("/v1/colorize", content=grey_png[:at] + chunk + grey_png[at:])
    assert answer.status_code in ANSWERS


@pytest.mark.parametrize(
    "path",
    [
        "/page/..%2f..%2fapp.py",
        "/page/%2e%2e/%2e%2e/pyproject.toml",
        "/page//etc/passwd",
        "/page/..\\app.py",
        "/page/icon.svg%00.png",
        "/v1/jobs/..%2f..%2fetc/results/1",
        "/v1/jobs/x/results/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_path_leads_out(server, path):
    with server.connect() as line:  # as it stands: a client library would tidy it up
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.split(b" ")[1] in (b"404", b"422", b"400")
    assert b"root:" not in answer
    assert b"create_app" not in answer


def test_a_name_of_a_file_is_no_path(server, grey_jpeg):
    job = f"/v1/jobs/{server.client.post('/v1/jobs').json()['id']}"
    for name in ("../../../escaped.jpg", "/escaped.jpg", "..", "a\0b.jpg", "\r\nSet-Cookie: a=b"):
        sent = server.client.post(
            f"{job}/photographs", params={"name": name}, content=grey_jpeg
        ).json()
        assert not set(sent["name"]) & set("/\\\0\r\n")
        server.wait(lambda: server.client.get(job).json()["open"] == 0)
        fetched = server.client.get(f"{job}/results/{sent['number']}")
        assert fetched.status_code == 200
        assert "set-cookie" not in fetched.headers
    (folder,) = Path(tempfile.gettempdir()).glob("tintype-web-*")
    assert {path.parent for path in folder.rglob("*")} == {folder}
    server.client.delete(job)


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"\0" * 4096,
    ],
)
def test_what_is_no_request_is_ended(server, request_):
    answer = b""
    with server.connect() as line:
        with suppress(OSError):  # it may end while we still send
            line.sendall(request_)
            line.shutdown(1)  # half closed: nothing more will come
        with suppress(ConnectionError):  # ended too; but not a time that ran out
            answer = line.recv(100)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5", b"HTTP/1.1 200"))


def test_who_sends_half_and_closes_half_holds_nothing(server, grey_jpeg):
    head = f"POST /v1/colorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(grey_jpeg)}"
    for sent in (grey_jpeg[:-10], grey_jpeg):
        with server.connect() as line:
            line.sendall(head.encode() + b"\r\n\r\n" + sent)
            with suppress(OSError):
                line.shutdown(1)
                line.recv(100)
    server.wait(lambda: server.occupied == 0)


@pytest.mark.slow
def test_ten_thousand_tiny_requests_leave_nothing(server):
    def visit(count: int) -> Counter:
        with server.connect() as line:
            statuses: Counter = Counter()
            for number in range(count):
                path = ("/healthz", f"/made/up/{number}", "/v1/colorize")[number % 3]
                line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                answer = line.recv(8192)
                statuses[answer[9:12]] += 1
                length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = answer.partition(b"\r\n\r\n")[2]
                while len(body) < length:
                    body += line.recv(8192)
        return statuses

    with ThreadPoolExecutor(8) as pool:
        counted = sum(pool.map(visit, [TINY // 8] * 8), Counter())
    assert counted.total() == TINY
    assert counted.keys() == {b"200", b"404", b"405"}
    metrics = server.client.get("/metrics").text
    assert "made" not in metrics
    assert metrics.count("tintype_requests_total{") < 10


@pytest.mark.slow
def test_no_answer_is_other_than_the_description_says(start):
    """Schemathesis: requests made from the OpenAPI document, right ones and wrong ones."""
    schemathesis = pytest.importorskip("schemathesis", reason="Schemathesis is not installed")
    from hypothesis import HealthCheck, Phase, given, settings

    server = start(network=Colorizer(device="cpu", threads=1), network_size=128)  # quick ones
    described = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
    seen: Counter = Counter()
    for operation in described.get_all_operations():
        case_of = operation.ok().as_strategy()

        @given(case=case_of)
        @settings(
            max_examples=25,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def send(case):
            answer = case.call(base_url=server.address, timeout=150)
            assert answer.status_code < 500, (case, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == ["application/problem+json"]
            known = case.operation.definition.raw["responses"]
            assert str(answer.status_code) in known or answer.status_code == 405, answer.text
            seen[answer.status_code] += 1

        send()
    assert seen.total() > 100
