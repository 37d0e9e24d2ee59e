# SPDX-License-Identifier: Apache-2.0
"""Oracle: scikit-image's PSNR and its SSIM with Wang et al.'s settings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from tintype.metrics.pairs import to_bytes
from tintype.metrics.similarity import psnr, ssim


def test_psnr_is_scikit_images(predicted, true):
    expected = peak_signal_noise_ratio(to_bytes(true), to_bytes(predicted), data_range=255)
    assert psnr(predicted, true) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("size", [(61, 90), (11, 11), (11, 40)])
def test_ssim_is_scikit_images(predicted, true, size):
    predicted, true = (rgb[:, : size[0], : size[1]] for rgb in (predicted, true))
    expected = structural_similarity(
        to_bytes(true).astype(float),
        to_bytes(predicted).astype(float),
        channel_axis=0,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert ssim(predicted, true) == pytest.approx(expected, abs=1e-6)


def test_one_step_of_8_bits_everywhere_is_48_db():
    # 20 log10(255 / 1), worked by hand
    black = np.zeros((3, 12, 12))
    assert psnr(black + 1 / 255, black) == pytest.approx(48.1308, abs=1e-4)


def test_equal_pictures(true):
    assert psnr(true, true) == np.inf
    assert ssim(true, true) == pytest.approx(1)


@given(seed=st.integers(0, 99))
def test_both_are_symmetric_and_ssim_is_bounded(seed):
    a, b = np.random.default_rng(seed).random((2, 3, 13, 17))
    assert psnr(a, b) == psnr(b, a)
    assert ssim(a, b) == pytest.approx(ssim(b, a))
    assert -1 <= ssim(a, b) <= 1


def test_each_picture_of_a_batch_has_its_own_number(predicted, true):
    pair = np.stack([predicted, true]), np.stack([true, predicted])
    np.testing.assert_allclose(ssim(*pair), [ssim(predicted, true), ssim(true, predicted)])
    np.testing.assert_allclose(psnr(*pair), [psnr(predicted, true)] * 2)


def test_ssim_refuses_what_its_window_does_not_fit():
    with pytest.raises(ValueError, match="at least 11×11 pixels, got 10×30"):
        ssim(np.zeros((3, 10, 30)), np.zeros((3, 10, 30)))
