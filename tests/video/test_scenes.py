# SPDX-License-Identifier: Apache-2.0
"""Scenes, and references that hold for one of them."""

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


def test_moments_lie_in_their_scenes(three_scenes):
    times = [512 * number for number in (15, 0, 29, 10)]
    found = [(a // 512, b // 512) for a, b in find_scenes(view(three_scenes), times)]
    assert found == [(10, 19), (0, 9), (20, 29), (10, 19)]
    with pytest.raises(OptionError, match=r"something is said of 1\.20 s, which is outside"):
        find_scenes(view(three_scenes), [512 * 30])


def test_a_reference_holds_for_its_scene(three_scenes, tmp_path, network, monkeypatch):
    led = {}

    class Led:
        def __init__(self, plain, photograph):
            self.name = "one" if photograph.pixels.max() == 1 else "all"

        def predict(self, lightness, **options):
            led[self.name] = led.get(self.name, 0) + 1
            return network.predict(lightness, **options)

    monkeypatch.setattr(coloring, "LedNetwork", Led)
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
