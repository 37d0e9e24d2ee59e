# SPDX-License-Identifier: Apache-2.0
"""How good, and how steady, are a film's colours? Measures of films in colour, and their record.

Each candidate's film is held against the true one, frame by frame, at a small size. The colours:
CIEDE2000 and colourfulness. Their steadiness: CDC, of which the true film has some too, since
things move, so that what counts is the excess; and the warping error of chroma along the true
film's own motion. The true film and the grey one are always rows.

Films come in as pictures; where those come from, and who has coloured them, is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.difference import ciede2000
from tintype.color.lab import rgb_to_lab
from tintype.color.luv import lightness_to_luminance, rgb_to_lightness, rgb_to_luv
from tintype.color.srgb import linear_to_srgb
from tintype.errors import RecordError
from tintype.metrics.colorfulness import colorfulness
from tintype.metrics.film import (
    CDC_STEPS,
    chroma_warping_error,
    color_distribution_consistency,
    histograms,
    visible_in_both,
)
from tintype.records import markdown
from tintype.records.cells import Cell

Floats = NDArray[np.float32]

KIND = "film-evaluation"
TRUTH, GREY = "truth", "grey"
_RATIO_CELLS = (0, 1, 3, 4)  # of a film's measures: those of which ratios say something
_SAME_SCENE = 0.3  # share of a frame that must be followed into the next: a cut is no motion
HEADER = (
    "film",
    "ΔE00",
    "colourfulness",
    "CDC × 1000",
    "CDC excess × 1000",
    "warping error",
    "frames/s",
    "peak MB",
)
RATIOS = ("film", "ΔE00", "colourfulness", "CDC excess", "warping error")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmScore:
    """One film's measures.

    Attributes:
        frames: measured.
        ciede2000: mean over pixels, then frames.
        colorfulness: mean over frames.
        cdc: colour distribution consistency, in nats.
        warping_error: of chroma, squared CIE units; None where nothing could be followed.
        frames_per_second: with which it was coloured; None if unknown or not coloured by us.
        peak_memory: bytes, of the process that coloured it; None as above.
        same_luma: frames whose luma came back the very same; None where it was not looked at.
    """

    frames: int
    ciede2000: float
    colorfulness: float
    cdc: float
    warping_error: float | None
    frames_per_second: float | None = None
    peak_memory: int | None = None
    same_luma: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmEvaluation:
    """A record's content.

    Attributes:
        short_side: of the pictures that were measured, pixels.
        clips: for each clip, the score of each film of it, the truth first.
        networks: the SHA-256 of each network that coloured any.
        baselines: films that are to be held against others, and against which.
        notes: what else belongs to it, in words.
    """

    short_side: int
    clips: Mapping[str, Mapping[str, FilmScore]]
    networks: Mapping[str, str] = field(default_factory=dict)
    baselines: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = field(default_factory=tuple)

    def to_content(self) -> dict[str, Any]:
        """JSON values of a record."""
        return asdict(self)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "FilmEvaluation":
        """Rebuild an evaluation from a record's content.

        Raises:
            RecordError: it is of another make.
        """
        try:
            clips = {
                clip: {name: FilmScore(**score) for name, score in scores.items()}
                for clip, scores in content["clips"].items()
            }
            return cls(
                short_side=content["short_side"],
                clips=clips,
                networks=content["networks"],
                baselines=content["baselines"],
                notes=tuple(content["notes"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise RecordError(f"a film evaluation's record has other content: {error}") from error

    def to_markdown(self) -> str:
        """A row for each film of each clip, and for each film over all clips; then the ratios."""
        rows = [
            [clip, name, *_cells(score, scores[TRUTH].cdc)]
            for clip, scores in self.clips.items()
            for name, score in scores.items()
        ]
        tables = markdown.table(("clip", *HEADER), rows)
        if len(self.clips) > 1:
            tables += f"\nMeans over the clips:\n\n{markdown.table(HEADER, self.means())}"
        for film, baseline in self.baselines.items():
            ratios = markdown.table(("clip", *RATIOS[1:]), self.ratios(film, baseline))
            tables += f"\n*{film}* over *{baseline}*:\n\n{ratios}"
        notes = [*self.notes, *(f"{name}: SHA-256 {sha}" for name, sha in self.networks.items())]
        lines = "\n".join([*notes, *_say_same_luma(self.clips)])
        return f"{tables}\n{lines}\n"

    def ratios(self, film: str, baseline: str) -> list[list[Cell]]:
        """A row for each clip, and one for the means: a film's measures over its baseline's.

        No ratio of CDC's excess is given where the baseline has none.
        """
        rows: list[list[Cell]] = []
        for clip, scores in self.clips.items():
            if film in scores and baseline in scores:
                cells = (_cells(scores[name], scores[TRUTH].cdc) for name in (film, baseline))
                rows.append([clip, *_divide(*cells)])
        means = {str(row[0]): row[1:] for row in self.means()}
        if len(rows) > 1 and film in means and baseline in means:
            rows.append(["means", *_divide(means[film], means[baseline])])
        return rows

    def means(self) -> list[list[Cell]]:
        """A row for each film that every clip has: the means of its measures."""
        common = [name for name in next(iter(self.clips.values()), {}) if name != TRUTH]
        common = [name for name in common if all(name in scores for scores in self.clips.values())]
        rows: list[list[Cell]] = []
        for name in (TRUTH, *common):
            cells = [_cells(scores[name], scores[TRUTH].cdc) for scores in self.clips.values()]
            columns = [[c for c in column if c is not None] for column in zip(*cells, strict=True)]
            rows.append([name, *(float(np.mean(c)) if c else None for c in columns)])
        return rows


def _divide(ours: Sequence[Any], theirs: Sequence[Any]) -> list[Cell]:
    """The ratios of four measures, of two films' cells."""
    return [
        one / other if one is not None and other is not None and other > 0 else None
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True))
        if index in _RATIO_CELLS
    ]


