# SPDX-License-Identifier: Apache-2.0
"""Oracle: the curve itself, sampled finely and integrated by SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import trapezoid

from tintype.metrics.error_curve import (
    CLASSES,
    area_under_curve,
    class_sums,
    class_weights,
    color_classes,
    pixel_areas,
    rebalanced_area,
)


def chroma(rng: np.random.Generator, size: tuple[int, int] = (9, 11)) -> np.ndarray:
    return rng.uniform(-100, 100, (2, *size))


def test_area_is_the_integral_of_the_curve(rng):
    predicted, true = chroma(rng), chroma(rng)
    error = np.sqrt(((predicted - true) ** 2).sum(axis=0)).ravel()
    assert error.max() > 150  # beyond the last threshold, too
    thresholds = np.linspace(0, 150, 150_001)
    curve = np.searchsorted(np.sort(error), thresholds, side="right") / error.size
    expected = trapezoid(curve, thresholds) / 150
    assert area_under_curve(predicted, true) == pytest.approx(expected, abs=1e-4)


def test_known_errors_by_hand():
    # errors 0, 30, 75 and 200: areas 1, 0.8, 0.5 and 0
    predicted = np.array([[[0.0, 30.0], [75.0, 200.0]], np.zeros((2, 2))])
    assert area_under_curve(predicted, np.zeros((2, 2, 2))) == pytest.approx(0.575)


def test_classes_are_centred_on_grey_and_ten_wide():
    plane = np.array([[-4.9, 4.9, 5.1, 300.0]])
    true = np.stack([plane, np.zeros_like(plane)])
    grey = (CLASSES - 1) // 2
    assert color_classes(true).ravel()[:3].tolist() == [grey, grey, grey + 27]
    assert color_classes(true).max() < CLASSES


def test_rebalancing_lets_every_class_count_alike():
    # Three grey pixels without error, one red pixel at error 75: plain (3 + 0.5) / 4,
    # rebalanced (1 + 0.5) / 2.
    true = np.array([[[0.0, 0.0], [0.0, 75.0]], np.zeros((2, 2))])
    predicted = np.zeros_like(true)
    classes = color_classes(true)
    areas = class_sums(pixel_areas(predicted, true), classes)
    counts = class_sums(np.ones((2, 2)), classes)
    assert area_under_curve(predicted, true) == pytest.approx(0.875)
    assert rebalanced_area(areas, counts) == pytest.approx(0.75)


@given(seed=st.integers(0, 99))
def test_weighted_pixels_give_the_same_as_the_mean_of_the_classes(seed):
    rng = np.random.default_rng(seed)
    predicted, true = chroma(rng), chroma(rng)
    classes, areas = color_classes(true), pixel_areas(predicted, true)
    counts = class_sums(np.ones(areas.shape), classes)
    weights = class_weights(counts)[classes]
    expected = rebalanced_area(class_sums(areas, classes), counts)
    assert (weights * areas).sum() / weights.sum() == pytest.approx(expected)
    assert weights.mean() == pytest.approx(1)


def test_no_pixels_are_refused():
    with pytest.raises(ValueError, match="every class is empty"):
        rebalanced_area(np.zeros(CLASSES), np.zeros(CLASSES))
