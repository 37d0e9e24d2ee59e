# SPDX-License-Identifier: Apache-2.0
"""What ``tintype evaluate`` and ``tintype sheets`` do, as functions that any program can call.

Each reads what it needs, does one thing and writes its files; nothing is printed. Records hold no
pictures and may be committed, as may pages without them; everything with pictures goes where it is
told, which should be a folder that is not.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tintype.errors import RecordError
from tintype.evaluate.baselines import (
    MODE_FILE,
    MODE_KIND,
    DatasetMode,
    ModeCount,
    make_baselines,
    read_mode,
)
from tintype.evaluate.blind import KEY_KIND, Pair, Tally, count_votes, make_blind_page
from tintype.evaluate.candidates import Candidate, check_names
from tintype.evaluate.classifier import Classifier
from tintype.evaluate.comparison import KIND as COMPARISON_KIND
from tintype.evaluate.comparison import Comparison, compare
from tintype.evaluate.evaluation import KIND, Evaluation
from tintype.evaluate.examination import Instrument, Pictures, color_subject, list_entries
from tintype.evaluate.gallery import make_gallery
from tintype.evaluate.inputs import write_greys
from tintype.evaluate.measurement import evaluate, map_in_order
from tintype.evaluate.opening import open_candidate
from tintype.evaluate.options import DEFAULTS, RUN_DEFAULTS, EvaluateOptions, RunOptions
from tintype.evaluate.perceptual import Perceptual
from tintype.evaluate.photographs import Subject, choose_subjects, hash_data, list_subjects, to_rgb
from tintype.evaluate.report import make_comparison_page, make_report
from tintype.evaluate.sheets import color_scan, write_sheets
from tintype.imaging.strips import usable_cpus
from tintype.records.files import write_text
from tintype.records.provenance import collect_provenance
from tintype.records.record import Record, read_record, write_record
from tintype.spec.options import DEFAULTS as COLORIZE_DEFAULTS
from tintype.spec.options import ENGINE_DEFAULTS, ColorizeOptions

Progress = Callable[[int, int], None]
"""Called with photographs done and photographs in all."""

RECORD, PAGE = "evaluation.json", "evaluation.html"
COMPARISON_RECORD, COMPARISON_PAGE = "comparison.json", "comparison.html"
BLIND_PAGE, BLIND_KEY = "blind.html", "blind-key.json"


def evaluate_data(
    data: Sequence[Path],
    candidates: Sequence[str],
    out: Path,
    options: EvaluateOptions = DEFAULTS,
    run: RunOptions = RUN_DEFAULTS,
    colorize: ColorizeOptions = COLORIZE_DEFAULTS,
    *,
    device: str = ENGINE_DEFAULTS.device,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Measure candidates, and write the record and the page.

    Args:
        data: folders and tar shards of colour photographs.
        candidates: as :mod:`tintype.evaluate.opening` reads them; the baselines come by themselves.
        out: folder for ``evaluation.json`` and ``evaluation.html``; earlier ones are replaced.
        options: what decides the figures.
        run: what else looks at the pictures, and how the work is done.
        colorize: vividness, saturation and size of networks.
        device: where networks run.
        on_progress: told of each photograph.

    Raises:
        TintypeError: what the message says; nothing has been written then.
    """
    subjects = find_subjects(data, options)
    opened = open_candidates(candidates, subjects, colorize, device=device)
    instruments: list[Instrument] = [Classifier(run.classifier)] if run.classifier else []
    if run.perceptual:
        instruments.append(Perceptual())
    everyone = [*make_baselines(read_mode(run.mode or MODE_FILE)), *opened]
    provenance = collect_provenance(data=hash_data(data))  # of the code as it is now, at the start
    evaluation = evaluate(
        subjects,
        everyone,
        options,
        instruments=instruments,
        workers=run.workers,
        on_progress=on_progress,
    )
    gallery = ""
    if run.pictures and opened:
        gallery = make_gallery(evaluation, subjects, opened, options, each=run.pictures)
    title = f"Evaluation of {', '.join(c.name for c in opened) or 'the baselines'}"
    page = make_report(evaluation, provenance, title=title, gallery=gallery)
    record = Record(kind=KIND, provenance=provenance, content=evaluation.to_content())
    write_record(record, out / RECORD)
    write_text(page, out / PAGE)
    return evaluation


def compare_records(
    first: str, second: str, out: Path | None = None, options: EvaluateOptions = DEFAULTS
) -> Comparison:
    """Compare two records photograph by photograph.

    Args:
        first: a record's path, or ``PATH:NAME`` to say which of its candidates.
        second: another, or the same with another name.
        out: folder for ``comparison.json`` and ``comparison.html``; None writes nothing.
        options: whose seed and resamples the bootstrap takes.

    Raises:
        TintypeError: a record cannot be read, or the two cannot be paired.
    """
    read = [_read_evaluation(text) for text in (first, second)]
    (one, name), (other, other_name) = read
    comparison = compare(
        one,
        other,
        names=(name, other_name),
        seed=options.seed,
        resamples=options.resamples,
    )
    if out is not None:
        provenance = collect_provenance()
        content = comparison.to_content()
        record = Record(kind=COMPARISON_KIND, provenance=provenance, content=content)
        write_record(record, out / COMPARISON_RECORD)
        write_text(make_comparison_page(comparison, provenance), out / COMPARISON_PAGE)
    return comparison


