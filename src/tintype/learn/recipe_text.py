# SPDX-License-Identifier: Apache-2.0
"""A recipe as its run's folder holds it: written, read back as plain values, held against another.

A recipe may gain settings while a run of it is under way. What an older text does not mention
counts as its default, so that the run goes on.
"""

import ast
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from tintype.errors import InputError
from tintype.learn.recipe import Recipe

RECIPE_FILE = "recipe.txt"  # in the run's folder


def describe_recipe(recipe: Recipe) -> str:
    """The text that :data:`RECIPE_FILE` holds."""
    return repr(recipe) + "\n"


def parse_recipe(text: str) -> dict[str, Any]:
    """A recipe's text as plain values; nothing of it is run.

    Raises:
        InputError: it is no such text.
    """
    try:
        value: dict[str, Any] = _to_value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError) as error:
        raise InputError(f"this is no recipe's text: {text[:60]!r}") from error
    return value


def is_told(told: Mapping[str, Any], recipe: Recipe) -> bool:
    """Whether values of :func:`parse_recipe` are this recipe's, those left out being defaults."""
    return _agrees(told, recipe)


def _agrees(told: Any, value: Any) -> bool:
    if not is_dataclass(value):
        return bool(told == _to_value(ast.parse(repr(value), mode="eval").body))
    if not isinstance(told, Mapping) or told.get("type") != type(value).__name__:
        return False
    own = {field.name: field for field in fields(value)}
    return told.keys() <= {"type", *own} and all(
        _agrees(told[name], getattr(value, name))
        if name in told
        else getattr(value, name) == _default(field)
        for name, field in own.items()
    )


def _default(field: Field[Any]) -> Any:
    """What a setting is unless it is said; of one that must be said, what nothing equals."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def _to_value(node: ast.expr) -> Any:
    """A configuration becomes an object with its type's name; a constant stays itself."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
        named = {str(k.arg): _to_value(k.value) for k in node.keywords}
        return {"type": node.func.id, **named}
    if isinstance(node, ast.Tuple | ast.List):
        return [_to_value(element) for element in node.elts]
    return ast.literal_eval(node)
