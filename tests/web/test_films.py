# SPDX-License-Identifier: Apache-2.0
"""Films as jobs: one that is coloured, one that is cancelled, and what only pretends to be one."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.web.test_jobs import begin, folders, watch
from tintype.inference.colorizer import Colorizer
from tintype.web.jobs import Entry, Made

av = pytest.importorskip("av", reason="the extra `video` is not installed")


@pytest.fixture(scope="module")
def network() -> Colorizer:
    """tintype's own: films ask for its confidence."""
    return Colorizer(device="cpu", threads=1)


def make_film(path, *, frames: int, grey) -> bytes:
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.height, stream.width = (side // 2 * 2 for side in grey.shape)
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, 25)
        for number in range(frames):
            picture = np.roll(grey[: stream.height, : stream.width], number, axis=1)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="gray")):
                film.mux(packet)
        for packet in stream.encode():
            film.mux(packet)
    return path.read_bytes()


def test_a_film_is_coloured(start, network, tmp_path, grey_pixels):
    running = start(network=network)
    film = make_film(tmp_path / "a.mkv", frames=12, grey=grey_pixels)
    job = begin(running)
    answer = running.client.post(
        f"{job}/films", content=film, params={"name": "old.mkv", "preset": "ultrafast"}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == "old.mkv"
    (row,) = watch(running, job)[-1][2]["files"]
    assert row["state"] == "done", row
    fetched = running.client.get(f"{job}/results/1")
    assert fetched.headers["content-type"] == "video/x-matroska"
    (tmp_path / "b.mkv").write_bytes(fetched.content)
    with av.open(str(tmp_path / "b.mkv")) as opened:
        shown = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    assert len(shown) == 12
    assert np.ptp(shown[3].astype(int), axis=2).mean() > 3
    running.client.delete(job)
    running.wait(lambda: not folders())


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("old.mkv", "old.mp4"),
        ("old.3gp", "old.mp4"),
        ("reel 3.5.1944", "reel 3.5.1944.mp4"),
        ("reel 3.5.1944.avi", "reel 3.5.1944.mp4"),
        ("reel", "reel.mp4"),
    ],
)
def test_a_result_is_called_as_its_film(name, result):
    entry = Entry(number=1, name=name, film=True, sources=(), work=None)
    entry.made = Made(path=Path("result.mp4"), media_type="video/mp4")
    assert entry.result_name == result


def test_a_films_job_can_be_cancelled(start, network, tmp_path, grey_pixels):
    running = start(network=network)
    film = make_film(tmp_path / "a.mp4", frames=600, grey=np.tile(grey_pixels, (3, 3)))
    job = begin(running)
    running.client.post(f"{job}/films", content=film, params={"name": "a.mp4"})
    running.wait(lambda: running.client.get(job).json()["files"][0]["state"] == "working")
    running.client.post(f"{job}/cancel")
    (row,) = watch(running, job)[-1][2]["files"]
    assert row["state"] == "cancelled"
    assert running.client.get(f"{job}/results.zip").status_code == 404
    running.client.delete(job)
    running.wait(lambda: not folders())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n",
        b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
        b"[playlist]\nFile1=http://127.0.0.1:9/\n",
    ],
)
def test_a_list_of_other_files_is_no_film(house, content):
    job = begin(house)
    answer = house.client.post(f"{job}/films", content=content, params={"name": "a.mp4"})
    assert answer.status_code == 415
    assert house.client.get(job).json()["files"] == []
    house.client.delete(job)


def test_a_torn_film_says_why(start, network):
    running = start(network=network)
    job = begin(running)
    running.client.post(f"{job}/films", content=b"\0\0\0\x18ftypisom" + b"\0" * 500)
    (row,) = watch(running, job)[-1][2]["files"]
    assert row["state"] == "failed"
    assert row["problem"]["error"] == "UnreadableFilm"


def test_a_films_options_are_checked(house):
    job = begin(house)
    for query, words in [({"crf": "99"}, "crf must be in"), ({"tone": "off"}, "no option 'tone'")]:
        answer = house.client.post(f"{job}/films", content=b"x", params=query)
        assert answer.status_code == 422
        assert words in answer.json()["detail"]
    house.client.delete(job)
