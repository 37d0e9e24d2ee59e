# SPDX-License-Identifier: Apache-2.0
"""The paper's formulae worked by hand on a picture of four pixels."""

import numpy as np
import pytest

from tintype.metrics.paper import bin_accuracy, root_mean_square, squared_l2

# Bins of width 4 from -100: bin 25 holds [0, 4), 24 holds [-4, 0).
TRUE = np.array([[[0.0, 3.9], [-0.1, 120.0]], [[0.0, 0.0], [0.0, 0.0]]])
PREDICTED = np.array([[[3.0, 4.0], [0.1, 99.0]], [[1.0, 9.0], [-5.0, 3.0]]])


def test_l2_is_the_sum_of_both_channels_squares():
    # U: 9 + 0.01 + 0.04 + 441; V: 1 + 81 + 25 + 9
    assert squared_l2(PREDICTED, TRUE) == pytest.approx(450.05 + 116)


def test_root_mean_square_is_of_each_channel():
    expected = np.sqrt([450.05 / 4, 116 / 4])
    np.testing.assert_allclose(root_mean_square(PREDICTED, TRUE), expected)


def test_accuracy_counts_pixels_in_the_true_bin():
    # U: 25 = 25; 26 ≠ 25; 25 ≠ 24; 120 and 99 share the outermost. V: 25, 27, 23, 25 against 25.
    assert bin_accuracy(PREDICTED, TRUE).tolist() == [0.5, 0.5]


def test_accuracy_within_one_bin():
    assert bin_accuracy(PREDICTED, TRUE, tolerance=1).tolist() == [1.0, 0.5]
    assert bin_accuracy(PREDICTED, TRUE, tolerance=2).tolist() == [1.0, 1.0]


def test_each_picture_of_a_batch_has_its_own_numbers():
    batch = bin_accuracy(np.stack([PREDICTED, TRUE]), np.stack([TRUE, TRUE]))
    assert batch.tolist() == [[0.5, 0.5], [1.0, 1.0]]


def test_three_planes_and_negative_tolerances_are_refused():
    with pytest.raises(ValueError, match="predicted must be"):
        squared_l2(np.zeros((3, 2, 2)), np.zeros((3, 2, 2)))
    with pytest.raises(ValueError, match="tolerance must be 0 or more bins, got -1"):
        bin_accuracy(PREDICTED, TRUE, tolerance=-1)
