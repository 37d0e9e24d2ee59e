# SPDX-License-Identifier: Apache-2.0
"""``tintype colorize``: photographs in, coloured photographs out."""

from pathlib import Path
from typing import Annotated

import typer

from tintype.cli.exit_codes import SOME_FAILED
from tintype.cli.options import option
from tintype.cli.report import Report
from tintype.inference.colorizer import Colorizer
from tintype.jobs.plan import plan_tasks, refuse_conflicts
from tintype.jobs.work import color_file, make_folders
from tintype.spec.options import (
    DEFAULTS,
    ENGINE_DEFAULTS,
    FILE_DEFAULTS,
    ColorizeOptions,
    EngineOptions,
    FileOptions,
)

app = typer.Typer(add_completion=False)


@app.command(no_args_is_help=True)
def colorize(
    photographs: Annotated[
        list[Path], typer.Argument(metavar="PHOTO", help="The photographs.", show_default=False)
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Folder; for a single photograph also a file name."),
    ] = Path("colorized"),
    vividness: Annotated[float, option(ColorizeOptions, "vividness")] = DEFAULTS.vividness,
    saturation: Annotated[float, option(ColorizeOptions, "saturation")] = DEFAULTS.saturation,
    size: Annotated[int | None, option(ColorizeOptions, "size")] = DEFAULTS.size,
    tone: Annotated[str, option(ColorizeOptions, "tone")] = DEFAULTS.tone,
    model: Annotated[str, option(EngineOptions, "model")] = ENGINE_DEFAULTS.model,
    device: Annotated[str, option(EngineOptions, "device")] = ENGINE_DEFAULTS.device,
    max_pixels: Annotated[int, option(FileOptions, "max_pixels")] = FILE_DEFAULTS.max_pixels,
    format: Annotated[str | None, option(FileOptions, "format")] = FILE_DEFAULTS.format,
    quality: Annotated[int | None, option(FileOptions, "quality")] = FILE_DEFAULTS.quality,
    mark: Annotated[bool, option(FileOptions, "mark", "--mark/--no-mark")] = FILE_DEFAULTS.mark,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace results that are there already.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a line of JSON for each photograph.")
    ] = False,
) -> None:
    """Colour black-and-white photographs.

    A result keeps its photograph's name and, where that can hold colour, its format. All results
    are planned before the first is made: none replaces a photograph, nor another result.
    """
    options = ColorizeOptions(vividness=vividness, saturation=saturation, size=size, tone=tone)
    file_options = FileOptions(max_pixels=max_pixels, format=format, quality=quality, mark=mark)
    engine_options = EngineOptions(model=model, device=device)

    tasks = plan_tasks(photographs, out, format=file_options.format)
    refuse_conflicts(tasks, overwrite=overwrite)
    colorizer = Colorizer(engine_options.model, device=engine_options.device)
    make_folders(tasks)
    with Report(len(tasks), as_json=as_json) as report:
        for task in tasks:
            report.add(color_file(colorizer, task, options, file_options, overwrite=overwrite))
    if report.failed:
        raise typer.Exit(SOME_FAILED)
