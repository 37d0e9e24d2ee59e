# SPDX-License-Identifier: Apache-2.0
"""Other colourings that a photograph may have had: different from each other, each of one piece.

The network knows at each pixel how likely each colour is, but not which pixels change together: a
colouring drawn pixel by pixel would be noise. It does know what belongs to a place whose colour is
known, for it takes hints. So a colouring is drawn a place at a time: a colour for the first place
from the distribution there; that as a hint, through the network; a colour for the next place from
what the distribution there has become; and so on. What comes out is a handful of hints, and the
network makes the picture of them, as of those that a person gives.

The places are few: where much could be otherwise, over a large area, and apart from each other in
the picture or in colour. Each alternative begins at another place or with another colour, the more
likely the larger the part of the distribution and the farther from what others show there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.gamut import fit_chroma
from tintype.errors import OptionError
from tintype.imaging.photograph import Photograph
from tintype.inference.engine import Engine
from tintype.inference.peaks import classes_of, find_peaks, show_chroma
from tintype.inference.view import View, look
from tintype.spec.hints import Hint
from tintype.spec.model import LOG_PROBABILITIES
from tintype.spec.options import DEFAULTS, ColorizeOptions

Floats = NDArray[np.float32]

_PLACES = 4  # of an alternative
_AREA = 0.05  # of the short side: what is open over less than this is no large area
_EDGE = 6.0  # L* per cell: where lightness changes faster, two things meet
_DARK, _LIGHT = (8.0, 28.0), (89.0, 99.0)  # L*: from nothing to see to all, and back
_APART = 0.18  # of the short side: two places are farther from each other than this,
_ALIKE_PLACE, _ALIKE_LIGHT, _ALIKE_CHROMA = 0.25, 18.0, 18.0  # and not alike in all of these
_REACH = 3.0  # steps of the bins: classes this near to a peak are one colour
_FIRST, _LATER = 0.07, 0.3  # share of the likeliest colour's that a colour must have
_LIKELY = 1.5  # power of the shares in the later draws
_DIFFERENT = 28.0  # CIE units between colours that are visibly two
_NOTICEABLE, _TRIES = 8.0, 2  # CIE units apart on average; so often is that tried for
_LEAST = 1e-9  # weight of what is as unlikely as can be


@dataclass(frozen=True, slots=True)
class Alternative:
    """A colouring, as hints.

    Attributes:
        hints: those that were given, and those that make it.
        likelihood: of the colours drawn, the geometric mean of their shares in the network's
            distributions, in (0, 1]; 1 where nothing was drawn.
    """

    hints: tuple[Hint, ...]
    likelihood: float = 1.0


def find_alternatives(
    engine: Engine,
    photograph: Photograph,
    options: ColorizeOptions = DEFAULTS,
    hints: Sequence[Hint] = (),
    *,
    count: int,
    seed: int = 0,
) -> list[Alternative]:
    """Draw colourings of a photograph.

    Args:
        engine: a loaded network, which takes hints.
        photograph: its first page is looked at.
        options: how it will be coloured.
        hints: places whose colour is known; all alternatives keep to them.
        count: how many.
        seed: the same seed draws the same.

    Returns:
        As many as were asked for. The first is the network's own colouring, without hints but
        those given; the others follow, likeliest first. Where no other colour is likely, they are
        like it.

    Raises:
        OptionError: the network takes no hints, or a hint lies outside the photograph.
        ModelError: the network failed, or its classes are not those of its spec.
    """
    own = Alternative(tuple(hints))
    if count == 1:
        return [own]
    if not engine.spec.hints:
        raise OptionError(
            f"the network {engine.spec.name} takes no hints, of which alternatives are made; "
            f"choose one that does"
        )
    draw = _Draw(engine, look(engine, photograph, options, hints), options, hints, seed)
    drawn = [draw.alternative() for _ in range(count - 1)]
    return [own, *sorted(drawn, key=lambda one: -one.likelihood)]


class _Draw:
    """What is known of a photograph while its alternatives are drawn."""

    def __init__(
        self,
        engine: Engine,
        view: View,
        options: ColorizeOptions,
        hints: Sequence[Hint],
        seed: int,
    ) -> None:
        self._engine, self._view, self._hints = engine, view, tuple(hints)
        self._temperature = engine.spec.temperature_at(options.vividness)
        self._random = np.random.default_rng(seed)
        logs, chroma = self._run(self._hints)
        self._centers = classes_of(engine.spec, logs).centers
        tone = view.tone
        self._lightness = tone.lightness(tone.frame, (chroma.shape[1], chroma.shape[2]))
        openness = _openness(logs, self._lightness, self._centers)
        self._places = _choose_places(openness, self._lightness, chroma)
        self._weights = [float(openness[place]) for place in self._places]
        self._colors = [self._peaks(logs, place, _FIRST) for place in self._places]
        self._shown = [chroma]  # by the alternatives that there are

    def alternative(self) -> Alternative:
        """Draw one more; of those that come out like another, the most different of a few tries."""
        best: tuple[float, Alternative, Floats] | None = None
        for _ in range(_TRIES):
            drawn, chroma = self._draw()
            apart = min(float(np.hypot(*(chroma - other)).mean()) for other in self._shown)
            if best is None or apart > best[0]:
                best = apart, drawn, chroma
            if apart >= _NOTICEABLE:
                break
        assert best is not None  # there is at least one try
        self._shown.append(best[2])
        return best[1]

    def _draw(self) -> tuple[Alternative, Floats]:
        """An alternative, and its chroma."""
        first, color = self._begin()
        rest = [place for place in self._places if place != self._places[first]]
        hints = [self._hint(self._places[first], color.chroma)]
        likelihoods = [log(color.share)]
        for place in rest:
            logs, _ = self._run((*hints, *self._hints))
            peaks = self._peaks(logs, place, _LATER)
            chosen = peaks[self._choose([peak.share**_LIKELY for peak in peaks])]
            hints.append(self._hint(place, chosen.chroma))
            likelihoods.append(log(chosen.share))
        all_hints = (*hints, *self._hints)  # given ones last, and so on top
        _, chroma = self._run(all_hints)
        likelihood = exp(sum(likelihoods) / len(likelihoods))
        return Alternative(all_hints, likelihood), chroma

    def _begin(self) -> "tuple[int, _Peak]":
        """The number of a place, and a colour for it that none of the others shows there."""
        choices = [(at, peak) for at, peaks in enumerate(self._colors) for peak in peaks]
        weights = []
        for at, peak in choices:
            row, column = self._places[at]
            apart = [
                np.square(peak.chroma - chroma[:, row, column]).sum() for chroma in self._shown
            ]
            new = np.prod(1 - np.exp(-np.array(apart) / (2 * _DIFFERENT**2)))
            weights.append(self._weights[at] * peak.share * float(new))
        return choices[self._choose(weights)]

    def _choose(self, weights: Sequence[float]) -> int:
        shares = np.array(weights) + _LEAST
        return int(self._random.choice(len(shares), p=shares / shares.sum()))

    def _run(self, hints: Sequence[Hint]) -> tuple[Floats, Floats]:
        """``(Q, h, w)`` and ``(2, h, w)``: log-probabilities and chroma under hints."""
        view = self._view.hinted(hints)
        found = self._engine.run(
            view.greys, view.hints, temperature=self._temperature, want=[LOG_PROBABILITIES]
        )
        assert found.log_probabilities is not None  # it was asked for
        return found.log_probabilities, found.chroma

    def _peaks(self, logs: Floats, place: tuple[int, int], least: float) -> "list[_Peak]":
        """Colours that are likely about a place, displayable there; one at least."""
        row, column = place
        near = logs[:, max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        shares = np.exp(near.mean(axis=(1, 2)))
        reach = _REACH * self._engine.spec.bin_step
        peaks = find_peaks(shares / shares.sum(), self._centers, reach=reach)
        light = float(self._lightness[place])
        return [_Peak(s, _fit(light, chroma)) for s, chroma in peaks if s >= least * peaks[0][0]]

    def _hint(self, place: tuple[int, int], chroma: Floats) -> Hint:
        """A hint at a cell of the network's answer."""
        frame = self._view.tone.frame
        rows, columns = self._lightness.shape
        y = (place[0] + 0.5) / rows * frame.height - 0.5
        x = (place[1] + 0.5) / columns * frame.width - 0.5
        return Hint(
            x=round(frame.left + min(max(x, 0.0), frame.width - 1), 1),
            y=round(frame.top + min(max(y, 0.0), frame.height - 1), 1),
            color=show_chroma(float(self._lightness[place]), chroma),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Peak:
    share: float
    chroma: Floats  # (2,)


def _fit(lightness: float, chroma: Floats) -> Floats:
    """``(2,)``: chroma that a display can show at a lightness."""
    luv = np.array([lightness, *chroma], np.float32).reshape(3, 1, 1)
    return np.asarray(fit_chroma(luv)[1:, 0, 0], np.float32)


def _openness(logs: Floats, lightness: Floats, centers: Floats) -> Floats:
    """``(h, w)``: how far likely colours lie apart about a place, CIE units, less what none sees.

    On edges, and in what is nearly black or white, colours count for little.
    """
    shares = np.exp(logs)
    mean = np.tensordot(centers.T, shares, 1)
    square = np.tensordot((centers**2).sum(axis=1), shares, 1)
    spread = np.sqrt(np.maximum(square - (mean**2).sum(axis=0), 0))
    slope = np.hypot(*(cv2.Sobel(lightness, cv2.CV_32F, *axes) / 8 for axes in ((1, 0), (0, 1))))
    dark = np.interp(lightness, _DARK, (0, 1))
    light = np.interp(lightness, _LIGHT, (1, 0))
    seen = (spread * np.exp(-slope / _EDGE) * dark * light).astype(np.float32)
    sigma = max(0.5, _AREA * min(seen.shape))
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT))


def _choose_places(openness: Floats, lightness: Floats, chroma: Floats) -> list[tuple[int, int]]:
    """The cells that are most open, apart from each other and not all alike."""
    short = min(openness.shape)
    rows, columns = np.mgrid[: openness.shape[0], : openness.shape[1]] / short
    smooth = cv2.GaussianBlur(lightness, (0, 0), max(0.5, _AREA / 2 * short))
    left = openness + _LEAST
    places = []
    for _ in range(min(_PLACES, openness.size)):
        row, column = (int(at) for at in np.unravel_index(left.argmax(), left.shape))
        places.append((row, column))
        near = (rows - row / short) ** 2 + (columns - column / short) ** 2
        light = (smooth - smooth[row, column]) / _ALIKE_LIGHT
        colors = ((chroma - chroma[:, row, column, None, None]) / _ALIKE_CHROMA) ** 2
        alike = near / _ALIKE_PLACE**2 + light**2 + colors.sum(axis=0)
        left *= (1 - np.exp(-alike / 2)) * (1 - np.exp(-near / (2 * _APART**2)))
    return places
