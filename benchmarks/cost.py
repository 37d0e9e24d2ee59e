# SPDX-License-Identifier: Apache-2.0
"""What the network costs beside those of others: parameters, operations, seconds.

Ours are taken by this command. The others' were measured by us once, in November 2026, in the same
terms (a photograph of 256 × 256, two CPU threads, a multiplication with its addition as two
operations); this command does not measure them again, since it does not bring them along.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.operations import count_operations
from benchmarks.result import Result
from benchmarks.timing import time_calls
from tintype.inference.engine import Engine
from tintype.inference.session import Session
from tintype.spec.model import (
    CHROMA,
    GREY,
    HINTS,
    LOOKS,
    OTHERS,
    TEMPERATURE,
    ModelSpec,
    features_of,
)
from tintype.spec.models import find_model, read_model
from tintype.spec.onnx import keep_outputs
from tintype.spec.options import ENGINE_DEFAULTS

_SIDE, _THREADS = 256, 2
_AS_IT_COLORS, _ONE_LOOK = "as it colours", "one look"
_OTHERS: tuple[tuple[str, float, float, float], ...] = (  # millions, GFLOP, seconds
    ("DDColor-L (2023)", 227.9, 133.0, 0.89),
    ("DDColor Tiny (2023)", 55.0, 50.3, 0.45),
    ("siggraph17 (2017)", 34.2, 202.0, 0.71),
    ("eccv16 (2016)", 32.2, 83.5, 0.22),
)


def run() -> Result:
    """Count and time the default network, and set it beside the others."""
    spec = find_model(ENGINE_DEFAULTS.model)
    engine = Engine(spec, device="cpu", threads=_THREADS)
    session = Session(spec, device="cpu", threads=_THREADS)
    grey = np.random.default_rng(0).uniform(0, 100, (_SIDE, _SIDE)).astype(np.float32)
    feeds = make_feeds(spec, (_SIDE, _SIDE), session.features)
    timings = time_calls(
        {
            _AS_IT_COLORS: lambda: engine.predict(grey),
            _ONE_LOOK: lambda: session.run([CHROMA], feeds),
        },
        rounds=15,
    )
    outputs = [CHROMA, *(features_of(look.member) for look in spec.looks)]
    operations = {
        _AS_IT_COLORS: sum(
            count(spec, size, session.features, output)
            for size, output in zip(engine.sizes(grey.shape, spec.size), outputs, strict=True)
        ),
        _ONE_LOOK: count(spec, (_SIDE, _SIDE), session.features, CHROMA),
    }
    million, giga = spec.parameters / 1e6, operations[_AS_IT_COLORS] / 1e9
    ours = [
        (f"{spec.name}, {way}", million, operations[way] / 1e9, timings[way].median)
        for way in timings
    ]
    return Result(
        title=f"Cost of a photograph of {_SIDE} × {_SIDE}",
        method=f"On {_THREADS} CPU threads. {spec.name}: median of 15 runs from lightness to "
        "chroma, without files and full-size work, with all its looks at their own sizes, and the "
        f"network alone at {_SIDE} × {_SIDE}; a multiplication with its addition counts as two "
        "operations. The others: measured once in November 2026 in the same terms, not by this "
        "command.",
        header=("network", "million parameters", "GFLOP", "seconds", "GFLOP, times ours"),
        rows=[(*row, row[2] / giga) for row in (*ours, *_OTHERS)],
        digits=3,
    )


def count(spec: ModelSpec, size: tuple[int, int], channels: int, output: str) -> int:
    """Operations of the network from a plane of lightness, of (h, w) pixels, to one output."""
    padded = [-(-side // spec.multiple) * spec.multiple for side in size]
    feeds = make_feeds(spec, (padded[0], padded[1]), channels)
    return count_operations(keep_outputs(read_model(spec), {output}, name=spec.file), feeds)


def make_feeds(
    spec: ModelSpec, size: tuple[int, int], channels: int
) -> dict[str, NDArray[np.float32]]:
    """What one look takes at (h, w): noise, no hints, nothing of other looks."""
    noise = np.random.default_rng(0).uniform(0, 100, (1, 1, *size)).astype(np.float32)
    feeds = {GREY: noise, TEMPERATURE: np.asarray(spec.temperature, np.float32)}
    if spec.hints:
        feeds[HINTS] = np.zeros((1, 3, *size), np.float32)
    if spec.looks:
        height, width = (side // spec.stride for side in size)
        feeds[OTHERS] = np.zeros((1, channels, height, width), np.float32)
        feeds[LOOKS] = np.asarray(1, np.float32)
    return feeds
