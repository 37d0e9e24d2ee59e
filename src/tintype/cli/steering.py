# SPDX-License-Identifier: Apache-2.0
"""What a person knows of a photograph's colours, or wants to know, on the command line."""

import os
from collections.abc import Sequence
from pathlib import Path

import typer

from tintype.errors import InputError, OptionError
from tintype.imaging.files import read
from tintype.imaging.photograph import Photograph
from tintype.spec.hint_texts import hints_from_json, parse_hint
from tintype.spec.hints import Hint
from tintype.spec.options import FileOptions

HINT = typer.Option(
    "--hint",
    metavar="X,Y,#RRGGBB[,RADIUS]|FILE.json",
    help="A colour that is known of a place of a single photograph, in its pixels, or a file of "
    "such hints as the web page saves it. May be repeated.",
)

REFERENCE = typer.Option(
    "--reference",
    metavar="PHOTO",
    help="A photograph in colour whose palette leads, wherever the network cannot decide.",
)
CONFIDENCE = typer.Option(
    "--confidence",
    metavar="OUT.png|FOLDER",
    help="Also write how sure the network is, place by place, as a grey picture: white where one "
    "colour alone is likely. A folder for several photographs.",
)


def gather_hints(texts: Sequence[str], photographs: Sequence[Path]) -> tuple[Hint, ...]:
    """The hints that were given, in their order.

    Args:
        texts: each a hint, or the name of a JSON file of hints.
        photographs: that they are given with; there must be one.

    Raises:
        OptionError: a text is no hint, or a file cannot be read or holds none; or there is more
            than one photograph, whose places a hint cannot tell apart.
    """
    hints: list[Hint] = []
    for text in texts:
        hints += _read(Path(text)) if text.lower().endswith(".json") else [parse_hint(text)]
    if texts and (len(photographs) > 1 or os.path.isdir(photographs[0])):
        raise OptionError("--hint says the colour of a place of one photograph; name that one only")
    return tuple(hints)


def read_reference(path: Path | None, options: FileOptions) -> Photograph | None:
    """The photograph whose palette leads, if there is one.

    Raises:
        InputError: it cannot be read.
    """
    if path is None:
        return None
    try:
        return read(path, max_pixels=options.max_pixels)
    except InputError as error:
        raise type(error)(f"the reference {path}: {error}") from error


def _read(path: Path) -> tuple[Hint, ...]:
    try:
        return hints_from_json(path.read_bytes())
    except OSError as error:
        raise OptionError(f"cannot read the hints in {path}: {error.strerror}") from error
    except OptionError as error:
        raise OptionError(f"{path}: {error}") from error
