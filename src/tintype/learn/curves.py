# SPDX-License-Identifier: Apache-2.0
"""The loss of a run, step by step, kept in a small journal that outlives every stop.

A run that goes on from a checkpoint may repeat steps that an earlier, killed process had written;
readers keep what was written last.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import Callback

from tintype.records.journal import Journal, read_journal

FILE = "curve.jsonl"
_KIND = "curve"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a curve."""

    step: int  # optimizer steps done
    loss: float  # mean over the steps since the point before; NaN where it was no number


class CurveRecorder(Callback):
    """Writes the mean training loss of every so many steps.

    Args:
        run: the run's folder.
        every: optimizer steps between points.
    """

    def __init__(self, run: Path, *, every: int) -> None:
        self._file = run / FILE
        self._every = every
        self._journal: Journal | None = None
        self._losses: list[float] = []

    def on_train_start(self, _trainer: L.Trainer, _module: L.LightningModule) -> None:
        """Open the journal."""
        self._journal = Journal(self._file, kind=_KIND, durable=False)

    def on_train_batch_end(
        self,
        trainer: L.Trainer,
        _module: L.LightningModule,
        outputs: Any,
        _batch: Any,
        _index: int,
    ) -> None:
        """Take a step's loss, and write the mean when enough have come."""
        self._losses.append(float(outputs["loss"]))
        if trainer.global_step % self._every == 0:
            self._write(trainer.global_step)

    def on_train_end(self, trainer: L.Trainer, _module: L.LightningModule) -> None:
        """Write what is left, and close."""
        if self._losses:
            self._write(trainer.global_step)
        if self._journal is not None:
            self._journal.close()

    def on_exception(self, _trainer: L.Trainer, _module: Any, _error: BaseException) -> None:
        """Let the next process write."""
        if self._journal is not None:
            self._journal.close()

    def _write(self, step: int) -> None:
        assert self._journal is not None
        mean = sum(self._losses) / len(self._losses)
        self._losses.clear()
        loss = mean if math.isfinite(mean) else None  # JSON has no word for what diverged
        self._journal.append({"step": step, "loss": loss})


def read_curve(run: Path) -> list[Point]:
    """The points of a run, in order of steps; none where there is no journal."""
    if not (run / FILE).exists():
        return []
    latest = {entry["step"]: entry["loss"] for entry in read_journal(run / FILE, kind=_KIND)}
    return [
        Point(step, math.nan if loss is None else loss) for step, loss in sorted(latest.items())
    ]
