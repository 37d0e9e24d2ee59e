# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.errors import OptionError
from tintype.evaluate.candidates import Function, Network, check_names
from tintype.evaluate.greys import make_grey
from tintype.evaluate.measures import render
from tintype.evaluate.opening import open_candidate
from tintype.evaluate.photographs import to_rgb
from tintype.imaging.photograph import Photograph
from tintype.inference.colorizer import Colorizer
from tintype.inference.engine import Engine
from tintype.metrics.color_difference import mean_ciede2000
from tintype.spec.hints import Hint

GREY = np.linspace(20, 80, 50 * 70, dtype=np.float32).reshape(50, 70)


@pytest.fixture(scope="module")
def engine(stand_in):
    return Engine(stand_in, threads=1)


def test_a_network_answers_at_the_photographs_size(engine):
    answer = Network("n", engine).color("key", GREY)
    assert answer.chroma.shape == (2, 50, 70)
    assert answer.lightness is None


@pytest.mark.parametrize("mount", [0, 12])
def test_a_network_colours_as_the_colorizer_does(stand_in, grey_pixels, mount):
    photograph = Photograph(pixels=np.pad(grey_pixels, mount))  # perhaps in a black mount
    expected = to_rgb(Colorizer(stand_in.file)(photograph))
    lightness = make_grey(to_rgb(photograph), "lightness")
    found = open_candidate(stand_in.file, []).color("key", lightness).chroma
    assert mean_ciede2000(render(lightness, found), expected) < 0.1
    assert (found[:, 2, 2] == 0).all() == bool(mount)


def test_a_hint_on_the_mount_makes_the_mount_part_of_the_picture(make_stand_in, grey_pixels):
    candidate = Network("n", Engine(make_stand_in(hints=True), threads=1))
    pixels = np.pad(grey_pixels, 12, constant_values=25)
    lightness = make_grey(to_rgb(Photograph(pixels=pixels)), "lightness")
    inside, outside = Hint(50, 40, "#ff0000", radius=3), Hint(2, 2, "#ff0000", radius=3)
    told = candidate.color("key", lightness, hints=[inside]).chroma
    assert not told[:, 2, 2].any()
    change = np.abs(told - candidate.color("key", lightness).chroma).max(axis=0)
    assert change.argmax() == pytest.approx(40 * change.shape[1] + 50, abs=4 * change.shape[1] + 4)
    assert candidate.color("key", lightness, hints=[inside, outside]).chroma[:, 2, 2].any()


def test_options_reach_the_network(engine):
    plain = Network("n", engine).color("key", GREY).chroma
    np.testing.assert_allclose(
        Network("n", engine, saturation=0.5).color("key", GREY).chroma, plain / 2, rtol=1e-6
    )
    assert np.abs(Network("n", engine, temperature=5.0).color("key", GREY).chroma - plain).max() > 1
    other = Network("n", engine).color("key", GREY, size=128).chroma
    assert np.abs(other - plain).max() > 1e-3
    np.testing.assert_array_equal(Network("n", engine, size=128).color("key", GREY).chroma, other)


def test_a_network_says_what_it_is(engine, stand_in):
    said = Network("n", engine, saturation=0.8).describe()
    assert said["sha256"] == stand_in.sha256
    assert (said["size"], said["temperature"], said["saturation"]) == (64, 0.5, 0.8)


def test_hints_reach_a_network_that_takes_them(make_stand_in, engine):
    taking = Network("n", Engine(make_stand_in(hints=True), threads=1))
    assert taking.takes_hints
    assert not Network("n", engine).takes_hints
    hint = Hint(35, 25, "#ff0000", radius=8)
    difference = taking.color("k", GREY, hints=[hint]).chroma - taking.color("k", GREY).chroma
    assert np.abs(difference[:, 25, 35]).max() > 10


def test_any_function_of_lightness_is_a_candidate():
    def predict(lightness):
        return np.stack([lightness[::2, ::2], -lightness[::2, ::2]])

    candidate = Function("f", predict, note={"idea": "u is L"})
    chroma = candidate.color("key", GREY).chroma
    assert chroma.shape == (2, 50, 70)
    np.testing.assert_allclose(chroma[0], -chroma[1])
    assert candidate.describe() == {"kind": "function", "idea": "u is L"}


def test_two_of_one_name_are_refused():
    twins = [Function("f", lambda lightness: lightness), Function("f", lambda lightness: lightness)]
    with pytest.raises(OptionError, match="two candidates are called f; name one with NAME=f"):
        check_names(twins)
