# SPDX-License-Identifier: Apache-2.0
"""An option of the contract as an option of the command line.

Default, range, choices and help stand in :mod:`tintype.spec.options` and are read from there; a
command's signature names the option and its type, which a type checker can follow. The range is
checked where every face checks it: when the options are put together.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import typer


def option(options: type, name: str, *flags: str) -> Any:
    """Describe one option for Typer.

    Args:
        options: the dataclass that has it as a field.
        name: the field's name.
        flags: how it is written, where that is not ``--name``.

    Returns:
        What belongs into the ``Annotated`` of a command's parameter.
    """
    field = next(field for field in fields(options) if field.name == name)
    return typer.Option(
        *flags,
        help=field.metadata["help"],
        metavar=_metavar(field.metadata),
        show_default=field.default is not None,
    )


def _metavar(metadata: Mapping[str, Any]) -> str | None:
    """What may be written after the flag: ``a|b|c``, ``0..1``, or whatever its type allows."""
    if "among" in metadata:
        return "|".join(metadata["among"])
    if metadata.get("low") is not None and metadata.get("high") is not None:
        return f"{metadata['low']:g}..{metadata['high']:g}"
    return None
