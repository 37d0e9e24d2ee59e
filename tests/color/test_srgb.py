# SPDX-License-Identifier: Apache-2.0
"""Oracle: colour-science, whose primary matrix is derived independently from the same numbers."""

import colour
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tintype.color import srgb
from tintype.color.srgb import linear_to_srgb, srgb_to_linear, weighted_mean

encoded = st.floats(-0.5, 1.5)


def test_the_matrix_is_the_one_that_the_primaries_and_the_white_imply(rgb_to_xyz, d65):
    np.testing.assert_allclose(srgb.RGB_TO_XYZ, rgb_to_xyz, rtol=0, atol=1e-15)
    np.testing.assert_allclose(srgb.WHITE_XYZ, colour.xy_to_XYZ(d65), rtol=0, atol=1e-15)


def test_the_matrix_is_the_standards_to_its_four_digits():
    printed = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    np.testing.assert_allclose(srgb.RGB_TO_XYZ, printed, rtol=0, atol=5e-5)  # IEC 61966-2-1


# colour-science has the standard's rounded knees, which ours differ from by up to 2.4e-9.
def test_the_curve_is_the_standards():
    levels = np.linspace(-0.01, 1, 2001)
    decoded = colour.models.eotf_sRGB(levels)
    np.testing.assert_allclose(srgb_to_linear(levels), decoded, rtol=0, atol=3e-9)
    np.testing.assert_allclose(linear_to_srgb(decoded), levels, rtol=0, atol=4e-8)


def test_foot_and_curve_meet():
    knee = 0.0404482362771082
    assert ((knee + 0.055) / 1.055) ** 2.4 == pytest.approx(knee / 12.92, rel=1e-14)
    below, above = np.linspace(knee - 1e-4, knee, 50), np.linspace(knee, knee + 1e-4, 50)
    foot, curve = below / 12.92, ((above + 0.055) / 1.055) ** 2.4
    levels, linear = np.concatenate([below, above]), np.concatenate([foot, curve])
    np.testing.assert_allclose(srgb_to_linear(levels), linear, rtol=0, atol=1e-16)
    np.testing.assert_allclose(linear_to_srgb(linear), levels, rtol=0, atol=1e-15)


@given(encoded)
def test_the_curve_comes_back(value):
    there = srgb_to_linear(np.array([value]))
    assert linear_to_srgb(there)[0] == pytest.approx(value, abs=1e-14)


@given(encoded, encoded)
def test_the_curve_never_falls(a, b):
    low, high = srgb_to_linear(np.array([min(a, b), max(a, b)]))
    assert low <= high


@pytest.mark.parametrize("curve", [srgb_to_linear, linear_to_srgb])
def test_black_and_white_are_fixed_and_their_gradients_finite(curve):
    ends = torch.tensor([0.0, 1.0], requires_grad=True)
    curved = curve(ends)
    curved.sum().backward()
    torch.testing.assert_close(curved, ends, rtol=0, atol=1e-7)
    assert ends.grad.isfinite().all()


shares = st.floats(-4, 4)


@given(shares, shares, st.floats(-200, 200, width=32))
def test_the_mean_of_equal_planes_is_each_of_them(first, last, value):
    plane = np.array([value], dtype=np.float32)
    assert weighted_mean((first, 1 - first - last, last), plane, plane, plane) == plane


def test_a_mean_is_the_weighted_sum():
    planes = [np.array([value]) for value in (3.0, 5.0, 11.0)]
    assert weighted_mean((0.5, 0.75, -0.25), *planes) == 0.5 * 3 + 0.75 * 5 - 0.25 * 11
