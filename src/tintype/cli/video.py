# SPDX-License-Identifier: Apache-2.0
"""``tintype video``: a film in, the film in colour out."""

import json
import math
import os
import sys
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from tintype.cli.exit_codes import INTERRUPTED
from tintype.cli.report import printable
from tintype.cli.stopping import stop_on_signals
from tintype.cli.unfold import Only, unfold
from tintype.errors import InputError, OptionError
from tintype.imaging.files import read
from tintype.inference.engine import Engine
from tintype.spec.hint_texts import parse_hint as parse_place
from tintype.spec.models import find_model
from tintype.spec.options import ColorizeOptions, EngineOptions
from tintype.video.film import FilmResult, color_film
from tintype.video.hinting import FilmHint
from tintype.video.job import FilmReference, plan_film
from tintype.video.options import HELP, FilmOptions
from tintype.video.progress import Progress

app = typer.Typer(add_completion=False)


_FILM = typer.Argument(
    metavar="FILM", help="The film, or frame_%05d.png for pictures.", show_default=False
)
_OUT = typer.Option(
    "--out",
    "-o",
    help="The result; its suffix says what it will be: .mp4, .mkv, .webm, .mov, .gif, .webp, or "
    "frame_%05d.png.",
    show_default=False,
)
_START = typer.Option(help=HELP["start"], metavar="[[H:]M:]S", show_default=False)
_END = typer.Option(help=HELP["end"], metavar="[[H:]M:]S", show_default=False)
_HINT = typer.Option(
    "--hint",
    metavar="TIME,X,Y,#RRGGBB",
    help="A colour that is known of a place in one frame; it holds for the scene. May be repeated.",
)
_REFERENCE = typer.Option(
    "--reference",
    metavar="PHOTO[@TIME]",
    help="A photograph whose palette leads, in the scene of that time or in the whole film. May be "
    "repeated.",
)
_WITHOUT_TIMES = [f.name for f in fields(FilmOptions) if f.name not in ("start", "end")]


@app.command(no_args_is_help=True)
@unfold
def video(
    *,
    film: Annotated[Path, _FILM],
    out: Annotated[Path, _OUT],
    colors: Annotated[ColorizeOptions, Only("vividness", "saturation", "size")],
    start: Annotated[str | None, _START] = None,
    end: Annotated[str | None, _END] = None,
    hint: Annotated[list[str] | None, _HINT] = None,
    reference: Annotated[list[str] | None, _REFERENCE] = None,
    options: Annotated[FilmOptions, Only(*_WITHOUT_TIMES)],
    engine: EngineOptions,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with unfinished work, if there is any.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a result that is there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what has become of it as JSON.")
    ] = False,
) -> None:
    """Colour a film.

    The pictures' luma, their time stamps, sound, subtitles, chapters and metadata stay what they
    are. Ctrl-C finishes the frames in hand and leaves what is done under a name that says so;
    --resume then goes on from there.
    """
    job = plan_film(
        film,
        out,
        colors=colors,
        options=replace(
            options,
            start=None if start is None else parse_clock(start),
            end=None if end is None else parse_clock(end),
        ),
        hints=[parse_hint(text) for text in hint or ()],
        references=[parse_reference(text) for text in reference or ()],
        resume=resume,
        overwrite=overwrite,
    )
    for notice in job.notices:
        _say(f"{film}: {notice}")
    network = Engine(find_model(engine.model), device=engine.device)
    with _Bar(job.frames) as bar, stop_on_signals() as stop:
        result = color_film(job, network, on_progress=bar.show, stop=stop)
    _report(film, result, as_json=as_json)
    if not result.complete:
        raise typer.Exit(INTERRUPTED)


def parse_clock(text: str) -> float:
    """Seconds of a time: ``75.5``, ``1:15.5`` or ``0:01:15.5``.

    Raises:
        OptionError: it is not written so.
    """
    try:
        numbers = [float(part) for part in text.split(":")]
    except ValueError:
        numbers = []
    seconds = 0.0
    for number in numbers:
        seconds = 60 * seconds + number
    if not 1 <= len(numbers) <= 3 or min(numbers) < 0 or not math.isfinite(seconds):
        raise OptionError(f"a time is written 75.5 or 1:15.5 or 0:01:15.5, got {text!r}")
    return seconds


def parse_hint(text: str) -> FilmHint:
    """A hint of ``TIME,X,Y,#RRGGBB``, with its radius after that if it has one.

    Raises:
        OptionError: it is not written so.
    """
    time, _, rest = text.partition(",")
    try:
        return FilmHint(parse_clock(time), parse_place(rest))
    except OptionError as error:
        raise OptionError(f"a hint is written TIME,X,Y,#RRGGBB[,RADIUS]: {error}") from error


def parse_reference(text: str) -> FilmReference:
    """A photograph of ``PHOTO`` or ``PHOTO@TIME``.

    Raises:
        InputError: it cannot be read, or the time is not written as times are.
    """
    path, at, time = text.rpartition("@")
    seconds = None
    if not at or os.path.exists(text):
        path = text
    else:
        seconds = parse_clock(time)
    try:
        photograph = read(Path(path))
    except InputError as error:
        raise type(error)(f"the reference {path}: {error}") from error
    return FilmReference(photograph, seconds)


def _report(film: Path, result: FilmResult, *, as_json: bool) -> None:
    if result.damage:
        _say(f"{film}: damaged: {result.damage}")
    pace = result.frames / result.seconds if result.seconds else 0.0
    whole = "" if result.complete else ", stopped before the end; --resume goes on"
    _say(
        f"{result.target}: {result.frames} frames in {result.seconds:.1f} s ({pace:.0f} a second), "
        f"{result.cuts} scenes, {result.predictions} frames seen by the network{whole}"
    )
    if as_json:
        shown = {
            **asdict(result),
            "target": result.target and str(result.target),
            "peak_memory": _peak_memory(),
        }
        sys.stdout.write(json.dumps(shown) + "\n")


def _peak_memory() -> int | None:
    """Bytes of memory that this process has had at most; None where the system does not say.

    Linux's own count begins anew with each program; that of ``getrusage`` includes the memory of
    whoever started it.
    """
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])
    with suppress(ImportError):  # Windows has no such module
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else 1024 * most
    return None


def _say(line: str) -> None:
    sys.stderr.write(f"{printable(line)}\n")


class _Bar:
    """Rich's progress bar, where there is a terminal to show it on."""

    def __init__(self, total: int) -> None:
        self._progress: Any = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._progress = Progress(
                *Progress.get_default_columns()[1:2],
                MofNCompleteColumn(),
                TextColumn("{task.fields[pace]:.0f} frames/s"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._progress.add_task("", total=total or None, pace=0.0)

    def __enter__(self) -> "_Bar":
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *ended: object) -> None:
        if self._progress:
            self._progress.stop()

    def show(self, progress: Progress) -> None:
        if self._progress:
            self._progress.update(self._task, completed=progress.frames, pace=progress.per_second)
