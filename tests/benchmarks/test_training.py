# SPDX-License-Identifier: Apache-2.0
"""The time of a training step, on few and small photographs."""

import pytest

from benchmarks import training
from tintype.learn.recipe import find_recipe

pytestmark = [pytest.mark.filterwarnings(), pytest.mark.slow]


def test_steps_and_decoding_are_timed(monkeypatch):
    monkeypatch.setattr(training, "find_recipe", lambda name: find_recipe(name).smoke())
    for name, value in (("_PHOTOGRAPHS", 4), ("_WARMUP", 1), ("_STEPS", 3)):
        monkeypatch.setattr(training, name, value)
    result = training.run()
    assert [row[0] for row in result.rows] == ["a step", "a plain network's step", "decoding, once"]
    for _, milliseconds, photographs in result.rows[:2]:
        assert photographs == pytest.approx(2 * 1000 / milliseconds)  # batches of two
        assert milliseconds > 1
    assert "median of 2 steps after 1" in result.method
