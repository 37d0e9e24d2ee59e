# SPDX-License-Identifier: Apache-2.0
"""What a run's folder tells afterwards: its recipe, how far it came, how long it took, its curves.

A run that was stopped and taken up again has a log for each sitting. Where a later one repeats
steps of an earlier one, which happens after a kill, the later one's values count; the hours are
those of all sittings, the repeated steps included, since they were spent.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tintype.errors import InputError
from tintype.learn.recipe_text import RECIPE_FILE, parse_recipe
from tintype.learn.training import LAST

_ALL = {"scalars": 0, "images": 1}  # of each kind, how many TensorBoard's reader keeps; 0: all

Points = tuple[tuple[int, float], ...]
"""Optimizer steps done, and a value there; in order of steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of a run.

    Attributes:
        recipe: its values by name, nested as they are; ``type`` is the name of the configuration.
        steps: optimizer steps done, as the checkpoint says.
        photographs: seen, repeats counted.
        hours: from each sitting's beginning to its last entry, summed.
        sittings: how many there were.
        curves: what was logged, by name.
    """

    recipe: dict[str, Any]
    steps: int
    photographs: int
    hours: float
    sittings: int
    curves: dict[str, Points]


def read_history(run: Path) -> History:
    """Read a run's folder; the run may be going on.

    Raises:
        InputError: the folder holds no run, or one without a checkpoint yet.
    """
    try:
        recipe = parse_recipe((run / RECIPE_FILE).read_text())
        checkpoint = torch.load(run / LAST, map_location="cpu", weights_only=False, mmap=True)
    except OSError as error:
        raise InputError(
            f"{run} holds no training run with a checkpoint: {error.filename} is missing"
        ) from error
    logs = [_read_log(folder) for folder in sorted((run / "tensorboard").iterdir(), key=_number)]
    logs = [log for log in logs if log.Tags()["scalars"]]
    steps = int(checkpoint["global_step"])
    return History(
        recipe=recipe,
        steps=steps,
        photographs=steps * int(recipe["batch_size"]),
        hours=sum(map(_measure_hours, logs)),
        sittings=len(logs),
        curves=_join_curves(logs, steps),
    )


def _read_log(folder: Path) -> EventAccumulator:
    log = EventAccumulator(str(folder), size_guidance=_ALL)
    log.Reload()
    return log


def _measure_hours(log: EventAccumulator) -> float:
    last = max(log.Scalars(name)[-1].wall_time for name in log.Tags()["scalars"])
    return float(last - log.FirstEventTimestamp()) / 3600


def _join_curves(logs: list[EventAccumulator], steps: int) -> dict[str, Points]:
    """All curves but the epoch's, up to the checkpoint: what came after it is lost."""
    joined: dict[str, dict[int, float]] = {}
    for log in logs:
        for name in log.Tags()["scalars"]:
            curve = joined.setdefault(name, {})
            events = log.Scalars(name)
            for step in [step for step in curve if step > events[0].step]:
                del curve[step]  # done again from an earlier checkpoint
            curve |= {event.step + 1: event.value for event in events}  # Lightning's counts from 0
    joined.pop("epoch", None)
    return {
        name: tuple(sorted((step, value) for step, value in curve.items() if step <= steps))
        for name, curve in joined.items()
    }


def _number(folder: Path) -> int:
    return int(folder.name.rpartition("_")[2])
