# SPDX-License-Identifier: Apache-2.0
"""``tintype colorize`` as a person waits for it: one photograph of a megapixel, start-up included.

Beside it in turn: what it must wait for in any case (Python with NumPy and Pillow reading the grey
photograph and writing a colour one), and what each part of the walk takes inside a process.
"""

import sys
import tempfile
from importlib.resources import files as package_files
from pathlib import Path

from PIL import Image

from benchmarks.result import Result
from benchmarks.timing import Timing, time_calls, time_commands
from tintype.imaging import files
from tintype.inference.colorizer import Colorizer

_SIZE = (1224, 816)  # 1.0 megapixel, 3:2
_PILLOW = """
import sys, numpy
from PIL import Image
with Image.open(sys.argv[1]) as opened:
    grey = numpy.asarray(opened)
Image.fromarray(numpy.dstack([grey] * 3)).save(sys.argv[2], quality=92)
"""


def run() -> Result:
    """Time the command, the same without colours, and the walk inside a process."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, "grey.jpg"), Path(folder, "colour.jpg")
        make_photograph().save(source, quality=92)
        ours = [sys.executable, "-m", "tintype", "colorize", str(source), "-o", str(result)]
        commands = {
            "tintype colorize": [*ours, "--overwrite", "--device", "cpu"],
            "Python, NumPy and Pillow": [sys.executable, "-c", _PILLOW, str(source), str(result)],
        }
        timings = time_commands(commands, rounds=9) | _time_walk(source)
    unit = timings["tintype colorize"]
    return Result(
        title="One megapixel from the shell",
        method="Grey JPEG of 1224 × 816 to colour JPEG; the commands as fresh processes in turn, "
        "then the steps in one process in turn; median of 9.",
        header=("what", "ms", "share of the command"),
        rows=[(name, 1000 * t.median, t.median / unit.median) for name, t in timings.items()],
    )


def _time_walk(source: Path) -> dict[str, Timing]:
    colorizer = Colorizer(device="cpu")
    photograph = files.read(source)
    colored = colorizer(photograph)
    return time_calls(
        {
            "read": lambda: files.read(source),
            "colour": lambda: colorizer(photograph),
            "encode": lambda: files.encode(colored),
        }
    )


def make_photograph() -> Image.Image:
    """Eileen Collins (NASA, public domain; comes with scikit-image), grey, enlarged and cropped."""
    with Image.open(str(package_files("skimage") / "data" / "astronaut.png")) as taken:
        enlarged = taken.convert("L").resize((max(_SIZE),) * 2, Image.Resampling.LANCZOS)
    return enlarged.crop((0, 0, *_SIZE))
