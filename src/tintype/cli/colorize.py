# SPDX-License-Identifier: Apache-2.0
"""``tintype colorize``: photographs in, coloured photographs out."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from tintype.cli.exit_codes import INTERRUPTED, SOME_FAILED
from tintype.cli.report import Report, printable
from tintype.cli.steering import CONFIDENCE, HINT, REFERENCE, gather_hints, read_reference
from tintype.cli.stopping import stop_on_signals
from tintype.cli.unfold import unfold
from tintype.errors import OptionError
from tintype.imaging.photograph import Photograph
from tintype.inference.colorizer import Colorizer
from tintype.inference.progress import Pace
from tintype.jobs.folder import colorize_folder
from tintype.jobs.plan import Task, plan_tasks, refuse_conflicts
from tintype.jobs.work import Outcome, color_file, make_folders, read_file, share_cores, work_off
from tintype.spec.hints import Hint
from tintype.spec.options import (
    ColorizeOptions,
    EngineOptions,
    FileOptions,
    FolderOptions,
    SampleOptions,
)

app = typer.Typer(add_completion=False)

_FOR_PHOTOGRAPHS = ("jobs",)  # of the options of a folder


@app.command(no_args_is_help=True)
@unfold
def colorize(
    *,
    photographs: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHOTO|FOLDER", help="The photographs, or one folder.", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Folder; for a single photograph also a file name."),
    ] = Path("colorized"),
    options: ColorizeOptions,
    sampling: SampleOptions,
    file_options: FileOptions,
    folder_options: FolderOptions,
    engine: EngineOptions,
    hint: Annotated[list[str] | None, HINT] = None,
    reference: Annotated[Path | None, REFERENCE] = None,
    confidence: Annotated[Path | None, CONFIDENCE] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace results that are there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a line of JSON for each photograph.")
    ] = False,
) -> None:
    """Colour black-and-white photographs.

    A result keeps its photograph's name and, where that can hold colour, its format. All results
    are planned before the first is made: none replaces a photograph, nor another result. Of a
    folder, the results' folder mirrors the tree and keeps a journal, by which --resume goes on.
    Ctrl-C finishes the photographs in hand.
    """
    works = _Works(
        options=options,
        sampling=sampling,
        files=file_options,
        run=folder_options,
        engine=engine,
        hints=gather_hints(hint or (), photographs),
        reference=read_reference(reference, file_options),
        confidence=confidence,
        out=out,
        overwrite=overwrite,
        as_json=as_json,
    )
    with stop_on_signals() as stop:
        if len(photographs) == 1 and os.path.isdir(photographs[0]):
            complete, failed = works.color_folder(photographs[0], stop)
        else:
            complete, failed = works.color_photographs(photographs, stop)
    if not complete:
        raise typer.Exit(INTERRUPTED)
    if failed:
        raise typer.Exit(SOME_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Works:
    """What was asked for, and how it is done for a folder and for a list of photographs."""

    options: ColorizeOptions
    sampling: SampleOptions
    files: FileOptions
    run: FolderOptions
    engine: EngineOptions
    hints: tuple[Hint, ...]
    reference: Photograph | None
    confidence: Path | None
    out: Path
    overwrite: bool
    as_json: bool

    def color_folder(self, folder: Path, stop: Event) -> tuple[bool, int]:
        """Colour a folder; whether all of it was settled, and how many photographs failed."""
        if self.confidence is not None or self.sampling.samples > 1:
            raise OptionError(
                "--confidence and --samples are about named photographs; name those of the folder"
            )
        with Report(as_json=self.as_json) as report:
            result = colorize_folder(
                folder,
                self.out,
                self.options,
                files=self.files,
                run=self.run,
                engine=self.engine,
                reference=self.reference,
                overwrite=self.overwrite,
                on_outcome=report.add,
                on_progress=report.show,
                stop=stop,
            )
            if not result.complete:
                report.notes.append("stopped before the end; --resume goes on")
            report.notes += [f"see {printable(str(page))}" for page in result.pages[:1]]
        return result.complete, report.failed

    def color_photographs(self, photographs: Sequence[Path], stop: Event) -> tuple[bool, int]:
        """Colour a list of photographs; as :meth:`color_folder`."""
        _refuse_options_of_folders(self.run)
        tasks = plan_tasks(
            photographs,
            self.out,
            format=self.files.format,
            samples=self.sampling.samples,
            confidence=self.confidence,
        )
        refuse_conflicts(tasks, overwrite=self.overwrite)
        jobs, threads = share_cores(self.run.jobs, len(tasks))
        with ThreadPoolExecutor(1) as beside:  # a core each: both let go of Python's lock
            read_early = {tasks[0]: beside.submit(read_file, tasks[0], self.files).result}
            colorizer = Colorizer(self.engine.model, device=self.engine.device, threads=threads)
        if self.reference is not None:
            colorizer = colorizer.led_by(self.reference)
        make_folders(tasks)

        def work(task: Task) -> Outcome:
            return color_file(
                colorizer,
                task,
                self.options,
                self.files,
                hints=self.hints,
                seed=self.sampling.seed,
                overwrite=self.overwrite,
                read=read_early.pop(task, None),
            )

        with Report(len(tasks), as_json=self.as_json) as report:
            pace = Pace(len(tasks), report.show)
            for outcome in work_off(tasks, work, jobs=jobs, stop=stop):
                report.add(outcome)
                pace.count(outcome.status)
            complete = report.settled == len(tasks)
            if not complete:
                report.notes.append("stopped before the end")
        return complete, report.failed


def _refuse_options_of_folders(run: FolderOptions) -> None:
    for option in fields(run):
        if option.name not in _FOR_PHOTOGRAPHS and getattr(run, option.name) != option.default:
            raise OptionError(
                f"--{option.name} is about a folder, and photographs were named; name their folder"
            )
