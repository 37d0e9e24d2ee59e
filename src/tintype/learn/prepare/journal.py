# SPDX-License-Identifier: Apache-2.0
"""What has been packed so far, kept so that an interrupted preparation goes on where it stopped.

``prepare.jsonl`` has one head line, which identifies the plan, and one line a finished shard,
appended after the shard lies complete at its place. A line that was cut off by a crash is
dropped, and its shard written again.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from tintype.errors import OutputError

FILE = "prepare.jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """One photograph in a shard; the columns of ``index.csv`` and ``origins.csv`` together."""

    split: str
    shard: str
    key: str
    source: str
    label: str
    width: int
    height: int
    bytes: int
    original: str  # its path in the source
    original_sha256: str
    author: str
    title: str
    license: str
    url: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """One photograph that could not be packed, and why."""

    original: str
    reason: str


@dataclass(frozen=True, slots=True)
class FinishedShard:
    """One shard that lies complete at its place."""

    shard: str  # relative to the destination: train/train-000.tar
    sha256: str
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]


class Journal:
    """The record of one preparation in its destination folder.

    Args:
        folder: the destination; made if it is not there.
        plan: identifies collection, options and photographs; another plan may not continue here.

    Raises:
        OutputError: the folder holds another preparation, or something else altogether.
    """

    def __init__(self, folder: Path, *, plan: str) -> None:
        self._file = folder / FILE
        folder.mkdir(parents=True, exist_ok=True)
        lines = self._lines()
        if lines and json.loads(lines[0]) != {"plan": plan}:
            raise OutputError(
                f"{folder} holds a preparation with other photographs or options; choose an empty "
                "folder, or repeat the command that began it"
            )
        if not lines and any(entry.name != FILE for entry in folder.iterdir()):
            raise OutputError(f"{folder} is not empty; choose an empty folder")
        self.finished = {shard.shard: shard for shard in map(_parse, lines[1:])}
        self._rewrite([json.dumps({"plan": plan}), *lines[1:]])

    def append(self, shard: FinishedShard) -> None:
        """Record a finished shard, and wait until the record is on disk."""
        self.finished[shard.shard] = shard
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(shard)) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> list[str]:
        """The whole lines; one without its end was cut off by a crash."""
        if not self._file.exists():
            return []
        text = self._file.read_text(encoding="utf-8")
        return [line.rstrip("\n") for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def _rewrite(self, lines: list[str]) -> None:
        partial = self._file.with_suffix(".partial")
        partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        partial.replace(self._file)


def _parse(line: str) -> FinishedShard:
    record = json.loads(line)
    return FinishedShard(
        shard=record["shard"],
        sha256=record["sha256"],
        rows=tuple(Row(**row) for row in record["rows"]),
        skipped=tuple(Skipped(**row) for row in record["skipped"]),
    )
