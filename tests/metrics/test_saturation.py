# SPDX-License-Identifier: Apache-2.0
"""Oracle: scikit-image's HSV; s*uv and the relative deviation worked by hand."""

import numpy as np
import pytest
from skimage.color import rgb2hsv

from tintype.metrics.saturation import (
    mean_hsv_saturation,
    mean_luv_saturation,
    saturation_difference,
)


def test_mean_hsv_saturation_is_scikit_images(true):
    expected = rgb2hsv(np.moveaxis(true, 0, -1))[..., 1].mean()
    assert mean_hsv_saturation(true) == pytest.approx(expected)


def test_luv_saturation_is_chroma_over_lightness_and_none_in_black():
    # C* = 5 at L* = 50: 0.1; C* = 20 at L* = 40: 0.5; black: 0. Their mean is 0.2.
    luv = np.array([[50, 40, 0], [3, 12, 0], [4, -16, 0]], dtype=float)[:, None]
    assert mean_luv_saturation(luv) == pytest.approx(0.2)


def test_duller_is_negative_and_the_sums_are_compared():
    # (0.1 + 0.2) / (0.4 + 0.2) - 1 = -0.5
    assert saturation_difference(np.array([0.1, 0.2]), np.array([0.4, 0.2])) == pytest.approx(-0.5)
    assert saturation_difference(np.array([0.9]), np.array([0.6])) == pytest.approx(0.5)


def test_a_grey_truth_or_other_shapes_are_refused():
    with pytest.raises(ValueError, match="all grey"):
        saturation_difference(np.array([0.1]), np.array([0.0]))
    with pytest.raises(ValueError, match="one shape"):
        saturation_difference(np.zeros(2), np.ones(3))
