# SPDX-License-Identifier: Apache-2.0
"""Runs the grid, a slice at a time, and keeps what each run found.

Everything lies in one folder: the journal ``reproduction.jsonl`` with the plan and each finished
run's figures, and ``runs/`` with checkpoints and curves. A slice may end at any moment, by its
minutes or by force; the next one goes on in the middle of the run that was going on.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from tintype.errors import Diverged, OptionError
from tintype.evaluate.baselines import ModeCount
from tintype.evaluate.paper.grid import (
    CLASSIFICATION,
    PICTURED,
    Cell,
    Search,
    count_photographs,
    make_grid,
)
from tintype.evaluate.paper.landscapes import (
    LANDSCAPE,
    Split,
    count_labels,
    split_landscapes,
)
from tintype.evaluate.paper.options import LARGEST_BATCH, PaperOptions
from tintype.evaluate.paper.origins import ORIGIN, describe_origin
from tintype.evaluate.paper.saturation import STUDY, study_saturation
from tintype.learn.curves import CourseRecorder, CurveRecorder, read_course, read_curve
from tintype.learn.datasets import PhotographCache
from tintype.learn.heads.channel_bins import ChannelBinsHead
from tintype.learn.network import Network
from tintype.learn.recipe import Recipe
from tintype.learn.scores import read_squares, score_chroma, score_network
from tintype.learn.speed import measure_score, measure_step
from tintype.learn.training import LAST, Schedule, load_network, train
from tintype.learn.trials import with_rate
from tintype.records.journal import Entry, Journal

JOURNAL = "reproduction.jsonl"
KIND = "reproduction"
_SHARE_FOR_RUNS = 0.95  # of the budget; the rest starts and reports
_CURVE_POINTS = 60  # of each run's loss
_VALIDATIONS = 6  # looks at the validation photographs in a run of the usual length
_MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What has just happened, for whoever watches."""

    text: str
    done: int  # runs finished
    total: int


