# SPDX-License-Identifier: Apache-2.0
import pytest

from tintype.evaluate.measurement import evaluate
from tintype.evaluate.statistics import STATISTICS

FROM_OUTSIDE = {"stability", "agreement", "lpips"}  # columns of sizes and of instruments


def test_names_and_titles_are_unique():
    assert (
        len({s.name for s in STATISTICS}) == len({s.title for s in STATISTICS}) == len(STATISTICS)
    )


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: s.name)
def test_every_statistic_says_what_is_best(statistic):
    assert statistic.aim in ("low", "high", "true") or isinstance(statistic.aim, float)
    assert statistic.help.endswith(".")


def test_every_statistic_is_made_of_columns_that_there_are(subjects, baselines, pale):
    columns = evaluate(subjects, [*baselines, pale()]).columns()["pale"].keys() | FROM_OUTSIDE
    for statistic in STATISTICS:
        assert {statistic.number, statistic.minus, statistic.over} - {None} <= columns
