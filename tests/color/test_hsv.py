# SPDX-License-Identifier: Apache-2.0
"""Oracles: Python's colorsys, value by value, and scikit-image over the cube."""

import colorsys
import math

import numpy as np
import pytest
import skimage.color
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from tintype.color.hsv import direction_to_hue, hsv_to_rgb, hue_to_direction, rgb_to_hsv

colors = arrays(np.float64, (3, 1, 1), elements=st.floats(0, 1))
colors32 = arrays(np.float32, (3, 1, 1), elements=st.floats(0, 1, width=32))


def test_agrees_with_scikit_image(cube, make, dtype):
    hsv = np.asarray(rgb_to_hsv(make(cube)))[:, 0].T
    tolerance = 1e-6 if dtype == "float32" else 1e-14
    assert_allclose(hsv, skimage.color.rgb2hsv(cube), rtol=0, atol=tolerance)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_agrees_with_colorsys(levels):
    rgb = np.array(levels) / 255
    hsv = rgb_to_hsv(rgb.reshape(3, 1, 1)).ravel()
    assert_allclose(hsv, colorsys.rgb_to_hsv(*rgb), rtol=0, atol=1e-15)


@given(colors)
def test_the_inverse_agrees_with_colorsys(hsv):
    assert_allclose(hsv_to_rgb(hsv).ravel(), colorsys.hsv_to_rgb(*hsv.ravel()), atol=1e-14)


@given(colors)
def test_any_color_comes_back(rgb):
    assert_allclose(hsv_to_rgb(rgb_to_hsv(rgb)), rgb, rtol=0, atol=1e-14)


@given(colors | colors32)
def test_hue_is_never_a_whole_turn(rgb):
    hue, saturation, value = rgb_to_hsv(rgb).ravel()
    assert 0 <= hue < 1
    assert 0 <= saturation <= 1
    assert value == rgb.max()


def test_a_hair_below_red_is_red():
    almost_red = np.array([1, 0, 1e-30], dtype=np.float32).reshape(3, 1, 1)
    assert rgb_to_hsv(almost_red)[0] == 0


def test_greys_have_neither_hue_nor_saturation(bytes_of_grey, make):
    hue, saturation, value = np.asarray(rgb_to_hsv(make(bytes_of_grey)))
    assert (hue == 0).all()
    assert (saturation == 0).all()
    assert_allclose(value[0], bytes_of_grey[:, 0], rtol=1e-7)


@pytest.mark.parametrize("turns", [-2, -1, 1, 3])
def test_hue_is_a_circle(turns, rng):
    hsv = rng.random((3, 5, 5))
    turned = hsv + np.array([turns, 0, 0]).reshape(3, 1, 1)
    assert_allclose(hsv_to_rgb(turned), hsv_to_rgb(hsv), rtol=0, atol=1e-13)


def test_directions_go_round_from_red_by_green(make):
    hue = make([0, 0.25, 0.5, 0.75]).reshape(1, 1, 4)
    expected = [[[1, 0, -1, 0]], [[0, 1, 0, -1]]]
    assert_allclose(np.asarray(hue_to_direction(hue)), expected, rtol=0, atol=1e-6)


@given(st.floats(0, 1, exclude_max=True), st.floats(1e-3, 1e3))
def test_hue_comes_back_from_a_direction_of_any_length(hue, length):
    direction = length * hue_to_direction(np.full((1, 1, 1), hue))
    back = direction_to_hue(direction).item()
    assert 0 <= back < 1
    assert math.remainder(back - hue, 1) == pytest.approx(0, abs=1e-12)


def test_no_direction_is_the_hue_of_grey(make):
    nowhere = make([0, 0])
    assert (direction_to_hue(nowhere) == 0).all()


def test_a_hair_below_the_first_direction_is_hue_zero():
    assert direction_to_hue(np.array([1, -1e-30], dtype=np.float32).reshape(2, 1, 1)) == 0
