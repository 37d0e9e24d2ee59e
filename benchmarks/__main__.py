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
    """A benchmark's row: the module that has its ``run``, and what it is about."""

    module: str
    about: str

    def run(self) -> Result:
        """Import the module, and with it what it times, and run it."""
        result: Result = import_module(self.module).run()
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
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there is {', '.join(BENCHMARKS)}")
    failed = [name for name in asked.names or BENCHMARKS if not _run(name, asked.out)]
    return 1 if failed else 0


def _run(name: str, out: Path) -> bool:
    """Run one benchmark; say so and go on to the next where it cannot be run."""
    try:
        result = BENCHMARKS[name].run()
        save(result, out / f"{name}.json", collect_provenance())
    except TintypeError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return False
    print(result.to_markdown())
    return True


if __name__ == "__main__":
    sys.exit(main())
