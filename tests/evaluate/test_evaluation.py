# SPDX-License-Identifier: Apache-2.0
import json

import numpy as np
import pytest

from tintype.errors import RecordError
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.measurement import evaluate


@pytest.fixture
def found(subjects, baselines, pale) -> Evaluation:
    return evaluate(subjects, [*baselines, pale()])


def test_it_survives_its_record(found):
    text = json.dumps(found.to_content(), allow_nan=False)
    again = Evaluation.from_content(json.loads(text))
    assert again.names == found.names
    for name in found.names:
        assert again.rows[name].keys() == found.rows[name].keys()
        for column, values in found.rows[name].items():
            np.testing.assert_allclose(again.rows[name][column], values, rtol=1e-5)
        for statistic, interval in found.summary[name].items():
            assert again.summary[name][statistic].low == pytest.approx(interval.low, rel=1e-5)
    assert json.dumps(again.to_content(), allow_nan=False) == text


def test_what_is_missing_is_none(found):
    found.rows["pale"]["psnr"][2] = np.nan
    content = found.to_content()
    assert content["rows"]["pale"]["psnr"][2] is None
    assert np.isnan(Evaluation.from_content(content).rows["pale"]["psnr"][2])


def test_groups_are_by_size_and_columns_follow_the_choice(found):
    assert {name: len(chosen) for name, chosen in found.groups("source").items()} == {
        "kitchen": 3,
        "space": 3,
    }
    assert list(found.groups("label")) == ["cup", "portrait", "cat", "flag"]
    chosen = found.groups("label")["cup"]
    columns = found.columns(chosen)["pale"]
    np.testing.assert_array_equal(columns["cf"], found.rows["pale"]["cf"][chosen])
    np.testing.assert_array_equal(
        columns["grey_ciede2000"], found.rows["constant grey"]["ciede2000"][chosen]
    )
    np.testing.assert_array_equal(columns["true_cf"], np.array(found.photographs["cf"])[chosen])


@pytest.mark.parametrize("part", ["options", "candidates", "rows", "summary"])
def test_a_damaged_record_is_refused(found, part):
    content = found.to_content()
    del content[part]
    with pytest.raises(RecordError, match=f"damaged: KeyError.*{part}"):
        Evaluation.from_content(content)
