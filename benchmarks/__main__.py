# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks``: run the benchmarks, print their tables, leave their records."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.result import Result, save
from tintype.errors import TintypeError
from tintype.records.provenance import collect_provenance


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark's row: the module that has its ``run``, what it is about, does it take clips?"""

    module: str
    about: str
    clips: bool = False

    def run(self, clips: Sequence[str] = ()) -> Result:
        """Import the module, and with it what it times, and run it."""
        run = import_module(self.module).run
        result: Result = run(clips) if self.clips else run()
        return result


BENCHMARKS: dict[str, Benchmark] = {
    "startup": Benchmark("benchmarks.startup", "start of the library and the command line"),
    "network": Benchmark("benchmarks.network", "the network at several sizes, and loading it"),
    "cost": Benchmark("benchmarks.cost", "the network's cost, beside those of others"),
    "command": Benchmark("benchmarks.command", "one megapixel from the shell, start-up included"),
    "fullsize": Benchmark("benchmarks.fullsize", "12 megapixels and one, step by step"),
    "large": Benchmark("benchmarks.large", "up to 100 megapixels from the shell, with memory"),
    "folder": Benchmark("benchmarks.folder", "a folder of photographs of a megapixel"),
    "kills": Benchmark("benchmarks.kills", "a folder's runs killed at 50 moments, and resumed"),
    "bleeding": Benchmark("benchmarks.bleeding", "colour over edges, against bicubic"),
    "film": Benchmark("benchmarks.film", "a film at three sizes, step by step"),
    "faithful": Benchmark("benchmarks.faithful", "what of a film is still the same, bit for bit"),
    "scenes": Benchmark("benchmarks.scenes", "new scenes found, against PySceneDetect", clips=True),
    "longfilm": Benchmark("benchmarks.longfilm", "memory over a long film"),
    "web": Benchmark("benchmarks.web", "the page in a browser: paint, upload, preview"),
    "training": Benchmark("benchmarks.training", "a training step of the default recipe"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, by default all; the exit code is 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [f"{name}: {row.about}" for name, row in BENCHMARKS.items()]
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(names))
    parser.add_argument("--out", type=Path, default=Path("out/bench"), help="folder of the records")
    parser.add_argument(
        "--clip", action="append", default=[], help="film of your own: PATH or PATH@SECONDS"
    )
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there is {', '.join(BENCHMARKS)}")
    failed = [name for name in asked.names or BENCHMARKS if not _run(name, asked.out, asked.clip)]
    return 1 if failed else 0


def _run(name: str, out: Path, clips: Sequence[str]) -> bool:
    """Run one benchmark; say so and go on to the next where it cannot be run."""
    try:
        result = BENCHMARKS[name].run(clips)
        save(result, out / f"{name}.json", collect_provenance())
    except TintypeError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return False
    print(result.to_markdown())
    return True


if __name__ == "__main__":
    sys.exit(main())
