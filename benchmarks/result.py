# SPDX-License-Identifier: Apache-2.0
"""What a benchmark found: a table, and how it was taken."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tintype.errors import RecordError
from tintype.records import markdown
from tintype.records.cells import Cell
from tintype.records.provenance import Provenance
from tintype.records.record import Record, write_record

KIND = "benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A table of one benchmark. Times are in milliseconds unless a title says otherwise."""

    title: str
    method: str  # what was timed, on what input, how often: a sentence or two
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    digits: int = 2  # of fractions, in print; the record keeps all

    def to_markdown(self) -> str:
        """The table, under its title and over its method."""
        table = markdown.table(self.header, self.rows, digits=self.digits)
        return f"**{self.title}**\n\n{table}\n{self.method}\n"


def save(result: Result, path: Path, provenance: Provenance) -> None:
    """Write a result as a record.

    Raises:
        tintype.errors.OutputError: the file cannot be written there.
    """
    content = asdict(result)
    write_record(Record(kind=KIND, provenance=provenance, content=content), path)


def load(record: Record) -> Result:
    """Turn a record back into the result that it was made of.

    Raises:
        RecordError: its content is not that of a benchmark.
    """
    try:
        return Result(**record.content)
    except TypeError as error:
        raise RecordError(f"a benchmark's record has other content: {error}") from error
