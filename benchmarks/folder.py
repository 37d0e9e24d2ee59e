# SPDX-License-Identifier: Apache-2.0
"""A folder of photographs of one megapixel: how many a second, and where the time goes.

The folder is coloured by the command, start-up included, and in a running process with the defaults
and one photograph at a time; then each step is timed by itself, with one thread, as it is when the
cores have a photograph each. The journal and the files go to the disk for good (``fsync``), so a
slow disk is in the figures.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.fullsize import make_grey_jpeg
from benchmarks.result import Result
from benchmarks.timing import time_calls, time_commands
from tintype.imaging import files
from tintype.imaging.atomic import write_whole
from tintype.imaging.compose import compose
from tintype.imaging.tone import read_tone
from tintype.inference.colorizer import Colorizer
from tintype.inference.view import make_greys
from tintype.jobs.folder import colorize_folder
from tintype.jobs.ledger import Ledger
from tintype.jobs.plan import Task
from tintype.jobs.work import Outcome
from tintype.records.cells import Cell
from tintype.spec.options import EngineOptions, FolderOptions

_COUNT = 48
_SIZE = (1224, 816)  # (width, height): 1.0 megapixel
_ROUNDS = 5


def run() -> Result:
    """Colour the folder in several ways, and time the steps of one photograph."""
    with tempfile.TemporaryDirectory() as root:
        folder, out = Path(root, "in"), Path(root, "out")
        folder.mkdir()
        data = make_grey_jpeg(_SIZE)
        for number in range(_COUNT):
            (folder / f"{number}.jpg").write_bytes(data)
        command = [sys.executable, "-m", "tintype", "colorize", str(folder), "-o", str(out)]
        shell = {"tintype colorize FOLDER": [*command, "--overwrite", "--device", "cpu"]}
        timings = time_commands(shell, rounds=_ROUNDS)
        timings |= time_calls(_folder_calls(folder, out), rounds=_ROUNDS, warmup=1)
        rows: list[list[Cell]] = [
            [name, 1000 * t.median / _COUNT, _COUNT / t.median] for name, t in timings.items()
        ]
        shutil.rmtree(out)
        steps = time_calls(_step_calls(data, folder, out), rounds=9)
        rows += [[name, 1000 * t.median, None] for name, t in steps.items()]
    return Result(
        title="Photographs of one megapixel in a folder",
        method=f"{_COUNT} grey JPEGs of {_SIZE[0]} × {_SIZE[1]} to colour JPEGs, default options, "
        f"median of {_ROUNDS}; then the steps of one photograph with one thread, median of 9 after "
        f"two warm-ups.",
        header=("what", "ms a photograph", "photographs a second"),
        rows=rows,
        digits=1,
    )


def _folder_calls(folder: Path, out: Path) -> Mapping[str, Callable[[], object]]:
    def color(jobs: int | None) -> Callable[[], object]:
        run = FolderOptions(jobs=jobs)
        engine = EngineOptions(device="cpu")
        return lambda: colorize_folder(folder, out, run=run, engine=engine, overwrite=True)

    return {"in a running process": color(None), "the same, one at a time": color(1)}


def _step_calls(data: bytes, folder: Path, out: Path) -> Mapping[str, Callable[[], object]]:
    colorizer = Colorizer(device="cpu", threads=1)
    engine = colorizer.engine
    photograph = files.read(data)
    colored = colorizer(photograph)
    encoded = files.encode(colored)
    tone = read_tone(photograph)
    greys = make_greys(engine, tone)
    chroma = engine.run(greys).chroma
    out.mkdir()
    task = Task(folder / "0.jpg", out / "0.jpg")
    ledger = Ledger(out, "benchmark")

    def note() -> None:
        ledger.begin(task)
        ledger.end(Outcome(task=task))

    return {
        "read": lambda: files.read(data),
        "tone, frame and small copies": lambda: make_greys(engine, read_tone(photograph)),
        "network": lambda: engine.run(greys),
        "chroma along edges, and compose": lambda: compose(tone, chroma, threads=1),
        "encode": lambda: files.encode(colored),
        "to the disk": lambda: write_whole(encoded, task.target, overwrite=True),
        "journal": note,
    }
