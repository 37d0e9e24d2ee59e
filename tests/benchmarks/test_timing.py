# SPDX-License-Identifier: Apache-2.0
"""The stopwatch: warm-up, turns, medians, ratios within a run."""

import gc
import subprocess
import sys

import pytest

from benchmarks.timing import Timing, time_calls, time_commands


def test_all_are_warmed_up_and_then_take_turns():
    called = []
    calls = {name: lambda name=name: called.append(name) for name in "ab"}
    timings = time_calls(calls, rounds=3, warmup=2)
    assert "".join(called) == "aabb" + "ab" * 3
    assert {name: len(timing.seconds) for name, timing in timings.items()} == {"a": 3, "b": 3}


def test_no_collection_falls_into_a_round_and_the_collector_goes_on_after():
    seen = []
    time_calls({"a": lambda: seen.append(gc.isenabled())}, rounds=1, warmup=0)
    assert seen == [False]
    assert gc.isenabled()


def test_durations_are_those_of_the_clock(monkeypatch):
    ticks = iter([1.0, 1.5, 2.0, 2.25])
    monkeypatch.setattr("benchmarks.timing.time.perf_counter", lambda: next(ticks))
    assert time_calls({"a": int}, rounds=2, warmup=0)["a"].seconds == (0.5, 0.25)


def test_the_median_is_what_counts():
    timing = Timing((1.0, 2.0, 3.0, 4.0, 100.0))
    assert timing.median == 3.0
    assert timing.spread == (2.0, 4.0)
    assert Timing((1.0,)).spread == (1.0, 1.0)


def test_a_ratio_pairs_the_rounds():
    # the machine was three times slower in the second round, for both
    assert Timing((2.0, 6.0)).ratio_to(Timing((1.0, 3.0))) == 2.0
    with pytest.raises(ValueError, match="shorter"):
        Timing((1.0, 2.0)).ratio_to(Timing((1.0,)))


def test_commands_are_run_and_must_succeed():
    timings = time_commands({"pass": [sys.executable, "-c", "pass"]}, rounds=1, warmup=0)
    assert timings["pass"].median > 0
    with pytest.raises(subprocess.CalledProcessError):
        time_commands({"fail": [sys.executable, "-c", "raise SystemExit(1)"]})


def test_commands_may_keep_what_they_compile(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    keeps = "import sys; raise SystemExit(sys.dont_write_bytecode)"
    time_commands({"keeps": [sys.executable, "-c", keeps]}, rounds=1, warmup=0)
