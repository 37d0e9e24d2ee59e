# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from tintype.cli.unfold import Only, unfold
from tintype.errors import OptionError
from tintype.spec.options import ColorizeOptions, choice, number, switch

SEEN = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Options of every kind."""

    count: int = number(3, "How many.", low=1, high=9)
    limit: int | None = number(None, "At most.", low=1)
    kind: str = choice("a", "Which.", among=("a", "b"))
    loud: bool = switch(False, "Loudly.")
    file: Path | None = field(default=None, metadata={"help": "Where."})
    sizes: tuple[int, ...] = field(default=(), metadata={"help": "A size.", "flag": "--at"})


@pytest.fixture
def run():
    app = typer.Typer(add_completion=False)

    @app.command()
    @unfold
    def command(
        *,
        name: str,
        sample: Sample,
        colorize: Annotated[ColorizeOptions, Only("vividness")],
        dry: bool = False,
    ) -> None:
        """Do it."""
        SEEN[:] = [name, sample, colorize, dry]

    return lambda *words: CliRunner().invoke(app, words)


def test_defaults_are_the_dataclasses(run):
    assert run("x").exit_code == 0
    assert ["x", Sample(), ColorizeOptions(), False] == SEEN


def test_every_kind_of_option_arrives(run):
    words = "x --count 5 --limit 2 --kind b --loud --file f --at 64 --at 96 --vividness 0.9"
    assert run(*words.split(), "--dry").exit_code == 0
    expected = Sample(count=5, limit=2, kind="b", loud=True, file=Path("f"), sizes=(64, 96))
    assert ["x", expected, ColorizeOptions(vividness=0.9), True] == SEEN


def test_help_is_the_fields(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    text = run("--help").output
    for words in ("How many.", "1..9", "a|b", "--at", "A size.", "cautious averages", "Do it."):
        assert words in text
    assert "--saturation" not in text  # not among the fields that are wanted
    assert "--no-loud" not in text


def test_ranges_are_checked_by_the_dataclass(run):
    result = run("x", "--vividness", "7")
    assert isinstance(result.exception, OptionError)
    assert "vividness must be in [0.0, 1.0], got 7" in str(result.exception)
