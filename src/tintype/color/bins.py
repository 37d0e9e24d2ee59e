# SPDX-License-Identifier: Apache-2.0
"""Colour bins: chroma as classes, so that a network may doubt without answering with the mean.

:class:`ChannelBins` is Hwang & Zhou's: 50 equal bins for u* and 50 for v*, chosen independently.
:class:`JointBins` is ours: nodes of a grid over the (u*, v*) plane, only those that border a
colour which sRGB can show, so that a red no display has at any lightness cannot be chosen.

Chroma is ``(..., 2, H, W)`` in CIE units. Source: Hwang & Zhou 2016, section 3.6; soft encoding
and rarity weights after Zhang, Isola & Efros 2016 (arXiv 1603.08511), sections 2.1 and 2.2.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from array_api_compat import array_namespace, device

from tintype.color.luv import rgb_to_luv
from tintype.color.srgb import Array


@dataclass(frozen=True)
class ChannelBins:
    """Equal-width bins of one chroma channel; values outside fall into the outermost bins."""

    count: int = 50
    low: float = -100.0  # CIE units
    high: float = 100.0

    @property
    def width(self) -> float:
        """CIE units from one bin to the next."""
        return (self.high - self.low) / self.count

    @cached_property
    def centers(self) -> np.ndarray:
        """``(count,)`` float64, CIE units."""
        return self.low + self.width * (np.arange(self.count) + 0.5)

    def encode(self, chroma: Array) -> Array:
        """The bin of every value: any shape, CIE units, to int64 in [0, count)."""
        xp = array_namespace(chroma)
        index = xp.floor((chroma - self.low) / self.width)
        return xp.astype(xp.clip(index, min=0, max=self.count - 1), xp.int64)

    def decode(self, index: Array, means: Array | None = None) -> Array:
        """The value of every bin: its centre, or its entry in ``means`` ``(count,)``."""
        xp = array_namespace(index)
        values = self.centers.astype(np.float32) if means is None else means
        values = xp.asarray(values, device=device(index))
        return xp.reshape(xp.take(values, xp.reshape(index, (-1,))), index.shape)

    def means(self, chroma: Array) -> np.ndarray:
        """Mean of the values that fall into each bin, ``(count,)`` float32; empty: its centre."""
        values = np.asarray(chroma, dtype=np.float64).ravel()
        index = np.asarray(self.encode(values))
        sums = np.bincount(index, values, self.count)
        counts = np.bincount(index, minlength=self.count)
        return np.where(counts > 0, sums / np.maximum(counts, 1), self.centers).astype(np.float32)


@dataclass(frozen=True)
class JointBins:
    """Nodes of a square grid over (u*, v*) that border a colour which sRGB can show.

    Args:
        step: CIE units between nodes. (0, 0) is a node: grey is a class.
    """

    step: float = 10.0

    @cached_property
    def _occupied(self) -> tuple[np.ndarray, tuple[int, int]]:
        """Node grid ``(rows of v, columns of u)`` bool, and its lowest (u, v) index."""
        squares = np.unique(np.floor(_displayable_chroma() / self.step).astype(int), axis=1)
        low, high = squares.min(axis=1), squares.max(axis=1) + 1
        nodes = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), dtype=bool)
        u, v = squares - low[:, None]
        for du, dv in _CORNERS:
            nodes[v + dv, u + du] = True
        return nodes, (int(low[0]), int(low[1]))

    @cached_property
    def centers(self) -> np.ndarray:
        """``(Q, 2)`` float32: u*, v* of each class, rows of v ascending, then u."""
        nodes, low = self._occupied
        v, u = np.nonzero(nodes)
        return (np.stack((u + low[0], v + low[1]), axis=1) * self.step).astype(np.float32)

    @property
    def count(self) -> int:
        """Q, the number of classes."""
        return len(self.centers)

    @cached_property
    def _table(self) -> np.ndarray:
        """Class of every node of the grid; a node that is no class has its nearest one."""
        nodes, low = self._occupied
        v, u = np.indices(nodes.shape).reshape(2, -1)
        grid = np.stack((u + low[0], v + low[1]), axis=1) * self.step
        distance = ((grid[:, None] - self.centers[None]) ** 2).sum(axis=2)
        return distance.argmin(axis=1).reshape(nodes.shape)

    def encode(self, chroma: Array) -> tuple[Array, Array]:
        """Spread every colour over the four surrounding nodes, bilinearly.

        Args:
            chroma: ``(..., 2, H, W)`` floating, CIE units.

        Returns:
            Classes ``(..., 4, H, W)`` int64, and their weights, same shape and ``chroma``'s
            dtype, which are not negative and sum to 1. For a colour that sRGB can show, the
            weighted mean of the classes' centres is the colour itself.
        """
        xp = array_namespace(chroma)
        (rows, columns), low = self._table.shape, self._occupied[1]
        u = xp.clip(chroma[..., 0, :, :] / self.step - low[0], min=0, max=columns - 1)
        v = xp.clip(chroma[..., 1, :, :] / self.step - low[1], min=0, max=rows - 1)
        u0 = xp.clip(xp.floor(u), max=columns - 2)
        v0 = xp.clip(xp.floor(v), max=rows - 2)
        fu, fv = u - u0, v - v0
        node = xp.astype(v0 * columns + u0, xp.int64)
        nodes = xp.stack([node + dv * columns + du for du, dv in _CORNERS], axis=-3)
        weights = xp.stack(
            [(fu if du else 1 - fu) * (fv if dv else 1 - fv) for du, dv in _CORNERS], axis=-3
        )
        table = xp.asarray(self._table.reshape(-1), device=device(chroma))
        return xp.reshape(xp.take(table, xp.reshape(nodes, (-1,))), nodes.shape), weights

    def decode(self, log_probabilities: Array, temperature: float = 1.0) -> Array:
        """The annealed mean: the mean under probabilities raised to 1/T and renormalised.

        Args:
            log_probabilities: ``(..., Q, H, W)``; any constant per pixel may be added.
            temperature: T > 0; 1 is the mean, towards 0 the mode.

        Returns:
            ``(..., 2, H, W)`` chroma in CIE units.
        """
        xp = array_namespace(log_probabilities)
        annealed = xp.exp(_log_normalize(log_probabilities / temperature))
        centers = xp.asarray(
            self.centers, dtype=log_probabilities.dtype, device=device(log_probabilities)
        )
        mean = xp.tensordot(xp.moveaxis(annealed, -3, -1), centers, axes=1)
        return xp.moveaxis(mean, -1, -3)

    def confidence(self, log_probabilities: Array) -> Array:
        """1 minus the entropy over its maximum, ``(..., 1, H, W)`` in [0, 1]."""
        xp = array_namespace(log_probabilities)
        logs = _log_normalize(log_probabilities)
        entropy = -xp.sum(xp.exp(logs) * logs, axis=-3, keepdims=True)
        return 1 - entropy / float(np.log(self.count))


def rarity_weights(prior: np.ndarray, *, uniform: float) -> np.ndarray:
    """Loss weights that let rare colours count.

    The weight of a class is the inverse of its probability in the mixture
    ``(1 - uniform) * prior + uniform / Q``, scaled so that the mean weight under the prior is 1.

    Args:
        prior: ``(Q,)``, the classes' share of the training pixels; sums to 1.
        uniform: in [0, 1]; 1 gives every class the same weight, 0 the plain inverse.

    Returns:
        ``(Q,)`` float32.

    Raises:
        ValueError: ``uniform`` is outside [0, 1].
    """
    if not 0 <= uniform <= 1:
        raise ValueError(f"uniform must be in [0, 1], got {uniform}")
    weights = 1 / np.maximum((1 - uniform) * prior + uniform / len(prior), 1e-12)
    return (weights / (prior * weights).sum()).astype(np.float32)


_CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))  # of a grid square, as (du, dv)


def _log_normalize(logits: Array) -> Array:
    """Subtract the log of the summed exponentials over axis -3."""
    xp = array_namespace(logits)
    shifted = logits - xp.max(logits, axis=-3, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-3, keepdims=True))


def _displayable_chroma() -> np.ndarray:
    """``(2, N)`` u*, v* of a fine sampling of the sRGB cube, its surface finer still."""
    inside = np.linspace(0, 1, 64)
    cube = np.stack(np.meshgrid(inside, inside, inside, indexing="ij")).reshape(3, -1)
    across = np.linspace(0, 1, 256)
    a, b = (plane.ravel() for plane in np.meshgrid(across, across, indexing="ij"))
    faces = [
        np.insert(np.stack((a, b)), axis, side, axis=0) for axis in range(3) for side in (0.0, 1.0)
    ]
    rgb = np.concatenate([cube, *faces], axis=1)[..., None]  # (3, N, 1)
    return rgb_to_luv(rgb)[1:, :, 0]
