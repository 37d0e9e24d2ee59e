# SPDX-License-Identifier: Apache-2.0
"""What a candidate must beat: constant grey, and the data set's most frequent colour.

Both are rows of every record, since most measures reward dull answers: mean ΔE00 and PSNR reward
the average, and accuracy in bins rewards whatever colour is most frequent.

*Dataset mode* is one constant u* and one constant v*: for each channel, the most frequent of the
paper's 50 bins over the training pixels, and the mean of the pixels in it. It is the constant
answer with the best possible Acc.U and Acc.V on the training data, which is the comparison that the
paper leaves out. The one that comes with tintype was counted on the photographs its networks are
trained on; its record, ``mode.json`` in this folder, says on which, and ``--write-mode`` makes
another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import rgb_to_luv
from tintype.errors import RecordError
from tintype.evaluate.candidates import Coloring
from tintype.metrics.paper import PAPER_BINS
from tintype.records.record import read_record
from tintype.spec.hints import Hint

GREY_NAME = "constant grey"
MODE_NAME = "dataset mode"
MODE_KIND = "dataset-mode"
MODE_FILE = Path(__file__).with_name("mode.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetMode:
    """The most frequent colour of a set of photographs.

    Attributes:
        u: constant u*, CIE units: the mean of the pixels in the most frequent bin.
        v: constant v*, the same way.
        share_u: of the pixels in that bin of u*, which is its Acc.U on the set.
        share_v: of the pixels in that bin of v*.
        photographs: how many were counted.
        pixels: how many were counted.
    """

    u: float
    v: float
    share_u: float
    share_v: float
    photographs: int
    pixels: int

    def to_content(self) -> dict[str, Any]:
        """The content of its record, of kind :data:`MODE_KIND`."""
        return asdict(self)


class ModeCount:
    """Counts colours photograph by photograph, for :class:`DatasetMode`."""

    def __init__(self) -> None:
        self._counts = np.zeros((2, PAPER_BINS.count))
        self._sums = np.zeros((2, PAPER_BINS.count))
        self._photographs = 0

    def add(self, rgb: NDArray[np.float32]) -> None:
        """Count a photograph, ``(3, H, W)`` float32 encoded sRGB in [0, 1]."""
        for channel, plane in enumerate(rgb_to_luv(rgb)[1:]):
            bins = PAPER_BINS.encode(plane).ravel()
            self._counts[channel] += np.bincount(bins, minlength=PAPER_BINS.count)
            self._sums[channel] += np.bincount(bins, plane.ravel(), PAPER_BINS.count)
        self._photographs += 1

    def result(self) -> DatasetMode:
        """The mode of all that was counted.

        Raises:
            ValueError: nothing was counted.
        """
        if not self._photographs:
            raise ValueError("the mode of no photographs is unknown; count one at least")
        best = self._counts.argmax(axis=1)
        most, sums = (table[[0, 1], best] for table in (self._counts, self._sums))
        pixels = int(self._counts[0].sum())
        u, v = sums / most
        share_u, share_v = most / pixels
        return DatasetMode(
            u=float(u),
            v=float(v),
            share_u=float(share_u),
            share_v=float(share_v),
            photographs=self._photographs,
            pixels=pixels,
        )


def read_mode(file: Path = MODE_FILE) -> DatasetMode:
    """Read a dataset mode's record.

    Raises:
        RecordError: the file is no such record.
    """
    content = read_record(file, kind=MODE_KIND).content
    try:
        return DatasetMode(**content)
    except TypeError as error:
        raise RecordError(f"{file} is a damaged record: {error}") from error


class Constant:
    """A candidate that answers with one colour everywhere.

    Args:
        name: in tables.
        u: u* in CIE units.
        v: v* in CIE units.
        note: where the colour comes from, for the record.
    """

    takes_hints = False
    takes_size = False

    def __init__(self, name: str, u: float, v: float, *, note: str) -> None:
        self.name = name
        self._chroma = np.array([u, v], np.float32).reshape(2, 1, 1)
        self._note = note

    def describe(self) -> Mapping[str, Any]:
        """The colour, and where it comes from."""
        u, v = self._chroma.ravel().tolist()
        return {"kind": "constant", "u": u, "v": v, "note": self._note}

    def color(
        self,
        key: str,
        lightness: NDArray[np.float32],
        *,
        hints: Sequence[Hint] = (),
        size: int | None = None,
    ) -> Coloring:
        """The constant, at the photograph's size."""
        return Coloring(chroma=np.broadcast_to(self._chroma, (2, *lightness.shape)))


def make_baselines(mode: DatasetMode) -> list[Constant]:
    """The two rows that every record has."""
    counted = f"most frequent bins of {mode.photographs:,} photographs"
    return [
        Constant(GREY_NAME, 0.0, 0.0, note="no colour at all"),
        Constant(MODE_NAME, mode.u, mode.v, note=counted),
    ]
