# SPDX-License-Identifier: Apache-2.0
"""Times that can be trusted on a machine that is doing other things too.

Each alternative is warmed up, then all take turns, round by round, so that a slow stretch of the
machine falls on all of them. What counts is the median, with the quartiles as its spread.
"""

import gc
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations of one alternative, in seconds, in the order in which they were taken."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle duration, in seconds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """First and third quartile, in seconds."""
        if len(self.seconds) == 1:
            return self.seconds[0], self.seconds[0]
        first, _, third = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return first, third

    def ratio_to(self, other: "Timing") -> float:
        """Median over the rounds of this one's duration divided by the other's.

        The two must have been timed together, so that their rounds belong to each other.
        """
        pairs = zip(self.seconds, other.seconds, strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)


def time_calls(
    calls: Mapping[str, Callable[[], object]], *, rounds: int = 9, warmup: int = 2
) -> dict[str, Timing]:
    """Time functions in turn.

    Args:
        calls: name → what to time; what it returns is dropped.
        rounds: how often each is timed.
        warmup: how often each is called before, untimed: caches fill, threads start.

    Returns:
        Name → its durations, one a round.
    """
    for call in calls.values():
        for _ in range(warmup):
            call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    enabled = gc.isenabled()
    gc.disable()  # a collection would fall on whichever is running
    gc.freeze()  # and between rounds it need only look at what they left
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                seconds[name].append(_time(call))
            gc.collect()
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()
    return {name: Timing(tuple(taken)) for name, taken in seconds.items()}


def time_commands(
    commands: Mapping[str, Sequence[str]], *, rounds: int = 7, warmup: int = 1
) -> dict[str, Timing]:
    """Time commands in turn, each from its start to its end, as its caller waits for it.

    Raises:
        subprocess.CalledProcessError: a command failed; its output is in the error.
    """

    def runner(command: Sequence[str]) -> Callable[[], object]:
        return lambda: subprocess.run(command, check=True, capture_output=True, env=as_installed())

    calls = {name: runner(command) for name, command in commands.items()}
    return time_calls(calls, rounds=rounds, warmup=warmup)


def as_installed() -> dict[str, str]:
    """The environment of commands that are timed.

    An installed program's code is compiled once; a process that may not keep what it has compiled
    would do so at every start.
    """
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def _time(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
