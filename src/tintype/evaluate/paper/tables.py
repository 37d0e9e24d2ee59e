# SPDX-License-Identifier: Apache-2.0
"""The tables of a reproduction, made of what its runs found; missing runs have no row.

Beside the paper's own measures stand the field's: ΔE00 and colourfulness. Baselines come first,
since accuracy in bins of width 4 rewards grey.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from tintype.evaluate.paper.grid import (
    ALTERNATIVES,
    CLASSIFICATION,
    DATA,
    HEADLINE,
    LENGTH,
    TRAINING,
    Cell,
    Search,
)
from tintype.evaluate.paper.landscapes import LANDSCAPE, MIXED

Results = Mapping[str, Mapping[str, Any]]
Grid = Sequence[Cell | Search]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: what every face of the report shows."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _number(value: float) -> str:
    return f"{value:.2f}"


def _share(value: float) -> str:
    return f"{value:.1%}"


def write_signed(value: float) -> str:
    """A share with its sign, as a percentage."""
    return f"{value:+.1%}".replace("-", "\N{MINUS SIGN}")


Format = Callable[[float], str]
MEASURES: tuple[tuple[str, str, Format], ...] = (
    ("l2", "ℓ2", _number),
    ("accuracy_u", "Acc.U", _share),
    ("accuracy_v", "Acc.V", _share),
    ("near_u", "U ±1 bin", _share),
    ("near_v", "V ±1 bin", _share),
    ("saturation_difference", "Sat. diff.", write_signed),
    ("luv_saturation_difference", "in CIELUV", write_signed),
    ("ciede2000", "ΔE00", _number),
    ("colorfulness", "colourfulness", _number),
)
"""Name in the record, title in the tables, and how it is written."""


def make_tables(grid: Grid, results: Results) -> list[Table]:
    """Tables 1 to 5 as far as there are results."""
    columns = tuple(title for _, title, _ in MEASURES)
    tables = [
        Table(
            "Table 1. Regression and classification",
            ("system", "runs", *columns),
            (*_baselines(LANDSCAPE, results), *_headline(grid, results)),
        ),
        Table(
            "Table 2. One change at a time (section 5.2)",
            ("system", "runs", *columns, "training loss"),
            (_base(grid, results), *_rows(grid, results, ALTERNATIVES)),
        ),
        Table(
            "Table 3. Optimisers, rates and batch sizes",
            ("system", "runs", *columns, "training loss"),
            (_base(grid, results), *_rows(grid, results, TRAINING)),
        ),
        Table(
            "Table 4. A larger, mixed set",
            ("system", "runs", *columns),
            (*_baselines(MIXED, results), *(row[:-1] for row in _rows(grid, results, DATA))),
        ),
        Table(
            "Table 5. Longer training",
            ("system", "runs", *columns, "training loss"),
            tuple(_rows(grid, results, LENGTH)),
        ),
    ]
    return [
        Table(table.title, table.header, tuple(row for row in table.rows if row))
        for table in tables
        if any(row and row[1] != BASELINE for row in table.rows)
    ]


def rate_table(grid: Grid, results: Results) -> Table:
    """What each rate of each search did to the training loss."""
    rows = [
        (run.system, f"{rate:g}", "diverged" if loss is None else f"{loss:.3f}")
        for run in grid
        if isinstance(run, Search) and run.name in results
        for rate, loss in zip(results[run.name]["rates"], results[run.name]["losses"], strict=True)
    ]
    return Table(
        "Learning rates, searched on a tenth of a run",
        ("optimiser", "rate", "training loss at the end"),
        tuple(rows),
    )


def headline_runs(grid: Grid, results: Results, system: str) -> list[Mapping[str, Any]]:
    """The runs of a headline system that ended in a network, one a seed."""
    return [
        results[run.name]
        for run in grid
        if is_headline(run)
        and run.name.startswith(f"{system}-seed-")
        and "test" in results.get(run.name, {})
    ]


BASELINE = "baseline"


def _baselines(data: str, results: Results) -> list[tuple[str, ...]]:
    found = results.get(f"baselines-{data}")
    if found is None:
        return []
    truth = {name: 0.0 for name, _, _ in MEASURES}
    truth |= dict.fromkeys(("accuracy_u", "accuracy_v", "near_u", "near_v"), 1.0)
    truth["colorfulness"] = found["grey"]["true_colorfulness"]
    rows = (
        ("the truth", truth),
        ("constant grey", found["grey"]),
        ("dataset mode", found["mode"]),
    )
    return [(name, BASELINE, *_cells([scores])) for name, scores in rows]


def _headline(grid: Grid, results: Results) -> list[tuple[str, ...]]:
    rows = []
    systems = {run.name.rpartition("-seed-")[0]: run.system for run in grid if is_headline(run)}
    for name, system in systems.items():
        runs = headline_runs(grid, results, name)
        if runs:
            rows.append((system, str(len(runs)), *_cells([run["test"] for run in runs])))
        if runs and name == CLASSIFICATION:
            centers = [run["test_centers"] for run in runs]
            rows.append((f"{system}, bins' centres", str(len(runs)), *_cells(centers)))
    return rows


def _base(grid: Grid, results: Results) -> tuple[str, ...]:
    """The network that everything else changes in one way."""
    runs = headline_runs(grid, results, CLASSIFICATION)
    if not runs:
        return ()
    scores = _cells([run["test"] for run in runs])
    losses = [run["loss"] for run in runs if run["loss"] is not None]
    return (CLASSIFICATION, str(len(runs)), *scores, _spread(losses, lambda v: f"{v:.3f}"))


def _rows(grid: Grid, results: Results, table: str) -> list[tuple[str, ...]]:
    rows = []
    for run in grid:
        if isinstance(run, Cell) and run.table == table and run.name in results:
            found = results[run.name]
            system = f"{run.system} ({found['rate']:g})" if run.search else run.system
            loss = "diverged" if found["loss"] is None else f"{found['loss']:.3f}"
            scores = [found["test"]] if "test" in found else []
            rows.append((system, "1", *_cells(scores), loss))
    return rows


def is_headline(run: Cell | Search) -> TypeGuard[Cell]:
    """Whether a run is one of the three systems that everything else is held against."""
    return isinstance(run, Cell) and run.table == HEADLINE


def _cells(runs: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    return tuple(_spread([run[name] for run in runs], write) for name, _, write in MEASURES)


def _spread(values: Sequence[float], write: Format) -> str:
    """The mean, with the standard deviation over runs where there are several."""
    if not values:
        return "diverged"
    mean = write(statistics.fmean(values))
    if len(values) == 1:
        return mean
    deviation = statistics.stdev(values)
    return f"{mean} ± {write(deviation).lstrip('+')}" if math.isfinite(deviation) else mean
