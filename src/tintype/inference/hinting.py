# SPDX-License-Identifier: Apache-2.0
"""Hints hold: what a network made of them, brought to what they say.

A network takes hints as advice. At a hinted place its answer lies between the hint and what it
would have said without, and so it does at all places that the hint speaks for. What is missing at
the hints is known, though, and is given to the places that belong to them: near, as light, and
given a like colour by the network. Each place takes the weighted mean of what is missing at all
hints, held back where none of them has much to do with it.

Source: A. Levin, D. Lischinski and Y. Weiss, "Colorization using Optimization", SIGGRAPH 2004, for
colour that goes from a hint to what is as light; here in one step, with Gaussian weights.
"""

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.resize import resize
from tintype.inference.scales import scale_hints

Floats = NDArray[np.float32]

_NEAR = 0.3  # of the short side: standard deviation of the weights,
_LIGHT = 7.0  # in L*,
_COLOR = 9.0  # and in the network's own u*, v*
_TAIL = 0.05  # of a Gaussian: what is no nearer than that is not reached at all
_OTHERS = 0.3  # weight of all that hints do not speak for
_POINT = 1 / 16  # of a cell: a hint that covers this much of it counts as one that covers it all
_AT_A_TIME = 512  # hinted cells


def hold_hints(chroma: Floats, lightness: Floats, hint_planes: Floats) -> Floats:
    """Move a prediction towards its hints.

    Args:
        chroma: ``(2, h, w)`` u*, v* that the network predicted with these hints.
        lightness: ``(H, W)`` L* that it saw.
        hint_planes: ``(3, H, W)``, from :func:`tintype.spec.hints.hints_to_planes`.

    Returns:
        ``(2, h, w)`` float32; ``chroma`` itself where nothing is hinted.
    """
    size = chroma.shape[1], chroma.shape[2]
    hints = scale_hints(hint_planes, size).reshape(3, -1)
    known = np.flatnonzero(hints[2])
    if not known.size:
        return chroma
    missing = hints[:2, known] - chroma.reshape(2, -1)[:, known]
    strength = np.minimum(resize(hint_planes[2], size).ravel()[known] / _POINT, 1)
    features = _describe(chroma, resize(lightness, size))  # (5, h w)
    total = np.full(hints[2].size, _OTHERS, np.float32)
    moved = np.zeros((2, hints[2].size), np.float32)
    for start in range(0, known.size, _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        weights = strength[part, None] * _kinship(features[:, known[part]], features)
        total += weights.sum(axis=0)
        moved += missing[:, part] @ weights
    return np.asarray(chroma + (moved / total).reshape(chroma.shape), np.float32)


def _describe(chroma: Floats, lightness: Floats) -> Floats:
    """``(5, h w)``: where a place is, how light, of what colour; in standard deviations."""
    place = np.indices(lightness.shape, dtype=np.float32) / (_NEAR * min(lightness.shape))
    planes = (place, lightness[None] / _LIGHT, chroma / _COLOR)
    return np.concatenate(planes, dtype=np.float32).reshape(5, -1)


def _kinship(some: Floats, all_of_them: Floats) -> Floats:
    """``(n, m)`` weights between columns of ``(5, n)`` and ``(5, m)``: Gaussians without tails."""
    squares = (some**2).sum(axis=0)[:, None] + (all_of_them**2).sum(axis=0)
    gaussians = np.exp(some.T @ all_of_them - squares / 2)
    return np.asarray(np.maximum(gaussians - _TAIL, 0) / (1 - _TAIL), np.float32)
