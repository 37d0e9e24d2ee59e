# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from skimage.color import rgb2luv

from tintype.color.luv import lightness_to_luminance, luminance_to_lightness, rgb_to_lightness
from tintype.color.srgb import srgb_to_linear
from tintype.imaging.light import find_lightness, find_luminance, read_light
from tintype.imaging.photograph import DEPTHS

depths = pytest.mark.parametrize("depth", list(DEPTHS), ids=str)


def read(pixels):
    lightness, luminance = np.empty((2, *pixels.shape[:2]), np.float32)
    read_light(pixels, lightness, luminance)
    return lightness, luminance


def every_code(depth):
    if depth == np.float32:
        return np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)
    return np.arange(DEPTHS[depth] + 1, dtype=depth).reshape(-1, 256)


@depths
def test_grey_is_read_as_color_defines_it(depth):
    codes = every_code(depth)
    y = srgb_to_linear(codes.astype(np.float64) / DEPTHS[depth])
    lightness, luminance = read(codes)
    np.testing.assert_allclose(luminance, y, rtol=0, atol=5e-7)
    np.testing.assert_allclose(lightness, luminance_to_lightness(y), rtol=0, atol=1e-3)


@depths
def test_colours_are_read_as_color_defines_them(rng, depth):
    rgb = rng.random((30, 40, 3)) ** 2
    pixels = (rgb * DEPTHS[depth]).astype(depth)
    planes = np.moveaxis(pixels / np.float64(DEPTHS[depth]), -1, 0)
    np.testing.assert_allclose(read(pixels)[0], rgb_to_lightness(planes)[0], rtol=0, atol=1e-3)


# scikit-image rounds the primaries to four digits, hence the tolerance.
def test_agrees_with_scikit_image(color_pixels):
    np.testing.assert_allclose(read(color_pixels)[0], rgb2luv(color_pixels)[..., 0], atol=0.02)


@depths
def test_three_equal_channels_are_as_light_as_one(depth):
    codes = every_code(depth)
    grey, luminance = read(codes)
    lightness, of_three = read(np.repeat(codes[..., None], 3, axis=-1))
    np.testing.assert_allclose(of_three, luminance, rtol=0, atol=5e-7)
    np.testing.assert_allclose(lightness, grey, rtol=0, atol=1e-3)


def test_lightness_and_luminance_are_each_others_inverse_on_both_pieces():
    lightness = np.linspace(0, 100, 5000, dtype=np.float32)[None]
    luminance, back = np.empty_like(lightness), np.empty_like(lightness)
    find_luminance(lightness, luminance)
    np.testing.assert_allclose(
        luminance, lightness_to_luminance(lightness.astype(np.float64)), rtol=0, atol=1e-6
    )
    find_lightness(luminance, back)
    np.testing.assert_allclose(back, lightness, rtol=0, atol=1e-3)
