# SPDX-License-Identifier: Apache-2.0
"""The evaluation itself: every candidate on every photograph.

Several threads work, each on one photograph at a time; what they find is taken in the photographs'
order, so that the result does not depend on how many there are.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.candidates import Candidate, check_names
from tintype.evaluate.evaluation import VARIANT_OF, Evaluation
from tintype.evaluate.examination import (
    Entry,
    Finding,
    Instrument,
    examine,
    list_entries,
)
from tintype.evaluate.options import DEFAULTS, EvaluateOptions
from tintype.evaluate.photographs import Subject
from tintype.evaluate.summary import summarize
from tintype.imaging.strips import usable_cpus
from tintype.metrics.error_curve import class_weights

T = TypeVar("T")
R = TypeVar("R")


def evaluate(
    subjects: Sequence[Subject],
    candidates: Sequence[Candidate],
    options: EvaluateOptions = DEFAULTS,
    *,
    instruments: Sequence[Instrument] = (),
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Measure candidates on photographs.

    Args:
        subjects: the photographs.
        candidates: among them constant grey, which the others are held against
            (:func:`tintype.evaluate.baselines.make_baselines`).
        options: how.
        instruments: what else looks at the pictures.
        workers: threads; by default one for each usable CPU.
        on_progress: called with photographs done and photographs in all.

    Raises:
        OptionError: two candidates share a name.
        TintypeError: a photograph cannot be read, or a candidate has no answer for one.
    """
    check_names(candidates)
    entries = list_entries(candidates, options)
    findings = []
    work = map_in_order(
        lambda subject: examine(subject, entries, options, instruments),
        subjects,
        workers=workers or usable_cpus(),
    )
    for finding in work:
        findings.append(finding)
        if on_progress:
            on_progress(len(findings), len(subjects))
    measured = Evaluation(
        options=asdict(options),
        candidates=[_describe(entry) for entry in entries],
        instruments=[instrument.describe() for instrument in instruments],
        photographs=_tabulate_photographs(subjects, findings),
        rows={entry.name: _tabulate_rows(entry.name, findings) for entry in entries},
        sets=_conclude(instruments, findings),
    )
    summary = summarize(measured.columns(), seed=options.seed, resamples=options.resamples)
    return replace(measured, summary=summary)


def map_in_order(function: Callable[[T], R], items: Iterable[T], *, workers: int) -> Iterator[R]:
    """Apply ``function`` in threads; results come in the order of ``items``, few ahead of use."""
    with ThreadPoolExecutor(workers) as pool:
        pending: deque[Future[R]] = deque()
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _describe(entry: Entry) -> dict[str, Any]:
    description = {"name": entry.name, **entry.candidate.describe()}
    if entry.points:
        description |= {VARIANT_OF: entry.candidate.name, "points": entry.points}
    if entry.size is not None:
        description |= {VARIANT_OF: entry.candidate.name, "at_size": entry.size}
    return description


def _tabulate_photographs(
    subjects: Sequence[Subject], findings: Sequence[Finding]
) -> dict[str, list[Any]]:
    """The photographs' columns; the weight is that of all their pixels in the rebalanced AuC."""
    weights = class_weights(_sum_counts(findings))
    columns: dict[str, list[Any]] = {
        "key": [subject.key for subject in subjects],
        "source": [subject.source for subject in subjects],
        "label": [subject.label for subject in subjects],
    }
    for name in findings[0].numbers:
        columns[name] = [finding.numbers[name] for finding in findings]
    columns["rebalanced_weight"] = [float(weights @ finding.counts) for finding in findings]
    return columns


def _tabulate_rows(name: str, findings: Sequence[Finding]) -> dict[str, NDArray[np.float64]]:
    """One entry's columns."""
    weights = class_weights(_sum_counts(findings))
    rows = [finding.rows[name] for finding in findings]
    columns = {column: np.array([row[column] for row in rows]) for column in rows[0]}
    columns["rebalanced_area"] = np.array([weights @ finding.areas[name] for finding in findings])
    return columns


def _sum_counts(findings: Sequence[Finding]) -> NDArray[np.float64]:
    return np.asarray(np.sum([finding.counts for finding in findings], axis=0))


def _conclude(
    instruments: Sequence[Instrument], findings: Sequence[Finding]
) -> dict[str, dict[str, float]]:
    """What the instruments say of all photographs together."""
    concluded: dict[str, dict[str, float]] = {}
    for number, instrument in enumerate(instruments):
        evidence = [finding.evidence[number] for finding in findings]
        for name, row in instrument.conclude(evidence).items():
            concluded[name] = concluded.get(name, {}) | row
    return concluded
