# SPDX-License-Identifier: Apache-2.0
"""Which colours a place of a photograph is likely to have had.

The network answers with a distribution over classes of chroma. At a place, its peaks are what a
person may choose from, each shown as it would look there (:mod:`tintype.inference.peaks`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.errors import OptionError
from tintype.imaging.photograph import Photograph
from tintype.imaging.tone import read_tone
from tintype.inference.engine import Engine
from tintype.inference.peaks import classes_of, find_peaks, show_chroma
from tintype.inference.view import make_greys
from tintype.spec.model import LOG_PROBABILITIES

_REACH = 2.5  # steps of the bins: classes this near to a peak are summed into it
_LEAST = 0.005  # share below which a colour is not worth showing


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A colour that a place may have had.

    Attributes:
        color: ``#RRGGBB``, encoded sRGB, at the place's own lightness.
        share: of the network's distribution there, in [0, 1].
    """

    color: str
    share: float


def suggest_colors(
    engine: Engine, photograph: Photograph, *, x: float, y: float, count: int = 8
) -> list[Suggestion]:
    """Suggest colours for a place of a photograph.

    Args:
        engine: a loaded network.
        photograph: its first page is looked at.
        x: the place's column, pixels of the upright photograph.
        y: its row.
        count: colours at most.

    Returns:
        Colours that differ to the eye, likeliest first; at least one. In the deepest black and the
        brightest white there is no other than grey.

    Raises:
        OptionError: the place lies outside the photograph.
        ModelError: the network failed, or its classes are not those of its spec.
    """
    height, width = photograph.size
    if not (0 <= x <= width - 1 and 0 <= y <= height - 1):  # also so for NaN
        raise OptionError(
            f"the place {x:g}, {y:g} is outside of the photograph's {width} x {height} pixels"
        )
    tone = read_tone(photograph)
    prediction = engine.run(make_greys(engine, tone), want=[LOG_PROBABILITIES])
    assert prediction.log_probabilities is not None  # it was asked for
    rows, columns = prediction.log_probabilities.shape[1:]
    row = _cell(y - tone.frame.top, tone.frame.height, rows)
    column = _cell(x - tone.frame.left, tone.frame.width, columns)
    logs = prediction.log_probabilities[:, row, column]
    lightness = tone.lightness(tone.frame, (rows, columns))[row, column]
    centers = classes_of(engine.spec, logs).centers
    shares = np.exp(logs - logs.max())
    peaks = find_peaks(shares / shares.sum(), centers, reach=_REACH * engine.spec.bin_step)
    return _distinct(peaks, float(lightness), count)


def _cell(place: float, side: int, cells: int) -> int:
    """Which of the cells that divide a side a place is in; outside, the nearest."""
    return int(np.clip((place + 0.5) / side * cells, 0, cells - 1))


def _distinct(
    peaks: list[tuple[float, NDArray[np.float32]]], lightness: float, count: int
) -> list[Suggestion]:
    """Show the peaks at one lightness; those that look alike there are one."""
    shares: dict[str, float] = {}
    for share, chroma in peaks:
        color = show_chroma(lightness, chroma)
        shares[color] = shares.get(color, 0.0) + share
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    worth = [row for row in ranked if row[1] >= _LEAST] or ranked[:1]
    return [Suggestion(color, share) for color, share in worth[:count]]
