# SPDX-License-Identifier: Apache-2.0
"""Oracle: SciPy's matrix square root."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from tintype.metrics.semantics import frechet_distance, top1_agreement


def test_agreement_is_the_share_of_equal_answers():
    assert top1_agreement(np.array([3, 5, 7, 9]), np.array([3, 5, 8, 2])) == 0.5


@pytest.mark.parametrize(("count", "other"), [(40, 30), (7, 50), (4, 4)])
def test_distance_is_that_of_the_matrix_square_root(rng, count, other):
    mixing = rng.normal(size=(6, 6))
    a = rng.normal(size=(count, 6)) @ mixing
    b = 1.3 * rng.normal(size=(other, 6)) + 0.2
    means = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    first, second = np.cov(a.T), np.cov(b.T)
    # SciPy's root is exact only for regular matrices: a whisper of the identity makes them so
    root = sqrtm((first + 1e-9 * np.eye(6)) @ (second + 1e-9 * np.eye(6))).real
    expected = means + np.trace(first + second - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected, abs=2e-3)


def test_one_dimension_by_hand():
    # means 0 and 3, standard deviations 1 and 2 (unbiased): 9 + (1 - 2)²
    unit = np.array([[-1.0], [0.0], [1.0]])
    assert frechet_distance(unit, 2 * unit + 3) == pytest.approx(10)


def test_a_cloud_is_at_no_distance_from_itself(rng):
    cloud = rng.normal(size=(20, 50))  # fewer pictures than features: a singular covariance
    assert frechet_distance(cloud, cloud) == pytest.approx(0, abs=1e-9)


def test_mismatched_clouds_are_refused(rng):
    with pytest.raises(ValueError, match=r"\(N, D\) and \(M, D\)"):
        frechet_distance(np.zeros((3, 4)), np.zeros((3, 5)))
    with pytest.raises(ValueError, match="2 pictures or more, got 1 and 3"):
        frechet_distance(np.zeros((1, 4)), np.zeros((3, 4)))
    with pytest.raises(ValueError, match="one length"):
        top1_agreement(np.array([1]), np.array([1, 2]))
