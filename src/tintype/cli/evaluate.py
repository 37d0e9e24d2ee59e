# SPDX-License-Identifier: Apache-2.0
"""``tintype evaluate``: how good are the colours? And what belongs to the question.

One command with several uses, because they share their options. Measuring is the first; two records
can be compared, two candidates voted on by people who don't know which is which; and the grey
inputs for other programs, or the dataset mode of other training photographs, can be written.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from tintype.cli.unfold import Only, unfold
from tintype.errors import OptionError
from tintype.evaluate import commands
from tintype.evaluate.options import EvaluateOptions, RunOptions
from tintype.evaluate.tables import say_worse, tabulate_comparison, tabulate_glance
from tintype.records import markdown
from tintype.spec.options import ENGINE_DEFAULTS, ColorizeOptions, EngineOptions

app = typer.Typer(add_completion=False)

_CANDIDATES = typer.Argument(
    metavar="[NAME=]CANDIDATE...",
    help="Networks, .onnx files, RECIPE@last.ckpt, folders of any program's results.",
    show_default=False,
)
_DATA = typer.Option("--data", "-d", help="Folder or tar shard of photographs; may be repeated.")
_OUT = typer.Option("--out", "-o", help="Folder for what is written.")
_COMPARE = typer.Option(metavar="A.json B.json", help="Pair two records; PATH:NAME chooses in one.")
_BLIND = typer.Option(metavar="A B", help="Write a page to vote on two candidates, and its key.")
_TALLY = typer.Option(metavar="VOTES KEY", help="Count the votes that such a page gave out.")
_WRITE_GREYS = typer.Option("--write-greys", help="Write the grey inputs, for other programs.")
_VIDEO = typer.Option(
    metavar="CLIP[@SECONDS]", help="Measure films: grey clips of colour films. May be repeated."
)
_FRAMES = typer.Option(help="Frames of each clip.", min=5)
_WRITE_MODE = typer.Option(metavar="FILE", help="Count the dataset mode, and write its record.")


@app.command(no_args_is_help=True)
@unfold
def evaluate(
    *,
    candidates: Annotated[list[str] | None, _CANDIDATES] = None,
    data: Annotated[list[Path] | None, _DATA] = None,
    out: Annotated[Path, _OUT] = Path("out/evaluation"),
    options: EvaluateOptions,
    run: RunOptions,
    colorize: Annotated[ColorizeOptions, Only("vividness", "saturation", "size")],
    engine: Annotated[EngineOptions, Only("device")],
    compare: Annotated[tuple[str, str] | None, _COMPARE] = None,
    blind: Annotated[tuple[str, str] | None, _BLIND] = None,
    tally: Annotated[tuple[Path, Path] | None, _TALLY] = None,
    write_greys: Annotated[bool, _WRITE_GREYS] = False,
    write_mode: Annotated[Path | None, _WRITE_MODE] = None,
    video: Annotated[list[str] | None, _VIDEO] = None,
    frames: Annotated[int, _FRAMES] = 150,
) -> None:
    """Measure colours against the truth, against grey, and against each other."""
    if video:
        _films(video, candidates or [ENGINE_DEFAULTS.model], out, frames, engine.device)
        return
    uses = (candidates, compare, blind, tally, write_greys, write_mode)
    if sum(map(bool, uses)) > 1:
        raise OptionError(
            "give candidates to measure, or one of --compare, --blind, --tally, --write-greys and "
            "--write-mode; not two of these"
        )
    if compare:
        _compare(compare, out, options)
    elif tally:
        _tally(*tally)
    elif blind:
        page, key = commands.write_blind_vote(
            _places(data), blind, out, options, colorize, device=engine.device
        )
        typer.echo(f"vote: {page}\nits key, not for voters: {key}")
    elif write_greys:
        files = commands.write_inputs(_places(data), out, options)
        typer.echo(f"{len(files)} grey photographs in {out}")
    elif write_mode:
        with _progress() as show:
            mode = commands.write_mode(_places(data), write_mode, options, on_progress=show)
        typer.echo(f"u* {mode.u:.2f}, v* {mode.v:.2f}; written: {write_mode}")
    else:
        with _progress() as show:
            evaluation = commands.evaluate_data(
                _places(data),
                candidates or (),
                out,
                options,
                run,
                colorize,
                device=engine.device,
                on_progress=show,
            )
        typer.echo(markdown.table(*tabulate_glance(evaluation)), nl=False)
        for sentence in say_worse(evaluation):
            typer.echo(sentence)
        typer.echo(f"written: {out / commands.RECORD}, {out / commands.PAGE}")


def _films(clips: list[str], networks: list[str], out: Path, frames: int, device: str) -> None:
    from tintype.cli.films import RECORD, measure_films  # needs the extra `video`

    evaluation = measure_films(clips, networks, out, frames=frames, device=device)
    typer.echo(evaluation.to_markdown(), nl=False)
    typer.echo(f"written: {out / RECORD}, and a sheet for each clip")


def _compare(records: tuple[str, str], out: Path, options: EvaluateOptions) -> None:
    comparison = commands.compare_records(*records, out, options)
    typer.echo(markdown.table(*tabulate_comparison(comparison)), nl=False)
    typer.echo(f"written: {out / commands.COMPARISON_RECORD}, {out / commands.COMPARISON_PAGE}")


def _tally(votes: Path, key: Path) -> None:
    tally = commands.tally_votes(votes, key)
    first, second = tally.names
    typer.echo(f"{first}: {tally.first}, {second}: {tally.second}, no difference: {tally.same}")
    typer.echo(f"sign test: p = {tally.p_value:.3g}")


def _places(data: list[Path] | None) -> list[Path]:
    if not data:
        raise OptionError("--data is missing: give a folder or a tar shard of photographs")
    return data


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while photographs are worked on; nothing where nobody watches."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("photographs", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show
