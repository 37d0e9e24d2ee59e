# SPDX-License-Identifier: Apache-2.0
"""The losses and scores of a run, by steps, in small journals that outlive every stop.

A run that goes on from a checkpoint may repeat steps that an earlier, killed process had written;
readers keep what was written last.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import Callback

from tintype.errors import Diverged
from tintype.learn.datasets import PhotographCache
from tintype.learn.scores import score_network
from tintype.records.journal import Entry, Journal, read_journal

FILE, COURSE = "curve.jsonl", "course.jsonl"
_KIND, _COURSE_KIND = "curve", "course"
_TRAINING, _VALIDATION = "loss", "val_loss"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a curve."""

    step: int  # optimizer steps done
    loss: float  # mean over the steps since the point before; NaN where it was no number


@dataclass(frozen=True, slots=True)
class Curve:
    """A run's losses, in order of steps; on validation photographs where there were any."""

    training: tuple[Point, ...]
    validation: tuple[Point, ...]


class CurveRecorder(Callback):
    """Writes the mean training loss of every so many steps, and every validation loss.

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

    def on_validation_end(self, trainer: L.Trainer, _module: L.LightningModule) -> None:
        """Write the loss on the validation photographs."""
        if "val_loss" in trainer.callback_metrics:
            self._append(
                _VALIDATION, trainer.global_step, float(trainer.callback_metrics["val_loss"])
            )

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
        mean = sum(self._losses) / len(self._losses)
        self._losses.clear()
        self._append(_TRAINING, step, mean)

    def _append(self, which: str, step: int, loss: float) -> None:
        assert self._journal is not None
        known = loss if math.isfinite(loss) else None  # JSON has no word for what diverged
        self._journal.append({"step": step, which: known})


class CourseRecorder(Callback):
    """Writes what the network scores on photographs, every so many steps.

    Args:
        run: the run's folder.
        photographs: to score on.
        side: of their squares.
        every: optimizer steps between looks.
        on_look: called with the steps done and the scores; if it returns True, training stops.
    """

    def __init__(
        self,
        run: Path,
        photographs: PhotographCache,
        *,
        side: int,
        every: int,
        on_look: Callable[[int, dict[str, float]], bool] = lambda _step, _scores: False,
    ) -> None:
        self._file = run / COURSE
        self._photographs = photographs
        self._side = side
        self._every = every
        self._on_look = on_look

    def on_train_batch_end(self, trainer: L.Trainer, module: Any, *_: Any) -> None:
        """Look every so many steps, and after the last.

        Raises:
            Diverged: a score is no number.
        """
        step = trainer.global_step
        if step % self._every and step != trainer.max_steps:
            return
        module.network.eval()
        summary = score_network(module.network, self._photographs, side=self._side).summary()
        module.network.train()
        if not all(map(math.isfinite, summary.values())):
            raise Diverged(
                f"by step {step:,} the network has diverged: what it answers is no number; lower "
                f"the rates, or clip gradients, and begin again"
            )
        with Journal(self._file, kind=_COURSE_KIND, durable=False) as journal:
            journal.append({"step": step, "scores": summary})
        if self._on_look(step, summary):
            trainer.should_stop = True


def read_course(run: Path) -> list[tuple[int, dict[str, float]]]:
    """Steps done and the scores after them, in order; empty where there are none."""
    if not (run / COURSE).exists():
        return []
    entries = read_journal(run / COURSE, kind=_COURSE_KIND)
    return sorted({entry["step"]: entry["scores"] for entry in entries}.items())


def read_curve(run: Path) -> Curve:
    """A run's losses; empty where there is no journal."""
    if not (run / FILE).exists():
        return Curve((), ())
    entries = read_journal(run / FILE, kind=_KIND)
    return Curve(_points(entries, _TRAINING), _points(entries, _VALIDATION))


def _points(entries: Sequence[Entry], which: str) -> tuple[Point, ...]:
    latest = {entry["step"]: entry[which] for entry in entries if which in entry}
    return tuple(
        Point(step, math.nan if loss is None else loss) for step, loss in sorted(latest.items())
    )
