# SPDX-License-Identifier: Apache-2.0
"""``tintype sheets``: pictures to be looked at before a network is believed."""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.unfold import Only, unfold
from tintype.evaluate import commands
from tintype.evaluate.options import EvaluateOptions
from tintype.spec.options import ColorizeOptions, EngineOptions

app = typer.Typer(add_completion=False)

_CANDIDATES = typer.Argument(
    metavar="[NAME=]CANDIDATE...",
    help="As of `tintype evaluate`.",
    show_default=False,
)
_DATA = typer.Option("--data", "-d", help="Folder or tar shard of photographs; may be repeated.")
_OUT = typer.Option("--out", "-o", help="Folder for the sheets; one that is not committed.")
_SCANS = typer.Option("--scans", help="The photographs are black-and-white: there is no truth.")


@app.command(no_args_is_help=True)
@unfold
def sheets(
    *,
    candidates: Annotated[list[str], _CANDIDATES],
    data: Annotated[list[Path], _DATA],
    out: Annotated[Path, _OUT] = Path("out/sheets"),
    scans: Annotated[bool, _SCANS] = False,
    options: Annotated[EvaluateOptions, Only("grey", "sources", "labels", "limit", "seed")],
    colorize: Annotated[ColorizeOptions, Only("vividness", "saturation", "size")],
    engine: Annotated[EngineOptions, Only("device")],
) -> None:
    """Lay grey, coloured and true photographs side by side."""
    files = commands.write_picture_sheets(
        data, candidates, out, options, colorize, scans=scans, device=engine.device
    )
    for file in files:
        typer.echo(file)
