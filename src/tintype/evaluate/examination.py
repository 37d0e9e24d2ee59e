# SPDX-License-Identifier: Apache-2.0
"""One photograph, all candidates: the work of one thread.

The photograph is decoded once and made grey once; every candidate colours that grey, and what it
answers is rendered and measured. Nothing is shared between photographs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.candidates import Candidate
from tintype.evaluate.greys import make_grey
from tintype.evaluate.measures import Row, Truth, measure, render
from tintype.evaluate.options import EvaluateOptions
from tintype.evaluate.photographs import Subject, to_rgb
from tintype.evaluate.points import draw_points
from tintype.metrics.error_curve import class_sums
from tintype.metrics.stability import size_stability

Pictures = Mapping[str, NDArray[np.float32]]
"""By name, ``(3, H, W)`` float32 encoded sRGB in [0, 1], all of one size."""

TRUE, GREY = "true photograph", "grey photograph"
"""Names of the truth, and of what the candidates saw, among pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What an instrument saw on one photograph.

    Attributes:
        rows: numbers for each candidate's picture.
        evidence: what it needs of each picture, the truth's included, to judge all photographs.
    """

    rows: Mapping[str, Row]
    evidence: Pictures = field(default_factory=dict)


class Instrument(Protocol):
    """Something that looks at finished pictures: a classifier, a perceptual distance.

    It keeps nothing of a photograph; threads share it.
    """

    def describe(self) -> Mapping[str, Any]:
        """What it is, for the record: kind, names, checksums."""
        ...

    def look(self, pictures: Pictures) -> Sighting:
        """Look at one photograph: the true one under :data:`TRUE`, and each candidate's."""
        ...

    def conclude(self, evidence: Sequence[Pictures]) -> Mapping[str, Row]:
        """Numbers for each candidate over all photographs, from the evidence of each."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the tables: a candidate, perhaps told the true colour of some points."""

    name: str
    candidate: Candidate
    points: int = 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Finding:
    """What was found out about one photograph.

    Attributes:
        numbers: of the true photograph.
        rows: of each entry.
        counts: ``(CLASSES,)`` pixels of each class of true colours.
        areas: of each entry, ``(CLASSES,)``, for the class-rebalanced AuC.
        evidence: what each instrument keeps.
    """

    numbers: Row
    rows: dict[str, Row]
    counts: NDArray[np.float64]
    areas: dict[str, NDArray[np.float64]]
    evidence: list[Pictures]


def list_entries(candidates: Sequence[Candidate], options: EvaluateOptions) -> list[Entry]:
    """The rows of the tables: each candidate, and again with points where it takes hints."""
    entries = []
    for candidate in candidates:
        entries.append(Entry(name=candidate.name, candidate=candidate))
        if candidate.takes_hints:
            entries += [
                Entry(name=f"{candidate.name} + {count} points", candidate=candidate, points=count)
                for count in options.points
            ]
    return entries


def examine(
    subject: Subject,
    entries: Sequence[Entry],
    options: EvaluateOptions,
    instruments: Sequence[Instrument] = (),
) -> Finding:
    """Measure every entry on one photograph.

    Raises:
        TintypeError: the photograph cannot be read, or a candidate has no answer for it.
    """
    truth = Truth.of(to_rgb(subject.read()))
    grey = make_grey(truth.rgb, options.grey)
    pictures, rows, areas = {TRUE: truth.rgb}, {}, {}
    for entry in entries:
        hints = draw_points(truth.luv, entry.points, key=subject.key, seed=options.seed)
        coloring = entry.candidate.color(subject.key, grey, hints=hints)
        picture = render(truth.luv[0], coloring.chroma)
        row, areas[entry.name] = measure(truth, coloring, picture)
        if options.sizes and entry.candidate.takes_size and not entry.points:
            row["stability"] = _measure_stability(entry, subject, truth, grey, picture, options)
        pictures[entry.name], rows[entry.name] = picture, row
    sightings = [instrument.look(pictures) for instrument in instruments]
    for sighting in sightings:
        for name, row in sighting.rows.items():
            rows[name] |= row
    return Finding(
        numbers=truth.numbers(),
        rows=rows,
        counts=class_sums(np.ones(truth.classes.shape), truth.classes),
        areas=areas,
        evidence=[sighting.evidence for sighting in sightings],
    )


def color_subject(subject: Subject, entries: Sequence[Entry], options: EvaluateOptions) -> Pictures:
    """The grey photograph, the pictures that :func:`examine` measures, and the true one."""
    truth = Truth.of(to_rgb(subject.read()))
    grey = make_grey(truth.rgb, options.grey)
    pictures = {GREY: render(grey, np.zeros_like(truth.luv[1:]))}
    for entry in entries:
        hints = draw_points(truth.luv, entry.points, key=subject.key, seed=options.seed)
        coloring = entry.candidate.color(subject.key, grey, hints=hints)
        pictures[entry.name] = render(truth.luv[0], coloring.chroma)
    return {**pictures, TRUE: truth.rgb}


def _measure_stability(
    entry: Entry,
    subject: Subject,
    truth: Truth,
    grey: NDArray[np.float32],
    picture: NDArray[np.float32],
    options: EvaluateOptions,
) -> float:
    """Mean ΔE00 of the colours at other sizes against those at the candidate's own."""
    others = [
        render(truth.luv[0], entry.candidate.color(subject.key, grey, size=size).chroma)
        for size in options.sizes
    ]
    return size_stability(np.stack([picture, *others]), reference=0)
