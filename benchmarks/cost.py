# SPDX-License-Identifier: Apache-2.0
"""What the network costs beside those of others: parameters, operations, seconds.

Ours are taken by this command. The others' were measured by us once, in November 2026, in the same
terms (a photograph of 256 × 256, two CPU threads, a multiplication with its addition as two
operations); this command does not measure them again, since it does not bring them along.
"""

import numpy as np

from benchmarks.operations import count_operations
from benchmarks.result import Result
from benchmarks.timing import time_calls
from tintype.inference.engine import Engine
from tintype.spec.model import CHROMA, GREY, HINTS, TEMPERATURE, ModelSpec
from tintype.spec.models import find_model, read_model
from tintype.spec.onnx import keep_outputs
from tintype.spec.options import ENGINE_DEFAULTS

_SIDE, _THREADS = 256, 2
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
    grey = np.random.default_rng(0).uniform(0, 100, (_SIDE, _SIDE)).astype(np.float32)
    seconds = time_calls({spec.name: lambda: engine.run(grey)}, rounds=15)[spec.name].median
    giga = count(spec, grey) / 1e9
    ours = (spec.name, spec.parameters / 1e6, giga, seconds)
    return Result(
        title=f"Cost of a photograph of {_SIDE} × {_SIDE}",
        method=f"On {_THREADS} CPU threads. {spec.name}: median of 15 runs of the whole network "
        "from lightness to chroma, without files and full-size work; a multiplication with its "
        "addition counts as two operations. The others: measured once in November 2026 in the "
        "same terms, not by this command.",
        header=("network", "million parameters", "GFLOP", "seconds", "GFLOP, times ours"),
        rows=[(*row, row[2] / giga) for row in (ours, *_OTHERS)],
        digits=3,
    )


def count(spec: ModelSpec, grey: np.ndarray) -> int:
    """Operations of the network from a plane of lightness to its chroma."""
    feeds = {GREY: grey[None, None], TEMPERATURE: np.asarray(spec.temperature, np.float32)}
    if spec.hints:
        feeds[HINTS] = np.zeros((1, 3, *grey.shape), np.float32)
    return count_operations(keep_outputs(read_model(spec), {CHROMA}, name=spec.file), feeds)
