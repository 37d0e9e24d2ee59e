# SPDX-License-Identifier: Apache-2.0
"""What an evaluation found, and how it stands in a record.

The content of a record of kind :data:`KIND`; numbers are rounded to six digits, None is what is
missing or does not apply::

    {"options": {...},
     "candidates": [{"name": ..., "kind": ..., "variant_of": ..., ...}, ...],
     "instruments": [{"kind": ..., ...}, ...],
     "photographs": {"key": [...], "source": [...], "label": [...], "cf": [...], ...},
     "rows": {candidate: {"ciede2000": [...], "psnr": [...], ...}, ...},
     "sets": {candidate: {"frechet": ...}, ...},
     "summary": {candidate: {statistic: [estimate, low, high], ...}, ...}}

``photographs`` and ``rows`` hold one number a photograph, in the same order: tables of columns,
because a list of numbers is shorter than a list of objects that each repeat the names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import RecordError
from tintype.evaluate.baselines import GREY_NAME
from tintype.evaluate.summary import Columns
from tintype.metrics.bootstrap import Interval

KIND = "evaluation"

VARIANT_OF = "variant_of"
"""In the description of a row: the candidate that was told points, or shown another size."""

_NAMES = ("key", "source", "label")  # of a photograph; its other columns are numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured.

    Attributes:
        options: as they were.
        candidates: a description of each, with its name, in the order of the tables.
        instruments: descriptions of what else looked at the pictures.
        photographs: key, source and label of each, and the true photographs' numbers.
        rows: each candidate's columns, ``(N,)`` float64.
        sets: each candidate's numbers over all photographs together.
        summary: each candidate's statistics over all photographs.
    """

    options: Mapping[str, Any]
    candidates: Sequence[Mapping[str, Any]]
    instruments: Sequence[Mapping[str, Any]]
    photographs: Mapping[str, Sequence[Any]]
    rows: Mapping[str, Columns]
    sets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    summary: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The candidates' names, in the order of the tables."""
        return [description["name"] for description in self.candidates]

    @property
    def own_names(self) -> list[str]:
        """The same without the rows of points and of other sizes."""
        return [row["name"] for row in self.candidates if VARIANT_OF not in row]

    def variants(self, name: str, by: str) -> dict[int, str]:
        """A candidate's rows with points (``by`` that) or at other sizes (``at_size``): names."""
        rows = [row for row in self.candidates if row.get(VARIANT_OF) == name]
        return {row[by]: row["name"] for row in rows if by in row}

    def columns(self, chosen: Iterable[int] | None = None) -> dict[str, Columns]:
        """What the statistics take, of all photographs or of those at ``chosen`` indices."""
        count = len(self.photographs["key"])
        index = np.arange(count) if chosen is None else np.fromiter(chosen, dtype=int)
        shared = {
            f"true_{name}": np.asarray(values, dtype=np.float64)[index]
            for name, values in self.photographs.items()
            if name not in _NAMES
        }
        shared["grey_ciede2000"] = self.rows[GREY_NAME]["ciede2000"][index]
        return {
            name: shared | {column: values[index] for column, values in self.rows[name].items()}
            for name in self.names
        }

    def groups(self, by: str) -> dict[str, list[int]]:
        """Indices of the photographs of each ``source`` or ``label``, largest group first."""
        found: dict[str, list[int]] = {}
        for index, name in enumerate(self.photographs[by]):
            found.setdefault(name, []).append(index)
        return dict(sorted(found.items(), key=lambda group: (-len(group[1]), group[0])))

    def to_content(self) -> dict[str, Any]:
        """The content of its record."""
        photographs = {
            name: list(values) if name in _NAMES else _to_json(values)
            for name, values in self.photographs.items()
        }
        return {
            "options": dict(self.options),
            "candidates": [dict(description) for description in self.candidates],
            "instruments": [dict(description) for description in self.instruments],
            "photographs": photographs,
            "rows": {
                name: {column: _to_json(values) for column, values in columns.items()}
                for name, columns in self.rows.items()
            },
            "sets": {
                name: dict(zip(numbers, _to_json(numbers.values()), strict=True))
                for name, numbers in self.sets.items()
            },
            "summary": {
                name: {s: _to_json((i.estimate, i.low, i.high)) for s, i in statistics.items()}
                for name, statistics in self.summary.items()
            },
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "Evaluation":
        """Rebuild it from a record's content.

        Raises:
            RecordError: something of it is missing or is not what it should be.
        """
        try:
            return cls(
                options=content["options"],
                candidates=content["candidates"],
                instruments=content["instruments"],
                photographs=content["photographs"],
                rows={
                    name: {column: _to_array(values) for column, values in columns.items()}
                    for name, columns in content["rows"].items()
                },
                sets=content["sets"],
                summary={
                    name: {s: Interval(*_to_array(i).tolist()) for s, i in statistics.items()}
                    for name, statistics in content["summary"].items()
                },
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RecordError(f"the record of an evaluation is damaged: {error!r}") from error


def _to_json(values: Iterable[float]) -> list[float | None]:
    """Numbers rounded to six digits, None for NaN."""
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in values]


def _to_array(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
