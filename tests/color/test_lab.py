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

from tintype.color.lab import lab_to_rgb, rgb_to_lab
from tintype.color.luv import rgb_to_lightness
from tintype.color.srgb import srgb_to_linear


def test_agrees_with_colour_science(cube, make, dtype, rgb_to_xyz, d65):
    expected = colour.XYZ_to_Lab(srgb_to_linear(cube) @ rgb_to_xyz.T, d65)
    lab = np.asarray(rgb_to_lab(make(cube)))[:, 0].T
    assert_allclose(lab, expected, rtol=0, atol=2e-4 if dtype == "float32" else 1e-11)


def test_agrees_with_scikit_image_but_for_its_rounded_matrix(cube):
    expected = skimage.color.rgb2lab(cube)
    assert_allclose(rgb_to_lab(cube.T[:, None])[:, 0].T, expected, rtol=0, atol=0.03)


# Bruce Lindbloom's calculator (sRGB, D65), which rounds to four digits and to his own white.
@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((1, 0, 0), (53.2408, 80.0925, 67.2032)),
        ((0, 1, 0), (87.7347, -86.1827, 83.1793)),
        ((0, 0, 1), (32.2970, 79.1875, -107.8602)),
    ],
)
def test_agrees_with_published_primaries(rgb, lab, make):
    assert_allclose(np.asarray(rgb_to_lab(make(rgb))).ravel(), lab, rtol=0, atol=0.02)


def test_every_grey_has_no_chroma_at_all(bytes_of_grey, make):
    lab = np.asarray(rgb_to_lab(make(bytes_of_grey)))
    assert (lab[1:] == 0).all()
    assert (lab[0, 0, 0], lab[0, 0, -1]) == (0, 100)


def test_no_chroma_gives_equal_channels(make):
    red, green, blue = lab_to_rgb(make([(lightness, 0, 0) for lightness in range(101)]))
    assert (red == green).all()
    assert (green == blue).all()


@pytest.mark.parametrize("size", [(1, 1), (13, 17), (1, 257), (257, 129)])
def test_grey_is_grey_wherever_it_stands_in_an_array(size):
    greys = torch.rand(1, *size, generator=torch.Generator().manual_seed(0)).expand(3, *size)
    lab = rgb_to_lab(greys.contiguous())
    assert (lab[1:] == 0).all()
    red, green, blue = lab_to_rgb(lab)
    assert (red == green).all()
    assert (green == blue).all()


def test_lightness_is_cieluvs(cube, make):
    rgb = make(cube)
    assert (rgb_to_lab(rgb)[:1] == rgb_to_lightness(rgb)).all()


def test_round_trip_over_the_cube(cube, make, dtype):
    rgb = make(cube)
    tolerance = 2e-5 if dtype == "float32" else 1e-11
    assert abs(lab_to_rgb(rgb_to_lab(rgb)) - rgb).max() <= tolerance


@given(arrays(np.float64, (3, 1, 1), elements=st.floats(0, 1)))
def test_any_color_comes_back(rgb):
    assert_allclose(lab_to_rgb(rgb_to_lab(rgb)), rgb, rtol=0, atol=1e-11)


def test_the_cube_spans_what_the_module_says():
    levels = np.linspace(0, 1, 65)
    lab = rgb_to_lab(np.stack(np.meshgrid(levels, levels, levels)).reshape(3, 65, -1))
    spans = [(plane.min(), plane.max()) for plane in lab]
    assert_allclose(spans, [(0, 100), (-86.2, 98.2), (-107.9, 94.5)], rtol=0, atol=0.05)


def test_colors_beyond_srgb_are_not_clipped(make):
    red, *_ = lab_to_rgb(make([60, -110, 0]))
    assert float(red[0, 0]) < -0.1
