# SPDX-License-Identifier: Apache-2.0
"""``tintype train``: train a recipe, or go on with one where it was stopped."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="Name of a recipe, or a file that defines one.")],
    data: Annotated[Path, typer.Option(help="Tar shards, or folders train and val of them.")],
    out: Annotated[
        Path | None, typer.Option(help="The run's folder (default: runs/RECIPE).")
    ] = None,
    cache: Annotated[Path, typer.Option(help="Folder for decoded photographs.")] = Path("cache"),
    imagenet: Annotated[
        Path | None, typer.Option(help="ImageNet weights that the encoder starts or learns from.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="Start from a released network (fine-tuning): name or file."),
    ] = None,
    stream: Annotated[
        bool, typer.Option(help="Read the shards in order, decode nothing beforehand.")
    ] = False,
    minutes: Annotated[
        float | None, typer.Option(help="Stop after this long; the same command goes on.")
    ] = None,
    smoke: Annotated[bool, typer.Option(help="A few tiny steps, to see that it runs.")] = False,
) -> None:
    """Train a network, or go on with one that was stopped."""
    from tintype.learn.datasets import open_cache
    from tintype.learn.recipe import find_recipe
    from tintype.learn.shards import list_shards
    from tintype.learn.training import Schedule
    from tintype.learn.training import train as run_training
    from tintype.learn.weights import find_weights

    console = Console(stderr=True)
    chosen = find_recipe(recipe)
    if smoke:
        chosen = chosen.smoke()
    run = out or Path("runs") / (f"{chosen.name}-smoke" if smoke else chosen.name)
    train_at, val_at = split_folders(data)
    console.print(f"reading {train_at}")
    shards = list_shards(train_at)
    photographs = [str(shard) for shard in shards] if stream else open_cache(train_at, cache)
    validation = open_cache(val_at, cache) if val_at else None
    console.print(
        f"{chosen.name}: {len(photographs)} {'shards' if stream else 'photographs'}, "
        f"{chosen.steps} steps, in {run}"
    )
    run_training(
        chosen,
        photographs,
        validation,
        run,
        imagenet=imagenet,
        weights=find_weights(start) if start else None,
        schedule=Schedule(minutes=minutes, progress=console.is_terminal),
    )
    console.print(f"done: {run}")


def split_folders(data: Path) -> tuple[Path, Path | None]:
    """Training and validation shards of ``data``: its train and val, or itself and none."""
    if (data / "train").is_dir():
        val = data / "val"
        return data / "train", val if val.is_dir() else None
    return data, None
