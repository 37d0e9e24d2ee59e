# SPDX-License-Identifier: Apache-2.0
"""``tintype overfit``: can a recipe's network learn a few photographs by heart?"""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.chatter import hush_lightning
from tintype.cli.exit_codes import SOME_FAILED
from tintype.cli.train import split_folders
from tintype.cli.unfold import unfold
from tintype.learn.trials import Check, OverfitOptions
from tintype.records.provenance import collect_provenance, hash_names
from tintype.records.record import Record, write_record

app = typer.Typer(add_completion=False)


@app.command()
@unfold
def overfit(
    *,
    recipe: Annotated[
        str,
        typer.Argument(help="Name of a recipe, or a file that defines one.", show_default=False),
    ],
    data: Annotated[Path, typer.Option(help="Tar shards, or folders train and val of them.")],
    options: OverfitOptions,
    out: Annotated[
        Path | None, typer.Option(help="The run's folder (default: runs/RECIPE-overfit).")
    ] = None,
    cache: Annotated[Path, typer.Option(help="Folder for decoded photographs.")] = Path("cache"),
    imagenet: Annotated[
        Path | None, typer.Option(help="ImageNet weights that the encoder starts from.")
    ] = None,
) -> None:
    """Learn a few photographs by heart: a network that cannot has a mistake in it.

    What was seen on the way is left in the run's folder, as record.json.
    """
    from tintype.learn.datasets import open_cache
    from tintype.learn.overfitting import KIND, describe_overfitting
    from tintype.learn.recipe import find_recipe
    from tintype.learn.trials import draw
    from tintype.learn.trials import overfit as run_overfit

    def show(check: Check) -> None:
        typer.echo(
            f"step {check.step:6}: Acc.U {check.accuracy_u:6.1%}, Acc.V {check.accuracy_v:6.1%}, "
            f"ℓ2 {check.l2:5.2f}"
        )

    hush_lightning()
    chosen = find_recipe(recipe)
    photographs = open_cache(split_folders(data)[0], cache)
    run = out or Path("runs") / f"{chosen.name}-overfit"
    checks = run_overfit(chosen, photographs, run, options, imagenet=imagenet, on_check=show)
    found = describe_overfitting(chosen, options, checks, imagenet=imagenet)
    keys = draw(photographs, options.photographs, seed=chosen.seed).keys
    provenance = collect_provenance(data={"photographs": hash_names(keys)})
    write_record(
        Record(kind=KIND, provenance=provenance, content=found.to_content()), run / "record.json"
    )
    if not found.reached:
        typer.echo(f"not learnt: {options.target:.0%} was not reached", err=True)
        raise typer.Exit(SOME_FAILED)
