# SPDX-License-Identifier: Apache-2.0
import pytest

from tintype.inference import progress
from tintype.inference.progress import Pace, Progress


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress, "perf_counter", lambda: now[0])
    return now


def test_the_rest_takes_as_long_as_its_share_of_what_was_worked_on(clock):
    told: list[Progress] = []
    pace = Pace(10, told.append)
    pace.count("skipped", worked=False)
    clock[0] += 2
    pace.count("done")
    clock[0] += 2
    pace.count("failed")
    assert (told[0].finished, told[0].left) == (1, None)  # nothing is known yet
    last = told[-1]
    assert (last.done, last.failed, last.skipped, last.finished) == (1, 1, 1, 3)
    assert last.per_second == pytest.approx(0.5)  # two in four seconds
    assert last.left == pytest.approx(14)  # seven more


def test_of_an_unknown_number_nobody_knows_when_it_ends(clock):
    told: list[Progress] = []
    pace = Pace(None, told.append)
    clock[0] += 1
    pace.count("done")
    assert (told[0].total, told[0].left) == (None, None)
