# SPDX-License-Identifier: Apache-2.0
"""``tintype export``: a trained run to the ONNX file that inference runs."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def export(
    recipe: Annotated[str, typer.Argument(help="Name of a recipe, or a file that defines one.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="NAME.onnx; weights go beside it.")],
    run: Annotated[
        Path | None, typer.Option(help="The run's folder (default: runs/RECIPE).")
    ] = None,
    size: Annotated[int, typer.Option(help="Short side that the network is to see.")] = 256,
    temperature: Annotated[float, typer.Option(help="Of the decode at vividness 0.5.")] = 0.3,
    gain: Annotated[float, typer.Option(help="Of the curve that chroma goes through.")] = 1.0,
    power: Annotated[float, typer.Option(help="Of that curve.")] = 1.0,
    limit: Annotated[float, typer.Option(help="What it multiplies by at most.")] = 1.0,
    correction: Annotated[
        float, typer.Option(help="Share of the loss's weights that scores are freed of.")
    ] = 0.5,
    license: Annotated[str, typer.Option(help="Of the weights.")] = "research only",
    card: Annotated[str, typer.Option(help="The model card, a path under docs.")] = "",
) -> None:
    """Write a trained network as an ONNX file, with its weights beside it."""
    from tintype.learn.export import export as export_network
    from tintype.learn.heads.joint_bins import JointBinsHead
    from tintype.learn.recipe import find_recipe
    from tintype.learn.training import load_network
    from tintype.spec.model import ModelSpec

    chosen = find_recipe(recipe)
    network = load_network(chosen, (run or Path("runs") / chosen.name) / "last.ckpt")
    assert isinstance(network.head, JointBinsHead)
    spec = ModelSpec(
        name=out.stem,
        file=out.name,
        sha256="",
        size=size,
        multiple=network.multiple,
        stride=network.head.stride,
        temperature=temperature,
        gain=gain,
        power=power,
        limit=limit,
        correction=correction,
        bin_step=network.head.config.step,
        hints=network.takes_hints,
        parameters=0,
        license=license,
        card=card or f"models/{out.stem}.md",
    )
    spec = export_network(network, spec, out)
    typer.echo(f"{out}: {spec.parameters:,} parameters, sha256 {spec.sha256}")
