# SPDX-License-Identifier: Apache-2.0
"""Two photographs, worked by hand."""

import numpy as np
import pytest

from tintype.evaluate.summary import common_statistics, summarize

COLUMNS = {
    "ciede2000": np.array([6.0, 9.0]),
    "grey_ciede2000": np.array([10.0, 10.0]),
    "cf": np.array([20.0, 25.0]),
    "true_cf": np.array([30.0, 60.0]),
    "saturation": np.array([0.1, 0.3]),
    "true_saturation": np.array([0.3, 0.5]),
    "psnr": np.array([np.nan, 30.0]),
    "undisplayable": np.array([np.nan, np.nan]),
    "rebalanced_area": np.array([1.0, 2.0]),
    "true_rebalanced_weight": np.array([2.0, 4.0]),
}


@pytest.fixture
def summary():
    return summarize({"a": COLUMNS}, seed=0, resamples=200)["a"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ciede2000", 7.5),
        ("gain", 0.25),  # (4 + 1) / 20
        ("cf_ratio", 0.5),  # 45 / 90
        ("delta_cf", -22.5),
        ("saturation_difference", -0.5),  # (0.4 - 0.8) / 0.8
        ("psnr", 30.0),  # of the one that has it
        ("auc_rebalanced", 0.5),
    ],
)
def test_each_statistic_by_hand(summary, name, value):
    assert summary[name].estimate == pytest.approx(value)


def test_what_has_no_columns_or_only_missing_values_is_left_out(summary):
    assert "ssim" not in summary
    assert "undisplayable" not in summary


def test_candidates_are_resampled_on_the_same_photographs():
    both = summarize({"a": COLUMNS, "b": COLUMNS}, seed=3, resamples=200)
    assert both["a"] == both["b"]
    assert both["a"] == summarize({"a": COLUMNS}, seed=3, resamples=200)["a"]


def test_common_statistics_are_those_of_all():
    names = [s.name for s in common_statistics([COLUMNS, {"ciede2000": np.array([1.0])}])]
    assert names == ["ciede2000"]
