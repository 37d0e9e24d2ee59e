# SPDX-License-Identifier: Apache-2.0
"""What of a film is still the same when it has been coloured: luma, times, sound and length.

One film shows its frames at a constant rate, another at a variable one; both have sound. Each is
coloured to what plays everywhere, and once more lossless, to compare luma by.
"""

import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.film import color
from benchmarks.result import Result
from scripts.clips import SIZE, look, photograph
from tintype.records.cells import Cell
from tintype.video.fidelity import compare_films

_FRAMES = 100
_BASE = Fraction(1, 12800)
_TICKS = 512  # of a frame at 25 a second
_SOUND_RATE, _PIECE = 48000, 1024  # samples: a second, a packet
_RESULTS = {  # suffix → flags, and whether every sample survives
    ".mp4": ([], False),
    ".mkv": (["--codec", "ffv1"], True),
}


def run() -> Result:
    """Colour both films both ways, and compare."""
    steps = {"constant": [1], "variable": [1, 1, 2, 1, 3]}
    rows: list[list[Cell]] = []
    with tempfile.TemporaryDirectory() as folder:
        for rate, gaps in steps.items():
            source = _write_film(Path(folder, f"{rate}.mp4"), gaps)
            for suffix, (flags, exact) in _RESULTS.items():
                target = Path(folder, f"colour{suffix}")
                color(source, target, *flags)
                found = compare_films(source, target)
                rows.append(
                    [
                        f"{rate} rate to {suffix}{' (FFV1)' if exact else ''}",
                        found.frames,
                        found.luma if exact else None,
                        found.times,
                        1000 * found.later,
                        found.packets,
                        found.copied,
                        1000 * found.longer,
                    ]
                )
    return Result(
        title="What stays of a film",
        method="Grey H.264 with AAC sound, coloured; counted are the frames whose luma is the very "
        "same as the input's (of lossless results; others are given the same luma and lose what "
        "their codec loses), those shown at the very same time after the first, and the sound's "
        "packets that are the same bit for bit. Sound in mp4 begins before zero, as a packet that "
        "starts the decoder up; it does so in Matroska too.",
        header=(
            "film",
            "frames",
            "same luma",
            "same time",
            "all later, ms",
            "packets of sound",
            "same packets",
            "longer, ms",
        ),
        rows=rows,
        digits=1,
    )


def _write_film(path: Path, gaps: list[int]) -> Path:
    """A pan over a still life, its frames ``gaps`` ticks apart by turns, with a rising tone."""
    height, width = (side // 2 for side in SIZE)
    stamp = 0
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = _BASE
        sound: Any = container.add_stream("aac", rate=_SOUND_RATE)
        for number in range(_FRAMES):
            seen = look(photograph("coffee"), number / _FRAMES, 0.3, 1.4)
            frame = av.VideoFrame.from_ndarray(seen)
            frame = frame.reformat(width=width, height=height, format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = stamp, _BASE
            stamp += _TICKS * gaps[number % len(gaps)]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for piece in _tone(float(stamp * _BASE)):
            container.mux(sound.encode(piece))
        container.mux(sound.encode(None))
    return path


def _tone(seconds: float) -> Iterator[av.AudioFrame]:
    count = int(seconds * _SOUND_RATE)
    tone = np.sin(np.arange(count, dtype=np.float64) ** 2 / count / 20).astype(np.float32) / 2
    for first in range(0, count, _PIECE):
        both = np.repeat(tone[None, first : first + _PIECE], 2, axis=0)
        frame = av.AudioFrame.from_ndarray(both, format="fltp", layout="stereo")
        frame.rate, frame.pts = _SOUND_RATE, first
        yield frame
