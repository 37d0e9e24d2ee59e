# SPDX-License-Identifier: Apache-2.0
"""A table's cells as text, the same in HTML and in Markdown."""

from collections.abc import Sequence
from numbers import Integral, Real

Cell = str | int | float | None

MISSING = "–"


def format_cell(cell: Cell, *, digits: int = 2) -> str:
    """Write a cell: fractions with ``digits`` digits, thousands grouped, None as a dash.

    Text, and with it :class:`tintype.records.html.Markup`, stays as it is.
    """
    if cell is None:
        return MISSING
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Integral):
        return f"{cell:,}"
    return f"{cell:,.{digits}f}"


def is_number_column(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[bool]:
    """Say of each column whether it holds numbers, beside what is missing, and nothing else.

    Raises:
        ValueError: a row has more or fewer cells than the header.
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row has {len(row)} cells under {len(header)} titles: {row!r}")
    columns = [[row[index] for row in rows] for index in range(len(header))]
    return [
        any(is_number(cell) for cell in column)
        and all(is_number(cell) or cell is None for cell in column)
        for column in columns
    ]


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number, NumPy's too; a truth is not."""
    return isinstance(cell, Real) and not isinstance(cell, bool)
