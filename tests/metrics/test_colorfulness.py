# SPDX-License-Identifier: Apache-2.0
"""Values worked by hand from Hasler and Süsstrunk's equation 11."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.metrics.colorfulness import colorfulness, colorfulness_abs

RED = np.array([1.0, 0.0, 0.0])
CYAN = 1 - RED


def picture(*colors: np.ndarray) -> np.ndarray:
    """(3, 2, n): each column one colour."""
    return np.stack(colors, axis=-1)[:, None].repeat(2, axis=1)


def test_one_flat_colour_has_only_its_offset():
    # rg = 255, yb = 127.5, no spread: 0.3 sqrt(255² + 127.5²) = 85.5296
    assert colorfulness(picture(RED)) == pytest.approx(85.5296, abs=1e-4)


def test_opposite_colours_spread_only_where_the_sign_is_kept():
    # rg = ±255, yb = ±127.5: signed σ = sqrt(255² + 127.5²) = 285.0987, means 0.
    # Absolute: no spread, the offset of one colour.
    pair = picture(RED, CYAN)
    assert colorfulness(pair) == pytest.approx(285.0987, abs=1e-4)
    assert colorfulness_abs(pair) == pytest.approx(85.5296, abs=1e-4)


@given(level=st.floats(0, 1), seed=st.integers(0, 99))
def test_every_grey_picture_has_none(level, seed):
    plane = level * np.random.default_rng(seed).random((5, 7))
    assert colorfulness(np.stack([plane] * 3)) == pytest.approx(0, abs=1e-9)


def test_absolute_values_give_less_on_a_photograph(true):
    assert 0 < colorfulness_abs(true) < colorfulness(true)


def test_each_picture_of_a_batch_has_its_own_number(predicted, true):
    batch = colorfulness(np.stack([predicted, true]).astype(np.float32))
    expected = [colorfulness(predicted), colorfulness(true)]
    np.testing.assert_allclose(batch, expected, rtol=1e-5)
