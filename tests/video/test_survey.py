# SPDX-License-Identifier: Apache-2.0
"""A look beforehand: colour, tint, weave and bars are seen, and an ordinary film has none."""

from fractions import Fraction

import av
import numpy as np
import pytest

from tintype.video.pixels import plane_array
from tintype.video.source import describe_film
from tintype.video.survey import survey_film


def survey(path):
    return survey_film(describe_film(path))


def write_colored(path, pictures, cb, cr):
    """A film whose Cb and Cr are functions of the luma."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.height, stream.width = pictures[0].shape
        stream.pix_fmt = "yuv444p"
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame(stream.width, stream.height, "yuv444p")
            for index, plane in enumerate((picture, cb(picture), cr(picture))):
                plane_array(frame, index, 8)[:] = plane
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_grey_film_is_just_that(films, wander, tmp_path):
    found = survey(films.write(tmp_path / "a.mp4", wander(30)))
    assert (found.colored, found.tinted, found.interlaced) == (False, False, False)
    assert found.picture == (0, 48, 0, 64)


def test_colour_is_seen(wander, tmp_path):
    path = write_colored(
        tmp_path / "a.mkv", wander(10), lambda y: 128 + y // 8, lambda y: 144 - y // 8
    )
    found = survey(path)
    assert found.colored
    assert not found.tinted


def test_a_tint_is_not_taken_for_colour(wander, tmp_path):
    path = write_colored(
        tmp_path / "a.mkv", wander(10), lambda y: y * 0 + 118, lambda y: y * 0 + 140
    )
    found = survey(path)
    assert found.tinted
    assert not found.colored


@pytest.mark.parametrize("interlaced", [True, False])
def test_weave_is_seen_without_any_flag(films, wander, tmp_path, interlaced):
    pictures = [picture.copy() for picture in wander(30)]
    if interlaced:
        for picture, later in zip(pictures, wander(31, start=23)[1:], strict=True):
            picture[1::2] = later[1::2]
    path = films.write(tmp_path / "a.mkv", pictures, codec="ffv1", base=Fraction(1, 1000))
    assert survey(path).interlaced == interlaced


def test_flags_say_it_too(films, wander, tmp_path):
    path = films.write(
        tmp_path / "a.mp4", wander(30), options={"flags": "+ildct+ilme", "x264opts": "tff=1"}
    )
    with av.open(str(path)) as container:
        flagged = next(container.decode(video=0)).interlaced_frame
    assert flagged
    assert survey(path).interlaced == flagged


@pytest.mark.parametrize(
    ("bars", "picture"),
    [
        ((0, 0, 8, 8), (0, 48, 8, 56)),
        ((8, 8, 0, 0), (8, 40, 0, 64)),
        ((6, 5, 0, 0), (4, 44, 0, 64)),
        ((22, 0, 0, 0), (0, 48, 0, 64)),  # so much is a dark film
    ],
)
def test_bars_are_found(films, wander, tmp_path, bars, picture):
    top, bottom, left, right = bars
    pictures = [np.full((48, 64), 16, np.uint8) for _ in range(20)]
    for framed, inner in zip(pictures, wander(20), strict=True):
        framed[top : 48 - bottom, left : 64 - right] = np.maximum(
            inner[top : 48 - bottom, left : 64 - right], 60
        )
    path = films.write(tmp_path / "a.mkv", pictures, codec="ffv1", base=Fraction(1, 1000))
    assert survey(path).picture == picture


def test_a_black_film_has_no_bars(films, tmp_path):
    pictures = [np.full((48, 64), 16, np.uint8)] * 5
    assert survey(films.write(tmp_path / "a.mp4", pictures)).picture == (0, 48, 0, 64)
