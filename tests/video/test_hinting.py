# SPDX-License-Identifier: Apache-2.0
"""A hint of one frame goes along with its place through the scene, and no further."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tintype.errors import OptionError
from tintype.spec.hints import Hint, hints_to_planes
from tintype.video.film import color_film
from tintype.video.hinting import FilmHint, follow_hints, turn
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions
from tintype.video.scenes import View
from tintype.video.source import describe_film

SIZE = 96, 128


def follow(path, *hints, picture=(slice(0, 96), slice(0, 128)), first=None, end=None):
    film = describe_film(path)
    view = View(film=film, picture=picture, size=SIZE, rate=24.0, first=first, end=end)
    return film, follow_hints(view, hints)


def positions(film, tracks, shown=SIZE):
    return {
        pts // 512: [(h.x, h.y) for h in tracks.at(pts, film, SIZE, shown)] for pts in tracks.places
    }


def test_a_hint_goes_along_with_its_place(films, wander, tmp_path):
    path = films.write(tmp_path / "a.mp4", wander(30, SIZE, start=10))
    film, tracks = follow(path, FilmHint(15 / 25, Hint(70.0, 50.0, "#804020")))
    found = positions(film, tracks)
    assert sorted(found) == list(range(30))
    for number, ((x, y),) in found.items():  # the window moves by 2 and 1 a frame
        assert x == pytest.approx(70 - 2 * (number - 15), abs=4)
        assert y == pytest.approx(50 - (number - 15), abs=4)


def test_a_hint_ends_with_its_scene(films, wander, tmp_path):
    pictures = [
        *wander(12, SIZE),
        *[p[::-1] for p in wander(12, SIZE, start=90)],
        *wander(12, SIZE),
    ]
    path = films.write(tmp_path / "a.mp4", pictures)
    film, tracks = follow(path, FilmHint(15 / 25, Hint(70.0, 50.0, "#804020")))
    assert sorted(positions(film, tracks)) == list(range(12, 24))


def test_a_place_that_leaves_the_frame_takes_its_hint_away(films, wander, tmp_path):
    path = films.write(tmp_path / "a.mp4", wander(30, SIZE, start=10))
    film, tracks = follow(path, FilmHint(10 / 25, Hint(20.0, 50.0, "#804020")))
    found = sorted(positions(film, tracks))
    assert found[0] == 0
    assert 14 <= found[-1] <= 22


def test_several_hints_hold_side_by_side(films, wander, tmp_path):
    path = films.write(tmp_path / "a.mp4", [wander(1, SIZE)[0]] * 10)
    hints = [FilmHint(t, Hint(x, 40.0, "#804020")) for t, x in ((0.0, 20.0), (0.2, 90.0))]
    film, tracks = follow(path, *hints)
    found = positions(film, tracks)
    assert found[9] == found[0]
    assert [round(x) for x, _ in found[5]] == [20, 90]


def test_the_network_is_told_in_its_own_pixels(films, wander, tmp_path, network):
    path = films.write(tmp_path / "a.mp4", [wander(1, SIZE)[0]] * 6)
    hint = FilmHint(0.1, Hint(64.0, 48.0, "#804020", radius=8.0))
    job = plan_film(path, tmp_path / "b.mkv", hints=[hint], options=FilmOptions(codec="ffv1"))
    color_film(job, network)
    assert set(network.seen) == {(64, 84)}
    for told in network.hints:
        assert told[0].x == pytest.approx(64.5 * 84 / 128 - 0.5, abs=0.2)
        assert told[0].y == pytest.approx(48.5 * 64 / 96 - 0.5, abs=0.2)
        assert told[0].radius == pytest.approx(8 * 64 / 96)
        assert told[0].color == "#804020"


def test_a_radius_is_told_in_the_pixels_of_the_picture_without_bars(
    films, wander, tmp_path, network
):
    framed = np.full((128, 128), 16, np.uint8)
    framed[16:112] = np.maximum(wander(1, SIZE)[0], 60)
    path = films.write(tmp_path / "a.mkv", [framed] * 3, codec="ffv1")
    hint = FilmHint(0.0, Hint(64.0, 64.0, "#804020", radius=8.0))
    job = plan_film(path, tmp_path / "b.mkv", hints=[hint], options=FilmOptions(codec="ffv1"))
    assert job.survey.picture == (16, 112, 0, 128)
    color_film(job, network)
    assert set(network.seen) == {(64, 84)}
    for told in network.hints:
        assert told[0].radius == pytest.approx(8 * 64 / 96)


@pytest.mark.parametrize("place", [(0, 0), (10, 10), (127, 95)])
def test_at_the_films_own_size_a_hint_marks_its_own_pixel(films, wander, tmp_path, place):
    path = films.write(tmp_path / "a.mp4", wander(2, SIZE))
    film, tracks = follow(path, FilmHint(0.0, Hint(*place, "#804020", radius=0.1)))
    told = tracks.at(0, film, SIZE, SIZE)
    mask = hints_to_planes(told, np.full(SIZE, 50, np.float32), SIZE)[2]
    assert np.argwhere(mask.T).tolist() == [list(place)]


@pytest.mark.parametrize("turns", range(4))
def test_places_turn_with_their_picture(turns):
    picture = np.zeros((5, 7))
    picture[1, 4] = 1
    y, x = turn((1.5 / 5, 4.5 / 7), turns)
    turned = np.rot90(picture, turns)
    assert turned[int(y * turned.shape[0]), int(x * turned.shape[1])] == 1
    assert turn((y, x), -turns) == pytest.approx((1.5 / 5, 4.5 / 7))


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (FilmHint(0.0, Hint(128.0, 5.0, "#804020")), "outside of the film's 128 x 96"),
        (FilmHint(0.0, Hint(127.7, 5.0, "#804020")), "outside of the film's 128 x 96"),
        (FilmHint(9.0, Hint(5.0, 5.0, "#804020")), r"of 9\.00 s, which is outside of what is"),
        (FilmHint(0.0, Hint(1.0, 5.0, "#804020")), "in the film's black bars"),
    ],
)
def test_hints_that_cannot_be_are_refused(films, wander, tmp_path, hint, said):
    path = films.write(tmp_path / "a.mp4", wander(5, SIZE))
    with pytest.raises(OptionError, match=said):
        follow(path, hint, picture=(slice(0, 96), slice(4, 124)))


def test_a_hint_must_be_of_what_is_coloured(films, wander, tmp_path):
    path = films.write(tmp_path / "a.mp4", [wander(1, SIZE)[0]] * 20)
    part = {"first": 512 * 10 - 200, "end": 512 * 15}
    for seconds in (2 / 25, 15 / 25):
        with pytest.raises(OptionError, match=rf"of {seconds:.2f} s, which is outside of what"):
            follow(path, FilmHint(seconds, Hint(70.0, 50.0, "#804020")), **part)
    before_the_first_frame = (512 * 10 - 100) / 12800
    film, tracks = follow(
        path, FilmHint(before_the_first_frame, Hint(70.0, 50.0, "#804020")), **part
    )
    assert sorted(positions(film, tracks)) == list(range(10, 15))


def test_a_network_that_takes_none_says_so(films, wander, tmp_path, network):
    path = films.write(tmp_path / "a.mp4", wander(5, SIZE))
    job = plan_film(path, tmp_path / "b.mp4", hints=[FilmHint(0.0, Hint(1.0, 5.0, "#804020"))])
    network.spec = replace(network.spec, hints=False)
    with pytest.raises(OptionError, match="the network fake takes no hints"):
        color_film(job, network)


@pytest.mark.parametrize("seconds", [-1.0, math.inf, math.nan])
def test_a_time_is_finite_and_not_negative(seconds):
    with pytest.raises(OptionError, match=f"hint's time must .* at least 0 s, got {seconds}"):
        FilmHint(seconds, Hint(0.0, 0.0, "#804020"))
