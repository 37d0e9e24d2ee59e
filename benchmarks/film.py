# SPDX-License-Identifier: Apache-2.0
"""A film as a person waits for it: frames a second from file to file, at three sizes.

The film is the package photographs seen by a camera that moves, with something passing before
them, so that the network is asked as often as ordinary motion asks it. It is coded by x264 with
grain, as films are, and coloured with the default options: decoding, motion, network, composing
and encoding (x264 veryfast) are all in the time. How long each step was busy is told too; the steps
run side by side, so their sum is more than the time.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, fields
from fractions import Fraction
from importlib.resources import files as package_files
from pathlib import Path
from time import perf_counter
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.result import Result
from tintype.errors import OptionError
from tintype.records.cells import Cell
from tintype.spec.models import find_model
from tintype.spec.options import ENGINE_DEFAULTS
from tintype.video.options import BOTH_WAYS

_SIZES = ((360, 640), (432, 768), (1080, 1920))  # (H, W)
_SECONDS = 6
_RATE = 25
_PHOTOGRAPHS = ("coffee.png", "chelsea.png")  # Rachel Michetti, Stefan van der Walt; CC0
_PASSING = "astronaut.png"  # NASA, public domain
_GRAIN = 2.0  # codes of 8 bits
_BOTH_WAYS = 432, 768  # (H, W) at which colours from later frames are timed too
_STEPS = ("decode", "watch", "color", "hindsight", "compose", "encode")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of ``tintype video`` told of itself."""

    frames: int
    predictions: int
    seconds: float
    busy: dict[str, float]
    peak_memory: int  # bytes


def run() -> Result:
    """Colour a film of each size in a process of its own, and a plain transcoding beside it."""
    rows: list[list[Cell]] = []
    with tempfile.TemporaryDirectory() as folder:
        for height, width in _SIZES:
            name = f"{width} × {height}"
            source = _write_film(Path(folder, f"{width}x{height}.mp4"), (height, width))
            plain = _transcode(source, Path(folder, "plain.mp4"))
            target = Path(folder, "colour.mp4")
            rows.append(_row(name, color(source, target), plain))
            if (height, width) == _BOTH_WAYS:
                done = color(source, target, "--steady", BOTH_WAYS)
                rows.append(_row(f"{name}, both ways", done, plain))
    spec = find_model(ENGINE_DEFAULTS.model)
    return Result(
        title="Film",
        method=f"{spec.name}, SHA-256 {spec.sha256}; {_SECONDS} s of film at {_RATE} frames a "
        "second, grey H.264 in, colour H.264 (x264 veryfast, crf 18) out, default options; one run "
        "each in a fresh process, start-up left out. A step's share is the part of the time that "
        "it was busy; they run side by side. Transcoding is decoding and encoding alone. Both "
        "ways: with `--steady bidirectional`.",
        header=(
            "size",
            "frames/s",
            "frames per prediction",
            *(f"{step} busy, %" for step in _STEPS),
            "transcoding, frames/s",
            "peak memory, MB",
        ),
        rows=rows,
        digits=1,
    )


def _row(name: str, done: Run, plain: float) -> list[Cell]:
    shares = [done.busy.get(step) for step in _STEPS]
    return [
        name,
        done.frames / done.seconds,
        done.frames / done.predictions,
        *(None if share is None else 100 * share / done.seconds for share in shares),
        plain,
        done.peak_memory / 1e6,
    ]


def color(source: Path, target: Path, *flags: str) -> Run:
    """Run ``tintype video`` on the CPU, in a process of its own.

    Args:
        source: the film.
        target: the result.
        flags: more of the command line.

    Raises:
        OptionError: it failed; the message is its own.
    """
    command = [sys.executable, "-m", "tintype", "video", str(source), "-o", str(target)]
    usual = ["--device", "cpu", "--overwrite", "--json"]
    done = subprocess.run([*command, *usual, *flags], capture_output=True, text=True)
    if done.returncode:
        raise OptionError(done.stderr.strip())
    told = json.loads(done.stdout)
    names = [field.name for field in fields(Run)]
    return Run(**{name: told[name] for name in names})


def _transcode(source: Path, target: Path) -> float:
    """Frames a second of decoding and encoding, with nothing between them."""
    begun, count = perf_counter(), 0
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        stream: Any = made.add_stream("libx264", rate=_RATE)
        pictures = given.streams.video[0]
        stream.width, stream.height = pictures.width, pictures.height
        stream.pix_fmt, stream.options = "yuv420p", {"preset": "veryfast", "crf": "18"}
        for frame in given.decode(pictures):
            made.mux(stream.encode(frame))
            count += 1
        made.mux(stream.encode(None))
    return count / (perf_counter() - begun)


def _write_film(path: Path, size: tuple[int, int]) -> Path:
    """A camera that moves over photographs while something passes."""
    height, width = size
    rng = np.random.default_rng(0)
    grounds = [
        _photograph(name, (round(1.3 * height), round(1.3 * width))) for name in _PHOTOGRAPHS
    ]
    passing = _photograph(_PASSING, (height // 2, height // 2))
    grain = rng.normal(0, _GRAIN, (2 * height, 2 * width)).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "fast", "crf": "20"}
        frames = _SECONDS * _RATE
        for number in range(frames):
            ground = grounds[2 * number // frames]
            share = (2 * number / frames) % 1
            top, left = (round(0.29 * side * share) for side in size)
            picture = ground[top : top + height, left : left + width].astype(np.float32)
            at = round((width - passing.shape[1]) * share)
            picture[height // 4 : height // 4 + passing.shape[0], at : at + passing.shape[1]] = (
                passing
            )
            y, x = rng.integers(0, height), rng.integers(0, width)
            picture += grain[y : y + height, x : x + width]
            container.mux(stream.encode(_frame(picture, number)))
        container.mux(stream.encode(None))
    return path


def _photograph(name: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    with Image.open(str(package_files("skimage") / "data" / name)) as opened:
        grey = np.asarray(opened.convert("L"))
    return np.asarray(cv2.resize(grey, size[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def _frame(picture: NDArray[np.float32], number: int) -> av.VideoFrame:
    codes = np.clip(16 + picture * (219 / 255), 16, 235).astype(np.uint8)
    height, width = codes.shape
    planes = [codes.ravel(), np.full(height * width // 2, 128, np.uint8)]
    pixels = np.concatenate(planes).reshape(height * 3 // 2, width)
    frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
    frame.pts, frame.time_base = number, Fraction(1, _RATE)
    return frame
