# SPDX-License-Identifier: Apache-2.0
"""Scenes, and references that hold for one of them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tintype.errors import OptionError
from tintype.imaging.arrays import photograph_of_array
from tintype.video import coloring
from tintype.video.film import color_film
from tintype.video.job import FilmReference, plan_film
from tintype.video.options import FilmOptions
from tintype.video.scenes import View, find_scenes, walk
from tintype.video.source import describe_film

SIZE = 96, 128


@pytest.fixture
def three_scenes(films, wander, tmp_path):
    """Ten frames of each."""
    pictures = [
        *wander(10, SIZE),
        *[picture[::-1] for picture in wander(10, SIZE, start=90)],
        *[255 - picture for picture in wander(10, SIZE, start=60)],
    ]
    return films.write(tmp_path / "in.mp4", pictures)


def view(path):
    film = describe_film(path)
    whole = slice(0, 96), slice(0, 128)
    return View(film=film, picture=whole, size=SIZE, rate=24.0, first=None)


def test_scenes_begin_where_they_do(three_scenes):
    begins = [pts // 512 for pts, _, cut in walk(view(three_scenes)) if cut]
    assert begins == [0, 10, 20]


def begins(films, path, pictures):
    """The numbers of the frames with which scenes begin."""
    source = films.write(path, pictures, codec="ffv1")
    return [number for number, (_, _, cut) in enumerate(walk(view(source))) if cut]


def blend(old, new, share):
    return np.asarray(old * (1 - share) + new * share, np.uint8)


@pytest.mark.parametrize("frames", [1, 3])
def test_a_flash_ends_no_scene(films, wander, tmp_path, frames):
    pictures = [picture.copy() for picture in wander(24, SIZE)]
    for picture in pictures[10 : 10 + frames]:
        picture[:] = 240
    assert begins(films, tmp_path / "in.mkv", pictures) == [0]


def test_another_scene_is_no_flash(films, wander, tmp_path):
    other = [255 - picture for picture in wander(12, SIZE, start=60)]
    pictures = [*wander(10, SIZE), *other, *wander(10, SIZE)]
    assert begins(films, tmp_path / "in.mkv", pictures) == [0, 10, 22]


def test_a_scene_ends_in_a_fade_through_black(films, wander, tmp_path):
    old, new = wander(25, SIZE), [255 - p for p in wander(25, SIZE, start=60)]
    light = np.clip(np.abs(np.arange(50) - 25) / 12, 0, 1)
    pictures = [blend(0 * p, p, share) for p, share in zip(old + new, light, strict=True)]
    found = begins(films, tmp_path / "in.mkv", pictures)
    assert len(found) == 2
    assert 13 <= found[1] <= 37


def test_a_fade_that_brings_the_same_back_ends_no_scene(films, wander, tmp_path):
    light = np.clip(np.abs(np.arange(50) - 25) / 12, 0, 1)
    still = wander(1, SIZE)[0]
    pictures = [blend(0 * still, still, share) for share in light]
    assert begins(films, tmp_path / "in.mkv", pictures) == [0]


def test_a_scene_ends_in_a_dissolve(films, wander, tmp_path):
    old, new = wander(1, SIZE)[0], wander(1, SIZE, start=120)[0][::-1]
    pictures = [blend(old, new, np.clip((number - 10) / 16, 0, 1)) for number in range(40)]
    found = begins(films, tmp_path / "in.mkv", pictures)
    assert len(found) == 2
    assert 10 <= found[1] <= 27


def test_a_pan_ends_no_scene(films, wander, tmp_path):
    assert begins(films, tmp_path / "in.mkv", wander(50, SIZE)) == [0]


def test_moments_lie_in_their_scenes(three_scenes):
    times = [512 * number for number in (15, 0, 29, 10)]
    found = [(a // 512, b // 512) for a, b in find_scenes(view(three_scenes), times)]
    assert found == [(10, 19), (0, 9), (20, 29), (10, 19)]
    with pytest.raises(OptionError, match=r"something is said of 1\.20 s, which is outside"):
        find_scenes(view(three_scenes), [512 * 30])


def test_moments_must_lie_in_what_is_coloured(three_scenes):
    part = replace(view(three_scenes), first=512 * 5 - 200, end=512 * 15)
    for number in (2, 15):
        with pytest.raises(OptionError, match=rf"said of {number / 25:.2f} s, which is outside"):
            find_scenes(part, [512 * number, 512 * 12])
    before_the_first_frame = 512 * 5 - 100
    spans = find_scenes(part, [before_the_first_frame, 512 * 12])
    assert spans == [(512 * 5 - 200, 512 * 9), (512 * 10, 512 * 14)]


def test_only_what_is_coloured_is_looked_at(three_scenes):
    part = replace(view(three_scenes), first=512 * 5, end=512 * 15)
    seen = [(pts // 512, cut) for pts, _, cut in walk(part)]
    assert [number for number, _ in seen] == list(range(5, 15))
    assert [number for number, cut in seen if cut] == [5, 10]


@pytest.mark.parametrize("seconds", [-1.0, math.inf, math.nan])
def test_a_references_time_is_finite_and_not_negative(seconds):
    photograph = photograph_of_array(np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(OptionError, match=f"reference's time must .* at least 0 s, got {seconds}"):
        FilmReference(photograph, seconds=seconds)


def test_a_reference_holds_for_its_scene(three_scenes, tmp_path, network, monkeypatch):
    led = {}

    class Led:
        def __init__(self, plain, photograph):
            self.name = "one" if photograph.pixels.max() == 1 else "all"

        def predict(self, lightness, **options):
            led[self.name] = led.get(self.name, 0) + 1
            return network.predict(lightness, **options)

    monkeypatch.setattr(coloring, "LedEngine", Led)
    one, every = (photograph_of_array(np.full((4, 4, 3), value, np.uint8)) for value in (1, 2))
    options = FilmOptions(every=1)
    alone = [FilmReference(one, seconds=0.5)]
    color_film(
        plan_film(three_scenes, tmp_path / "a.mp4", references=alone, options=options), network
    )
    assert led == {"one": 10}
    assert len(network.seen) == 30
    led.clear()
    both = [FilmReference(every), FilmReference(one, seconds=0.5)]
    color_film(
        plan_film(three_scenes, tmp_path / "b.mp4", references=both, options=options), network
    )
    assert led == {"one": 10, "all": 20}
