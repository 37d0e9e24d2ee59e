# SPDX-License-Identifier: Apache-2.0
"""``tintype models``: the table of networks, as text or JSON."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tintype.spec.models import MODELS

app = typer.Typer(add_completion=False)


@app.command()
def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """List the networks that tintype knows."""
    if as_json:
        typer.echo(json.dumps([asdict(spec) for spec in MODELS.values()], indent=2))
        return
    typer.echo(f"{'name':12} {'parameters':>10}  {'size':>4}  {'hints':5}  license")
    for spec in MODELS.values():
        typer.echo(
            f"{spec.name:12} {spec.parameters / 1e6:8.1f} M  {spec.size:4}  "
            f"{'yes' if spec.hints else 'no':5}  {spec.license}"
        )
