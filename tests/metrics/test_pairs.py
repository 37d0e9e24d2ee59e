# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.metrics.pairs import check_pair, to_bytes


@pytest.mark.parametrize(
    ("predicted", "true", "message"),
    [
        (np.zeros((3, 4, 5)), np.zeros((3, 5, 4)), r"one shape, got \(3, 4, 5\) and \(3, 5, 4\)"),
        (np.zeros((4, 5, 3)), np.zeros((4, 5, 3)), r"predicted must be channels-first"),
        (np.zeros((3, 4, 5)), np.zeros((4, 5)), r"true must be channels-first"),
        (np.zeros((3, 4, 5), np.uint8), np.zeros((3, 4, 5)), "predicted must be floating"),
    ],
)
def test_what_is_no_pair_is_refused(predicted, true, message):
    with pytest.raises(ValueError, match=message):
        check_pair(predicted, true)


def test_bytes_round_to_nearest_and_clip():
    rgb = np.array([-0.2, 0.0, 0.49 / 255, 0.51 / 255, 1.0, 1.7])
    assert to_bytes(rgb).tolist() == [0, 0, 0, 1, 255, 255]
