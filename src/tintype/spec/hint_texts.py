# SPDX-License-Identifier: Apache-2.0
"""Hints as text: one in a line, as the command line takes it, or many in a JSON file.

The file is what the web page saves and loads, and what a request to the server holds: a list of
``{"x": 120, "y": 84.5, "color": "#7a1f1f", "radius": 9}``, the radius optional.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from tintype.errors import OptionError
from tintype.spec.hints import Hint

_NAMES = [field.name for field in fields(Hint)]
_NEEDED = ("x", "y", "color")


def parse_hint(text: str) -> Hint:
    """A hint of ``X,Y,#RRGGBB``, with its radius after that if it has one.

    Raises:
        OptionError: it is not written so, or is no hint.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (3, 4):
        raise OptionError(f"a hint is written X,Y,#RRGGBB or X,Y,#RRGGBB,RADIUS; got {text!r}")
    x, y, color, *last = parts
    try:
        place = float(x), float(y)
        radius = float(last[0]) if last else None
    except ValueError as error:
        raise OptionError(f"a hint's X, Y and RADIUS are numbers, got {text!r}") from error
    return Hint(*place, color, radius)


def hints_from_json(text: str | bytes) -> tuple[Hint, ...]:
    """The hints of a file's text.

    Raises:
        OptionError: it is no JSON, no list, or a row of it is no hint; the message says which.
    """
    try:
        rows = json.loads(text, parse_int=float)
    except (ValueError, RecursionError) as error:
        raise OptionError(f"hints must be JSON: {error}") from error
    if not isinstance(rows, list):
        raise OptionError('hints must be a list of {"x": …, "y": …, "color": "#RRGGBB"}')
    return tuple(_read_row(row, number) for number, row in enumerate(rows, 1))


def hints_to_json(hints: Sequence[Hint]) -> str:
    """Hints as a file's text, which :func:`hints_from_json` reads again."""
    rows = [{k: v for k, v in asdict(hint).items() if v is not None} for hint in hints]
    return json.dumps(rows, indent=1) + "\n"


def _read_row(row: Any, number: int) -> Hint:
    if not isinstance(row, dict):
        raise OptionError(f"hint {number} must be an object with {', '.join(_NEEDED)}; got {row!r}")
    missing = [name for name in _NEEDED if name not in row]
    if missing:
        raise OptionError(f"hint {number} has no {', '.join(missing)}")
    strange = sorted(row.keys() - _NAMES)
    if strange:
        raise OptionError(
            f"hint {number} has {', '.join(strange)}; there are only {', '.join(_NAMES)}"
        )
    numbers = {name: row.get(name) for name in _NAMES if name != "color"}
    for name, value in numbers.items():
        if not (isinstance(value, float) or (value is None and name not in _NEEDED)):
            raise OptionError(f"hint {number}: {name} must be a number, got {value!r}")
    if not isinstance(row["color"], str):
        raise OptionError(f"hint {number}: color must be #RRGGBB, got {row['color']!r}")
    try:
        return Hint(**{**row, **numbers})
    except OptionError as error:
        raise OptionError(f"hint {number}: {error}") from error
