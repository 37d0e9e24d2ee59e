# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.errors import OptionError
from tintype.evaluate.candidates import Function, Network, check_names
from tintype.inference.engine import Engine
from tintype.spec.hints import Hint

GREY = np.linspace(20, 80, 50 * 70, dtype=np.float32).reshape(50, 70)


@pytest.fixture(scope="module")
def engine(stand_in):
    return Engine(stand_in, threads=1)


def test_a_network_answers_at_the_photographs_size(engine):
    answer = Network("n", engine).color("key", GREY)
    assert answer.chroma.shape == (2, 50, 70)
    assert answer.lightness is None


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
