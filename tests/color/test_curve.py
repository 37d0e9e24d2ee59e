# SPDX-License-Identifier: Apache-2.0
"""Chroma's curve, against its formula, its own inverse and the gamut."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from array_api_compat import device
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.ndimage import maximum_filter, minimum_filter

from tintype.color.arrays import array_namespace
from tintype.color.curve import PIVOT, ChromaCurve, neighborhood
from tintype.color.gamut import in_gamut


@pytest.fixture(params=[np, torch])
def make(request, dtype):
    """``make(planes)``: an array or a tensor of them, in either precision."""
    library = request.param
    return lambda planes: library.asarray(planes, dtype=getattr(library, dtype))


CURVE = ChromaCurve(gain=1.2, power=1.4, limit=1.5)


TURNED = replace(CURVE, turn=(-0.05, 0.03, 0.06, -0.01))


def place(u: float, v: float, light: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([u, v]).reshape(2, 1, 1), np.full((1, 1, 1), light)


def test_strength_is_given_by_the_power_and_hue_stays(make):
    chroma, light = place(3.0, 4.0, 60.0)  # five units of a displayable blue-green
    chroma, light = make(chroma), make(light)
    shown = CURVE.apply(chroma, light, light)
    expected = 1.2 * PIVOT * (5 / PIVOT) ** 1.4
    assert_allclose(np.asarray(shown).ravel(), [0.6 * expected, 0.8 * expected], rtol=1e-5)
    assert array_namespace(shown) is array_namespace(chroma)
    assert (shown.dtype, device(shown)) == (chroma.dtype, device(chroma))


def test_strong_colours_are_multiplied_by_the_limit_at_most(make):
    chroma, light = (make(part) for part in place(24.0, 32.0, 60.0))
    shown = ChromaCurve(gain=1.2, power=1.4, limit=1.1).apply(chroma, light, light)
    assert_allclose(np.asarray(shown).ravel(), [26.4, 35.2], rtol=1e-5)


def test_gain_and_power_of_one_change_nothing(make, rng):
    chroma = make(rng.normal(0, 40, (2, 2, 5, 7)))
    light = make(rng.uniform(0, 100, (2, 1, 5, 7)))
    assert_allclose(np.asarray(ChromaCurve().apply(chroma, light, light)), np.asarray(chroma))


@pytest.mark.parametrize("curve", [CURVE, TURNED])
def test_grey_stays_grey(make, curve):
    chroma, light = (make(part) for part in place(0.0, 0.0, 50.0))
    assert (curve.apply(chroma, light, light) == 0).all()
    assert (curve.invert(chroma, light, light) == 0).all()


@given(st.floats(-3.1, 3.1), st.floats(1, 40))
def test_a_hue_is_turned_by_its_own_angle_and_strength_stays(hue, strength):
    a, b, c, d = TURNED.turn
    chroma, light = place(strength * np.cos(hue), strength * np.sin(hue), 60.0)
    shown = ChromaCurve(turn=TURNED.turn).apply(chroma, light, light).ravel()
    turned = hue + a * np.cos(hue) + b * np.sin(hue) + c * np.cos(2 * hue) + d * np.sin(2 * hue)
    assert_allclose(shown, [strength * np.cos(turned), strength * np.sin(turned)], atol=1e-9)


@pytest.mark.parametrize("curve", [CURVE, TURNED])
@given(st.floats(-80, 80), st.floats(-80, 80), st.floats(1, 99), st.floats(0, 10))
def test_nothing_is_lifted_beyond_what_can_be_shown(curve, u, v, light, range_):
    chroma, low = place(u, v, light)
    high = np.minimum(low + range_, 100.0)
    shown = curve.apply(chroma, low, high)
    stronger = np.hypot(*shown) > np.hypot(*chroma) * (1 + 1e-9)
    for at in (low, high):
        fits = in_gamut(np.concatenate((at, shown)), tolerance=1e-6)
        assert fits[stronger[None]].all()


@pytest.mark.parametrize("curve", [CURVE, TURNED])
def test_what_can_be_shown_is_lifted_alike_without_the_bound(make, curve):
    chroma, light = (make(part) for part in place(9.0, -12.0, 60.0))
    assert_allclose(np.asarray(curve.lift(chroma)), np.asarray(curve.apply(chroma, light, light)))


@pytest.mark.parametrize("curve", [CURVE, TURNED])
@given(st.floats(-80, 80), st.floats(-80, 80), st.floats(5, 95))
def test_what_can_be_shown_can_be_asked_for(curve, u, v, light):
    chroma, at = place(u, v, light)
    if in_gamut(np.concatenate((at, chroma)), tolerance=0.0).all():
        before = curve.invert(chroma, at, at)
        assert_allclose(curve.apply(before, at, at), chroma, rtol=1e-6, atol=1e-3)


def test_the_neighborhood_is_three_by_three(make, rng):
    light = rng.uniform(0, 100, (2, 1, 6, 9))
    low, high = neighborhood(make(light))
    size = (1, 1, 3, 3)
    assert_allclose(np.asarray(low), minimum_filter(light, size, mode="nearest"), rtol=1e-6)
    assert_allclose(np.asarray(high), maximum_filter(light, size, mode="nearest"), rtol=1e-6)


def test_one_place_is_its_own_neighborhood():
    light = np.full((1, 1, 1), 42.0)
    assert neighborhood(light) == (light, light)


@pytest.mark.parametrize("curve", [{"gain": 0.0}, {"power": -1.0}, {"limit": float("nan")}])
def test_a_curve_needs_numbers_above_zero(curve):
    with pytest.raises(ValueError, match="must be above 0"):
        ChromaCurve(**curve)


@pytest.mark.parametrize("turn", [(0.1, 0.0, -0.1, 0.1), (0.0, float("nan"), 0.0, 0.0)])
def test_a_turn_that_has_no_inverse_is_refused(turn):
    with pytest.raises(ValueError, match="turn must come to"):
        ChromaCurve(turn=turn)
