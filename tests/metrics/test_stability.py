# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.metrics.color_difference import mean_ciede2000
from tintype.metrics.stability import size_stability


def test_equal_colourings_are_perfectly_stable(true):
    assert size_stability(np.stack([true] * 3)) == 0


def test_against_a_reference_and_over_all_pairs(predicted, true):
    distance = float(mean_ciede2000(predicted, true))
    pictures = np.stack([true, predicted, true])
    # from 0: to 1 and to 2; from 1: to 0 and to 2; pairs: (0, 1), (0, 2), (1, 2)
    assert size_stability(pictures, reference=0) == pytest.approx(distance / 2)
    assert size_stability(pictures, reference=1) == pytest.approx(distance)
    assert size_stability(pictures) == pytest.approx(2 * distance / 3)


def test_one_colouring_or_no_such_reference_is_refused(true):
    with pytest.raises(ValueError, match="K of 2 or more"):
        size_stability(true[None])
    with pytest.raises(ValueError, match="index below 2, got 2"):
        size_stability(np.stack([true, true]), reference=2)