def write_blind_vote(
    data: Sequence[Path],
    candidates: tuple[str, str],
    out: Path,
    options: EvaluateOptions = DEFAULTS,
    colorize: ColorizeOptions = COLORIZE_DEFAULTS,
    *,
    device: str = ENGINE_DEFAULTS.device,
) -> tuple[Path, Path]:
    """Write a page of shuffled pairs to vote on, and the key to it.

    Args:
        data: folders and tar shards of colour photographs.
        candidates: the two, as :mod:`tintype.evaluate.opening` reads them.
        out: folder for ``blind.html`` and ``blind-key.json``.
        options: the grey they see, how many photographs, and the seed of everything drawn.
        colorize: vividness, saturation and size of networks.
        device: where networks run.

    Returns:
        The page and the key.

    Raises:
        TintypeError: what the message says; nothing has been written then.
    """
    subjects = find_subjects(data, options)
    opened = open_candidates(candidates, subjects, colorize, device=device)
    names = (opened[0].name, opened[1].name)
    colored = _color_all(subjects, opened, options)
    pairs = [Pair(name=key, first=p[names[0]], second=p[names[1]]) for key, p in colored]
    question = "Which colours do you prefer?"
    page, key = make_blind_page(pairs, names=names, seed=options.seed, question=question)
    provenance = collect_provenance(data=hash_data(data))
    write_record(Record(kind=KEY_KIND, provenance=provenance, content=key), out / BLIND_KEY)
    write_text(page, out / BLIND_PAGE)
    return out / BLIND_PAGE, out / BLIND_KEY


def tally_votes(votes: Path, key: Path) -> Tally:
    """Count the votes that a blind page gave out.

    Raises:
        RecordError: a file cannot be read, or they do not belong together.
    """
    try:
        said: Any = json.loads(votes.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(f"cannot read the votes {votes}: {error}") from error
    return count_votes(said, read_record(key, kind=KEY_KIND).content)


def write_inputs(
    data: Sequence[Path], out: Path, options: EvaluateOptions = DEFAULTS
) -> list[Path]:
    """Write the grey photographs that candidates are shown, for other programs to colour."""
    return write_greys(find_subjects(data, options), out, grey=options.grey)


def write_mode(
    data: Sequence[Path],
    file: Path,
    options: EvaluateOptions = DEFAULTS,
    *,
    on_progress: Progress | None = None,
) -> DatasetMode:
    """Count the dataset mode of training photographs, and write its record.

    Args:
        data: folders and tar shards of colour photographs.
        file: the record.
        options: which photographs.
        on_progress: told of each photograph.
    """
    subjects = find_subjects(data, options)
    count = ModeCount()
    pixels = map_in_order(lambda s: to_rgb(s.read()), subjects, workers=usable_cpus())
    for done, rgb in enumerate(pixels, start=1):
        count.add(rgb)
        if on_progress:
            on_progress(done, len(subjects))
    mode = count.result()
    provenance = collect_provenance(data=hash_data(data))
    write_record(Record(kind=MODE_KIND, provenance=provenance, content=mode.to_content()), file)
    return mode


def write_picture_sheets(
    data: Sequence[Path],
    candidates: Sequence[str],
    out: Path,
    options: EvaluateOptions = DEFAULTS,
    colorize: ColorizeOptions = COLORIZE_DEFAULTS,
    *,
    scans: bool = False,
    device: str = ENGINE_DEFAULTS.device,
) -> list[Path]:
    """Write sheets of pictures: grey, each candidate's, and the truth if there is one.

    Args:
        data: folders and tar shards.
        candidates: as :mod:`tintype.evaluate.opening` reads them.
        out: folder for ``sheet-1.jpg``, ... and ``index.html``; one that is not committed.
        options: which photographs, and the grey that candidates see.
        colorize: vividness, saturation and size of networks.
        scans: the photographs are black-and-white, and have no truth to show.
        device: where networks run.
    """
    subjects = find_subjects(data, options)
    opened = open_candidates(candidates, subjects, colorize, device=device)
    if scans:
        work = map_in_order(lambda s: color_scan(s, opened), subjects, workers=usable_cpus())
        keys = (subject.key for subject in subjects)
        shown: Iterator[tuple[str, Pictures]] = zip(keys, work, strict=True)
    else:
        shown = _color_all(subjects, opened, options)
    return write_sheets(shown, out, title=f"Sheets of {', '.join(c.name for c in opened)}")


def find_subjects(data: Sequence[Path], options: EvaluateOptions) -> list[Subject]:
    """The photographs of ``data`` that the options keep."""
    return choose_subjects(
        list_subjects(data),
        sources=options.sources,
        labels=options.labels,
        limit=options.limit,
        seed=options.seed,
    )


def open_candidates(
    texts: Sequence[str], subjects: Sequence[Subject], colorize: ColorizeOptions, *, device: str
) -> list[Candidate]:
    """Open every candidate, before any work is done."""
    opened = [open_candidate(text, subjects, colorize, device=device) for text in texts]
    check_names(opened)
    return opened


def _color_all(
    subjects: Sequence[Subject], candidates: Sequence[Candidate], options: EvaluateOptions
) -> Iterator[tuple[str, Pictures]]:
    entries = list_entries(candidates, options)
    work = map_in_order(
        lambda subject: color_subject(subject, entries, options), subjects, workers=usable_cpus()
    )
    return zip((subject.key for subject in subjects), work, strict=True)


def _read_evaluation(text: str) -> tuple[Evaluation, str | None]:
    """A record of an evaluation, and which of its candidates is meant."""
    path, _, name = text.rpartition(":")
    whole = Path(text)
    file, chosen = (whole, None) if whole.exists() or not path else (Path(path), name)
    return Evaluation.from_content(read_record(file, kind=KIND).content), chosen
