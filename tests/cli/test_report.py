# SPDX-License-Identifier: Apache-2.0
import io
import json
import re
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from tintype.cli.report import Report, describe, printable
from tintype.errors import UnreadableImage
from tintype.jobs.plan import Task
from tintype.jobs.work import Outcome


def outcome(name: str = "a.jpg", **what: object) -> Outcome:
    return Outcome(task=Task(Path(name), Path("o") / name), seconds=0.5, **what)


class Terminal(io.StringIO):
    """What stderr shows, if stderr is a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_goes_well_is_only_counted(capsys):
    with Report(2) as report:
        report.add(outcome())
        report.add(outcome("b.jpg"))
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"2 photographs coloured in \d+\.\d s\n", err)


def test_an_interrupt_is_told_apart_from_the_end(capsys):
    def interrupted() -> None:
        with Report(3) as report:
            report.add(outcome())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "1 of 3 photographs coloured" in (err := capsys.readouterr().err)
    assert err.endswith("stopped before the end\n")


def test_on_a_terminal_a_bar_moves_and_lines_stay_as_they_are(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stderr(Terminal()) as terminal, Report(2) as report:
        report.add(outcome())
        report.add(outcome("[red]b.jpg", error=UnreadableImage("no picture [/]")))
    shown = terminal.getvalue()
    assert "2/2" in shown
    assert "[red]b.jpg: no picture [/]\n" in shown
    assert re.search(r"1 of 2 photographs coloured in \d+\.\d s, 1 failed\n$", shown)


def test_a_single_photograph_needs_no_bar():
    with redirect_stderr(Terminal()) as terminal, Report(1) as report:
        report.add(outcome())
    assert re.fullmatch(r"1 photograph coloured in \d+\.\d s\n", terminal.getvalue())


def test_json_lines_come_at_once(capsys):
    with Report(2, as_json=True) as report:
        report.add(outcome(size=(3, 4)))
        assert json.loads(capsys.readouterr().out) == describe(outcome(size=(3, 4))) | {
            "size": [3, 4]
        }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("grüße 雪 a b", "grüße 雪 a b"),
        ("a\nb\tc\x1b[31m\x7f", "a\\nb\\tc\\x1b[31m\\x7f"),
        ("a\u2028b\u202eb", "a\\u2028b\\u202eb"),  # a line's end; text from right to left
        ("a\udcffb", "a\\udcffb"),  # how Python holds a name that is not UTF-8
    ],
)
def test_what_would_break_the_line_is_escaped(text, line):
    assert printable(text) == line
