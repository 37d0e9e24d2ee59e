# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts.train_queue --data DIR --minutes N [RECIPE...]``: train what is not finished.

For when a machine is there for a while. The recipes are taken in their order; each goes on where it
was stopped, in ``runs/RECIPE``, until it is finished or the minutes are over. Where there is a GPU
whose memory holds the decoded photographs, they lie there and crops are cut there.

A run's folder then has its checkpoint, its curves, and the averaged weights in float16
(``RECIPE.safetensors``), from which ``tintype train --from`` starts. ``runs/queue.jsonl`` is the
log: which recipe, from which step to which, in how many minutes, on what machine.

Recipes of different encoders start from different files: ``--imagenet mobilenet_v2=FILE --imagenet
vgg16=FILE``, by the name of the encoder's module. One that goes on from other weights is told so by
its name: ``--from tintype_s_finish=FILE``.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tintype.cli.train import split_folders
from tintype.errors import TintypeError
from tintype.learn.curves import CurveRecorder
from tintype.learn.datasets import PhotographCache, open_cache
from tintype.learn.members import load_members
from tintype.learn.recipe import Recipe, find_recipe
from tintype.learn.resident import fits
from tintype.learn.training import Schedule, read_step, train
from tintype.learn.weights import find_weights, save_weights
from tintype.records.journal import Journal
from tintype.records.provenance import describe_hardware

KIND = "queue"
RECIPES = ("tintype_s", "paper_classification", "paper_regression")
_DRAWERS = 4  # processes that draw crops for a GPU
_LEFT = 0.1  # minutes, below which nothing is begun


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; the exit code is 1 if a recipe could not be trained, whose reason is printed."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.train_queue", description=__doc__.partition("\n\n")[0]
    )
    parser.add_argument(
        "recipes", nargs="*", default=RECIPES, metavar="RECIPE", help="names, files"
    )
    parser.add_argument("--data", required=True, type=Path, help="shards in train and val")
    parser.add_argument("--minutes", required=True, type=float, help="to be spent in all")
    parser.add_argument(
        "--imagenet",
        action="append",
        default=[],
        metavar="[ENCODER=]FILE",
        help="weights that encoders start from",
    )
    parser.add_argument(
        "--from",
        dest="weights",
        action="append",
        default=[],
        metavar="[RECIPE=]MODEL",
        help="released weights that recipes start from instead",
    )
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="decoded photographs")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of the runs")
    asked = parser.parse_args(arguments)
    end = time.monotonic() + 60 * asked.minutes
    imagenet, weights = _by_name(asked.imagenet), _by_name(asked.weights)
    asked.runs.mkdir(parents=True, exist_ok=True)
    train_at, val_at = split_folders(asked.data)
    photographs = open_cache(train_at, asked.cache)
    validation = open_cache(val_at, asked.cache) if val_at else None
    failed = False
    with Journal(asked.runs / "queue.jsonl", kind=KIND) as log:
        for name in asked.recipes:
            try:
                recipe = find_recipe(name)
                run = asked.runs / recipe.name
                encoders = imagenet.get(encoder_name(recipe), imagenet.get(""))
                whole = weights.get(recipe.name, weights.get(""))
                start = Start(
                    imagenet=Path(encoders) if encoders else None,
                    weights=find_weights(whole) if whole else None,
                )
                sit(recipe, photographs, validation, run, log, end=end, start=start)
            except TintypeError as error:
                sys.stderr.write(f"{name}: {error}\n")
                failed = True
    return int(failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a recipe starts from."""

    imagenet: Path | None  # weights of its encoder
    weights: Path | None  # of all of it


def encoder_name(recipe: Recipe) -> str:
    """The name of the module that a recipe's encoder is in: ``mobilenet_v2``."""
    return type(recipe.network.encoder).__module__.rpartition(".")[2]


def sit(
    recipe: Recipe,
    photographs: PhotographCache,
    validation: PhotographCache | None,
    run: Path,
    log: Journal,
    *,
    end: float,
    start: Start,
) -> None:
    """Train one recipe until it is finished or it is time; leave its weights, and a line."""
    first, begun = read_step(run), time.monotonic()
    left = (end - begun) / 60
    if first >= recipe.steps or left < _LEFT:
        print(f"{recipe.name}: {first:,} of {recipe.steps:,} steps, left as it is")
        return
    resident = fits(photographs)
    cores = os.cpu_count() or 1
    schedule = Schedule(
        minutes=left, resident=resident, workers=min(_DRAWERS, cores - 1) if resident else 0
    )
    recorder = CurveRecorder(run, every=schedule.log_every)
    run.mkdir(parents=True, exist_ok=True)
    train(
        recipe,
        photographs,
        validation,
        run,
        schedule=schedule,
        imagenet=start.imagenet,
        weights=start.weights,
        callbacks=[recorder],
    )
    save_weights(load_members([recipe], [run]), run / f"{recipe.name}.safetensors")
    last, minutes = read_step(run), (time.monotonic() - begun) / 60
    log.append(
        {
            "recipe": recipe.name,
            "steps": [first, last],
            "of": recipe.steps,
            "minutes": round(minutes, 2),
            "resident": resident,
            "hardware": asdict(describe_hardware()),
        }
    )
    print(f"{recipe.name}: steps {first:,} to {last:,} of {recipe.steps:,} in {minutes:.1f} min")


def _by_name(given: Sequence[str]) -> dict[str, str]:
    """``NAME=FILE``, or a file, by the name "", for all that are not named."""
    return {name: file for name, _, file in (argument.rpartition("=") for argument in given)}


if __name__ == "__main__":
    sys.exit(main())
