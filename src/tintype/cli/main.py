# SPDX-License-Identifier: Apache-2.0
"""``tintype``: the list of commands, and what their failures mean to the shell.

A command ``name`` is the module ``tintype.cli.name`` with an ``app``, a Typer of one command or
several, built with ``add_completion=False``. It is imported when it is called, so that ``tintype
--help`` stays quick and a missing extra hurts nobody who does not use it. To add a command, write
its module and add its row to :data:`COMMANDS`.

Commands print, and raise :class:`tintype.errors.TintypeError`; :func:`main` turns what they raise
into one line on stderr and one of :mod:`tintype.cli.exit_codes`.
"""

import errno
import gc
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tintype import __version__
from tintype.cli.exit_codes import CALLERS_MISTAKE, DONE, OUR_FAULT
from tintype.errors import InputError, MissingExtra, TintypeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command's row. Its one-line help is shown without importing the command."""

    help: str  # the first line of the command's own docstring; a test compares them
    extra: str | None = None  # the extra of the `tintype` distribution that it needs


COMMANDS: dict[str, Command] = {
    "colorize": Command(help="Colour black-and-white photographs."),
    "export": Command(
        help="Write a trained network as an ONNX file, with its weights beside it.", extra="train"
    ),
    "models": Command(help="List the networks that tintype knows."),
    "train": Command(help="Train a network, or go on with one that was stopped.", extra="train"),
    "data": Command(help="Prepare photographs for training."),
    "overfit": Command(
        help="Learn a few photographs by heart: a network that cannot has a mistake in it.",
        extra="train",
    ),
    "rates": Command(
        help="Train briefly with each of several learning rates, and compare the losses.",
        extra="train",
    ),
    "reproduce": Command(
        help="Run a paper's experiments again, and report what becomes of its claims.",
        extra="train",
    ),
    "evaluate": Command(
        help="Measure colours against the truth, against grey, and against each other."
    ),
    "video": Command(help="Colour a film.", extra="video"),
    "web": Command(help="Open a page to colour photographs on, and an API.", extra="web"),
    "sheets": Command(help="Lay grey, coloured and true photographs side by side."),
}


class LazyGroup(TyperGroup):
    """A group whose commands are stand-ins with a name and a help line until one is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that ``args`` call, as Typer does, and import the real one."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, name and load_command(name), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; many import what their extra brings only now."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            _explain(error, ctx.invoked_subcommand)
            raise


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what follows ``tintype``; by default, what the shell passed.

    Returns:
        The exit code.
    """
    try:
        app(arguments, prog_name="tintype")
    except SystemExit as ended:  # how Typer ends, well or not
        return ended.code if isinstance(ended.code, int) else DONE
    except TintypeError as error:
        sys.stderr.write(f"tintype: {error}\n")
        return CALLERS_MISTAKE if isinstance(error, InputError | MissingExtra) else OUR_FAULT
    except Exception as error:  # noqa: BLE001 - 1 would tell the shell that photographs had failed
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            place = f"{error.filename}: " if error.filename else ""
            sys.stderr.write(f"tintype: {place}{error.strerror}; make room, and call it again\n")
            return CALLERS_MISTAKE
        traceback.print_exc()  # a bug
        return OUR_FAULT
    return DONE


def load_command(name: str) -> Any:
    """Import a command's module and build what Typer runs.

    Args:
        name: a key of :data:`COMMANDS`.

    Returns:
        Typer's command or group.

    Raises:
        MissingExtra: the command needs packages that are not installed.
    """
    with _uncollected():
        try:
            module = import_module(f"tintype.cli.{name.replace('-', '_')}")
        except ModuleNotFoundError as error:
            _explain(error, name)
            raise
        command = typer.main.get_command(module.app)
    command.name = name
    return command


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: what imports make stays, and there are some hundred thousand of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _explain(error: ModuleNotFoundError, name: str) -> None:
    """Raise :class:`MissingExtra` if the module that command ``name`` misses is in its extra."""
    extra = COMMANDS[name].extra if name in COMMANDS else None
    if extra and (error.name or "").partition(".")[0] != "tintype":
        raise MissingExtra(
            f"`tintype {name}` needs {error.name}, which is not installed; "
            f"install it with: pip install 'tintype[{extra}]'"
        ) from error


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tintype {__version__}")
        raise typer.Exit


@app.callback()
def tintype(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Colour black-and-white photographs and film, on your own machine."""


def _stand_in() -> None:
    """Hold a command's place in the list; :class:`LazyGroup` never calls it."""


for _name, _row in COMMANDS.items():
    app.command(_name, help=_row.help)(_stand_in)
