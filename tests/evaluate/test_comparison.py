# SPDX-License-Identifier: Apache-2.0
import json

import numpy as np
import pytest

from tintype.errors import OptionError, RecordError
from tintype.evaluate.comparison import compare
from tintype.evaluate.measurement import evaluate
from tintype.evaluate.options import EvaluateOptions


@pytest.fixture
def weak(subjects, baselines, pale):
    return evaluate(subjects, [*baselines, pale("weak", 0.4)])


@pytest.fixture
def strong(subjects, baselines, pale):
    return evaluate(subjects, [*baselines, pale("strong", 0.7)])


def by_name(comparison):
    return {d.statistic.name: d for d in comparison.differences}


def test_differences_are_paired_by_photograph(weak, strong):
    compared = compare(weak, strong)
    assert (compared.names, compared.photographs) == (("weak", "strong"), 6)
    error = by_name(compared)["ciede2000"]
    gaps = weak.rows["weak"]["ciede2000"] - strong.rows["strong"]["ciede2000"]
    assert error.difference.estimate == pytest.approx(gaps.mean())
    assert error.difference.low > 0  # surely worse, though single intervals overlap
    assert error.first.low < error.second.high
    assert error.wins == 0
    assert by_name(compared)["ssim"].wins == 0
    assert by_name(compared)["cf_ratio"].wins is None
    assert by_name(compared)["gain"].difference.high < 0


def test_order_does_not_matter_and_what_one_lacks_is_left_out(subjects, baselines, pale, weak):
    some = evaluate(subjects[4:0:-1], [*baselines, pale("strong", 0.7)])
    compared = compare(weak, some)
    assert (compared.photographs, compared.left_out) == (4, (2, 0))
    gaps = weak.rows["weak"]["ciede2000"][1:5] - some.rows["strong"]["ciede2000"][::-1]
    assert by_name(compared)["ciede2000"].difference.estimate == pytest.approx(gaps.mean())
    assert "auc_rebalanced" not in by_name(compared)
    assert "auc_rebalanced" in by_name(compare(weak, weak))


def test_two_candidates_of_one_record(weak):
    compared = compare(weak, weak, names=("weak", "constant grey"))
    assert by_name(compared)["ciede2000"].wins == 1
    same = by_name(compare(weak, weak))["ciede2000"]
    assert (same.difference.low, same.difference.high, same.wins) == (0, 0, 0.5)


def test_which_candidate_must_be_clear(weak, subjects, baselines, pale):
    with pytest.raises(OptionError, match="no candidate 'gone'; the record has: constant grey"):
        compare(weak, weak, names=("gone", None))
    both = evaluate(subjects, [*baselines, pale("a", 0.4), pale("b", 0.5)])
    with pytest.raises(OptionError, match="which candidate; the record has: .*a, b"):
        compare(both, weak)


def test_records_of_other_photographs_are_refused(weak, subjects, baselines, pale):
    one, other = (evaluate(part, [*baselines, pale()]) for part in (subjects[:2], subjects[2:]))
    with pytest.raises(RecordError, match="share no photograph"):
        compare(one, other)
    weak.photographs["cf"][0] += 1
    with pytest.raises(RecordError, match="is not the same photograph in both records: its cf is"):
        compare(weak, evaluate(subjects, [*baselines, pale()]))


def test_its_content_is_json(weak, strong):
    content = json.loads(json.dumps(compare(weak, strong).to_content(), allow_nan=False))
    assert content["names"] == ["weak", "strong"]
    assert len(content["differences"]["ciede2000"]["difference"]) == 3


def test_another_grey_may_be_compared(weak, subjects, baselines, pale):
    other = evaluate(subjects, [*baselines, pale("strong", 0.7)], EvaluateOptions(grey="rec601"))
    assert np.isfinite(by_name(compare(weak, other))["ciede2000"].difference.estimate)
