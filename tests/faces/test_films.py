# SPDX-License-Identifier: Apache-2.0
"""Python, the command line and REST colour a film into the same bytes, whatever is asked for."""

from dataclasses import fields
from pathlib import Path

import pytest

import tintype
from tests.faces.test_parity import as_flags, as_query
from tintype.cli.main import main
from tintype.spec.options import ColorizeOptions

av = pytest.importorskip("av", reason="the extra `video` is not installed")
testclient = pytest.importorskip("fastapi.testclient", reason="the extra `web` is missing")

from tests.web.test_films import make_film  # noqa: E402 - only where both extras are
from tintype.video.film import color_film  # noqa: E402
from tintype.video.job import plan_film  # noqa: E402
from tintype.video.options import FilmOptions  # noqa: E402
from tintype.web.app import create_app  # noqa: E402

COLORS = {"vividness": 0.9, "saturation": 1.4, "size": 96}
WISHES = {
    "defaults": {},
    "bold": {**COLORS, "crf": 30, "preset": "ultrafast", "start": 0.2, "end": 0.7, "mark": False},
    "bare": {"codec": "prores", "steady": "off", "every": 2, "streams": "none", "segment": 0.3},
}
OF_OTHERS = {"rate", "max_pixels"}  # of sequences of pictures, and of the server


def test_no_option_of_a_film_is_left_out_below():
    asked = {name for wish in WISHES.values() for name in wish} | OF_OTHERS
    assert asked == {f.name for f in fields(FilmOptions)} | COLORS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
def test_all_faces_give_the_same_film(grey_pixels, tmp_path, wish):
    source = (
        tmp_path / "a.mkv"
    )  # the results are no Matroska, whose files have random numbers in them
    film = make_film(source, frames=25, grey=grey_pixels)
    ours, theirs = tmp_path / "python.mov", tmp_path / "shell.mov"

    colorizer = tintype.Colorizer(device="cpu")
    colors = ColorizeOptions(**{k: v for k, v in wish.items() if k in COLORS})
    options = FilmOptions(**{k: v for k, v in wish.items() if k not in COLORS})
    color_film(plan_film(source, ours, colors=colors, options=options), colorizer.engine)

    flags = [flag for name, value in wish.items() for flag in as_flags(name, value)]
    assert main(["video", str(source), "-o", str(theirs), *flags]) == 0

    with testclient.TestClient(create_app(colorizer), base_url="http://127.0.0.1") as client:
        job = f"/v1/jobs/{client.post('/v1/jobs').json()['id']}"
        query = {**as_query(wish), "name": "a.mov"}
        sent = client.post(f"{job}/films", params=query, content=film)
        assert sent.status_code == 201, sent.text
        assert "event: settled" in list(until_settled(client, job))
        served = client.get(f"{job}/results/1")
    assert served.status_code == 200, served.text
    assert served.content == Path(theirs).read_bytes() == ours.read_bytes()


def until_settled(client, job: str):
    """The lines of a job's events, up to the one that says that none is left."""
    with client.stream("GET", f"{job}/events") as answer:
        for line in answer.iter_lines():
            yield line
            if line == "event: settled":
                return
