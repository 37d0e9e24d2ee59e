# SPDX-License-Identifier: Apache-2.0
"""Oracle: SciPy's percentile bootstrap, and the interval's own promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tintype.metrics.bootstrap import (
    bootstrap_difference,
    bootstrap_mean,
    bootstrap_ratio,
    bootstrap_ratio_differences,
    bootstrap_ratios,
)


def test_interval_is_scipys(rng):
    values = rng.gamma(2, size=80)
    found = bootstrap_mean(values, resamples=20_000)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=1
    ).confidence_interval
    assert found.estimate == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.015)


def test_ratio_is_scipys(rng):
    above, below = rng.gamma(2, size=60), 1 + rng.gamma(2, size=60)
    found = bootstrap_ratio(above, below, resamples=20_000)
    expected = stats.bootstrap(
        (above, below),
        lambda a, b, axis: a.sum(axis=axis) / b.sum(axis=axis),
        n_resamples=20_000,
        method="percentile",
        paired=True,
        vectorized=True,
        rng=1,
    ).confidence_interval
    assert found.estimate == pytest.approx(above.sum() / below.sum())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)


def test_intervals_hold_the_truth_as_often_as_they_say(rng):
    held = 0
    for trial in range(300):
        interval = bootstrap_mean(rng.normal(7, 2, size=60), seed=trial, resamples=400)
        held += interval.low <= 7 <= interval.high
    assert 0.90 <= held / 300 <= 0.98


def test_pairing_sees_what_single_intervals_hide(rng):
    hard = rng.gamma(2, 5, size=50)  # photographs differ far more than colourisers do
    a, b = hard + rng.normal(0, 0.1, 50), hard + 0.3 + rng.normal(0, 0.1, 50)
    difference = bootstrap_difference(a, b)
    assert difference.high < 0
    assert bootstrap_mean(a).high > bootstrap_mean(b).low


def test_difference_of_ratios_is_scipys(rng):
    columns = [rng.gamma(2, size=60) for _ in range(4)]
    columns[1] += 1
    columns[3] += 2
    (found,) = bootstrap_ratio_differences(
        (columns[0][:, None], columns[1][:, None]),
        (columns[2][:, None], columns[3][:, None]),
        resamples=20_000,
    )
    expected = stats.bootstrap(
        columns,
        lambda a, b, c, d, axis: a.sum(axis) / b.sum(axis) - c.sum(axis) / d.sum(axis),
        n_resamples=20_000,
        method="percentile",
        paired=True,
        vectorized=True,
        rng=1,
    ).confidence_interval
    assert found.estimate == pytest.approx(
        columns[0].sum() / columns[1].sum() - columns[2].sum() / columns[3].sum()
    )
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)


def test_a_photograph_that_one_of_two_lacks_counts_for_neither():
    ones, first, second = (
        np.ones((3, 1)),
        np.array([[1.0], [9], [5]]),
        np.array([[2.0], [np.nan], [3]]),
    )
    (found,) = bootstrap_ratio_differences((first, ones), (second, ones))
    assert found.estimate == pytest.approx((1 - 2 + 5 - 3) / 2)


@given(seed=st.integers(0, 2**31), count=st.integers(2, 30))
def test_a_seed_repeats_itself_and_the_bounds_are_in_order(seed, count):
    values = np.random.default_rng(seed).normal(size=count)
    first = bootstrap_mean(values, seed=seed, resamples=50)
    assert first == bootstrap_mean(values, seed=seed, resamples=50)
    assert values.min() <= first.low <= first.high <= values.max()


def test_missing_values_are_left_out():
    values = np.array([1.0, np.nan, 3.0])
    assert bootstrap_mean(values).estimate == 2
    table = bootstrap_ratios(np.stack([values, [2, 2, 2]], axis=1), np.ones((3, 2)))
    assert (table[0].estimate, table[1].estimate) == (2, 2)
    assert table[1].low == table[1].high == 2


@pytest.mark.parametrize("values", [[], [5.0], [5.0, np.nan], [np.nan, np.nan]])
def test_bounds_of_fewer_than_two_photographs_are_unknown(values):
    interval = bootstrap_mean(np.array(values))
    assert np.isnan([interval.low, interval.high]).all()


def test_blocks_do_not_change_what_is_drawn(monkeypatch, rng):
    values = rng.normal(size=40)
    whole = bootstrap_mean(values, resamples=100)
    monkeypatch.setattr("tintype.metrics.bootstrap._BLOCK", 400)
    assert bootstrap_mean(values, resamples=100) == whole


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="one shape"):
        bootstrap_ratio(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="0 < level < 1, got 2000 and 95"):
        bootstrap_mean(np.ones(3), level=95)
