# SPDX-License-Identifier: Apache-2.0
"""A photograph and a reference in one form: taken apart as it comes, refused if it is none."""

import tempfile
from pathlib import Path

import pytest

from tests.web.test_photographs import problem
from tintype.inference.colorizer import Colorizer

KIND = {"content-type": "multipart/form-data; boundary=x"}


@pytest.fixture(scope="module")
def network() -> Colorizer:
    return Colorizer(device="cpu", threads=1)


def part(name: str, data: bytes) -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="../../f"\r\n\r\n'
    return head.encode() + data + b"\r\n"


def test_the_photograph_may_come_as_a_form_alone(house, grey_jpeg):
    plain = house.client.post("/v1/colorize", content=grey_jpeg)
    form = house.client.post("/v1/colorize", files={"photograph": grey_jpeg})
    assert form.status_code == 200, form.text
    assert form.content == plain.content


def test_a_form_comes_in_pieces_and_in_any_order(start, network, grey_jpeg, color_jpeg):
    running = start(network=network)
    body = part("reference", color_jpeg) + part("photograph", grey_jpeg) + b"--x--\r\n"
    pieces = (body[at : at + 97] for at in range(0, len(body), 97))
    answer = running.client.post("/v1/colorize", content=pieces, headers=KIND)
    usual = {"photograph": grey_jpeg, "reference": color_jpeg}
    assert answer.content == running.client.post("/v1/colorize", files=usual).content
    assert answer.content != running.client.post("/v1/colorize", content=grey_jpeg).content
    running.wait(lambda: running.occupied == 0)
    assert not list(Path(tempfile.gettempdir()).glob("tintype-web-*"))


def test_a_reference_leads_what_is_suggested_too(start, network, grey_jpeg, color_jpeg):
    running = start(network=network)
    place = {"x": 45, "y": 30}
    plain = running.client.post("/v1/suggest", params=place, content=grey_jpeg).json()
    form = {"photograph": grey_jpeg, "reference": color_jpeg}
    led = running.client.post("/v1/suggest", params=place, files=form).json()
    assert led[0]["color"].startswith("#")
    assert led != plain


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (b"", "multipart/form-data", 400, "names no boundary"),
        (b"", f"multipart/form-data; boundary={'x' * 300}", 400, "cannot be read"),
        (b"hello", None, 400, "cannot be read"),
        (b"--x\r\n", None, 400, "it ends early"),
        (part("photograph", b"GIF89a"), None, 400, "it ends early"),
        (b"--x--\r\n", None, 422, "has no part 'photograph'"),
        (part("picture", b"..") + b"--x--\r\n", None, 422, "a part 'picture'"),
        (2 * part("photograph", b"..") + b"--x--\r\n", None, 422, "twice the part 'photograph'"),
        (part("photograph", b"a diary " * 99) + b"--x--\r\n", None, 415, "not a picture"),
        (part("photograph", b"") + b"--x--\r\n", None, 415, "an empty file"),
        (b"--x\r\n\r\nno name\r\n--x--\r\n", None, 422, "a part ''"),
    ],
)
def test_what_is_no_such_form_is_refused(house, body, kind, status, words):
    headers = KIND if kind is None else {"content-type": kind}
    answer = house.client.post("/v1/colorize", content=body, headers=headers)
    assert words in problem(answer, status)
    house.wait(lambda: house.occupied == 0)


def test_a_reference_that_cannot_be_read_is_said_to_be_that(house, grey_jpeg, color_jpeg):
    form = {"photograph": grey_jpeg, "reference": color_jpeg[:-300]}
    answer = house.client.post("/v1/colorize", files=form)
    assert problem(answer, 422).startswith("the reference: ")


def test_each_file_of_a_form_has_its_bound(start, grey_jpeg, color_jpeg):
    running = start(upload_bytes=len(grey_jpeg))
    small = running.client.post("/v1/colorize", files={"photograph": grey_jpeg})
    assert small.status_code == 200
    form = {"photograph": grey_jpeg, "reference": color_jpeg + bytes(len(grey_jpeg))}
    assert "more than the" in problem(running.client.post("/v1/colorize", files=form), 413)
    endless = (b"--x--\r\n" + bytes(4096) for _ in range(99))
    answer = running.client.post("/v1/colorize", content=endless, headers=KIND)
    assert "more than the" in problem(answer, 413)


def test_a_job_takes_references_too_and_keeps_none(start, network, grey_jpeg, color_jpeg):
    running = start(network=network)
    job = running.client.post("/v1/jobs").json()["id"]
    form = {"photograph": grey_jpeg, "reference": color_jpeg}
    sent = running.client.post(f"/v1/jobs/{job}/photographs", files=form)
    assert sent.status_code == 201, sent.text
    entry = f"/v1/jobs/{job}/results/{sent.json()['number']}"
    running.wait(lambda: running.client.get(entry).status_code == 200)
    expected = running.client.post("/v1/colorize", files=form).content
    assert running.client.get(entry).content == expected
    kept = [path.name for path in Path(tempfile.gettempdir()).rglob("*-reference")]
    assert not kept
