# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts.training_record NAME RUN...``: what was spent to train a network.

Writes ``docs/records/training/NAME.json`` from the folders of training runs: of one, or of several
that each started from what the one before had reached, oldest first. Recipe, steps, photographs
seen, hours, and the curves. It is to be run on the machine that trained, since it notes which
machine that is.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tintype.errors import RecordError, TintypeError
from tintype.evaluate.photographs import hash_data, list_subjects
from tintype.records import markdown
from tintype.records.cells import Cell
from tintype.records.provenance import collect_provenance
from tintype.records.record import Record, write_record

KIND = "training"
FOLDER = Path("docs/records/training")
_POINTS = 60  # of a curve, kept in the record
_SHOWN = 12  # looks at the validation photographs, in a document

Curve = Sequence[Sequence[float]]  # steps and values


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the record; the exit code is 2 where a folder holds no run."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.training_record", description=__doc__.partition("\n\n")[0]
    )
    parser.add_argument("name", help="of the network; the record is called after it")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="folders, oldest first")
    parser.add_argument("--data", type=Path, help="the shards that it was trained on")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the record")
    asked = parser.parse_args(arguments)
    try:
        content = describe(asked.runs, asked.data)
        provenance = collect_provenance(data=hash_data([asked.data]) if asked.data else None)
        record = Record(kind=KIND, provenance=provenance, content=content)
        write_record(record, asked.out / f"{asked.name}.json")
    except TintypeError as error:
        sys.stderr.write(f"training_record: {error}\n")
        return 2
    print(to_markdown(content))
    return 0


def describe(runs: Sequence[Path], data: Path | None) -> dict[str, Any]:
    """The content of the record."""
    from tintype.learn.history import read_history  # needs PyTorch; drawing up a record does not

    histories = [asdict(read_history(run)) for run in runs]
    for history in histories:
        history["curves"] = {name: thin(c, _POINTS) for name, c in history["curves"].items()}
    return {
        "photographs_there": len(list_subjects([data])) if data else None,
        "runs": histories,
    }


def thin(curve: Curve, count: int) -> list[list[float]]:
    """A curve's points, at most ``count`` of them: means over neighbours, at their last step."""
    size = -(-len(curve) // count) or 1
    groups = [curve[start : start + size] for start in range(0, len(curve), size)]
    return [
        [group[-1][0], float(f"{sum(value for _, value in group) / len(group):.6g}")]
        for group in groups
    ]


def to_markdown(content: Mapping[str, Any]) -> str:
    """What a document shows: what was spent, and how the network did on the way.

    Raises:
        RecordError: the content is no training's.
    """
    try:
        return "\n".join(_draw(content))
    except (KeyError, TypeError, IndexError) as error:
        raise RecordError(f"the record of a training is damaged: {error!r}") from error


def _draw(content: Mapping[str, Any]) -> list[str]:
    runs = content["runs"]
    seen, hours = sum(run["photographs"] for run in runs), sum(run["hours"] for run in runs)
    there = content["photographs_there"]
    of = f", drawn from {there:,}" if there else ""
    parts = [f"{seen:,} photographs seen{of} (repeats counted), in {hours:.1f} hours.\n"]
    rows: list[list[Cell]] = [
        [
            run["recipe"]["name"],
            f"{run['photographs']:,} of {run['recipe']['photographs']:,}",
            run["steps"],
            run["recipe"]["side"],
            f"{run['hours']:.1f}",
            run["sittings"],
            f"{run['photographs'] / (3600 * run['hours']):.0f}",
        ]
        for run in runs
    ]
    titles = ["recipe", "photographs seen", "steps", "crop, px", "hours", "sittings", "a second"]
    parts.append(markdown.table(titles, rows))
    looks = [look for number, run in enumerate(runs) for look in _list_looks(number, run)]
    if looks:
        every = -(-len(looks) // _SHOWN)
        thinned = looks[::-every][::-1]  # the last one among them
        header = ["run", "photographs seen", "ΔE00", "cf / true"]
        parts.append("While training, on the middle squares of photographs held out:\n")
        parts.append(markdown.table(header, thinned))
    return parts


def _list_looks(number: int, run: Mapping[str, Any]) -> list[list[Cell]]:
    """A run's looks at the validation photographs."""
    curves = run["curves"]
    if "val_de00" not in curves:
        return []
    true = dict(map(tuple, curves["val_cf_true"]))
    return [
        [
            number + 1,
            f"{step * run['recipe']['batch_size']:,}",
            error,
            f"{dict(map(tuple, curves['val_cf']))[step] / true[step]:.3f}",
        ]
        for step, error in curves["val_de00"]
    ]


if __name__ == "__main__":
    sys.exit(main())
