# SPDX-License-Identifier: Apache-2.0
"""What is missing at a hint is given to what belongs to it, and to nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.inference.engine import Engine
from tintype.inference.hinting import hold_hints
from tintype.spec.hints import Hint

SIZE, CELLS = (80, 120), (20, 30)


def planes(*rows) -> np.ndarray:
    """Hint planes with patches (top, left, side, u, v)."""
    drawn = np.zeros((3, *SIZE), np.float32)
    for top, left, side, u, v in rows:
        patch = np.array([u, v, 1], np.float32)[:, None, None]
        drawn[:, top : top + side, left : left + side] = patch
    return drawn


def even(u: float, v: float) -> np.ndarray:
    return np.broadcast_to(np.float32([[[u]], [[v]]]), (2, *CELLS)).copy()


LIGHT = np.full(SIZE, 50, np.float32)


def test_what_is_not_hinted_stays_as_it_is(rng):
    chroma = rng.normal(0, 30, (2, *CELLS)).astype(np.float32)
    assert hold_hints(chroma, LIGHT, planes()) is chroma


@pytest.mark.parametrize("side", [1, 4, 12])
def test_a_hint_wins_at_its_place_be_it_a_point_or_a_patch(side):
    held = hold_hints(even(0, 0), LIGHT, planes((40, 60, side, 40, -20)))
    np.testing.assert_allclose(held[:, 10, 15] / (40, -20), 1, atol=0.25)
    assert np.hypot(*held).max() <= np.hypot(40, -20) + 1e-3


def test_it_grows_less_with_distance_until_it_is_nothing():
    held = hold_hints(even(0, 0), LIGHT, planes((40, 0, 4, 40, 0)))[0, 10]
    assert (np.diff(held)[held[:-1] > 0] < 0).all()
    assert held[-1] == 0


@pytest.mark.parametrize("what", ["lightness", "color"])
def test_it_stops_where_something_else_begins(what):
    light, chroma = LIGHT.copy(), even(0, 0)
    if what == "lightness":
        light[:, 60:] = 80
    else:
        chroma[1, :, 15:] = 30
    held = hold_hints(chroma, light, planes((40, 52, 4, 40, 0))) - chroma
    assert held[0, 10, 14] > 30
    assert np.abs(held[:, :, 15:]).max() < 0.5


def test_what_the_network_has_got_right_is_not_moved():
    chroma = even(20, 10)
    held = hold_hints(chroma, LIGHT, planes((10, 10, 8, 20, 10), (60, 90, 1, 20, 10)))
    np.testing.assert_allclose(held, chroma, atol=1e-4)


def test_many_hinted_cells_are_one_after_another_what_they_are_at_once(monkeypatch, rng):
    chroma = rng.normal(0, 5, (2, *CELLS)).astype(np.float32)
    drawn = planes((0, 0, 48, 30, 0), (32, 64, 40, 0, 30))
    at_once = hold_hints(chroma, LIGHT, drawn)
    monkeypatch.setattr("tintype.inference.hinting._AT_A_TIME", 7)
    np.testing.assert_allclose(hold_hints(chroma, LIGHT, drawn), at_once, atol=1e-3)


@given(top=st.integers(0, 79), left=st.integers(0, 119), u=st.floats(-80, 80))
def test_it_never_goes_beyond_the_hint(top, left, u):
    held = hold_hints(even(0, 0), LIGHT, planes((top, left, 5, u, 0)))
    assert np.isfinite(held).all()
    assert (np.abs(held[0]) <= abs(u) + 1e-3).all()


@pytest.mark.parametrize("size", [64, 96])
def test_an_engines_hints_hold_at_its_own_size_and_above(make_stand_in, size):
    engine = Engine(make_stand_in(hints=True), device="cpu")
    lightness = np.tile(np.linspace(20, 80, 96, dtype=np.float32), (64, 1))
    hint = Hint(x=48, y=32, color="#c04020", radius=1)
    plain, steered = (
        engine.predict(lightness, size=size, hints=hints).chroma for hints in ((), (hint,))
    )
    row, column = plain.shape[1] // 2, plain.shape[2] // 2
    moved = np.hypot(*(steered - plain))
    assert moved[row, column] > 5
    assert moved[row, 0] < 1
