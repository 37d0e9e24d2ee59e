# SPDX-License-Identifier: Apache-2.0
"""A command that takes dataclasses of options, shown on the command line as their fields.

A command with many options would restate them all, once in its signature and once where it puts
them together. Instead it names the dataclass, and Typer is given a function with one parameter a
field, whose type, default, range and help are the field's own::

    @app.command()
    @unfold
    def evaluate(*, options: EvaluateOptions, engine: Annotated[EngineOptions, Only("device")]):

A field that takes several values, a tuple, becomes an option that may be repeated; its ``flag``, in
the field's metadata, is then the name of one of them.
"""

import inspect
from collections.abc import Callable
from dataclasses import Field, fields, is_dataclass
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from tintype.cli.options import option


class Only:
    """In the ``Annotated`` of a dataclass of options: the fields that the command has."""

    def __init__(self, *names: str) -> None:
        self.names = names


def unfold(command: Callable[..., None]) -> Callable[..., None]:
    """Replace each keyword parameter that is a dataclass of options by its fields."""
    signature = inspect.signature(command, eval_str=True)
    folded: dict[str, tuple[Any, list[Field[Any]]]] = {}
    parameters = []
    for parameter in signature.parameters.values():
        options, chosen = _split(parameter.annotation)
        if options is None:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        folded[parameter.name] = options, chosen
        parameters += [_to_parameter(options, field) for field in chosen]

    @wraps(command)
    def unfolded(**values: Any) -> None:
        for name, (options, chosen) in folded.items():
            given = {field.name: values.pop(field.name) for field in chosen}
            several = {f.name: tuple(given[f.name] or ()) for f in chosen if f.default == ()}
            values[name] = options(**{**given, **several})
        command(**values)

    del unfolded.__wrapped__  # else its signature would be read
    unfolded.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    unfolded.__annotations__ = {p.name: p.annotation for p in parameters}
    return unfolded


def _split(annotation: Any) -> tuple[Any, list[Field[Any]]]:
    """The dataclass that an annotation names, and its fields that are wanted; None and none."""
    options, *extra = get_args(annotation) if get_origin(annotation) is Annotated else [annotation]
    if not (isinstance(options, type) and is_dataclass(options)):
        return None, []
    wanted = [name for one in extra if isinstance(one, Only) for name in one.names]
    return options, [field for field in fields(options) if not wanted or field.name in wanted]


def _to_parameter(options: Any, field: Field[Any]) -> inspect.Parameter:
    kind = get_type_hints(options)[field.name]
    default = field.default
    if get_origin(kind) is tuple:
        kind, default = list[get_args(kind)[0]] | None, None  # type: ignore[misc]  # built here
    flags = (field.metadata["flag"],) if "flag" in field.metadata else ()
    if kind is bool:
        flags = flags or (f"--{field.name.replace('_', '-')}",)
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind, option(options, field.name, *flags)],
        default=default,
    )
