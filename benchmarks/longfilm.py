# SPDX-License-Identifier: Apache-2.0
"""Memory over a long film: what a process holds must not grow with what it has done.

What could grow does so with frames, scenes, and parts of the work. So the film is an hour long, and
has few frames a second, which are small: an hour's scenes and parts pass through the whole pipeline
in minutes.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from time import sleep
from typing import Any

import av
import numpy as np

from benchmarks.result import Result
from scripts.clips import photograph
from tintype.errors import OptionError
from tintype.records.cells import Cell
from tintype.video.options import BOTH_WAYS, FORWARDS

_MINUTES, _RATE = 60, 3
_SIZE = 96, 128  # (H, W)
_SHORT_SIDE = 64  # pixels that the network sees
_SHOTS = ("coffee", "chelsea", "astronaut", "rocket")
_SHOT = 10  # seconds
_BORDER = 40  # pixels that the camera pans over
_PARTS = 6  # of the time, each a row
_EVERY = 0.25  # seconds from one look at the memory to the next


def run() -> Result:
    """Colour a film of some minutes, and look at the process's memory all along.

    Raises:
        OptionError: the system does not say how much memory a process has, or the work failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = _write_film(Path(folder, "long.mp4"))
        memory = [
            list(_watch(source, Path(folder, f"{way}.mp4"), "--steady", way))
            for way in (FORWARDS, BOTH_WAYS)
        ]
    parts = [np.array_split(np.array(each), _PARTS) for each in memory]
    minutes = np.linspace(0, _MINUTES, _PARTS + 1)
    rows: list[list[Cell]] = [
        [
            f"{begin:g} to {end:g}",
            *(float(measure()) / 1e6 for part in both for measure in (part.mean, part.max)),
        ]
        for begin, end, *both in zip(minutes, minutes[1:], *parts, strict=False)
    ]
    seconds = [len(each) * _EVERY for each in memory]
    return Result(
        title="Memory over a long film",
        method=f"{_MINUTES} minutes at {_RATE} frames a second, {_SIZE[1]} × {_SIZE[0]}, a cut "
        f"every {_SHOT} seconds, the network at {_SHORT_SIDE} pixels, all else by default: "
        f"{60 * _MINUTES * _RATE} frames, {60 * _MINUTES // _SHOT} scenes, "
        f"{6 * _MINUTES} parts. The resident memory of the process, looked at every {_EVERY} s; "
        f"minutes by the time that the work took, {seconds[0]:.0f} s in all, and {seconds[1]:.0f} "
        f"s both ways (`--steady bidirectional`).",
        header=(
            "minutes of film",
            "mean memory, MB",
            "most, MB",
            "mean, both ways",
            "most, both ways",
        ),
        rows=rows,
        digits=0,
    )


def _watch(source: Path, target: Path, *flags: str) -> Iterator[int]:
    """Colour a film, and yield the bytes that the process has, again and again."""
    command = [sys.executable, "-m", "tintype", "video", str(source), "-o", str(target)]
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            [*command, "--device", "cpu", "--size", str(_SHORT_SIDE), *flags], stderr=told
        )
        try:
            while process.poll() is None:
                yield _resident(process.pid)
                sleep(_EVERY)
        finally:
            process.kill()
        if process.wait():
            told.seek(0)
            raise OptionError(told.read().decode(errors="replace").strip())


def _resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError as error:
        raise OptionError("this system does not say how much memory a process has") from error
    return 1024 * next((int(s.split()[1]) for s in lines if s.startswith("VmRSS:")), 0)


def _write_film(path: Path) -> Path:
    """Shots of moving photographs, one after the other and round again."""
    height, width = _SIZE
    grounds = [_ground(name) for name in _SHOTS]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "23"}
        for number in range(60 * _MINUTES * _RATE):
            shot, step = divmod(number, _SHOT * _RATE)
            ground = grounds[shot % len(grounds)]
            left = step * (ground.shape[1] - width) // (_SHOT * _RATE)
            seen = np.ascontiguousarray(ground[:height, left : left + width])
            frame = av.VideoFrame.from_ndarray(seen, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _ground(name: str) -> np.ndarray:
    """A photograph in grey, large enough to pan over."""
    picture = av.VideoFrame.from_ndarray(photograph(name))
    width = _SIZE[1] + _BORDER
    return picture.reformat(width=width, height=_SIZE[0], format="gray").to_ndarray()
