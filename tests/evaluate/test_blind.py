# SPDX-License-Identifier: Apache-2.0
"""Oracle: SciPy's binomial test; the page is read as a voter's browser would."""

import base64
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from tintype.errors import RecordError
from tintype.evaluate.blind import LEFT, RIGHT, SAME, Pair, count_votes, make_blind_page, sign_test
from tintype.evaluate.photographs import to_rgb
from tintype.imaging.files import read

NAMES = ("regression", "classification")


def flat(red: float) -> np.ndarray:
    return np.full((3, 8, 12), red, np.float32)


@pytest.fixture
def pairs() -> list[Pair]:
    """The first of each pair is dark, the second bright."""
    return [Pair(name=f"photograph-{n}", first=flat(0.2), second=flat(0.8)) for n in range(20)]


@pytest.fixture
def made(pairs):
    return make_blind_page(pairs, names=NAMES, seed=5, question="Which?")


def test_the_page_tells_no_name_and_the_key_tells_all(made):
    page, key = made
    assert not any(name in page for name in (*NAMES, "photograph-"))
    assert {pair["photograph"] for pair in key["pairs"]} == {f"photograph-{n}" for n in range(20)}
    assert all({pair[LEFT], pair[RIGHT]} == set(NAMES) for pair in key["pairs"])


def test_the_key_says_what_the_page_shows(made):
    page, key = made
    files = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", page)
    assert len(files) == 40
    brightness = [to_rgb(read(base64.b64decode(file))).mean() for file in files]
    for pair, left, right in zip(key["pairs"], brightness[::2], brightness[1::2], strict=True):
        assert (pair[LEFT] == NAMES[0]) == (left < right)


def test_sides_and_order_are_drawn_by_the_seed(pairs, made):
    _, key = made
    lefts = [pair[LEFT] for pair in key["pairs"]]
    assert 4 < lefts.count(NAMES[0]) < 16
    assert [pair["photograph"] for pair in key["pairs"]] != [pair.name for pair in pairs]
    assert make_blind_page(pairs, names=NAMES, seed=5, question="Which?") == made
    assert make_blind_page(pairs, names=NAMES, seed=6, question="Which?")[1]["page"] != key["page"]


def test_votes_are_counted_with_the_key(made):
    _, key = made
    side_of_first = [LEFT if pair[LEFT] == NAMES[0] else RIGHT for pair in key["pairs"]]
    votes = [*side_of_first[:12], *(LEFT if s == RIGHT else RIGHT for s in side_of_first[12:15])]
    votes += [SAME, SAME, SAME, None, None]
    tally = count_votes({"page": key["page"], "votes": votes}, key)
    assert (tally.names, tally.first, tally.second, tally.same) == (NAMES, 12, 3, 3)
    assert tally.p_value == pytest.approx(binomtest(12, 15).pvalue)


@given(first=st.integers(0, 200), second=st.integers(0, 200))
def test_the_sign_test_is_scipys(first, second):
    expected = binomtest(first, first + second).pvalue if first + second else 1
    assert sign_test(first, second) == pytest.approx(expected)


def test_votes_of_another_page_or_damaged_ones_are_refused(made):
    _, key = made
    with pytest.raises(RecordError, match="the votes are for page other"):
        count_votes({"page": "other", "votes": []}, key)
    for votes in ([LEFT], ["up"] * 20, None):
        with pytest.raises(RecordError, match="damaged"):
            count_votes({"page": key["page"], "votes": votes}, key)


def test_no_pairs_are_refused():
    with pytest.raises(ValueError, match="one pair at least"):
        make_blind_page([], names=NAMES, seed=0, question="Which?")
