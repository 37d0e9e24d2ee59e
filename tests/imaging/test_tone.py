# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from tintype.errors import OptionError
from tintype.imaging.compose import compose
from tintype.imaging.frame import whole
from tintype.imaging.light import read_light
from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize
from tintype.imaging.tone import read_tone

SEPIA = np.array([1.0, 0.86, 0.67])


@pytest.fixture(scope="module")
def grey(skimage_data):
    """The cameraman, (512, 512) uint8."""
    with Image.open(skimage_data / "camera.png") as opened:
        return np.array(opened.convert("L"))


@pytest.fixture(scope="module")
def sepia(grey):
    """The cameraman printed in sepia, (512, 512, 3) uint8."""
    return np.rint(grey[..., None] * SEPIA).astype(np.uint8)


def lightness_of(pixels):
    lightness, luminance = np.empty((2, *pixels.shape[:2]), np.float32)
    read_light(pixels, lightness, luminance)
    return lightness


def full_size(tone):
    lightness, luminance = np.empty((2, *tone.size), np.float32)
    tone.read(slice(0, tone.size[0]), lightness, luminance)
    return lightness


def test_a_grey_photograph_is_as_light_as_it_is(grey):
    tone = read_tone(Photograph(pixels=grey))
    assert tone.tint is None
    assert not tone.is_color
    np.testing.assert_array_equal(full_size(tone), lightness_of(grey))
    small = tone.clean_lightness((64, 64))
    np.testing.assert_allclose(small, resize(lightness_of(grey), (64, 64)), rtol=0, atol=4)
    assert np.abs(small - resize(lightness_of(grey), (64, 64))).mean() < 0.5


def test_a_photograph_in_colour_is_said_to_be(color_pixels):
    tone = read_tone(Photograph(pixels=color_pixels))
    assert tone.is_color
    assert tone.tint is None
    np.testing.assert_array_equal(full_size(tone), lightness_of(color_pixels))


def test_a_tinted_scan_is_cleaned(grey, sepia):
    tone = read_tone(Photograph(pixels=sepia))
    assert tone.tint is not None
    assert not tone.is_color
    assert np.abs(full_size(tone) - lightness_of(grey)).mean() < 1.5
    clean = read_tone(Photograph(pixels=grey)).clean_lightness((64, 64))
    assert np.abs(tone.clean_lightness((64, 64)) - clean).mean() < 1.5


@pytest.mark.parametrize("depth", [np.uint8, np.uint16, np.float32])
def test_a_tinted_scan_gets_the_colours_of_its_clean_grey(rng, grey, depth):
    white = {np.uint8: 255, np.uint16: 65535, np.float32: 1}[depth]
    toned = (grey[..., None] / 255 * SEPIA * white).astype(depth)
    chroma = cv2.resize(rng.normal(0, 40, (5, 6, 2)), (16, 16)).transpose(2, 0, 1)
    results = [
        rgb2lab(compose(read_tone(Photograph(pixels=pixels)), chroma.astype(np.float32)) / most)
        for pixels, most in ((grey, 255), (toned, white))
    ]
    assert deltaE_ciede2000(*results).mean() < 2


def test_off_takes_the_lightness_as_it_is(sepia):
    tone = read_tone(Photograph(pixels=sepia), tone="off")
    assert tone.tint is None
    np.testing.assert_array_equal(full_size(tone), lightness_of(sepia))


def test_keep_shows_the_network_the_clean_lightness_and_the_viewer_the_tint(sepia):
    photograph = Photograph(pixels=sepia)
    kept, cleaned = read_tone(photograph, tone="keep"), read_tone(photograph)
    np.testing.assert_array_equal(kept.clean_lightness((64, 64)), cleaned.clean_lightness((64, 64)))
    np.testing.assert_array_equal(full_size(kept), lightness_of(sepia))
    back = compose(kept, np.zeros((2, 8, 8), np.float32))
    assert np.abs(back.astype(int) - sepia).mean() < 1


@pytest.mark.parametrize("tone", ["auto", "keep", "off"])
def test_a_small_copy_of_the_results_lightness_is_as_the_result(sepia, tone):
    read = read_tone(Photograph(pixels=sepia), tone=tone)
    small = read.lightness(whole(read.size), (64, 64))
    assert np.abs(small - resize(full_size(read), (64, 64))).mean() < 0.5


def test_a_border_is_left_out_of_what_the_network_sees(grey):
    scan = cv2.copyMakeBorder(grey, 70, 50, 60, 90, cv2.BORDER_CONSTANT, value=12)
    tone = read_tone(Photograph(pixels=scan))
    bare = read_tone(Photograph(pixels=grey))
    assert abs(tone.frame.height - 512) < 12
    assert abs(tone.frame.width - 512) < 12
    assert np.abs(tone.clean_lightness((32, 32)) - bare.clean_lightness((32, 32))).mean() < 4


def test_a_border_does_not_hide_a_tint(sepia):
    scan = cv2.copyMakeBorder(sepia, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(8, 8, 8))
    assert read_tone(Photograph(pixels=scan)).tint is not None


def test_a_border_that_is_toned_too_is_found(grey):
    scan = cv2.copyMakeBorder(grey, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=20)
    black, white = np.array([20, 45, 80]), np.array([235, 240, 250])  # of a blueprint
    toned = np.rint(black + (white - black) * (scan[..., None] / 255)).astype(np.uint8)
    tone = read_tone(Photograph(pixels=toned))
    assert tone.tint is not None
    assert abs(tone.frame.height - 512) < 12
    assert abs(tone.frame.width - 512) < 12


# Halved and averaged on the way, a large photograph's shades still lie where they lay.
@pytest.mark.parametrize("size", [(2400, 3000), (2401, 3001), (1100, 5000)])
def test_a_large_photographs_small_copies_lie_over_it(size):
    down, across = (np.arange(n) + 0.5 for n in size)
    ramp = np.rint(40 + 90 * (down[:, None] / size[0]) + 90 * (across / size[1])).astype(np.uint8)
    tone = replace(read_tone(Photograph(pixels=ramp)), frame=whole(size))
    for wanted in ((24, 30), (256, 320), (700, 875)):
        expected = resize(lightness_of(ramp), wanted)
        np.testing.assert_allclose(tone.clean_lightness(wanted), expected, rtol=0, atol=0.4)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (3000, 2), (7, 5)])
def test_any_size_can_be_read(rng, size):
    for shape in (size, (*size, 3)):
        tone = read_tone(Photograph(pixels=rng.integers(0, 255, shape, dtype=np.uint8)))
        assert tone.size == size
        assert tone.clean_lightness((8, 12)).shape == (8, 12)


def test_a_copy_of_the_longest_photograph_stays_small():
    tone = read_tone(Photograph(pixels=np.zeros((700, 40_000), np.uint8)))
    assert tone.copy.size <= 1 << 22


def test_names_the_choices(grey):
    with pytest.raises(OptionError, match="tone must be one of auto, keep, off; got 'sepia'"):
        read_tone(Photograph(pixels=grey), tone="sepia")
