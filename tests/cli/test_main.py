# SPDX-License-Identifier: Apache-2.0
import errno
import gc
import inspect
import subprocess
import sys
from types import SimpleNamespace

import pytest
import typer

from tintype import __version__
from tintype.cli import main as module
from tintype.cli.main import COMMANDS, Command, load_command, main
from tintype.errors import MissingExtra, ModelError, OptionError


@pytest.fixture
def command(monkeypatch):
    """Put a function into the list, as the command ``models``."""

    def put(function) -> None:
        app = typer.Typer(add_completion=False)
        app.command()(function)
        monkeypatch.setattr(module, "import_module", lambda _: SimpleNamespace(app=app))

    return put


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tintype {__version__}\n"


def test_python_can_run_it_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "tintype", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"tintype {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_lists_every_command_with_its_line(capsys, monkeypatch, arguments):
    monkeypatch.setenv("COLUMNS", "200")
    main(arguments)
    shown = capsys.readouterr()
    for name, row in COMMANDS.items():
        assert any(name in line and row.help in line for line in shown.out.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_row_is_what_its_command_says_of_itself(name):
    loaded = load_command(name)
    assert loaded.name == name
    assert inspect.cleandoc(loaded.help).splitlines()[0] == COMMANDS[name].help


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_offers_to_install_completion_again(name):
    assert not {p.name for p in load_command(name).params} & {"install_completion"}


def test_a_misspelt_command_is_the_callers_mistake_and_gets_a_suggestion(capsys):
    assert main(["modles"]) == 2
    assert "Did you mean 'models'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [(OptionError("wrong"), 2), (MissingExtra("wrong"), 2), (ModelError("wrong"), 3)],
)
def test_an_error_is_one_line_and_a_code(command, capsys, error, code):
    def fail() -> None:
        raise error

    command(fail)
    assert main(["models"]) == code
    assert capsys.readouterr() == ("", "tintype: wrong\n")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "full"), "tintype: full; make room, and call it again\n"),
        (
            OSError(errno.EDQUOT, "full", "a.u8"),
            "tintype: a.u8: full; make room, and call it again\n",
        ),
    ],
)
def test_a_full_disk_is_no_bug(command, capsys, error, line):
    def fail() -> None:
        raise error

    command(fail)
    assert main(["models"]) == 2
    assert capsys.readouterr() == ("", line)


def test_a_bug_keeps_its_traceback_and_is_ours(command, capsys):
    def fail() -> None:
        raise ZeroDivisionError("a bug")

    command(fail)
    assert main(["models"]) == 3
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "ZeroDivisionError: a bug" in shown


def test_a_command_chooses_its_own_code(command):
    def end() -> None:
        raise typer.Exit(1)

    command(end)
    assert main(["models"]) == 1


def test_an_interrupt_is_no_bug(command, capsys):
    def interrupted() -> None:
        raise KeyboardInterrupt

    command(interrupted)
    assert main(["models"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.fixture(params=["loaded", "run"])
def miss(request, monkeypatch, command):
    """Let a module be missing when ``tintype models`` is loaded, or later, when it runs."""

    def put(missing: str, extra: str | None) -> None:
        def fail(_: str = "") -> None:
            raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

        monkeypatch.setitem(COMMANDS, "models", Command(help="", extra=extra))
        if request.param == "loaded":
            monkeypatch.setattr(module, "import_module", fail)
        else:
            command(lambda: fail())

    return put


def test_a_missing_extra_says_what_to_install(miss, capsys):
    miss("av.video", extra="video")
    assert main(["models"]) == 2
    shown = capsys.readouterr().err
    assert "`tintype models` needs av.video" in shown
    assert "pip install 'tintype[video]'" in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(("missing", "extra"), [("tintype.cli.models", "video"), ("av", None)])
def test_what_no_extra_brings_is_a_bug(miss, capsys, missing, extra):
    miss(missing, extra=extra)
    assert main(["models"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_garbage_is_collected_again_once_a_command_is_loaded():
    load_command("models")
    assert gc.isenabled()
    gc.disable()
    try:
        load_command("models")
        assert not gc.isenabled()  # as whoever called had it
    finally:
        gc.enable()


def test_the_process_ends_with_the_codes_of_its_commands(tmp_path):
    command = [sys.executable, "-m", "tintype", "colorize", str(tmp_path / "none.jpg")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "none.jpg: no such file" in done.stderr
