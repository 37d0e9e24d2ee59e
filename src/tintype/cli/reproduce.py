# SPDX-License-Identifier: Apache-2.0
"""``tintype reproduce``: run a paper's experiments again, and report what becomes of its claims."""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.chatter import hush_lightning
from tintype.cli.train import split_folders
from tintype.cli.unfold import unfold
from tintype.evaluate.paper.options import PaperOptions

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def reproduce() -> None:
    """Run a paper's experiments again, and report what becomes of its claims."""


@app.command()
@unfold
def paper(
    *,
    data: Annotated[
        Path, typer.Option(help="Tar shards, or a folder train of them; landscapes among them.")
    ] = Path("data"),
    out: Annotated[Path, typer.Option(help="Folder of runs and report; never commit it.")] = Path(
        "out/paper"
    ),
    options: PaperOptions,
    imagenet: Annotated[
        Path | None, typer.Option(help="ImageNet weights that the encoders start from.")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(help="Stop after this long; the same command goes on. 0: report only."),
    ] = None,
    cache: Annotated[Path, typer.Option(help="Folder for decoded photographs.")] = Path("cache"),
    publish: Annotated[
        Path | None,
        typer.Option(help="Also write record, document and figure without the data's pictures."),
    ] = None,
) -> None:
    """Train Hwang & Zhou's grid, a slice at a time, and report it."""
    from tintype.evaluate.paper.publication import publish_report, write_report
    from tintype.evaluate.paper.reproduction import Event, Reproduction
    from tintype.learn.datasets import open_cache

    def show(event: Event) -> None:
        typer.echo(f"[{event.done}/{event.total}] {event.text}", err=True)

    hush_lightning()
    photographs = open_cache(split_folders(data)[0], cache)
    with Reproduction(out, photographs, options, imagenet=imagenet, on_event=show) as run:
        finished = run.run(minutes=minutes)
        typer.echo(write_report(run))
        if publish is not None:
            typer.echo(publish_report(run, publish))
    if not finished:
        typer.echo("not finished; the same command goes on", err=True)
