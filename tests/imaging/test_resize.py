# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.transform import downscale_local_mean

from tintype.imaging.resize import resize

sides = st.integers(1, 40)
sizes = st.tuples(sides, sides)


def test_whole_factors_are_scikit_images_local_mean(rng):
    plane = rng.random((24, 36), dtype=np.float32)
    np.testing.assert_allclose(
        resize(plane, (8, 6)), downscale_local_mean(plane, (3, 6)), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize(("before", "after"), [((120, 200), (7, 9)), ((36, 23), (5, 23))])
def test_the_mean_is_kept_when_shrinking(rng, before, after):
    plane = rng.random(before, dtype=np.float32)
    assert resize(plane, after).mean() == pytest.approx(plane.mean(), abs=2e-3)


# A ramp says where each pixel's centre is: (i + 1/2) / n of the side, before and after.
@pytest.mark.parametrize("after", [(30, 50), (60, 100), (17, 31), (300, 400), (30, 400)])
def test_nothing_moves(after):
    height, width = 90, 140
    ramp = np.add.outer((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width)
    expected = np.add.outer(
        (np.arange(after[0]) + 0.5) / after[0], (np.arange(after[1]) + 0.5) / after[1]
    )
    resized = resize(ramp.astype(np.float32), after)
    inside = np.s_[3:-3, 3:-3]  # beyond the outermost centres, interpolation repeats the edge
    np.testing.assert_allclose(resized[inside], expected[inside], rtol=0, atol=2e-3)


@given(before=sizes, after=sizes, value=st.floats(0, 100, width=32))
def test_a_flat_plane_stays_flat_at_any_size(before, after, value):
    resized = resize(np.full(before, value, np.float32), after)
    assert resized.shape == after
    np.testing.assert_allclose(resized, value, rtol=1e-5, atol=1e-6)


@given(plane=arrays(np.float32, sizes, elements=st.floats(-50, 50, width=32)), after=sizes)
def test_no_value_leaves_the_range(plane, after):
    resized = resize(plane, after)
    assert resized.min() >= plane.min() - 1e-3
    assert resized.max() <= plane.max() + 1e-3


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_code_values_come_back_as_floats_of_the_same_scale(rng, dtype):
    codes = rng.integers(0, np.iinfo(dtype).max, (48, 64), dtype=dtype, endpoint=True)
    resized = resize(codes, (12, 16))
    assert resized.dtype == np.float32
    np.testing.assert_allclose(resized, downscale_local_mean(codes, (4, 4)), rtol=0, atol=0.51)


def test_leading_dimensions_pass_through(rng):
    planes = rng.random((2, 5, 20, 30), dtype=np.float32)
    resized = resize(planes, (10, 10))
    assert resized.shape == (2, 5, 10, 10)
    np.testing.assert_array_equal(resized[1, 3], resize(planes[1, 3], (10, 10)))


@pytest.mark.parametrize(
    ("planes", "size", "message"),
    [
        (np.zeros((0, 4), np.float32), (2, 2), "H, W >= 1"),
        (np.zeros(4, np.float32), (2, 2), r"\(\.\.\., H, W\)"),
        (np.zeros((4, 4)), (2, 2), "got float64"),
        (np.zeros((4, 4), np.float32), (0, 2), r"size must be .* got \(0, 2\)"),
    ],
)
def test_says_what_it_cannot_resize(planes, size, message):
    with pytest.raises(ValueError, match=message):
        resize(planes, size)
