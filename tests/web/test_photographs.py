# SPDX-License-Identifier: Apache-2.0
"""One photograph over the wire: what comes back, and what is refused, and how."""

import io
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.cli.main import main
from tintype.imaging.files import read
from tintype.imaging.formats import FORMATS
from tintype.inference.colorizer import Colorizer
from tintype.spec.hints import Hint
from tintype.spec.options import DEFAULTS, ColorizeOptions, FileOptions, SampleOptions
from tintype.web.problems import MEDIA_TYPE


def problem(response, status: int) -> str:
    """Check an answer's form as a problem detail; its words."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    body = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    return body["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"vividness": "0.8", "saturation": "1.2", "size": "96", "tone": "off"},
        {"format": "png", "mark": "false"},
        {"format": "jpeg", "quality": "60"},
        {"format": "tiff"},
    ],
)
def test_the_bytes_are_those_of_the_command_line(house, stand_in, grey_jpeg, tmp_path, query):
    source, out = tmp_path / "a.jpg", tmp_path / "out"
    source.write_bytes(grey_jpeg)
    flags = [
        flag
        for name, value in query.items()
        for flag in (["--no-mark"] if name == "mark" else [f"--{name}", value])
    ]
    assert main(["colorize", str(source), "-o", str(out), "--model", stand_in.file, *flags]) == 0
    answer = house.client.post("/v1/colorize", params=query, content=grey_jpeg)
    assert answer.status_code == 200, answer.text
    (written,) = out.iterdir()
    assert answer.content == written.read_bytes()
    mimes = {suffix: row.mime for row in FORMATS for suffix in row.suffixes}
    assert answer.headers["content-type"] == mimes[written.suffix]


def test_every_option_is_a_parameter_with_its_default_range_and_help(house):
    described = house.client.get("/openapi.json").json()["paths"]["/v1/colorize"]["post"]
    told = {row["name"]: row for row in described["parameters"]}
    fields = ColorizeOptions.__dataclass_fields__ | FileOptions.__dataclass_fields__
    fields |= SampleOptions.__dataclass_fields__
    assert told.keys() == fields.keys() - {"max_pixels"} | {"hints"}
    for name in told.keys() - {"hints"}:
        option, schema = fields[name], told[name]["schema"]
        assert told[name]["description"] == option.metadata["help"]
        assert schema.get("default") == option.default
        assert schema.get("minimum") == option.metadata.get("low")
        assert schema.get("maximum") == option.metadata.get("high")
        assert schema.get("enum") == (list(option.metadata.get("among", ())) or None)
        assert not told[name]["required"]


def test_a_client_learns_whether_colours_were_replaced(house, grey_jpeg, color_jpeg):
    answers = [house.client.post("/v1/colorize", content=c) for c in (grey_jpeg, color_jpeg)]
    assert [a.headers["tintype-was-colored"] for a in answers] == ["0", "1"]


def test_hints_reach_the_network(start, hinted, grey_png):
    running = start(network=hinted)
    given = [{"x": 20, "y": 30, "color": "#cc3311", "radius": 9}]
    answer = running.client.post(
        "/v1/colorize", params={"hints": json.dumps(given)}, content=grey_png
    )
    expected = hinted(read(grey_png), DEFAULTS, [Hint(**given[0])])
    with Image.open(io.BytesIO(answer.content)) as opened:
        np.testing.assert_array_equal(np.asarray(opened), expected.pixels)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"vividness": "3"}, r"vividness must be in [0.0, 1.0], got 3.0"),
        ({"vividness": "nan"}, r"vividness must be in [0.0, 1.0], got nan"),
        ({"size": "many"}, "size: Input should be a valid integer"),
        ({"tone": "loud"}, "tone must be one of auto, keep, off; got 'loud'"),
        ({"samples": "99"}, "samples must be in [1, 16], got 99"),
        ({"samples": "2"}, "takes no hints, of which alternatives are made"),
        ({"vividnes": "1"}, "no option 'vividnes'; there are"),
        ({"max_pixels": "9"}, "no option 'max_pixels'"),
        ({"hints": "[{]"}, "hints must be JSON"),
        ({"hints": '[{"x": 1}]'}, "hint 1 has no y, color"),
        ({"hints": '[{"x":1,"y":1,"color":"red"}]'}, "color must be written #RRGGBB"),
        ({"hints": '[{"x":1,"y":1,"color":"#cc3311"}]'}, "takes no hints"),
        ({"hints": '[{"x":900,"y":1,"color":"#cc3311"}]'}, "outside of the photograph's 90 x 61"),
    ],
)
def test_a_wrong_option_is_refused_in_words(house, grey_jpeg, query, detail):
    answer = house.client.post("/v1/colorize", params=query, content=grey_jpeg)
    assert detail in problem(answer, 422)


def test_what_is_no_picture_is_refused(house, grey_jpeg):
    def post(content, **headers):
        return house.client.post("/v1/colorize", content=content, headers=headers)

    assert "an empty file" in problem(post(b""), 415)
    assert "not a picture that tintype reads" in problem(post(b"#!/bin/sh\n" * 100), 415)
    form = post(grey_jpeg, **{"content-type": "multipart/mixed; boundary=x"})
    assert "must be the file itself" in problem(form, 415)
    assert problem(post(grey_jpeg[:-200]), 422)
    house.wait(lambda: house.occupied == 0)


def test_what_the_format_cannot_hold_is_refused(house):
    buffer = io.BytesIO()
    Image.new("LA", (40, 40), (90, 100)).save(buffer, "PNG")
    answer = house.client.post("/v1/colorize", params={"format": "jpeg"}, content=buffer.getvalue())
    assert "cannot hold the photograph's transparency" in problem(answer, 415)


@pytest.mark.parametrize("path", ["/v1/none", "/page/../app.py", "/page/%2e%2e/app.py"])
def test_what_is_not_there_is_a_problem_too(house, path):
    problem(house.client.get(path), 404)


def test_a_wrong_method_says_which_are_right(house):
    answer = house.client.get("/v1/colorize")
    problem(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_a_bug_is_told_to_the_log_and_not_to_the_client(start, grey_jpeg, monkeypatch, caplog):
    running = start()

    def fail(*_):
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(Colorizer, "__call__", fail)
    answer = running.client.post("/v1/colorize", content=grey_jpeg)
    assert "its log says why" in problem(answer, 500)
    assert "secret" not in answer.text
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [
        ZeroDivisionError
    ]
    running.wait(lambda: running.occupied == 0)


def test_nothing_is_left_in_the_temporary_folder(house, grey_jpeg):
    house.client.post("/v1/colorize", content=grey_jpeg)
    house.client.post("/v1/colorize", content=b"no picture")
    house.client.post("/v1/suggest?x=500&y=0", content=grey_jpeg)
    house.wait(lambda: house.occupied == 0)
    assert not list(Path(tempfile.gettempdir()).glob("tintype-web-*"))


def test_a_place_outside_has_no_colours(house, grey_jpeg):
    answer = house.client.post("/v1/suggest", params={"x": 90, "y": 5}, content=grey_jpeg)
    assert "outside of the photograph's 90 x 61 pixels" in problem(answer, 422)


def test_colours_are_suggested(start, grey_jpeg):
    running = start(network=Colorizer(device="cpu", threads=1))
    answer = running.client.post(
        "/v1/suggest", params={"x": 45, "y": 20, "count": 3}, content=grey_jpeg
    )
    assert answer.status_code == 200, answer.text
    suggested = answer.json()
    assert 1 <= len(suggested) <= 3
    assert all(row.keys() == {"color", "share"} for row in suggested)


def test_confidence_is_a_grey_picture_of_the_photographs_shape(house, grey_jpeg):
    answer = house.client.post("/v1/confidence", content=grey_jpeg)
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as opened:
        assert opened.mode == "L"
        assert opened.width / opened.height == pytest.approx(90 / 61, rel=0.05)
    house.wait(lambda: house.occupied == 0)


def test_confidence_is_the_command_lines_for_the_same_hints(start, hinted, grey_png, tmp_path):
    source, sure = tmp_path / "a.png", tmp_path / "sure.png"
    source.write_bytes(grey_png)
    model = ["--model", hinted.engine.spec.file, "--size", "96"]
    command = ["colorize", str(source), "-o", str(tmp_path / "b.png"), *model]
    assert main([*command, "--hint", "20,30,#cc3311,9", "--confidence", str(sure)]) == 0
    given = [{"x": 20, "y": 30, "color": "#cc3311", "radius": 9}]
    query = {"hints": json.dumps(given), "size": 96}
    answer = start(network=hinted).client.post("/v1/confidence", params=query, content=grey_png)
    assert answer.content == sure.read_bytes()
    other = start(network=hinted).client.post("/v1/confidence?quality=3", content=grey_png)
    assert "no option 'quality'; there are hints, size, tone" in problem(other, 422)


def test_all_samples_together_have_the_bound_of_one_photograph(start, grey_jpeg):
    running = start(network=Colorizer(device="cpu", threads=1), pixels=2 * 90 * 61)
    post = running.client.post
    assert post("/v1/colorize?samples=2", content=grey_jpeg).status_code == 200
    answer = post("/v1/colorize?samples=3", content=grey_jpeg)
    assert "3,660" in problem(answer, 413)


def test_alternatives_are_hints_that_make_the_samples(start, grey_png):
    running = start(network=Colorizer(device="cpu", threads=1))
    query = {"samples": 3, "seed": 1}
    drawn = running.client.post("/v1/alternatives", params=query, content=grey_png).json()
    assert [bool(one["hints"]) for one in drawn] == [False, True, True]
    packed = running.client.post("/v1/colorize", params=query, content=grey_png)
    assert packed.headers["content-type"] == "application/zip"
    assert 'filename="photograph.zip"' in packed.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.testzip() is None
        for number, one in enumerate(drawn, 1):
            hints = {"hints": json.dumps(one["hints"])}
            alone = running.client.post("/v1/colorize", params=hints, content=grey_png).content
            assert archive.read(f"photograph-{number}.png") == alone
    running.wait(lambda: running.occupied == 0)
    assert not list(Path(tempfile.gettempdir()).glob("tintype-web-*"))