def _say_same_luma(clips: Mapping[str, Mapping[str, FilmScore]]) -> list[str]:
    scores = [s for films in clips.values() for s in films.values() if s.same_luma is not None]
    if not scores:
        return []
    same, frames = sum(s.same_luma or 0 for s in scores), sum(s.frames for s in scores)
    return [f"Luma the very same as the input's: {same} of {frames} coloured frames."]


def _cells(score: FilmScore, true_cdc: float) -> list[Any]:
    """A film's measures in the order of the header, after its name."""
    memory = score.peak_memory
    return [
        score.ciede2000,
        score.colorfulness,
        1000 * score.cdc,
        1000 * (score.cdc - true_cdc),
        score.warping_error,
        score.frames_per_second,
        None if memory is None else memory / 1e6,
    ]


class TrueFilm:
    """The true film, as everything is held against it. It is kept in memory: use clips.

    Args:
        pictures: ``(3, h, w)`` float32 encoded sRGB in [0, 1], all of one size.

    Raises:
        ValueError: there are too few to be measured.
    """

    def __init__(self, pictures: Iterable[Floats]) -> None:
        self._pictures = [np.asarray(picture, np.float32) for picture in pictures]
        if len(self._pictures) <= max(CDC_STEPS):
            raise ValueError(f"a clip needs more than {max(CDC_STEPS)} frames to be measured")
        light = [_to_bytes(picture) for picture in self._pictures]
        flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._flows = []
        for earlier, later in pairwise(light):
            forward, backward = _flow(flow, earlier, later), _flow(flow, later, earlier)
            self._flows.append((forward, visible_in_both(forward, backward)))

    def score(self, pictures: Iterable[Floats]) -> FilmScore:
        """Measure a film of the same frames.

        Raises:
            ValueError: it has another number of frames.
        """
        differences, colors, counts, errors = [], [], [], []
        before: Floats | None = None
        for number, picture in enumerate(pictures):
            if number == len(self._pictures):
                raise ValueError(f"the film has more than the true film's {number} frames")
            true = self._pictures[number]
            differences.append(np.mean(ciede2000(rgb_to_lab(true), rgb_to_lab(picture))))
            colors.append(float(colorfulness(picture)))
            counts.append(histograms(picture))
            chroma = rgb_to_luv(picture)[1:]
            if before is not None:
                flow, visible = self._flows[number - 1]
                if visible.mean() >= _SAME_SCENE:
                    errors.append(chroma_warping_error(before, chroma, flow, visible))
            before = chroma
        if len(counts) != len(self._pictures):
            raise ValueError(f"the film has {len(counts)} of {len(self._pictures)} frames")
        return FilmScore(
            frames=len(counts),
            ciede2000=float(np.mean(differences)),
            colorfulness=float(np.mean(colors)),
            cdc=color_distribution_consistency(counts),
            warping_error=float(np.mean(errors)) if errors else None,
        )

    def score_itself(self) -> dict[str, FilmScore]:
        """The rows that are always there: the true film, and it without its colours."""
        greys = (_to_grey(picture) for picture in self._pictures)
        return {TRUTH: self.score(self._pictures), GREY: self.score(greys)}


def _to_bytes(picture: Floats) -> NDArray[np.uint8]:
    """``(h, w)``: L*, 255 for 100."""
    return np.asarray(np.rint(2.55 * rgb_to_lightness(picture)[0]), np.uint8)


def _to_grey(picture: Floats) -> Floats:
    """The grey of the same lightness."""
    grey = linear_to_srgb(lightness_to_luminance(rgb_to_lightness(picture)))
    return np.broadcast_to(grey, picture.shape)


def _flow(flow: Any, earlier: NDArray[np.uint8], later: NDArray[np.uint8]) -> Floats:
    """``(2, h, w)``: motion from one picture to the other."""
    return np.moveaxis(flow.calc(earlier, later, None), -1, 0)
