# SPDX-License-Identifier: Apache-2.0
"""``make documents``: write the figures of the README and of ``docs`` from the committed records.

A place ``<!-- record: NAME -->`` in a document shows ``docs/records/NAME.json``, drawn up by the
function that :data:`DRAWERS` has for that record's kind; ``NAME?`` says where there is no such
record that nothing has been measured, ``NAME#glance`` shows the most important table only. With
``--check`` nothing is written, and the exit code is 1 if a document says something else than its
records. A document beside a ``record.json`` is a reproduction's report, and all of it is drawn.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import result
from scripts import model_record, training_record
from scripts.experiments import table as experiments
from scripts.model_record import KIND as NETWORK
from scripts.training_record import KIND as TRAINING
from tintype.errors import TintypeError
from tintype.evaluate.evaluation import KIND as EVALUATION
from tintype.evaluate.evaluation import Evaluation
from tintype.evaluate.paper.publication import redraw_document
from tintype.evaluate.tables import glance_to_markdown, to_markdown
from tintype.evaluate.video import KIND as FILMS
from tintype.evaluate.video import FilmEvaluation
from tintype.learn.overfitting import KIND as OVERFITTING
from tintype.learn.overfitting import Overfitting
from tintype.records.files import write_text
from tintype.records.markdown import fill_place, list_places
from tintype.records.provenance import Provenance
from tintype.records.record import Record, read_record

ROOT = Path(__file__).parents[1]
RECORDS = Path("docs/records")
OPTIONAL = "?"  # after the name of a record that may be missing
GLANCE = "#glance"  # after a name: the most important table only

DRAWERS: dict[str, Callable[[Record], str]] = {  # kind of a record, or of its glance → Markdown
    result.KIND: lambda record: result.load(record).to_markdown(),
    FILMS: lambda record: FilmEvaluation.from_content(record.content).to_markdown(),
    NETWORK: lambda record: model_record.to_markdown(record.content),
    TRAINING: lambda record: training_record.to_markdown(record.content),
    OVERFITTING: lambda record: Overfitting.from_content(record.content).to_markdown(),
    experiments.KIND: lambda record: experiments.to_markdown(record.content),
    EVALUATION: lambda record: to_markdown(Evaluation.from_content(record.content)),
    EVALUATION + GLANCE: lambda record: glance_to_markdown(Evaluation.from_content(record.content)),
}


def main() -> int:
    """Bring the documents up to date, or check that they are."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check: bool = parser.parse_args().check
    stale = 0
    for path in list_documents(ROOT):
        try:
            text = path.read_text(encoding="utf-8")
            if path.with_name("record.json").exists():
                written = redraw_document(path.parent)
            else:
                written = draw_up(text, ROOT)
        except TintypeError as error:
            sys.stderr.write(f"{path.relative_to(ROOT)}: {error}\n")
            return 2
        if written != text:
            stale += 1
            print(f"{path.relative_to(ROOT)}: {'differs from its records' if check else 'written'}")
            if not check:
                write_text(written, path)
    return 1 if check and stale else 0


def list_documents(root: Path) -> Iterator[Path]:
    """The documents that may show records."""
    yield root / "README.md"
    yield from sorted((root / "docs").rglob("*.md"))


def draw_up(text: str, root: Path) -> str:
    """A document with each of its places filled from its record.

    Raises:
        tintype.errors.RecordError: a record is missing, or nothing draws up its kind.
    """
    for place in list_places(text):
        name = place.removesuffix(OPTIONAL).removesuffix(GLANCE)
        file = root / RECORDS / f"{name}.json"
        if place.endswith(OPTIONAL) and not file.exists():
            text = fill_place(text, place, "Not measured yet.")
            continue
        record = read_record(file)
        kind = record.kind + (GLANCE if GLANCE in place else "")
        if kind not in DRAWERS:
            raise TintypeError(f"no function draws up records of kind {kind!r}")
        body = f"{DRAWERS[kind](record).strip()}\n\n{describe(record.provenance, name)}"
        text = fill_place(text, place, body)
    return text


def describe(provenance: Provenance, name: str) -> str:
    """One line that says where the figures come from."""
    machine = provenance.hardware
    on = ", ".join((*machine.accelerators, f"{machine.cores} cores of {machine.processor}"))
    commit = (provenance.commit or "unknown")[:10] + (" and changes" if provenance.dirty else "")
    return (
        f"<sub>`{provenance.command}` on {on}, {provenance.date[:10]}, tintype "
        f"{provenance.version}, commit {commit}; record `{(RECORDS / name).as_posix()}.json`.</sub>"
    )


if __name__ == "__main__":
    sys.exit(main())
