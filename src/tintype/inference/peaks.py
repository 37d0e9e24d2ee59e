# SPDX-License-Identifier: Apache-2.0
"""The peaks of a distribution over classes of chroma: what a person would call its colours.

Classes near a peak are one colour to the eye and are summed into it. A colour is written as it
would look at a place: at the place's own lightness, inside what a display can show.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tintype.color.bins import JointBins
from tintype.color.gamut import fit_chroma
from tintype.color.luv import luv_to_rgb
from tintype.errors import ModelError
from tintype.spec.model import ModelSpec

Floats = NDArray[np.float32]

_FAINTEST = 0.0005  # share of what is left, below which no more peaks are looked for


def classes_of(spec: ModelSpec, log_probabilities: Floats | None) -> JointBins:
    """The classes that a network's distributions are over.

    Args:
        spec: the network's.
        log_probabilities: ``(Q, ...)`` that it gave.

    Raises:
        ModelError: it gave none, or their number is not what its spec promises.
    """
    bins = joint_bins(spec.bin_step)
    count = 0 if log_probabilities is None else len(log_probabilities)
    if count != bins.count:
        raise ModelError(
            f"the network {spec.name} has {count} classes of colour, where bins of "
            f"{spec.bin_step:g} CIE units are {bins.count}; export it again"
        )
    return bins


@lru_cache(maxsize=4)
def joint_bins(step: float) -> JointBins:
    """The joint bins of a step, whose centres take a while to find; threads share them."""
    bins = JointBins(step)
    bins.centers.flags.writeable = False
    return bins


def find_peaks(shares: Floats, centers: Floats, *, reach: float) -> list[tuple[float, Floats]]:
    """Sum the classes around each peak.

    Args:
        shares: ``(Q,)``, of a distribution.
        centers: ``(Q, 2)``, u*, v* of the classes.
        reach: CIE units: classes this near to a peak are summed into it.

    Returns:
        ``(share, mean u* v*)`` of each, largest share first.
    """
    left = shares.copy()
    found = []
    while left.max() >= _FAINTEST:
        near = np.hypot(*(centers - centers[left.argmax()]).T) <= reach
        weights = np.where(near, left, 0.0)
        found.append((float(weights.sum()), np.average(centers, axis=0, weights=weights)))
        left[near] = 0.0
    return sorted(found, key=lambda peak: -peak[0])


def show_chroma(lightness: float, chroma: Floats) -> str:
    """``#RRGGBB`` of a chroma ``(2,)`` at a lightness, as far as a display can show it there."""
    luv = np.array([lightness, *chroma], dtype=np.float64).reshape(3, 1, 1)
    rgb = np.clip(luv_to_rgb(fit_chroma(luv)), 0, 1)
    return "#" + bytes(np.rint(255 * rgb).astype(np.uint8).ravel()).hex()
