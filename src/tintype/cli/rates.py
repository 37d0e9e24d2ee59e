# SPDX-License-Identifier: Apache-2.0
"""``tintype rates``: search a learning rate on a logarithmic scale."""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.chatter import hush_lightning
from tintype.cli.train import split_folders
from tintype.cli.unfold import unfold
from tintype.learn.trials import RateOptions, Trial, best_rate
from tintype.records import html
from tintype.records.files import write_text
from tintype.records.plots import Series, line_plot
from tintype.records.provenance import collect_provenance

app = typer.Typer(add_completion=False)


@app.command()
@unfold
def rates(
    *,
    recipe: Annotated[
        str,
        typer.Argument(help="Name of a recipe, or a file that defines one.", show_default=False),
    ],
    data: Annotated[Path, typer.Option(help="Tar shards, or folders train and val of them.")],
    options: RateOptions,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the runs (default: runs/RECIPE-rates).")
    ] = None,
    cache: Annotated[Path, typer.Option(help="Folder for decoded photographs.")] = Path("cache"),
    imagenet: Annotated[
        Path | None, typer.Option(help="ImageNet weights that the encoder starts from.")
    ] = None,
) -> None:
    """Train briefly with each of several learning rates, and compare the losses."""
    from tintype.learn.datasets import open_cache
    from tintype.learn.recipe import find_recipe
    from tintype.learn.trials import search_rates

    def show(trial: Trial) -> None:
        typer.echo(f"rate {trial.rate:9.3g}: loss {trial.first:8.4f} to {trial.last:8.4f}")

    hush_lightning()
    chosen = find_recipe(recipe)
    photographs = open_cache(split_folders(data)[0], cache)
    run = out or Path("runs") / f"{chosen.name}-rates"
    trials = search_rates(chosen, photographs, run, options, imagenet=imagenet, on_trial=show)
    write_text(_page(chosen.name, trials), run / "rates.html")
    typer.echo(f"lowest loss at {best_rate(trials):.3g}; {run / 'rates.html'}")


def _page(recipe: str, trials: list[Trial]) -> str:
    plot = line_plot(
        [
            Series(
                label="last tenth of the steps",
                x=[trial.rate for trial in trials],
                y=[trial.last for trial in trials],
            ),
            Series(
                label="first tenth",
                x=[trial.rate for trial in trials],
                y=[trial.first for trial in trials],
            ),
        ],
        title="Loss by learning rate",
        x_label="learning rate",
        y_label="training loss",
        x_log=True,
    )
    rows = [(f"{trial.rate:.3g}", trial.first, trial.last) for trial in trials]
    return html.page(
        f"Learning rates for {recipe}",
        plot,
        html.table(("rate", "first tenth", "last tenth"), rows, digits=4),
        html.provenance_table(collect_provenance()),
    )
