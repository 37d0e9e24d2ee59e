# SPDX-License-Identifier: Apache-2.0
"""How long the program takes to be there, beyond Python's own start.

A command that waits before it even reads its options is felt every time. Each row is a fresh
process; the bare interpreter is timed in turn with them and taken off.
"""

import sys

from benchmarks.result import Result
from benchmarks.timing import time_commands

_COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import tintype": ["-c", "import tintype"],
    "import numpy": ["-c", "import numpy"],
    "tintype --version": ["-m", "tintype", "--version"],
    "tintype --help": ["-m", "tintype", "--help"],
}


def run() -> Result:
    """Time the start of Python, of the library and of the command line."""
    timings = time_commands(
        {name: [sys.executable, *c] for name, c in _COMMANDS.items()}, rounds=15
    )
    bare = timings["python -c pass"]
    rows = [
        (name, 1000 * timing.median, 1000 * (timing.median - bare.median), timing.ratio_to(bare))
        for name, timing in timings.items()
    ]
    return Result(
        title="Start",
        method="Fresh processes in turn, median of 15 after a warm-up, files in the cache.",
        header=("process", "ms", "ms beyond Python", "× Python"),
        rows=rows,
        digits=1,
    )
