# SPDX-License-Identifier: Apache-2.0
"""``tintype export``: a trained run to the ONNX file that inference runs."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from tintype.spec.options import ENGINE_DEFAULTS

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def export(
    recipe: Annotated[str, typer.Argument(help="Name of a recipe, or a file that defines one.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="NAME.onnx; weights go beside it.")],
    run: Annotated[
        Path | None, typer.Option(help="The run's folder (default: runs/RECIPE).")
    ] = None,
    like: Annotated[
        str, typer.Option(help="A network, by name or file, whose decode it is to have.")
    ] = ENGINE_DEFAULTS.model,
    size: Annotated[int | None, typer.Option(help="Short side that the network is to see.")] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Of the decode at vividness 0.5.")
    ] = None,
    gain: Annotated[
        float | None, typer.Option(help="Of the curve that chroma goes through.")
    ] = None,
    power: Annotated[float | None, typer.Option(help="Of that curve.")] = None,
    limit: Annotated[float | None, typer.Option(help="What it multiplies by at most.")] = None,
    correction: Annotated[
        float | None, typer.Option(help="Share of the loss's weights that scores are freed of.")
    ] = None,
    restraint: Annotated[
        float | None, typer.Option(help="Nats a class loses for each CIE unit of its chroma.")
    ] = None,
    look: Annotated[
        list[float] | None,
        typer.Option(help="A further look's scale, below 0 for one at the mirror image."),
    ] = None,
    license: Annotated[str, typer.Option(help="Of the weights.")] = "research only",
    card: Annotated[str, typer.Option(help="The model card, a path under docs.")] = "",
) -> None:
    """Write a trained network as an ONNX file, with its weights beside it.

    It decodes as another network does, but for what is given here.
    """
    from tintype.learn.export import export as export_network
    from tintype.learn.heads.joint_bins import JointBinsHead
    from tintype.learn.recipe import find_recipe
    from tintype.learn.training import load_network
    from tintype.spec.models import find_model

    chosen = find_recipe(recipe)
    network = load_network(chosen, (run or Path("runs") / chosen.name) / "last.ckpt")
    assert isinstance(network.head, JointBinsHead)
    choices: dict[str, Any] = {
        "size": size,
        "temperature": temperature,
        "gain": gain,
        "power": power,
        "limit": limit,
        "correction": correction,
        "restraint": restraint,
        "looks": tuple(look) if look else None,
    }
    spec = replace(
        find_model(like),
        **{name: choice for name, choice in choices.items() if choice is not None},
        name=out.stem,
        file=out.name,
        sha256="",
        multiple=network.multiple,
        stride=network.head.stride,
        bin_step=network.head.config.step,
        hints=network.takes_hints,
        parameters=0,
        license=license,
        card=card or f"models/{out.stem}.md",
    )
    spec = export_network(network, spec, out)
    typer.echo(f"{out}: {spec.parameters:,} parameters, sha256 {spec.sha256}")
