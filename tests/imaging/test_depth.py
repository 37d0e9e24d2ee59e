# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.util import img_as_float64

from tintype.imaging.depth import at_depth, convert_depth, to_16_bits
from tintype.imaging.photograph import DEPTHS, Photograph

EVERY_16 = np.arange(65536, dtype=np.uint16).reshape(256, 256)


@pytest.mark.parametrize("source", DEPTHS)
@pytest.mark.parametrize("target", DEPTHS)
def test_black_and_white_stay_what_they_are(source, target):
    ends = np.array([[0, DEPTHS[source]]], source)
    np.testing.assert_array_equal(convert_depth(ends, target), [[0, DEPTHS[target]]])


@pytest.mark.parametrize("target", ["uint8", "uint16"])
def test_samples_are_rounded_to_the_nearest(target):
    white = DEPTHS[np.dtype(target)]
    exact = img_as_float64(EVERY_16) * white  # scikit-image's reading of a depth
    converted = convert_depth(EVERY_16, np.dtype(target)).astype(float)
    assert np.abs(converted - exact).max() <= 0.5


def test_eight_bits_survive_sixteen_and_floating_point():
    every = np.arange(256, dtype=np.uint8)[None]
    for deeper in (np.dtype(np.uint16), np.dtype(np.float32)):
        np.testing.assert_array_equal(
            convert_depth(convert_depth(every, deeper), every.dtype), every
        )


def test_floating_samples_outside_are_clipped():
    wild = np.array([[-0.5, 1.5]], np.float32)
    np.testing.assert_array_equal(convert_depth(wild, np.dtype(np.uint8)), [[0, 255]])


@given(st.integers(9, 16), st.data())
def test_fewer_bits_than_sixteen_are_scaled_to_its_white(bits, data):
    white = (1 << bits) - 1
    value = data.draw(st.integers(0, white))
    scaled = to_16_bits(np.array([[value, white]], np.uint16), bits)
    assert abs(int(scaled[0, 0]) - value * 65535 / white) <= 0.5
    assert scaled[0, 1] == 65535


def test_a_photograph_at_an_allowed_depth_is_left_alone():
    photograph = Photograph(pixels=EVERY_16)
    assert at_depth(photograph, ("uint8", "uint16")) is photograph


def test_alpha_goes_with_the_pixels_to_the_deepest_allowed():
    floating = np.full((2, 2), 0.5, np.float32)
    photograph = at_depth(Photograph(pixels=floating, alpha=floating), ("uint8", "uint16"))
    assert photograph.pixels.dtype == photograph.alpha.dtype == np.uint16
    np.testing.assert_array_equal(photograph.alpha, 32768)
