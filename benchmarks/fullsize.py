# SPDX-License-Identifier: Apache-2.0
"""Photographs of 12 megapixels and of one, in a running process, step by step.

The unit is what nobody can do without: Pillow decoding the grey JPEG, and encoding a colour JPEG of
the same size, quality and subsampling. All steps take turns in the same process, and the walk as a
whole is timed beside them, so that the shares can be checked against it.
"""

import io
from collections.abc import Callable, Mapping
from importlib.resources import files as package_files

import numpy as np
from PIL import Image

from benchmarks.result import Result
from benchmarks.timing import time_calls
from tintype.imaging import files
from tintype.imaging.compose import compose
from tintype.imaging.tone import read_tone
from tintype.imaging.upsample import POINTS, spread
from tintype.inference.colorizer import Colorizer
from tintype.inference.view import make_greys

_SIZES = {"12 MP": (4000, 3000), "1 MP": (1224, 816)}  # (width, height)
_QUALITY, _SUBSAMPLING = 92, "4:2:0"
_GRAIN = 4.0  # codes of 8 bits: an enlarged photograph would be too smooth to be fair to anybody
_UNIT, _WALK = "Pillow: decode grey, encode colour", "the whole walk"


def run() -> Result:
    """Time the walk of a photograph and each of its steps, at both sizes."""
    colorizer = Colorizer(device="cpu")
    rows: list[tuple[str, str, float, float, float]] = []
    for name, size in _SIZES.items():
        timings = time_calls(_calls(colorizer, make_grey_jpeg(size)), rounds=9)
        unit, walk = timings[_UNIT], timings[_WALK]
        rows += [
            (name, step, 1000 * t.median, t.ratio_to(unit), 100 * t.ratio_to(walk))
            for step, t in timings.items()
        ]
    return Result(
        title="A photograph at full size",
        method=f"Grey JPEG to colour JPEG, quality {_QUALITY}, {_SUBSAMPLING}; one process, in "
        f"turn, median of 9 after two warm-ups; × is the median of the rounds' own ratios.",
        header=("photograph", "step", "ms", "× Pillow", "% of the walk"),
        rows=rows,
    )


def make_grey_jpeg(size: tuple[int, int]) -> bytes:
    """Eileen Collins (NASA, public domain; comes with scikit-image), enlarged, with grain."""
    with Image.open(str(package_files("skimage") / "data" / "astronaut.png")) as taken:
        side = max(size)
        enlarged = taken.convert("L").resize((side, side), Image.Resampling.BICUBIC)
    width, height = size
    pixels = np.asarray(enlarged)[:height, :width].astype(np.float32)
    grain = np.random.default_rng(0).standard_normal(pixels.shape, dtype=np.float32)
    buffer = io.BytesIO()
    grainy = np.clip(pixels + _GRAIN * grain, 0, 255).astype(np.uint8)
    Image.fromarray(grainy).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _calls(colorizer: Colorizer, data: bytes) -> Mapping[str, Callable[[], object]]:
    engine = colorizer.engine
    photograph = files.read(data)
    colored = colorizer(photograph)
    picture = Image.fromarray(colored.pixels)
    tone = read_tone(photograph)
    greys = make_greys(engine, tone)
    chroma = engine.run(greys, None, temperature=engine.spec.temperature).chroma
    points = (POINTS * chroma.shape[1], POINTS * chroma.shape[2])

    def pillow() -> None:
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
        picture.save(io.BytesIO(), "JPEG", quality=_QUALITY, subsampling=_SUBSAMPLING)

    def walk() -> bytes:
        result = colorizer(files.read(data))
        return files.encode(result, quality=_QUALITY, subsampling=_SUBSAMPLING)

    return {
        _UNIT: pillow,
        _WALK: walk,
        "read": lambda: files.read(data),
        "tone, frame and small copies": lambda: make_greys(engine, read_tone(photograph)),
        "network": lambda: engine.run(greys, None, temperature=engine.spec.temperature),
        "chroma along edges": lambda: spread(chroma, tone.lightness(tone.frame, points)),
        "chroma along edges, and compose": lambda: compose(tone, chroma),
        "encode": lambda: files.encode(colored, quality=_QUALITY, subsampling=_SUBSAMPLING),
    }
