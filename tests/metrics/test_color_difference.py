# SPDX-License-Identifier: Apache-2.0
"""Oracle: scikit-image's CIELAB and CIEDE2000."""

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from tintype.metrics.color_difference import mean_ciede2000, mean_lightness_error


def test_mean_ciede2000_is_scikit_images(predicted, true):
    lab = [rgb2lab(np.moveaxis(rgb, 0, -1)) for rgb in (predicted, true)]
    expected = deltaE_ciede2000(*lab).mean()
    assert mean_ciede2000(predicted, true) == pytest.approx(expected, abs=2e-3)


def test_mean_lightness_error_is_scikit_images(predicted, true):
    lightness = [rgb2lab(np.moveaxis(rgb, 0, -1))[..., 0] for rgb in (predicted, true)]
    expected = np.abs(lightness[0] - lightness[1]).mean()
    assert mean_lightness_error(predicted, true) == pytest.approx(expected, abs=2e-3)


def test_the_truth_is_at_no_distance(true, dtype):
    assert mean_ciede2000(true.astype(dtype), true.astype(dtype)) == 0


def test_each_picture_of_a_batch_has_its_own_number(predicted, true):
    batch = mean_ciede2000(np.stack([predicted, true]), np.stack([true, true]))
    assert batch.shape == (2,)
    assert batch.dtype == np.float64
    np.testing.assert_allclose(batch, [mean_ciede2000(predicted, true), 0])
