# SPDX-License-Identifier: Apache-2.0
"""Two small experiments before a long one: overfit a few photographs, search a learning rate.

Both are the paper's. A network that cannot learn a few hundred photographs by heart has a mistake
in it; a rate is chosen on a logarithmic scale by what a fixed number of steps does to the loss.

Source: Hwang & Zhou 2016, section 5.2 (a random subset of 270 photographs; 0.001 was the best of
the rates sampled, and 0.0003 on the whole set).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from tintype.errors import Diverged, OptionError
from tintype.learn.augment import Augment
from tintype.learn.curves import CourseRecorder, CurveRecorder, read_course, read_curve
from tintype.learn.datasets import PhotographCache, cut_squares
from tintype.learn.prepare.split import shuffled
from tintype.learn.recipe import Recipe
from tintype.learn.recipe_text import RECIPE_FILE, describe_recipe, is_told, parse_recipe
from tintype.learn.training import Schedule, train
from tintype.spec.options import check_option, number

WHOLE = Augment(area=(1.0, 1.0), ratio=1.0, flip=False)
"""No augmentation: of a square photograph all of it, as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverfitOptions:
    """How a few photographs are learnt by heart.

    Raises:
        OptionError: a value is outside its range; the message names both.
    """

    photographs: int = number(270, "So many, drawn by the recipe's seed.", low=1, high=100_000)
    steps: int = number(3000, "Optimizer steps at most.", low=1, high=10_000_000)
    check_every: int = number(100, "Steps between looks at the accuracy.", low=1, high=1_000_000)
    side: int | None = number(
        None, "Pixels of a photograph's side (default: the recipe's).", low=16, high=4096
    )
    target: float = number(
        0.95, "Stop when Acc.U and Acc.V both reach this share.", low=0.0, high=1.0
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateOptions:
    """Which learning rates are tried, and for how long.

    Raises:
        OptionError: a value is outside its range, or the lowest rate is not below the highest.
    """

    low: float = number(1e-5, "Lowest learning rate.", low=1e-9, high=10.0)
    high: float = number(1e-1, "Highest learning rate.", low=1e-9, high=10.0)
    count: int = number(9, "Rates tried, evenly spaced in the logarithm.", low=2, high=100)
    steps: int = number(200, "Optimizer steps with each rate.", low=2, high=1_000_000)

    def __post_init__(self) -> None:
        _check(self)
        if not self.low < self.high:
            raise OptionError(f"low ({self.low}) must be below high ({self.high})")

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates, from low to high."""
        return tuple(np.geomspace(self.low, self.high, self.count).tolist())


@dataclass(frozen=True, slots=True)
class Check:
    """What a network that overfits knows after so many steps."""

    step: int
    accuracy_u: float
    accuracy_v: float
    l2: float  # CIE units

    def reaches(self, target: float) -> bool:
        """Whether both accuracies are at least ``target``."""
        return min(self.accuracy_u, self.accuracy_v) >= target


@dataclass(frozen=True, slots=True)
class Trial:
    """What one learning rate did."""

    rate: float
    first: float  # mean loss of the first tenth of the steps; infinite where weights diverged
    last: float  # of the last tenth; infinite where the loss was no number


def overfit(
    recipe: Recipe,
    photographs: PhotographCache,
    run: Path,
    options: OverfitOptions,
    *,
    imagenet: Path | None = None,
    on_check: Callable[[Check], None] = lambda _: None,
) -> list[Check]:
    """Learn the middle squares of a few photographs by heart, and score on these same ones.

    The rate falls to zero over the steps, so that what is left at the end is the network's.

    Args:
        recipe: of the network; its number of photographs gives way to the options' steps.
        photographs: to draw from.
        run: folder of the run; one that is there already goes on, and may be given more steps
            than it was begun with: its rate is then what the longer schedule has at its step.
        options: how many, how long, how well.
        imagenet: weights that the encoder starts from, if the recipe wants them.
        on_check: called at every look of this process.

    Returns:
        Every look, in order; the last one reached the target, or the steps ran out.
    """

    def look(step: int, scores: Mapping[str, float]) -> bool:
        check = _to_check(step, scores)
        on_check(check)
        return check.reaches(options.target)

    seen = _checks(run)
    if seen and seen[-1].reaches(options.target):
        return seen
    chosen = cut_squares(draw(photographs, options.photographs, seed=recipe.seed))
    recipe = replace(
        recipe,
        photographs=options.steps * recipe.batch_size,
        side=options.side or recipe.side,
        augment=WHOLE,
        optimizer=replace(recipe.optimizer, schedule="cosine"),
        ema_decay=0.0,
    )
    _lengthen(run, recipe)
    every = options.check_every
    course = CourseRecorder(run, chosen, side=recipe.side, every=every, on_look=look)
    schedule = Schedule(validate_every=0)
    train(
        recipe,
        chosen,
        None,
        run,
        schedule=schedule,
        imagenet=imagenet,
        callbacks=[course, CurveRecorder(run, every=min(20, every))],
    )
    return _checks(run)


def _lengthen(run: Path, recipe: Recipe) -> None:
    """Let a run be of this recipe if it was begun with fewer steps of the same."""
    file = run / RECIPE_FILE
    if not file.exists():
        return
    told = parse_recipe(file.read_text())
    fewer = told.get("photographs", math.inf) < recipe.photographs
    if fewer and is_told({**told, "photographs": recipe.photographs}, recipe):
        file.write_text(describe_recipe(recipe))


def search_rates(
    recipe: Recipe,
    photographs: PhotographCache,
    run: Path,
    options: RateOptions,
    *,
    imagenet: Path | None = None,
    on_trial: Callable[[Trial], None] = lambda _: None,
) -> list[Trial]:
    """Train for a fixed number of steps with each rate; all else is the recipe's.

    Encoder and new layers keep their proportion. The rate is constant over the steps.

    Args:
        recipe: what to train.
        photographs: to train on.
        run: folder of the runs; those that are finished are not repeated.
        options: which rates, how many steps.
        imagenet: weights that the encoder starts from, if the recipe wants them.
        on_trial: called after each rate.

    Returns:
        One trial a rate, from low to high; :func:`best_rate` chooses.
    """
    trials = []
    for rate in options.rates:
        folder = run / f"rate-{rate:.3g}"
        tried = with_rate(recipe, rate, steps=options.steps)
        recorder = CurveRecorder(folder, every=max(1, options.steps // 50))
        schedule = Schedule(validate_every=0)
        try:
            train(
                tried,
                photographs,
                None,
                folder,
                schedule=schedule,
                imagenet=imagenet,
                callbacks=[recorder],
            )
        except Diverged:
            trial = Trial(rate, math.inf, math.inf)
        else:
            trial = _judge(rate, [point.loss for point in read_curve(folder).training])
        trials.append(trial)
        on_trial(trial)
    return trials


def _judge(rate: float, losses: Sequence[float]) -> Trial:
    tenth = max(1, len(losses) // 10)
    first, last = float(np.mean(losses[:tenth])), float(np.mean(losses[-tenth:]))
    return Trial(rate, first, last if np.isfinite(last) else math.inf)


def best_rate(trials: Sequence[Trial]) -> float:
    """The rate after which the loss was lowest."""
    return min(trials, key=lambda trial: trial.last).rate


def with_rate(recipe: Recipe, rate: float, *, steps: int) -> Recipe:
    """The recipe with another constant learning rate and length."""
    proportion = recipe.optimizer.encoder_rate / recipe.optimizer.rate
    optimizer = replace(
        recipe.optimizer,
        rate=rate,
        encoder_rate=rate * proportion,
        warmup=0,
        schedule="constant",
    )
    return replace(recipe, optimizer=optimizer, photographs=steps * recipe.batch_size)


def draw(photographs: PhotographCache, count: int, *, seed: int) -> PhotographCache:
    """So many photographs, drawn by a seed from their keys; all where there are no more."""
    place = {key: index for index, key in enumerate(photographs.keys)}
    return photographs.subset([place[key] for key in shuffled(list(place), seed=seed)[:count]])


def _checks(run: Path) -> list[Check]:
    return [_to_check(step, scores) for step, scores in read_course(run)]


def _to_check(step: int, scores: Mapping[str, float]) -> Check:
    return Check(step, scores["accuracy_u"], scores["accuracy_v"], scores["l2"])


def _check(options: OverfitOptions | RateOptions) -> None:
    for option in fields(options):
        value = getattr(options, option.name)
        if value is not None:
            check_option(option.name, value, option.metadata)
