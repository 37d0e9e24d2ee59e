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

from tintype.evaluate.candidates import Candidate, Coloring
from tintype.evaluate.greys import make_grey
from tintype.evaluate.measures import Row, Truth, measure, render
from tintype.evaluate.options import EvaluateOptions
from tintype.evaluate.photographs import Subject, to_rgb
from tintype.evaluate.points import draw_points
from tintype.metrics.error_curve import class_sums
from tintype.metrics.stability import size_stability

Picture = NDArray[np.float32]
"""``(3, H, W)`` float32 encoded sRGB in [0, 1]."""

Pictures = Mapping[str, Picture]
"""By name, all of one size."""

Evidence = Mapping[str, NDArray[np.float32]]
"""By the picture's name, what an instrument keeps of it: features."""

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
    evidence: Evidence = field(default_factory=dict)


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

    def conclude(self, evidence: Sequence[Evidence]) -> Mapping[str, Row]:
        """Numbers for each candidate over all photographs, from the evidence of each."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the tables: a candidate, perhaps told true colours, or shown another size.

    Attributes:
        name: the candidate's own, or one that says what is different.
        candidate: who is asked.
        points: places whose true colour it is told.
        size: short side in pixels that it sees; None for its own.
    """

    name: str
    candidate: Candidate
    points: int = 0
    size: int | None = None


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
    evidence: list[Evidence]


def list_entries(candidates: Sequence[Candidate], options: EvaluateOptions) -> list[Entry]:
    """The rows of the tables: each candidate, then what it makes of points and of other sizes."""
    entries = []
    for candidate in candidates:
        name = candidate.name
        entries.append(Entry(name=name, candidate=candidate))
        if candidate.takes_hints:
            entries += [
                Entry(name=f"{name} + {count} points", candidate=candidate, points=count)
                for count in options.points
            ]
        if candidate.takes_size:
            entries += [
                Entry(name=f"{name} at {size} px", candidate=candidate, size=size)
                for size in options.sizes
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
    scene = _Scene.of(subject, options)
    truth = scene.truth
    pictures: dict[str, Picture] = {TRUE: truth.rgb}
    rows: dict[str, Row] = {}
    areas = {}
    for entry in entries:
        coloring, picture = scene.ask(entry)
        rows[entry.name], areas[entry.name] = measure(truth, coloring, picture)
        pictures[entry.name] = picture
    _compare_sizes(entries, pictures, rows)
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
    scene = _Scene.of(subject, options)
    grey = render(scene.grey, np.zeros_like(scene.truth.luv[1:]))
    pictures = {entry.name: scene.ask(entry)[1] for entry in entries}
    return {GREY: grey, **pictures, TRUE: scene.truth.rgb}


def _compare_sizes(
    entries: Sequence[Entry], pictures: Pictures, rows: Mapping[str, dict[str, float]]
) -> None:
    """Add the stability of each size against the candidate's own, and to that one their mean."""
    found: dict[str, list[float]] = {}
    for entry in entries:
        if entry.size is not None:
            own = entry.candidate.name
            pair = np.stack([pictures[own], pictures[entry.name]])
            rows[entry.name]["stability"] = size_stability(pair, reference=0)
            found.setdefault(own, []).append(rows[entry.name]["stability"])
    for own, values in found.items():
        rows[own]["stability"] = float(np.mean(values))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Scene:
    """A photograph before the candidates: what is true, and what they may see."""

    key: str
    truth: Truth
    grey: NDArray[np.float32]
    seed: int  # of the points

    @classmethod
    def of(cls, subject: Subject, options: EvaluateOptions) -> "_Scene":
        truth = Truth.of(to_rgb(subject.read()))
        grey = make_grey(truth.rgb, options.grey)
        return cls(key=subject.key, truth=truth, grey=grey, seed=options.seed)

    def ask(self, entry: Entry) -> tuple[Coloring, Picture]:
        """The entry's answer, and the picture that it makes of the true lightness."""
        hints = draw_points(self.truth.luv, entry.points, key=self.key, seed=self.seed)
        coloring = entry.candidate.color(self.key, self.grey, hints=hints, size=entry.size)
        return coloring, render(self.truth.luv[0], coloring.chroma)
