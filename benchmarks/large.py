# SPDX-License-Identifier: Apache-2.0
"""Large photographs from the shell: how long a person waits, and the most memory that it takes.

Each command is a fresh process, start-up included. Its memory is what the system has seen it hold
at most at a time (``ru_maxrss``): code, libraries, network and pixels, all together.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.fullsize import make_grey_jpeg
from benchmarks.result import Result
from benchmarks.timing import as_installed
from tintype.errors import OptionError

_SIZES = {"1 MP": (1224, 816), "12 MP": (4000, 3000), "100 MP": (12248, 8165)}  # (width, height)
_QUALITY = 92
_ROUNDS = 5
# A small process starts it, for what its parent holds counts as its own until it has begun.
_WATCH = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, used = os.wait4(process.pid, 0)
print(time.perf_counter() - start, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes


def run() -> Result:
    """Time the command at each size, and look at its memory.

    Raises:
        OptionError: the system does not tell, or the command failed.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, size in _SIZES.items():
            source = Path(folder, "grey.jpg")
            source.write_bytes(make_grey_jpeg(size))
            command = [sys.executable, "-m", "tintype", "colorize", str(source), "--overwrite"]
            command += ["-o", str(Path(folder, "colour.jpg")), "--device", "cpu"]
            command += ["--quality", str(_QUALITY)]
            measure(command)  # files and caches get warm
            runs = [measure(command) for _ in range(_ROUNDS)]
            seconds = statistics.median(taken for taken, _ in runs)
            rows.append((name, seconds, max(memory for _, memory in runs) / 1e6))
    return Result(
        title="Large photographs from the shell",
        method=f"`tintype colorize`: grey JPEG to colour JPEG of quality {_QUALITY}, chroma at "
        f"every pixel (4:4:4, which takes longer than 4:2:0); start-up included; median of the "
        f"times and the most of the memory of {_ROUNDS} runs, after one to warm up.",
        header=("photograph", "seconds", "most memory, MB"),
        rows=rows,
    )


def measure(command: Sequence[str]) -> tuple[float, int]:
    """Run a command; the seconds that it took, and the bytes of memory that it held at most.

    Raises:
        OptionError: the system does not tell, or the command failed.
    """
    if not hasattr(os, "wait4"):
        raise OptionError("this system does not say how much memory a process has held")
    watched = [sys.executable, "-c", _WATCH, *command]
    done = subprocess.run(watched, capture_output=True, text=True, env=as_installed())
    if done.returncode:
        raise OptionError(done.stderr.strip())
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory) * _RSS_UNIT
