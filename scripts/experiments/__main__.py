# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts.experiments --data DIR``: work a list of experiments off, or publish it.

Every run is the base recipe with one thing changed; all see the same number of photographs and are
measured on the same validation photographs. What was done stands in a journal, so that the list can
be stopped at any moment and goes on. ``--publish`` writes the record that ``docs/experiments.md``
shows.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scripts.experiments.measure import SHARE, Floats, measure_decodes, measure_network
from scripts.experiments.table import KIND
from scripts.experiments.trials import BASE, PHOTOGRAPHS, Trial, list_trials
from tintype.errors import Diverged, RecordError, TintypeError
from tintype.evaluate.photographs import hash_data
from tintype.learn.datasets import PhotographCache, open_cache
from tintype.learn.scores import read_squares
from tintype.learn.training import LAST, Schedule, train
from tintype.metrics.colorfulness import colorfulness
from tintype.records.journal import Journal
from tintype.records.provenance import collect_provenance
from tintype.records.record import Record, write_record

RECORD = Path("docs/records/experiments/search.json")
JOURNAL = "experiments.jsonl"
_SQUARES, _SIDE = 302, 128  # validation photographs that are looked at, and their pixels
_DULL = 12.0  # colourfulness below which a photograph counts as dull
_THUMB = 32  # pixels at which that is told


def main(arguments: Sequence[str] | None = None) -> int:
    """Go on with the list, or publish what there is; 2 where that cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.experiments", description=__doc__.partition("\n\n")[0]
    )
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of train and val")
    parser.add_argument("--imagenet", type=Path, help="weights that the encoder starts from")
    parser.add_argument("--out", type=Path, default=Path("out/experiments"), help="of the runs")
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="of decoded photographs")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--publish", action="store_true", help="write the record; run nothing")
    asked = parser.parse_args(arguments)
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
        with Journal(asked.out / JOURNAL, kind=KIND) as journal:
            done = {entry["name"]: entry for entry in journal.earlier if "below" in entry}
            if asked.publish:
                publish(done, asked.data)
            else:
                work_off(journal, done, asked)
    except TintypeError as error:
        sys.stderr.write(f"experiments: {error}\n")
        return 2
    return 0


def work_off(journal: Journal, done: Mapping[str, Any], asked: argparse.Namespace) -> None:
    """Run what is not done yet, as long as there is time.

    Raises:
        TintypeError: photographs or weights are missing.
    """
    end = time.monotonic() + 60 * asked.minutes
    photographs = open_cache(asked.data / "train", asked.cache)
    held_out = open_cache(asked.data / "val", asked.cache)
    chosen = np.linspace(0, len(held_out) - 1, min(_SQUARES, len(held_out))).astype(int)
    truth = read_squares(held_out.subset(chosen.tolist()), _SIDE)
    for trial in list_trials():
        if trial.name in done:
            continue
        left = (end - time.monotonic()) / 60
        if left <= 0 or not run(trial, photographs, truth, journal, asked, minutes=left):
            return


def run(
    trial: Trial,
    photographs: PhotographCache,
    truth: Floats,
    journal: Journal,
    asked: argparse.Namespace,
    *,
    minutes: float,
) -> bool:
    """Run one, or go on with it, and measure it; False where time ran out before its end.

    One that diverges has no row.
    """
    print(f"{trial.name}: {trial.change}", flush=True)
    start = time.monotonic()
    place = asked.out / trial.name
    try:
        module = train(
            trial.recipe,
            _leave_dull_out(photographs) if trial.vivid else photographs,
            None,
            place,
            schedule=Schedule(minutes=minutes if np.isfinite(minutes) else None, validate_every=0),
            imagenet=asked.imagenet if trial.recipe.imagenet_start else None,
        )
    except Diverged as error:
        print(f"  {error}", flush=True)
        return True
    seconds = time.monotonic() - start
    if module.global_step < trial.recipe.steps:
        journal.append({"name": trial.name, "seconds": seconds})
        return False
    network = module.network.eval()
    found: dict[str, Any] = dict(measure_network(network, truth))
    if trial.name == BASE:
        found["decodes"] = dict(measure_decodes(network, truth))
    found["parameters"] = sum(parameter.numel() for parameter in network.parameters())
    earlier = sum(e["seconds"] for e in journal.earlier if e["name"] == trial.name)
    journal.append({"name": trial.name, "seconds": seconds + earlier, **found})
    print(f"  {found['below']:.1%} below grey, {seconds / 60:.1f} min", flush=True)
    (place / LAST).unlink()
    return True


def _leave_dull_out(photographs: PhotographCache) -> PhotographCache:
    """Those whose colourfulness is above the threshold; told from a few pixels of each."""
    vivid = []
    for index in range(len(photographs)):
        pixels = photographs[index]
        steps = [max(1, side // _THUMB) for side in pixels.shape[:2]]
        thumb = pixels[:: steps[0], :: steps[1]].astype(np.float32) / 255
        if colorfulness(np.moveaxis(thumb, -1, 0)[None])[0] >= _DULL:
            vivid.append(index)
    return photographs.subset(vivid)


def publish(done: Mapping[str, Any], data: Path) -> None:
    """Write the record.

    Raises:
        RecordError: the base is not measured yet, which all others are compared with.
    """
    if BASE not in done:
        raise RecordError("the base has not been run yet; run the list first")
    trials = [trial for trial in list_trials() if trial.name in done]
    content = {
        "photographs": PHOTOGRAPHS,
        "share": SHARE,
        "squares": [_SQUARES, _SIDE],
        "waiting": len(list_trials()) - len(trials),
        "trials": [
            {"group": trial.group, "change": trial.change, "seed": trial.recipe.seed}
            | dict(done[trial.name])
            for trial in trials
        ],
    }
    provenance = collect_provenance(data=hash_data([data / "train", data / "val"]))
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    write_record(Record(kind=KIND, provenance=provenance, content=content), RECORD)


if __name__ == "__main__":
    sys.exit(main())
