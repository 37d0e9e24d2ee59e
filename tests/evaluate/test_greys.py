# SPDX-License-Identifier: Apache-2.0
"""Oracle: scikit-image's CIELAB of grey pictures made by the published weights."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.color import rgb2lab

from tintype.errors import OptionError
from tintype.evaluate.greys import LIGHTNESS, ORTHOCHROMATIC, REC601, SOFT, WORN, make_grey


@pytest.fixture
def rgb(color_pixels) -> np.ndarray:
    return np.moveaxis(color_pixels, -1, 0).astype(np.float32) / 255


def lightness(rgb: np.ndarray) -> np.ndarray:
    return rgb2lab(np.moveaxis(rgb, 0, -1))[..., 0]


def test_lightness_is_that_of_the_photograph(rgb):
    np.testing.assert_allclose(make_grey(rgb, LIGHTNESS), lightness(rgb), atol=5e-3)


def test_rec601_is_the_lightness_of_the_luma_as_a_grey_picture(rgb):
    luma = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
    np.testing.assert_allclose(make_grey(rgb, REC601), lightness(np.stack([luma] * 3)), atol=5e-3)


def test_old_film_is_blind_to_red_and_not_to_blue():
    red, blue = np.zeros((2, 3, 1, 1), np.float32)
    red[0], blue[2] = 1, 1
    assert make_grey(red, ORTHOCHROMATIC) == 0
    assert make_grey(blue, ORTHOCHROMATIC) > make_grey(blue, LIGHTNESS) + 30


def test_a_soft_photograph_is_blurred_by_a_two_hundredth_of_its_short_side(rgb):
    rgb = np.kron(rgb, np.ones((1, 4, 4), np.float32))
    blurred = gaussian_filter(lightness(rgb), min(rgb.shape[1:]) / 200, mode="mirror")
    np.testing.assert_allclose(make_grey(rgb, SOFT), blurred, atol=0.1)


@pytest.mark.parametrize("scale", [1, 4])
def test_a_worn_photograph_is_soft_and_faded_and_grainy(rgb, scale):
    rgb = np.kron(rgb, np.ones((1, scale, scale), np.float32))
    grain = make_grey(rgb, WORN) - (10 + 0.8 * make_grey(rgb, SOFT))
    assert abs(grain.mean()) < 0.3
    assert 1.5 < grain.std() < 3.2  # what lies between the grains is smoother
    np.testing.assert_array_equal(make_grey(rgb, WORN), make_grey(rgb, WORN))


@pytest.mark.parametrize("kind", [LIGHTNESS, REC601, ORTHOCHROMATIC, SOFT])
def test_a_grey_photograph_stays_as_it_is(kind):
    ramp = np.linspace(0, 1, 256, dtype=np.float32).reshape(1, 1, 256).repeat(3, axis=0)
    np.testing.assert_allclose(make_grey(ramp, kind), make_grey(ramp, LIGHTNESS), atol=1e-3)


def test_another_kind_is_refused(rgb):
    kinds = "lightness, rec601, orthochromatic, soft, worn"
    with pytest.raises(OptionError, match=f"grey must be one of {kinds}; got 'sepia'"):
        make_grey(rgb, "sepia")
