# SPDX-License-Identifier: Apache-2.0
"""``tintype data``: photographs for training."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from tintype.cli.unfold import unfold
from tintype.learn.prepare.catalogue import COLLECTIONS, find_collection
from tintype.learn.prepare.options import PrepareOptions
from tintype.learn.prepare.preparation import Progress, Summary, prepare

app = typer.Typer(no_args_is_help=True, add_completion=False)

_NAMES = ", ".join(collection.name for collection in COLLECTIONS)


@app.callback()
def data() -> None:
    """Prepare photographs for training."""


@app.command("prepare")
@unfold
def prepare_collection(
    *,
    collection: Annotated[str, typer.Argument(help=f"One of {_NAMES}.", show_default=False)],
    source: Annotated[
        Path, typer.Argument(help="The archive or folder, as published.", show_default=False)
    ],
    destination: Annotated[
        Path, typer.Argument(help="An empty folder for the shards.", show_default=False)
    ],
    label: Annotated[
        list[str] | None, typer.Option(help="Keep this label only; may be repeated.")
    ] = None,
    options: PrepareOptions,
    workers: Annotated[int, typer.Option(help="Photographs packed at a time.", min=1)] = 2,
) -> None:
    """Turn a public collection of photographs into shards; run again to resume."""
    row = find_collection(collection)
    columns = (TextColumn("{task.fields[shard]}"), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, shard="listing …")

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total, shard=progress.shard)

        summary = prepare(
            row,
            source,
            destination,
            options,
            labels=label or (),
            workers=workers,
            on_progress=show,
        )
    _report(summary, destination, row.terms)


def _report(summary: Summary, destination: Path, terms: str) -> None:
    counts = ", ".join(f"{count} {split}" for split, count in summary.kept.items())
    typer.echo(f"{destination}: {counts}")
    typer.echo(f"Terms: {terms}")
    if summary.skipped:
        typer.echo(
            f"{len(summary.skipped)} skipped, each with its reason in {destination}/skipped.csv",
            err=True,
        )
