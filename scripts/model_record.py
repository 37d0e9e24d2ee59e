# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts.model_record NAME``: what a network of the table is, for its card.

Writes ``docs/records/models/NAME.json`` from the table of networks and the files that it names.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tintype.color.bins import JointBins
from tintype.errors import RecordError, TintypeError
from tintype.records import markdown
from tintype.records.cells import Cell
from tintype.records.provenance import collect_provenance, hash_file
from tintype.records.record import Record, write_record
from tintype.spec.models import FOLDER as MODELS_FOLDER
from tintype.spec.models import MODELS, find_model, read_model

KIND = "network"
FOLDER = Path("docs/records/models")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the record; the exit code is 2 where the network or its file is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.model_record", description=__doc__.partition("\n\n")[0]
    )
    parser.add_argument("name", help=f"one of {', '.join(MODELS)}")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the record")
    asked = parser.parse_args(arguments)
    try:
        content = describe(asked.name)
        record = Record(kind=KIND, provenance=collect_provenance(), content=content)
        write_record(record, asked.out / f"{asked.name}.json")
    except TintypeError as error:
        sys.stderr.write(f"model_record: {error}\n")
        return 2
    print(to_markdown(content))
    return 0


def describe(name: str) -> dict[str, Any]:
    """The content of the record: the table's row, and its files' sizes.

    Raises:
        OptionError: there is no such network.
        ModelError: its file is missing, or another one.
    """
    spec = find_model(name)
    weights = (MODELS_FOLDER / spec.file).with_suffix(".safetensors")
    return {
        **asdict(spec),
        "bytes": len(read_model(spec)),
        "bins": JointBins(spec.bin_step).count,
        "weights": {
            "file": weights.name,
            "sha256": hash_file(weights),
            "bytes": weights.stat().st_size,
        },
    }


def to_markdown(content: Mapping[str, Any]) -> str:
    """What the card shows.

    Raises:
        RecordError: the content is no network's.
    """
    try:
        weights = content["weights"]
        rows: list[list[Cell]] = [
            ["parameters", f"{content['parameters']:,}"],
            ["members", f"{content['members']}"],
            ["sees", _describe_looks(content)],
            ["predicts", _describe_bins(content)],
            ["temperature", f"{content['temperature']:g}, at vividness 0.5"],
            ["correction", f"{content['correction']:.0%} of the loss's weights for rare colours"],
            ["restraint", f"{content['restraint']:g} nats a CIE unit of a class's chroma"],
            ["chroma's curve", _describe_curve(content)],
            ["hues turned by", _describe_turn(content["turn"])],
            ["takes hints", "yes" if content["hints"] else "no"],
            ["licence of the weights", content["license"]],
            [content["file"], _describe_file(content)],
            [weights["file"], _describe_file(weights)],
        ]
        return markdown.table(["", content["name"]], rows)
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(f"the record of a network is damaged: {error!r}") from error


def _describe_looks(content: Mapping[str, Any]) -> str:
    size = content["size"]
    looks = []
    for look in content["looks"]:
        what = "its mirror image " if look["mirrored"] else ""
        whose = f" (member {look['member'] + 1})" if look["member"] else ""
        looks.append(f"{what}at {look['scale'] * size:g} px{whose}")
    return ", and ".join([f"the whole photograph, at a short side of {size} px", *looks])


def _describe_curve(content: Mapping[str, Any]) -> str:
    gain, power, limit = (f"{content[name]:g}" for name in ("gain", "power", "limit"))
    return f"gain {gain}, power {power}, at most × {limit}"


def _describe_turn(turn: Sequence[float]) -> str:
    waves = ("cos h", "sin h", "cos 2h", "sin 2h")
    parts = [f"{part:g} {wave}" for part, wave in zip(turn, waves, strict=True) if part]
    return f"{' + '.join(parts)} radians".replace("+ -", "− ") if parts else "nothing"


def _describe_bins(content: Mapping[str, Any]) -> str:
    return (
        f"the shares of {content['bins']} joint bins of (u*, v*), {content['bin_step']:g} CIE "
        f"units apart, for every {content['stride']} × {content['stride']} pixels"
    )


def _describe_file(file: Mapping[str, Any]) -> str:
    return f"{file['bytes'] / 1e6:.1f} MB, SHA-256 {file['sha256']}"


if __name__ == "__main__":
    sys.exit(main())
