# SPDX-License-Identifier: Apache-2.0
"""What has been packed so far, kept so that an interrupted preparation goes on where it stopped.

``prepare.jsonl`` is a journal: one entry that identifies the plan, then one a finished shard,
appended after the shard lies complete at its place.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from tintype.errors import OutputError
from tintype.records.journal import Entry, Journal

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


class PrepareJournal:
    """The record of one preparation in its destination folder; close it, or use ``with``.

    Attributes:
        finished: the shards that lie complete, by name.

    Args:
        folder: the destination; made if it is not there.
        plan: identifies collection, options and photographs; another plan may not continue here.

    Raises:
        OutputError: the folder holds another preparation, or something else altogether.
        RecordError: another preparation is running there.
    """

    def __init__(self, folder: Path, *, plan: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / FILE).exists() and any(folder.iterdir()):
            raise OutputError(f"{folder} is not empty; choose an empty folder")
        self._journal = Journal(folder / FILE, kind="prepare")
        earlier = self._journal.earlier
        if earlier and earlier[0] != {"plan": plan}:
            self.close()
            raise OutputError(
                f"{folder} holds a preparation with other photographs or options; choose an empty "
                "folder, or repeat the command that began it"
            )
        if not earlier:
            self._journal.append({"plan": plan})
        self.finished = {shard.shard: shard for shard in map(_parse, earlier[1:])}

    def append(self, shard: FinishedShard) -> None:
        """Record a finished shard, and wait until the record is on disk."""
        self._journal.append(asdict(shard))
        self.finished[shard.shard] = shard

    def close(self) -> None:
        """Let another run write here."""
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _parse(entry: Entry) -> FinishedShard:
    return FinishedShard(
        shard=entry["shard"],
        sha256=entry["sha256"],
        rows=tuple(Row(**row) for row in entry["rows"]),
        skipped=tuple(Skipped(**row) for row in entry["skipped"]),
    )
