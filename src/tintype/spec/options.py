# SPDX-License-Identifier: Apache-2.0
"""The options of a colorization, stated once for Python, the command line, the web and film.

Each option is a field of one frozen dataclass that carries its default, its range or choices and
its one-line help; every face reads them from here.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from tintype.errors import OptionError


def number(default: Any, help: str, *, low: float, high: float) -> Any:
    """Declare a number's default, its one-line help and its closed range."""
    return field(default=default, metadata={"help": help, "low": low, "high": high})


def choice(default: str, help: str, *, among: tuple[str, ...]) -> Any:
    """Declare a choice's default, its one-line help and what may be chosen."""
    return field(default=default, metadata={"help": help, "among": among})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorizeOptions:
    """How to colour one photograph. Checked on construction, so every face reports alike.

    Raises:
        OptionError: a value is outside its range or choices; the message names both.
    """

    vividness: float = number(
        0.5,
        "0: cautious averages, 0.5: the model's own balance, 1: its boldest.",
        low=0.0,
        high=1.0,
    )
    saturation: float = number(1.0, "Chroma multiplier; 0 leaves it grey.", low=0.0, high=3.0)
    size: int | None = number(
        None,
        "Short side in pixels that the network sees (default: the model's).",
        low=64,
        high=2048,
    )
    tone: str = choice(
        "auto",
        "A tinted scan: auto cleans it, keep lays its tint over the result, off reads luminance.",
        among=("auto", "keep", "off"),
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            value = getattr(self, option.name)
            check_option(option.name, value, option.metadata, optional=option.default is None)


def check_option(name: str, value: Any, metadata: Any, *, optional: bool = False) -> None:
    """Raise :class:`OptionError` unless ``value`` lies in the range or choices of ``metadata``."""
    if optional and value is None:
        return
    if "among" in metadata:
        if value not in metadata["among"]:
            raise OptionError(
                f"{name} must be one of {', '.join(metadata['among'])}; got {value!r}"
            )
    elif not metadata["low"] <= value <= metadata["high"]:  # also false for NaN
        raise OptionError(f"{name} must be in [{metadata['low']}, {metadata['high']}], got {value}")


DEFAULTS = ColorizeOptions()
HELP: dict[str, str] = {o.name: o.metadata["help"] for o in fields(ColorizeOptions)}
