# SPDX-License-Identifier: Apache-2.0
"""The library's options as parameters of a request's query.

Names, types, defaults, ranges and help come from the dataclasses in :mod:`tintype.spec.options`;
the ranges are told in OpenAPI and checked where every face checks them, so that all of them report
alike. A parameter that no route knows is refused: a misspelt option is not a default.
"""

import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import Field, dataclass, fields
from types import UnionType
from typing import Annotated, Any, get_args, get_type_hints

from fastapi import Query, Request

from tintype.errors import OptionError
from tintype.spec.hint_texts import hints_from_json
from tintype.spec.hints import Hint
from tintype.spec.options import SAMPLE_DEFAULTS, ColorizeOptions, FileOptions, SampleOptions
from tintype.video.options import FilmOptions
from tintype.web.limits import Limits

_OF_THE_SERVER = ("max_pixels",)  # an option of the server's own: Limits.pixels
_NOT_OF_FILMS = ("tone",)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants of a photograph."""

    options: ColorizeOptions
    file_options: FileOptions
    hints: tuple[Hint, ...] = ()
    sampling: SampleOptions = SAMPLE_DEFAULTS


def read_wish(
    limits: Limits, *, hints: bool, samples: bool = False, only: Collection[str] | None = None
) -> Callable[..., Wish]:
    """Make the dependency that reads a :class:`Wish` from a request's query.

    Args:
        limits: the server's.
        hints: whether hints are read too.
        samples: whether several colourings can be asked for.
        only: the options that are read; by default all.

    Returns:
        A function whose signature is made of the options' fields, as FastAPI reads it.
    """

    def read(**given: Any) -> Wish:
        return Wish(
            _read_options(given, limits),
            FileOptions(max_pixels=limits.pixels, **_of(FileOptions, given)),
            hints_from_json(given.get("hints") or "[]"),
            SampleOptions(**_of(SampleOptions, given)),
        )

    classes = (ColorizeOptions, FileOptions, *([SampleOptions] if samples else []))
    parameters = [one for options in classes for one in _parameters(options)]
    parameters = [one for one in parameters if only is None or one.name in only]
    if hints:
        parameters.append(
            _keyword(
                "hints",
                Annotated[
                    str,
                    Query(
                        description="Places whose colour is known: JSON, a list of "
                        '{"x": …, "y": …, "color": "#RRGGBB", "radius": …} in pixels of the '
                        "upright photograph; the radius may be left out."
                    ),
                ],
                "",
            )
        )
    read.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # any function has one
    return read


@dataclass(frozen=True, slots=True)
class FilmWish:
    """What a client wants of a film."""

    options: ColorizeOptions
    film_options: FilmOptions


def read_film_wish(limits: Limits) -> Callable[..., FilmWish]:
    """Make the dependency that reads a :class:`FilmWish`, as :func:`read_wish` does.

    Args:
        limits: the server's; its bound on pixels is one on those of a frame.
    """

    def read(**given: Any) -> FilmWish:
        pixels = min(limits.pixels, FilmOptions().max_pixels)
        film = FilmOptions(**{**_of(FilmOptions, given), "max_pixels": pixels})
        return FilmWish(_read_options(given, limits), film)

    colors = [p for p in _parameters(ColorizeOptions) if p.name not in _NOT_OF_FILMS]
    read.__signature__ = inspect.Signature(colors + _parameters(FilmOptions))  # type: ignore[attr-defined]  # any function has one
    return read


def refuse_unknown(request: Request) -> None:
    """Raise :class:`OptionError` for a query parameter that the route does not know."""
    dependant = request.scope["route"].dependant
    known = _names(dependant)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise OptionError(
            f"no option {', '.join(map(repr, unknown))}; there are "
            f"{', '.join(sorted(known)) or 'none here'}"
        )


def _read_options(given: dict[str, Any], limits: Limits) -> ColorizeOptions:
    """How to colour, within what one client may have of the network's time and memory."""
    options = ColorizeOptions(**_of(ColorizeOptions, given))
    if options.size is not None and options.size > limits.network_size:
        raise OptionError(
            f"size may be at most {limits.network_size} on this server, got {options.size}"
        )
    return options


def _of(options: type, given: dict[str, Any]) -> dict[str, Any]:
    return {f.name: given[f.name] for f in fields(options) if f.name in given}


def _parameters(options: type) -> list[inspect.Parameter]:
    types = get_type_hints(options)
    return [
        _keyword(f.name, Annotated[_plain(types[f.name]), _query(f)], f.default)
        for f in fields(options)
        if f.name not in _OF_THE_SERVER
    ]


def _plain(kind: Any) -> Any:
    """The type without its ``| None``: in a query, what is not said is left out."""
    if isinstance(kind, UnionType):
        return next(part for part in get_args(kind) if part is not type(None))
    return kind


def _query(option: Field[Any]) -> Any:
    words = {"low": "minimum", "high": "maximum", "among": "enum"}
    told = {
        words[key]: list(value) if key == "among" else value
        for key, value in option.metadata.items()
        if key in words and value is not None
    }
    return Query(description=option.metadata["help"], json_schema_extra=told)


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _names(dependant: Any) -> set[str]:
    own = {parameter.alias for parameter in dependant.query_params}
    inner: Sequence[Any] = dependant.dependencies
    return own.union(*(_names(other) for other in inner))
