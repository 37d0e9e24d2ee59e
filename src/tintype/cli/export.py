# SPDX-License-Identifier: Apache-2.0
"""``tintype export``: trained runs to the ONNX file that inference runs."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from tintype.errors import OptionError
from tintype.spec.model import Look, ModelSpec
from tintype.spec.options import ENGINE_DEFAULTS

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def export(
    recipe: Annotated[
        list[str],
        typer.Argument(help="Name of a recipe, or a file that defines one; several: members."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="NAME.onnx; weights go beside it.")],
    run: Annotated[
        list[Path] | None,
        typer.Option(
            help="Each one's folder, or a released network (default: runs/RECIPE); A+B: their mean."
        ),
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
    turn: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(
            metavar="A B C D", help="How it turns hues h: A cos h + B sin h + ..., radians."
        ),
    ] = None,
    correction: Annotated[
        float | None, typer.Option(help="Share of the loss's weights that scores are freed of.")
    ] = None,
    restraint: Annotated[
        float | None, typer.Option(help="Nats a class loses for each CIE unit of its chroma.")
    ] = None,
    look: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCALE[:MEMBER]",
            help="A further look's scale, below 0 for one at the mirror image, and whose it is.",
        ),
    ] = None,
    license: Annotated[str, typer.Option(help="Of the weights.")] = "research only",
    card: Annotated[str, typer.Option(help="The model card, a path under docs.")] = "",
) -> None:
    """Write a trained network as an ONNX file, with its weights beside it.

    It decodes as another network does, but for what is given here. Of several recipes the file has
    several members, and each of its looks at a photograph is by one of them.
    """
    from tintype.learn.export import export as export_networks
    from tintype.learn.members import load_members
    from tintype.learn.recipe import find_recipe
    from tintype.spec.models import find_model

    recipes = [find_recipe(name) for name in recipe]
    base = find_model(like)
    looks = choose_looks(look, base.looks, sum(len(each.members) for each in recipes))
    choices: dict[str, Any] = {
        "size": size,
        "temperature": temperature,
        "gain": gain,
        "power": power,
        "limit": limit,
        "turn": turn,
        "correction": correction,
        "restraint": restraint,
    }
    spec = replace(
        base,
        **{name: choice for name, choice in choices.items() if choice is not None},
        name=out.stem,
        file=out.name,
        sha256="",
        looks=looks,
        license=license,
        card=card or f"models/{out.stem}.md",
    )
    check_curve(spec)
    networks = load_members(recipes, run or [Path("runs") / each.name for each in recipes])
    spec = export_networks(networks, spec, out)
    typer.echo(f"{out}: {spec.parameters:,} parameters, sha256 {spec.sha256}")


def check_curve(spec: ModelSpec) -> None:
    """Refuse a curve that cannot be.

    Raises:
        OptionError: one of its numbers is out of range.
    """
    try:
        _ = spec.curve
    except ValueError as error:
        raise OptionError(f"{error}; choose others") from error


def choose_looks(
    asked: Sequence[str] | None, likewise: Sequence[Look], members: int
) -> tuple[Look, ...]:
    """The looks that are asked for, or another network's, by the members that there are.

    Raises:
        OptionError: one that is asked for is no look, or by no member.
    """
    if not asked:
        return tuple(replace(look, member=min(look.member, members - 1)) for look in likewise)
    looks = tuple(parse_look(text) for text in asked)
    for text, look in zip(asked, looks, strict=True):
        if look.member >= members:
            raise OptionError(f"look {text}: the last member is {members}")
    return looks


def parse_look(text: str) -> Look:
    """Read ``SCALE`` or ``SCALE:MEMBER``; a scale below 0 means the mirror image.

    Raises:
        OptionError: the text is neither, or the scale is 0.
    """
    scale, _, member = text.partition(":")
    try:
        size, whose = float(scale), int(member or 1)
    except ValueError:
        size, whose = 0.0, 0
    if not 0 < abs(size) < float("inf") or whose < 1:
        raise OptionError(f"look must be SCALE or SCALE:MEMBER, say -0.8 or 1.4:2; got {text!r}")
    return Look(scale=abs(size), mirrored=size < 0, member=whose - 1)
