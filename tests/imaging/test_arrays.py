# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.errors import UnsupportedImage
from tintype.imaging.arrays import array_of_photograph, photograph_of_array

DTYPES = ["uint8", "uint16", "float16", "float32", "float64"]


def array(rng, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    if dtype.startswith("float"):
        return rng.random(shape).astype(dtype)
    return rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4), (1, 1)])
def test_an_array_survives_being_a_photograph(rng, shape, dtype):
    there = array(rng, shape, dtype)
    photograph = photograph_of_array(there)
    assert photograph.size == shape[:2]
    assert (photograph.alpha is not None) == (shape[2:] == (4,))
    back = array_of_photograph(photograph, there.dtype)
    assert back.dtype == there.dtype
    np.testing.assert_allclose(back, there, atol=1e-7)


def test_three_equal_planes_are_a_grey_photograph(rng):
    grey = array(rng, (5, 7), "uint8")
    photograph = photograph_of_array(np.dstack([grey] * 3))
    assert photograph.is_grey
    np.testing.assert_array_equal(photograph.pixels, grey)


def test_an_array_that_is_a_view_is_taken_too(rng):
    turned = array(rng, (7, 5, 3), "uint8")[::-1, :, ::-1].transpose(1, 0, 2)
    np.testing.assert_array_equal(photograph_of_array(turned).pixels, turned)


@pytest.mark.parametrize("shape", [(5,), (5, 7, 1), (5, 7, 2), (2, 5, 7, 3), (0, 7), (5, 0, 3)])
def test_another_shape_is_refused_by_name(shape):
    with pytest.raises(UnsupportedImage, match=r"must be \(H, W\), .* got \("):
        photograph_of_array(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "uint32", "complex64"])
def test_another_dtype_is_refused_by_name(dtype):
    with pytest.raises(UnsupportedImage, match=f"uint8, uint16 or floating; got {dtype}"):
        photograph_of_array(np.zeros((2, 2), dtype))


@pytest.mark.parametrize("value", [-0.1, 1.1, 255.0, float("nan"), float("inf")])
def test_a_floating_array_out_of_range_is_refused(value):
    with pytest.raises(UnsupportedImage, match=r"must lie in \[0, 1\], got .*divide"):
        photograph_of_array(np.array([[0.5, value]]))
