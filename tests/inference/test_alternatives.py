# SPDX-License-Identifier: Apache-2.0
"""Alternatives by the network of the package: others than its own, apart, of one piece, repeatable.

What they look like is for eyes; here stands what holds whatever network draws them.
"""

from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from tintype.color.difference import ciede2000
from tintype.color.lab import rgb_to_lab
from tintype.color.luv import rgb_to_luv
from tintype.errors import OptionError
from tintype.imaging.photograph import Photograph
from tintype.inference.colorizer import Colorizer
from tintype.spec.hints import Hint

GIVEN = Hint(100, 217, "#2040a0", 6)  # on her suit
COUNT = 4


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer(device="cpu")


@pytest.fixture(scope="module")
def portrait(skimage_data) -> Photograph:
    with Image.open(skimage_data / "astronaut.png") as opened:
        return Photograph(pixels=np.asarray(opened.convert("L").resize((256, 256))))


@pytest.fixture(scope="module")
def drawn(colorizer, portrait):
    return colorizer.alternatives(portrait, samples=COUNT)


@pytest.fixture(scope="module")
def pictures(colorizer, portrait):
    """``(3, H, W)`` in [0, 1] of each."""
    samples = colorizer.samples(portrait, samples=COUNT)
    return [np.moveaxis(colored.pixels, -1, 0) / 255 for colored in samples]


def test_the_first_is_the_networks_own_and_the_others_are_likely(drawn):
    first, *others = drawn
    assert (first.hints, first.likelihood) == ((), 1.0)
    assert len(others) == COUNT - 1
    likelihoods = [one.likelihood for one in others]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert all(0 < likelihood <= 1 for likelihood in likelihoods)
    assert all(one.hints for one in others)


def test_they_are_visibly_apart(pictures):
    labs = [rgb_to_lab(picture) for picture in pictures]
    for one, other in combinations(labs, 2):
        assert ciede2000(one, other).mean() > 2


def test_each_is_of_one_piece_and_no_noise(pictures):
    def roughness(picture: np.ndarray) -> float:
        chroma = rgb_to_luv(picture)[1:]
        return float(np.abs(np.diff(chroma, axis=2)).mean() / np.abs(chroma).mean())

    own, *others = map(roughness, pictures)
    assert max(others) < 2 * own


def test_a_seed_draws_the_same_and_another_others(colorizer, portrait, drawn):
    assert colorizer.alternatives(portrait, samples=COUNT, seed=0) == drawn
    assert colorizer.alternatives(portrait, samples=COUNT, seed=1)[1:] != drawn[1:]


def test_they_keep_to_the_hints_that_are_given(colorizer, portrait):
    alternatives = colorizer.alternatives(portrait, hints=[GIVEN], samples=3)
    assert all(one.hints[-1] == GIVEN for one in alternatives)  # the last one is on top
    own, *others = (
        rgb_to_luv(np.moveaxis(picture.pixels[212:223, 95:106], -1, 0) / 255).mean(axis=(1, 2))
        for picture in colorizer.samples(portrait, hints=[GIVEN], samples=3)
    )
    for other in others:
        assert np.hypot(*(other - own)[1:]) < 15


def test_the_places_lie_in_the_picture_proper(colorizer, portrait):
    framed = np.full((356, 356), 4, np.uint8)
    framed[50:306, 50:306] = portrait.pixels
    _, *others = colorizer.alternatives(Photograph(pixels=framed), samples=3)
    for hint in (hint for one in others for hint in one.hints):
        assert 50 <= hint.x <= 305
        assert 50 <= hint.y <= 305


@pytest.mark.parametrize(("shape", "level"), [((64, 80), 0), ((64, 80), 255), ((1, 1), 128)])
def test_where_nothing_can_be_otherwise_they_are_there_nevertheless(colorizer, shape, level):
    blank = Photograph(pixels=np.full(shape, level, np.uint8))
    samples = list(colorizer.samples(blank, samples=3))
    assert len(samples) == 3
    assert all(sample.size == shape for sample in samples)


def test_a_network_without_hints_has_one_colouring_only(stand_in, portrait):
    colorizer = Colorizer(stand_in.file, device="cpu")
    assert len(list(colorizer.samples(portrait, samples=1))) == 1
    with pytest.raises(OptionError, match="takes no hints, of which alternatives are made"):
        colorizer.alternatives(portrait, samples=2)


@pytest.mark.parametrize("wanted", [{"samples": 0}, {"samples": 17}, {"samples": 2, "seed": -1}])
def test_numbers_out_of_range_are_refused(colorizer, portrait, wanted):
    with pytest.raises(OptionError, match="must be"):
        colorizer.alternatives(portrait, **wanted)
