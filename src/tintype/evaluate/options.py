# SPDX-License-Identifier: Apache-2.0
"""The options of an evaluation, stated once for Python and the command line.

:class:`EvaluateOptions` decide the figures and go into the record; :class:`RunOptions` say what
else looks at the pictures, what is shown of them, and how many threads work.
"""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tintype.errors import OptionError
from tintype.evaluate.greys import GREYS, LIGHTNESS
from tintype.spec.options import check_option, choice, number, switch


def numbers(help: str, *, flag: str, low: float, high: float) -> Any:
    """Declare an option that takes several numbers, none by default; ``flag`` names one of them."""
    return field(default=(), metadata={"help": help, "flag": flag, "low": low, "high": high})


def texts(help: str, *, flag: str) -> Any:
    """Declare an option that takes several texts, none by default; ``flag`` names one of them."""
    return field(default=(), metadata={"help": help, "flag": flag})


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateOptions:
    """How candidates are measured.

    Raises:
        OptionError: a value is outside its range or choices; the message names both.
    """

    grey: str = choice(
        LIGHTNESS,
        "What the candidates see: L* itself, Rec. 601 luma, or a red-blind mix like old film's.",
        among=GREYS,
    )
    sources: tuple[str, ...] = texts("Keep photographs of this source only.", flag="--source")
    labels: tuple[str, ...] = texts("Keep photographs with this label only.", flag="--label")
    limit: int | None = number(
        None, "Measure on so many photographs, drawn by the seed (default: all).", low=1
    )
    seed: int = number(0, "Of all that is drawn: photographs, points, bootstrap.", low=0)
    resamples: int = number(
        2000, "Of the bootstrap, for the 95 % intervals.", low=100, high=100_000
    )
    sizes: tuple[int, ...] = numbers(
        "Once more with networks seeing this short side, held against their own: size stability.",
        flag="--at-size",
        low=32,
        high=4096,
    )
    points: tuple[int, ...] = numbers(
        "Once more with true colours at so many points, as hints to networks that take them.",
        flag="--points",
        low=1,
        high=10_000,
    )

    def __post_init__(self) -> None:
        _check(self)
        for name, given in (("points", self.points), ("sizes", self.sizes)):
            if len(set(given)) < len(given):
                raise OptionError(f"{name} must differ from each other, got {given}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What else looks at the pictures, and how the work is done.

    Raises:
        OptionError: a value is outside its range; the message names both.
    """

    classifier: Path | None = field(
        default=None,
        metadata={"help": "MobileNetV2 weights (safetensors): top-1 agreement, Fréchet distance."},
    )
    perceptual: bool = switch(
        False, "LPIPS and FID too (extra: perceptual), which fetch their networks once."
    )
    mode: Path | None = field(
        default=None, metadata={"help": "Another dataset mode, a record made by --write-mode."}
    )
    pictures: int = number(
        4, "Best, middle and worst photographs on the page, so many of each.", low=0, high=100
    )
    workers: int | None = number(
        None, "Photographs worked on at a time (default: one for each CPU).", low=1, high=256
    )

    def __post_init__(self) -> None:
        _check(self)


def _check(options: Any) -> None:
    """Check every option of a dataclass, each number of those that take several."""
    for option in fields(options):
        value = getattr(options, option.name)
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None:
                check_option(option.name, one, option.metadata)


DEFAULTS = EvaluateOptions()
RUN_DEFAULTS = RunOptions()
