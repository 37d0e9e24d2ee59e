# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts.release NAME --member …``: trained runs become the network carried.

One command does the whole chain, each link a command of its own that can also be given alone:
export the members into the package, write its row in the table of networks, record what it is and
what its training took, evaluate it (validation photographs, hints, sizes; the test photographs only
where ``--test`` asks), count and time it, and write the documents. A link that fails ends it.

A member is ``RECIPE=RUN[,RUN...]``, the folders that led to it, of which the last is exported; or
``RECIPE=NAME``, that of a network which is released already, whose record stays as it is.

The network decodes as the one does whose place it takes; options of ``tintype export`` choose
otherwise, ``--gain=1.5`` say. ``DIR`` holds shards in ``train``, ``val`` and, for ``--test``,
``test``, and larger photographs in ``hires``, if there are any. What is written is left to be
looked at and committed.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from tintype.errors import OptionError, TintypeError
from tintype.spec.model import ModelSpec
from tintype.spec.models import MODELS, find_model

PACKAGE, TABLE = Path("src/tintype/models"), Path("src/tintype/spec/models.py")
EVALUATIONS, BENCHMARKS = Path("docs/records/evaluation"), Path("docs/records/benchmarks")
OUT = Path("out/release")
_POINTS, _DRAWN = (1, 5, 10, 50), 300  # hints, and on how many photographs
_SIZES = (192, 256, 384, 512, 768)


def main() -> int:
    """Do it all; the exit code is that of the first link that fails."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.release",
        description=__doc__.partition("\n\n")[0],
        allow_abbrev=False,
    )
    parser.add_argument("name", help="of the network, as the table has it")
    parser.add_argument(
        "--member",
        required=True,
        action="append",
        type=parse_member,
        metavar="RECIPE=RUN[,RUN...]",
        help="of which it is made: a recipe, and runs, oldest first, or a released network's name",
    )
    parser.add_argument(
        "--data", required=True, type=Path, help="folder of train, val, test, hires"
    )
    parser.add_argument("--test", action="store_true", help="evaluate on the test photographs too")
    asked, choices = parser.parse_known_args()  # the rest is the export's own
    file = OUT / f"{asked.name}.onnx"
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    try:
        recipes = [recipe for recipe, _ in asked.member]
        places = [word for _, runs in asked.member for word in ("--run", runs[-1])]
        run("tintype", "export", *recipes, *places, "-o", file, "--like", asked.name, *choices)
        carry(asked.name, file)
        runs = [runs for _, runs in asked.member]
        for command in list_commands(asked.name, runs, asked.data, test=asked.test):
            run(*command)
        gather(asked.name)
        run("scripts.documents")
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    except TintypeError as error:
        sys.stderr.write(f"release: {error}\n")
        return 2
    return 0


def parse_member(text: str) -> tuple[str, list[str]]:
    """A recipe, and the runs that led to its network, or a released network's name.

    Raises:
        ValueError: the text is no ``RECIPE=RUN``.
    """
    recipe, _, places = text.partition("=")
    runs = places.split(",")
    if not recipe or not all(runs):
        raise ValueError(f"{text!r} is no RECIPE=RUN")
    return recipe, runs


def list_commands(
    name: str, members: Sequence[Sequence[str]], data: Path, *, test: bool
) -> Iterator[tuple[object, ...]]:
    """The modules to run, with their words, once the network is in its place."""
    yield "scripts.model_record", name
    for index, runs in enumerate(members):
        if runs[-1] not in MODELS:
            record = f"{name}-{index + 1}" if index else name
            yield "scripts.training_record", record, *runs, "--data", data / "train"
    measure = ("tintype", "evaluate", name, "--pictures", "0", "--data")
    yield *measure, data / "val", "--out", OUT / "val"
    if test:
        yield *measure, data / "test", "--out", OUT / "test"
    points = [word for count in _POINTS for word in ("--points", count)]
    yield *measure, data / "val", "--limit", _DRAWN, *points, "--out", OUT / "hints"
    if (data / "hires").is_dir():
        sizes = [word for size in _SIZES for word in ("--at-size", size)]
        yield *measure, data / "hires", *sizes, "--out", OUT / "sizes"
    yield "benchmarks", "cost", "--out", OUT


def run(module: object, *words: object) -> None:
    """Run a module as a program of its own, which sees the network that is there by then.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", *map(str, (module, *words))]
    print("+", *command[1:], flush=True)
    subprocess.run(command, check=True)


def carry(name: str, file: Path) -> None:
    """Put an exported network and its weights into the package, and its row into the table.

    Raises:
        ModelError: the file is no network that tintype exported.
        OptionError: the table has no row of that name.
    """
    row = write_row(TABLE.read_text(encoding="utf-8"), find_model(file), name=name)
    for suffix in (".onnx", ".safetensors"):
        shutil.copy(file.with_suffix(suffix), PACKAGE / f"{name}{suffix}")
    TABLE.write_text(row, encoding="utf-8")


def write_row(table: str, spec: ModelSpec, *, name: str) -> str:
    """The text of the table's module, with the row of ``name`` written anew.

    Raises:
        OptionError: there is no such row.
    """
    values = {field.name: getattr(spec, field.name) for field in fields(spec)}
    values |= {"name": name, "file": f"{name}.onnx"}
    lines = "".join(f"            {key}={_write(value)},\n" for key, value in values.items())
    pattern = rf'ModelSpec\(\n +name="{re.escape(name)}",\n.*?\n        \),'
    written, count = re.subn(
        pattern, lambda _: f"ModelSpec(\n{lines}        ),", table, flags=re.DOTALL
    )
    if count != 1:
        raise OptionError(f"the table of networks has {count} rows called {name}; write one first")
    return written


def _write(value: object) -> str:
    """A value as the code's style has it."""
    if isinstance(value, tuple) and isinstance(next(iter(value), None), float):
        return repr(value)
    if isinstance(value, tuple):  # looks, each on a line of its own
        lines = "".join(f"                {each!r},\n" for each in value)
        return f"(\n{lines}            )" if value else "()"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value:_}" if type(value) is int else repr(value)


def gather(name: str) -> None:
    """Copy the records to where documents look for them; none of the former network stays."""
    for kind in ("val", "test", "hints", "sizes"):
        record, place = OUT / kind / "evaluation.json", EVALUATIONS / f"{name}-{kind}.json"
        place.unlink(missing_ok=True)
        if record.exists():
            shutil.copy(record, place)
    shutil.copy(OUT / "cost.json", BENCHMARKS)


if __name__ == "__main__":
    sys.exit(main())
