# SPDX-License-Identifier: Apache-2.0
"""The options of a colorization, stated once for Python, the command line, the web and film.

Each option is a field of a frozen dataclass that carries its default, its range or choices and its
one-line help; every face reads them from here. There are five of these classes, because five parts
of the walk take them: :class:`ColorizeOptions` says how a photograph is coloured,
:class:`SampleOptions` in how many ways, :class:`FileOptions` how its file is read and written,
:class:`EngineOptions` what runs the network, :class:`FolderOptions` how the photographs of a folder
are gone through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from tintype.errors import OptionError
from tintype.imaging.formats import FORMATS, MAX_PIXELS


def number(default: Any, help: str, *, low: float | None = None, high: float | None = None) -> Any:
    """Declare a number's default, its one-line help and its closed range; None is no bound."""
    return field(default=default, metadata={"help": help, "low": low, "high": high})


def choice(default: str | None, help: str, *, among: tuple[str, ...]) -> Any:
    """Declare a choice's default, its one-line help and what may be chosen."""
    return field(default=default, metadata={"help": help, "among": among})


def switch(default: bool, help: str, *, flag: str | None = None) -> Any:
    """Declare a switch's default and its one-line help, which says what it does when it is on.

    ``flag`` is how it is written on the command line, where that is not ``--name``.
    """
    return field(default=default, metadata={"help": help, **({"flag": flag} if flag else {})})


def text(default: str, help: str) -> Any:
    """Declare a text's default and its one-line help; it is checked where it is looked up."""
    return field(default=default, metadata={"help": help})


class _Checked:
    """Checks every option on construction, so that every face reports alike."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for option in fields(self):  # type: ignore[arg-type]  # its subclasses are dataclasses
            value = getattr(self, option.name)
            if value is not None or option.default is not None:
                check_option(option.name, value, option.metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorizeOptions(_Checked):
    """How to colour one photograph.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOptions(_Checked):
    """In how many ways to colour one photograph.

    Raises:
        OptionError: a value is outside its range; the message names both.
    """

    samples: int = number(
        1,
        "Colourings of each photograph: the network's own, then others that are likely.",
        low=1,
        high=16,
    )
    seed: int = number(0, "Of the other colourings; another seed draws others.", low=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions(_Checked):
    """How to read a photograph's file and write the result's.

    Raises:
        OptionError: a value is outside its range or choices; the message names both.
    """

    max_pixels: int = number(MAX_PIXELS, "Refuse photographs with more pixels than this.", low=1)
    format: str | None = choice(
        None,
        "Format of the results (default: each photograph's own, where that can hold colour).",
        among=tuple(row.name for row in FORMATS),
    )
    quality: int | None = number(
        None, "Of lossy formats (default: nothing visible is lost).", low=1, high=100
    )
    mark: bool = switch(
        True, "Say in the metadata that the colours are computed.", flag="--mark/--no-mark"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions(_Checked):
    """Which network, and where it runs.

    Raises:
        OptionError: a value is outside its choices; the message names both.
    """

    model: str = text("tintype-s", "A network of `tintype models`, or the path of an .onnx file.")
    device: str = choice(
        "auto",
        "Where the network runs; auto: CUDA where there is one, else the CPU.",
        among=("auto", "cpu", "cuda", "coreml", "directml", "migraphx", "openvino", "webgpu"),
    )


def check_option(name: str, value: Any, metadata: Mapping[str, Any]) -> None:
    """Raise :class:`OptionError` unless ``value`` lies in the range or choices of ``metadata``."""
    if "among" in metadata and value not in metadata["among"]:
        raise OptionError(f"{name} must be one of {', '.join(metadata['among'])}; got {value!r}")
    low, high = metadata.get("low"), metadata.get("high")
    if low is not None and not value >= low:  # also so for NaN
        bounds = f"at least {low}" if high is None else f"in [{low}, {high}]"
        raise OptionError(f"{name} must be {bounds}, got {value}")
    if high is not None and not value <= high:
        raise OptionError(f"{name} must be in [{low}, {high}], got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderOptions(_Checked):
    """How a folder of photographs is gone through.

    Raises:
        OptionError: a value is outside its range; the message names both.
    """

    recursive: bool = switch(False, "Take the folders inside the folder too.")
    jobs: int | None = number(
        None, "Photographs at a time (default: one for each usable core).", low=1, high=256
    )
    resume: bool = switch(False, "Do what an earlier run left, and what has changed since.")
    retry: bool = switch(False, "When resuming, also try those again that failed.")
    report: bool = switch(False, "Write an HTML page with each photograph before and after.")
    watch: bool = switch(False, "Stay, and colour what arrives in the folder until Ctrl-C.")


DEFAULTS = ColorizeOptions()
SAMPLE_DEFAULTS = SampleOptions()
FILE_DEFAULTS = FileOptions()
ENGINE_DEFAULTS = EngineOptions()
FOLDER_DEFAULTS = FolderOptions()
HELP: dict[str, str] = {
    option.name: option.metadata["help"]
    for options in (ColorizeOptions, SampleOptions, FileOptions, EngineOptions, FolderOptions)
    for option in fields(options)
}
