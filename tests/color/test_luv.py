# SPDX-License-Identifier: Apache-2.0
"""Oracles: colour-science with the exact matrix and white; scikit-image to its matrix's digits."""

import colour
import numpy as np
import pytest
import skimage.color
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from tintype.color.luv import (
    WHITE_UV,
    lightness_to_luminance,
    luminance_to_lightness,
    luv_to_linear,
    luv_to_rgb,
    rgb_to_lightness,
    rgb_to_luv,
)
from tintype.color.srgb import linear_to_srgb, srgb_to_linear


def test_agrees_with_colour_science(cube, make, dtype, rgb_to_xyz, d65):
    without_black = cube[1:]  # whose u', v' are 0 / 0
    expected = colour.XYZ_to_Luv(srgb_to_linear(without_black) @ rgb_to_xyz.T, d65)
    luv = np.asarray(rgb_to_luv(make(without_black)))[:, 0].T
    assert_allclose(luv, expected, rtol=0, atol=2e-4 if dtype == "float32" else 1e-11)


def test_the_inverse_agrees_with_colour_science(rng, rgb_to_xyz, d65):
    lightness = rng.uniform(1, 99, 1000)
    luv = np.stack([lightness, *(lightness * rng.uniform(-1.5, 2.5, (2, 1000)))], axis=1)
    expected = colour.Luv_to_XYZ(luv, d65) @ np.linalg.inv(rgb_to_xyz).T
    assert expected.min() < -0.1  # beyond sRGB too, on both sides
    assert expected.max() > 1.1
    assert_allclose(luv_to_linear(luv.T[:, None])[:, 0].T, expected, rtol=1e-10, atol=1e-12)


def test_agrees_with_scikit_image_but_for_its_rounded_matrix(cube):
    expected = skimage.color.rgb2luv(cube)
    assert_allclose(rgb_to_luv(cube.T[:, None])[:, 0].T, expected, rtol=0, atol=0.03)


# CIE 15:2004: L* = (29/3)^3 Y up to Y = (6/29)^3, where L* = 8; above it 116 Y^(1/3) - 16.
@pytest.mark.parametrize(
    ("luminance", "lightness"),
    [(0, 0), (0.001, 0.9032963), ((6 / 29) ** 3, 8), (0.125, 42), (1, 100)],
)
def test_lightness_is_the_definition_on_both_pieces(luminance, lightness):
    assert luminance_to_lightness(np.array([luminance]))[0] == pytest.approx(lightness, abs=1e-7)
    assert lightness_to_luminance(np.array([lightness]))[0] == pytest.approx(luminance, abs=1e-9)


@given(st.floats(-1, 101))
def test_lightness_comes_back_from_luminance(lightness):
    luminance = lightness_to_luminance(np.array([lightness]))
    assert luminance_to_lightness(luminance)[0] == pytest.approx(lightness, abs=1e-12)


def test_every_grey_has_no_chroma_at_all(bytes_of_grey, make):
    luv = np.asarray(rgb_to_luv(make(bytes_of_grey)))
    assert (luv[1:] == 0).all()
    assert luv[0, 0, 0] == 0
    assert luv[0, 0, -1] == 100
    assert (np.diff(luv[0]) > 0).all()


@given(st.floats(0, 1, width=32))
def test_any_grey_has_no_chroma_in_single_precision(level):
    grey = np.full((3, 1, 1), level, dtype=np.float32)
    assert (rgb_to_luv(grey)[1:] == 0).all()


@given(st.floats(0, 100, width=32))
def test_no_chroma_gives_equal_channels_in_single_precision(lightness):
    red, green, blue = luv_to_rgb(np.array([lightness, 0, 0], np.float32).reshape(3, 1, 1))
    assert red == green == blue


# PyTorch computes the end of an array otherwise than its middle, to another last bit.
@pytest.mark.parametrize("size", [(1, 1), (13, 17), (1, 257), (257, 129)])
def test_grey_is_grey_wherever_it_stands_in_an_array(size):
    generator = torch.Generator().manual_seed(0)
    greys = torch.rand(2, 1, *size, generator=generator).expand(2, 3, *size)
    for batch in (greys, greys.contiguous(), greys.contiguous(memory_format=torch.channels_last)):
        assert (rgb_to_luv(batch)[:, 1:] == 0).all()
        red, green, blue = luv_to_rgb(rgb_to_luv(batch)).unbind(1)
        assert (red == green).all()
        assert (green == blue).all()


def test_round_trip_over_the_cube(cube, make, dtype):
    rgb = make(cube)
    tolerance = 2e-5 if dtype == "float32" else 1e-11
    assert abs(luv_to_rgb(rgb_to_luv(rgb)) - rgb).max() <= tolerance


@given(arrays(np.float64, (3, 1, 1), elements=st.floats(0, 1)))
def test_any_color_comes_back(rgb):
    assert_allclose(luv_to_rgb(rgb_to_luv(rgb)), rgb, rtol=0, atol=1e-11)


@given(arrays(np.float32, (3, 1, 1), elements=st.floats(0, 1, width=32)))
def test_any_color_comes_back_in_single_precision(rgb):
    assert_allclose(luv_to_rgb(rgb_to_luv(rgb)), rgb, rtol=0, atol=2e-5)


@pytest.mark.parametrize("level", [1e-5, 1e-9, 1e-12, 1e-15])
def test_nearly_black_comes_back_to_its_own_scale(level, cube):
    rgb = level * cube.T[:, None]
    assert abs(luv_to_rgb(rgb_to_luv(rgb)) - rgb).max() <= 1e-3 * level + 1e-14


def test_the_lightness_plane_is_the_first_of_three(cube, make):
    rgb = make(cube)
    lightness, expected = rgb_to_lightness(rgb), rgb_to_luv(rgb)[:1]
    assert lightness.shape == expected.shape
    assert (lightness == expected).all()


def test_the_cube_spans_what_the_module_says():
    levels = np.linspace(0, 1, 65)
    luv = rgb_to_luv(np.stack(np.meshgrid(levels, levels, levels)).reshape(3, 65, -1))
    spans = [(plane.min(), plane.max()) for plane in luv]
    assert_allclose(spans, [(0, 100), (-83.1, 175.0), (-134.1, 107.4)], rtol=0, atol=0.05)


def test_colors_beyond_srgb_are_not_clipped(make):
    red, green, _ = luv_to_rgb(make([60, -120, -20]))  # a cyan stronger than any of sRGB
    assert float(red[0, 0]) < -0.1
    assert 0 < float(green[0, 0]) < 1


@given(st.floats(0, 100), st.floats(-500, 500), st.floats(-500, 500))
def test_no_chroma_however_absurd_breaks_the_inverse(lightness, u, v):
    assert np.isfinite(luv_to_linear(np.array([lightness, u, v]).reshape(3, 1, 1))).all()


def test_no_chroma_lets_the_inverse_divide_by_zero():
    lightness = np.arange(1, 100.0)
    without_v = [lightness, 0 * lightness, -13 * lightness * WHITE_UV[1]]  # v' = 0
    assert np.isfinite(luv_to_linear(np.array(without_v)[:, None])).all()


def test_black_stays_black_whatever_its_chroma(make):
    assert (luv_to_linear(make([0, 50, -50])) == 0).all()


def test_linear_light_is_srgb_without_its_curve(make):
    luv = make([40, 30, -20])
    assert (linear_to_srgb(luv_to_linear(luv)) == luv_to_rgb(luv)).all()
