# SPDX-License-Identifier: Apache-2.0
"""What the network itself costs: loading it, and one photograph at several sizes.

The engine is timed from a lightness plane to its chroma: scaling and padding are in it, files and
full-size work are not.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.result import Result
from benchmarks.timing import time_calls
from tintype.inference.engine import Engine
from tintype.inference.prediction import Prediction
from tintype.spec.models import find_model
from tintype.spec.options import ENGINE_DEFAULTS

_SIZES = (192, 256, 384, 512)  # the short side that the network sees, here of a square
_THREADS = (1, 2)


def run() -> Result:
    """Time the default network on the CPU at several sizes, with one thread and with two."""
    spec = find_model(ENGINE_DEFAULTS.model)
    calls: dict[str, Callable[[], object]] = {"load": lambda: Engine(spec, device="cpu")}
    for threads in _THREADS:
        engine = Engine(spec, device="cpu", threads=threads)
        for size in _SIZES:
            calls[f"{size} × {size}, threads: {threads}"] = _prediction(engine, size)
    timings = time_calls(calls, rounds=15)
    unit = timings["256 × 256, threads: 1"]
    return Result(
        title=f"Network {spec.name}",
        method="In one process in turn, median of 15 after two warm-ups, on noise.",
        header=("what", "ms", "× 256 × 256 with one thread"),
        rows=[(name, 1000 * t.median, t.ratio_to(unit)) for name, t in timings.items()],
    )


def _prediction(engine: Engine, size: int) -> Callable[[], Prediction]:
    noise = np.random.default_rng(0).uniform(0, 100, (size, size)).astype(np.float32)
    return lambda: engine.predict(noise, size=size)
