# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.imaging.alpha import is_opaque, unpremultiply
from tintype.imaging.photograph import DEPTHS


@pytest.mark.parametrize("dtype", DEPTHS)
def test_one_clear_pixel_makes_it_transparent(dtype):
    alpha = np.full((3, 4), DEPTHS[dtype], dtype)
    assert is_opaque(alpha)
    alpha[1, 2] = 0
    assert not is_opaque(alpha)


@pytest.mark.parametrize("shape", [(40, 50), (40, 50, 3)])
def test_colours_come_back_from_under_their_opacity(rng, shape):
    colors = rng.integers(0, 65536, shape, np.uint16)
    alpha = rng.integers(6554, 65536, shape[:2], np.uint16)  # a tenth and more
    opacity = (alpha if len(shape) == 2 else alpha[..., None]) / 65535
    freed = unpremultiply(np.rint(colors * opacity).astype(np.uint16), alpha)
    assert np.abs(freed.astype(int) - colors).max() <= 6  # half a step, ten times enlarged


def test_what_cannot_be_seen_is_black_and_nothing_is_brighter_than_white():
    freed = unpremultiply(np.array([[9, 200]], np.uint8), np.array([[0, 100]], np.uint8))
    np.testing.assert_array_equal(freed, [[0, 255]])


def test_the_least_opacity_makes_no_number_out_of_range():
    alpha = np.array([[1e-45, 1e-40, 1.2e-38, 1e-30]], np.float32)
    freed = unpremultiply(np.zeros((1, 4), np.float32), alpha)
    np.testing.assert_array_equal(freed, 0)


def test_floating_samples_are_not_rounded():
    freed = unpremultiply(np.array([[0.2]], np.float32), np.array([[0.8]], np.float32))
    assert freed[0, 0] == np.float32(0.25)
