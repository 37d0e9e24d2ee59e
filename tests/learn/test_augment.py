# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.learn.augment import Augment, Crop, center_crop, cut_crop, draw_crop, draw_hints


@given(
    height=st.integers(1, 300),
    width=st.integers(1, 300),
    low=st.floats(0.05, 1),
    ratio=st.floats(1, 3),
    seed=st.integers(0, 99),
)
def test_a_crop_lies_inside_its_photograph(height, width, low, ratio, seed):
    augment = Augment(area=(low, 1.0), ratio=ratio)
    crop = draw_crop(augment, height, width, np.random.default_rng(seed))
    assert crop.height >= 1
    assert crop.width >= 1
    assert 0 <= crop.top <= height - crop.height
    assert 0 <= crop.left <= width - crop.width


def test_area_and_ratio_are_those_asked_for():
    rng = np.random.default_rng(0)
    crops = [draw_crop(Augment(area=(0.25, 0.5), ratio=2.0), 400, 400, rng) for _ in range(500)]
    ratios = [crop.width / crop.height for crop in crops]
    assert 0.49 < min(ratios) < 0.52
    assert 1.94 < max(ratios) < 2.03
    # The largest crop of ratio r in a square has the share min(r, 1 / r) of it.
    shares = [
        crop.width * crop.height / 400**2 / min(ratio, 1 / ratio)
        for crop, ratio in zip(crops, ratios, strict=True)
    ]
    assert 0.24 < min(shares) < 0.27
    assert 0.48 < max(shares) < 0.51
    assert 0.4 < np.mean([crop.mirrored for crop in crops]) < 0.6


def test_nothing_is_mirrored_unless_asked():
    rng = np.random.default_rng(0)
    assert not any(draw_crop(Augment(flip=False), 9, 9, rng).mirrored for _ in range(50))


def test_a_crop_of_the_same_size_keeps_every_pixel(rng):
    pixels = rng.integers(0, 256, (10, 12, 3), dtype=np.uint8)
    cut = cut_crop(pixels, Crop(1, 2, 8, 8, mirrored=False), 8)
    np.testing.assert_array_equal(cut, pixels[1:9, 2:10].transpose(2, 0, 1))
    mirrored = cut_crop(pixels, Crop(1, 2, 8, 8, mirrored=True), 8)
    np.testing.assert_array_equal(mirrored, cut[:, :, ::-1])


def test_reducing_averages_areas(rng):
    pixels = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    cut = cut_crop(pixels, Crop(0, 0, 8, 8, mirrored=False), 2)
    means = pixels.reshape(2, 4, 2, 4, 3).mean(axis=(1, 3)).transpose(2, 0, 1)
    np.testing.assert_allclose(cut, means, atol=0.51)


def test_the_middle_square():
    assert center_crop(10, 4) == Crop(3, 0, 4, 4, mirrored=False)


def test_hints_are_few_small_and_not_in_every_crop():
    rng = np.random.default_rng(0)
    augment = Augment(hinted=0.5, points=4.0, patch=3)
    masks = np.stack([draw_hints(augment, 128, rng) for _ in range(800)])
    with_some = masks.any(axis=(1, 2))
    assert 0.45 < with_some.mean() < 0.55
    assert set(np.unique(masks)) == {0, 1}
    # A mean of 4 patches of 1, 2 or 3 pixels a side covers 4 (1 + 4 + 9) / 3 pixels.
    assert masks[with_some].sum(axis=(1, 2)).mean() == pytest.approx(56 / 3, rel=0.1)


def test_no_hints_unless_asked():
    assert not any(draw_hints(Augment(), 32, np.random.default_rng(n)).any() for n in range(9))