class Reproduction:
    """One reproduction in its folder; close it, or use ``with``.

    Attributes:
        grid: every run, in order.
        results: what finished runs found, by their names.

    Args:
        folder: made if it is not there.
        photographs: all that there are; the split is drawn from their keys.
        options: must be those that the folder was begun with.
        imagenet: weights that the encoders start from.

    Raises:
        InputError: too few landscapes among the photographs.
        OptionError: the folder was begun with other options or photographs.
        RecordError: another process is at work in the folder.
    """

    def __init__(
        self,
        folder: Path,
        photographs: PhotographCache,
        options: PaperOptions,
        *,
        imagenet: Path | None = None,
        on_event: Callable[[Event], None] = lambda _: None,
    ) -> None:
        self.folder = folder
        self.options = options
        self._photographs = photographs
        self._imagenet = imagenet
        self._on_event = on_event
        self.splits = split_landscapes(photographs.keys, seed=options.split_seed)
        folder.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(folder / JOURNAL, kind=KIND)
        try:
            self.plan = self._find_plan(self._journal.earlier)
        except BaseException:
            self.close()
            raise
        self.grid = make_grid(options, self.plan["photographs"])
        self.results: dict[str, Mapping[str, Any]] = {
            entry["run"]: entry for entry in self._journal.earlier if entry.get("finished")
        }
        self.seconds = sum(entry.get("seconds", 0.0) for entry in self._journal.earlier)

    def run(self, *, minutes: float | None = None) -> bool:
        """Go on with the grid.

        Args:
            minutes: stop after so long; by default when everything is done.

        Returns:
            Whether everything is done.
        """
        end = None if minutes is None else time.monotonic() + minutes * _MINUTE
        self._measure_baselines()
        self._study()
        for run in self.grid:
            if run.name in self.results:
                continue
            if end is not None and time.monotonic() >= end:
                return False
            start = time.monotonic()
            found = self._search(run, end) if isinstance(run, Search) else self._train(run, end)
            self._record(run.name, found, time.monotonic() - start)
            if found is None:
                return False
            self._tidy(run)
        self._study()
        return True

    def has(self, names: Iterable[str]) -> bool:
        """Whether these cells are finished and their networks still there."""
        return all(
            "test" in self.results.get(name, {}) and (self._place(name) / LAST).exists()
            for name in names
        )

    def network(self, name: str) -> tuple[Network, Recipe]:
        """A finished cell's network, in evaluation mode, and its recipe."""
        cell = next(run for run in self.grid if run.name == name)
        assert isinstance(cell, Cell)
        recipe = self._recipe(cell)
        return load_network(recipe, self._place(name) / LAST), recipe

    def part(self, data: str, which: str) -> PhotographCache:
        """The ``train``, ``validation`` or ``test`` photographs of a set."""
        split: Split = self.splits[data]
        return self._photographs.subset(getattr(split, which))

    def close(self) -> None:
        """Let another process go on."""
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _find_plan(self, earlier: list[Entry]) -> dict[str, Any]:
        """The plan that the folder was begun with, or a new one."""
        asked = {
            "options": asdict(self.options),
            "split": {
                name: [len(split.train), len(split.validation), len(split.test)]
                for name, split in self.splits.items()
            },
        }
        if earlier:
            begun: dict[str, Any] = earlier[0]["plan"]
            if any(begun[key] != asked[key] for key in asked):
                raise OptionError(
                    f"{self.folder} was begun with other options or photographs: "
                    f"{begun['options']}, {begun['split']}; repeat them, or choose another --out"
                )
            return begun
        photographs = self.options.photographs or self._afford()
        labels = {
            name: count_labels(self._photographs.keys[i] for i in split.train)
            for name, split in self.splits.items()
        }
        plan = {**asked, "photographs": photographs, "labels": labels}
        self._journal.append({"plan": plan})
        return plan

    def _afford(self) -> int:
        """How many photographs each run may see within the budget.

        From a few timed steps, and from what it takes to score a few photographs: that does not
        grow with the length of a run, and is paid for first.
        """
        unit = 1000  # shares of a run are exact at this length
        grid = make_grid(self.options, unit)
        recipe = next(run.recipe for run in grid if run.name.startswith(CLASSIFICATION))
        self._say("measuring this machine")
        seconds = measure_step(recipe) / recipe.batch_size
        validation = self.part(LANDSCAPE, "validation")
        scored = (2 * _VALIDATIONS + 1) * len(validation) + 2 * len(self.part(LANDSCAPE, "test"))
        scoring = scored * measure_score(recipe, validation)
        cells = sum(isinstance(run, Cell) for run in grid)
        left = self.options.budget * _MINUTE * _SHARE_FOR_RUNS - cells * scoring
        return max(LARGEST_BATCH, int(left / (count_photographs(grid) / unit * seconds)))

    def _train(self, cell: Cell, end: float | None) -> dict[str, Any] | None:
        """Train a cell's network and score it, if it did not diverge; None where time ran out."""
        recipe = self._recipe(cell)
        place = self._place(cell.name)
        validation = self.part(cell.data, "validation")
        look = math.ceil(self.plan["photographs"] / _VALIDATIONS / recipe.batch_size)
        self._say(f"{cell.system} (seed {recipe.seed})")
        try:
            module = train(
                recipe,
                self.part(cell.data, "train"),
                validation,
                place,
                schedule=Schedule(minutes=_minutes_until(end), validate_every=look),
                imagenet=self._imagenet if recipe.imagenet_start else None,
                callbacks=[
                    CurveRecorder(place, every=max(1, recipe.steps // _CURVE_POINTS)),
                    CourseRecorder(place, validation, side=recipe.side, every=look),
                ],
            )
        except Diverged:
            return {
                "course": _read_course(place, recipe),
                "loss": None,
                "rate": recipe.optimizer.rate,
            }
        if module.global_step < recipe.steps:
            return None
        network = module.network.eval()
        found = {
            which: score_network(network, self.part(cell.data, which), side=recipe.side).summary()
            for which in ("validation", "test")
        }
        return {
            **found,
            "course": _read_course(place, recipe),
            "loss": _last_tenth(place),
            "rate": recipe.optimizer.rate,
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
            **self._decode_to_centers(network, cell, recipe.side),
        }

    def _decode_to_centers(
        self, network: Network, cell: Cell, side: int
    ) -> dict[str, dict[str, float]]:
        """The paper's other reading of "the means of the selected bins": their centres."""
        head = network.head
        if not isinstance(head, ChannelBinsHead):
            return {}
        own, head.config = head.config, replace(head.config, decode="center")
        scores = score_network(network, self.part(cell.data, "test"), side=side)
        head.config = own
        return {"test_centers": scores.summary()}

    def _search(self, search: Search, end: float | None) -> dict[str, Any] | None:
        """Train briefly with every rate; None where time ran out before the last."""
        losses: list[float | None] = []
        for rate in search.rates:
            recipe = with_rate(search.recipe, rate, steps=search.recipe.steps)
            place = self._place(f"{search.name}-{rate:g}")
            self._say(f"{search.system}, rate {rate:g}")
            try:
                module = train(
                    recipe,
                    self.part(LANDSCAPE, "train"),
                    None,
                    place,
                    schedule=Schedule(minutes=_minutes_until(end), validate_every=0),
                    imagenet=self._imagenet,
                    callbacks=[CurveRecorder(place, every=max(1, recipe.steps // _CURVE_POINTS))],
                )
            except Diverged:  # too high a rate
                losses.append(None)
                continue
            if module.global_step < recipe.steps:
                return None
            losses.append(_last_tenth(place))
        known = [
            (loss, rate)
            for loss, rate in zip(losses, search.rates, strict=True)
            if loss is not None
        ]
        _, best = min(known, default=(math.inf, min(search.rates)))  # at worst the mildest
        return {"rates": list(search.rates), "losses": losses, "best": best}

    def _measure_baselines(self) -> None:
        """Constant grey and the dataset mode, on the test photographs of each set."""
        for data in self.splits:
            name = f"baselines-{data}"
            if name in self.results:
                continue
            start = time.monotonic()
            side = next(run.recipe.side for run in self.grid)
            count = ModeCount()
            for square in read_squares(self.part(data, "train"), side):
                count.add(square)
            mode = count.result()
            truth = read_squares(self.part(data, "test"), side)
            found = {}
            for row, (u, v) in (("grey", (0.0, 0.0)), ("mode", (mode.u, mode.v))):
                chroma = np.empty((len(truth), 2, side, side), np.float32)
                chroma[:, 0], chroma[:, 1] = u, v
                found[row] = score_chroma(chroma, truth).summary()
            self._record(name, {**found, "u": mode.u, "v": mode.v}, time.monotonic() - start)

    def _study(self) -> None:
        """What the saturation depends on, once the two pictured networks are there."""
        if STUDY in self.results or not self.has(PICTURED):
            return
        start = time.monotonic()
        self._say("decoding the pictured networks in other ways")
        self._record(STUDY, {"rows": study_saturation(self)}, time.monotonic() - start)

    def _recipe(self, cell: Cell) -> Recipe:
        """A cell's recipe, with the rate that its search found."""
        if not cell.search:
            return cell.recipe
        return with_rate(cell.recipe, self.results[cell.search]["best"], steps=cell.recipe.steps)

    def _place(self, name: str) -> Path:
        return self.folder / "runs" / name

    def _record(self, name: str, found: dict[str, Any] | None, seconds: float) -> None:
        """Keep what a run found, or only what it took if it is not finished."""
        self.seconds += seconds
        entry: dict[str, Any] = {"run": name, "seconds": seconds, "finished": found is not None}
        if found is not None:
            entry |= {**found, ORIGIN: describe_origin(imagenet=self._imagenet)}
            self.results[name] = entry
        self._journal.append(entry)

    def _tidy(self, run: Cell | Search) -> None:
        """Remove the checkpoints of a finished run that no picture is made of; keep its curve."""
        names = [run.name]
        if isinstance(run, Search):
            names = [f"{run.name}-{rate:g}" for rate in run.rates]
        for name in names:
            if name not in PICTURED:
                (self._place(name) / LAST).unlink(missing_ok=True)

    def _say(self, text: str) -> None:
        done = sum(run.name in self.results for run in getattr(self, "grid", ()))
        self._on_event(Event(text=text, done=done, total=len(getattr(self, "grid", ()))))


def _minutes_until(end: float | None) -> float | None:
    return None if end is None else max(0.0, end - time.monotonic()) / _MINUTE


def _read_course(place: Path, recipe: Recipe) -> list[dict[str, float]]:
    """What a cell's network scored while it learnt, by photographs seen."""
    return [
        {"photographs": step * recipe.batch_size, **scores} for step, scores in read_course(place)
    ]


def _last_tenth(place: Path) -> float | None:
    """Mean training loss of the last tenth of a run's curve; None where it was no number."""
    losses = [point.loss for point in read_curve(place).training]
    last = float(np.mean(losses[-max(1, len(losses) // 10) :])) if losses else float("nan")
    return last if np.isfinite(last) else None
