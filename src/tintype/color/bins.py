# SPDX-License-Identifier: Apache-2.0
"""Colour bins: chroma as classes, so that a network may doubt without answering with the mean.

:class:`ChannelBins` is Hwang & Zhou's: 50 equal bins for u* and 50 for v*, chosen independently.
:class:`JointBins` is ours: nodes of a grid over the (u*, v*) plane, only those that border a
colour which sRGB can show, so that a red no display has at any lightness cannot be chosen.

Chroma is ``(..., 2, H, W)`` in CIE units. Source: Hwang & Zhou 2016, section 3.6; soft encoding
and rarity weights after Zhang, Isola & Efros 2016 (arXiv 1603.08511), sections 2.1 and 2.2.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from array_api_compat import device
from numpy.typing import NDArray

from tintype.color.arrays import array_namespace
from tintype.color.gamut import fit_chroma
from tintype.color.luv import rgb_to_luv
from tintype.color.srgb import Array, channels, check_image


@dataclass(frozen=True)
class ChannelBins:
    """Equal-width bins of one chroma channel; values outside fall into the outermost bins.

    The defaults are the paper's. They lose what sRGB has beyond 100 units, a seventh of the RGB
    cube: strong reds in u*, strong blues in v*.

    Args:
        count: number of bins.
        low: lower edge of the first bin, CIE units.
        high: upper edge of the last bin, CIE units.

    Raises:
        ValueError: there is no bin, or ``low`` is not below ``high``.
    """

    count: int = 50
    low: float = -100.0
    high: float = 100.0

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count must be 1 or more, got {self.count}")
        if not self.low < self.high:
            raise ValueError(f"low must be below high, got low={self.low}, high={self.high}")

    @property
    def width(self) -> float:
        """CIE units from one bin to the next."""
        return (self.high - self.low) / self.count

    @cached_property
    def centers(self) -> NDArray[np.float32]:
        """``(count,)`` float32, CIE units."""
        middles = self.low + self.width * (np.arange(self.count) + 0.5)
        return middles.astype(np.float32)

    def encode(self, chroma: Array) -> Array:
        """The bin of every value: any shape, CIE units, to int64 in [0, count), same shape."""
        xp = array_namespace(chroma)
        index = xp.floor((chroma - self.low) / self.width)
        return xp.astype(xp.clip(index, min=0, max=self.count - 1), xp.int64)

    def decode(self, index: Array, means: Array | None = None) -> Array:
        """The value that stands for every bin; what the argmax of a network's scores selects.

        Args:
            index: any shape, integers in [0, count).
            means: ``(count,)`` CIE units, the training pixels' mean in each bin, as
                :meth:`means` computes it; by default the bins' centres.

        Returns:
            CIE units, the shape of ``index``, float32 or the dtype of ``means``.
        """
        xp = array_namespace(index)
        values = xp.asarray(self.centers if means is None else means, device=device(index))
        return _look_up(values, index)

    def means(self, chroma: Array) -> NDArray[np.float32]:
        """Mean of the values that fall into each bin, ``(count,)``; of an empty bin, its centre."""
        values = np.asarray(chroma, dtype=np.float64).ravel()
        index = np.asarray(self.encode(values))
        sums = np.bincount(index, values, self.count)
        counts = np.bincount(index, minlength=self.count)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), self.centers)
        return means.astype(np.float32)


@dataclass(frozen=True)
class JointBins:
    """Nodes of a square grid over (u*, v*) that border a colour which sRGB can show.

    Every colour that sRGB can show lies in a square of four such nodes, so it is a mean of classes,
    exactly. Some nodes on the rim are themselves a little outside what sRGB can show.

    Args:
        step: CIE units between nodes. (0, 0) is a node: grey is a class.

    Raises:
        ValueError: ``step`` is not above 0.
    """

    step: float = 10.0

    def __post_init__(self) -> None:
        if not self.step > 0:
            raise ValueError(f"step must be above 0, got {self.step}")

    @cached_property
    def _occupied(self) -> tuple[NDArray[np.bool_], tuple[int, int]]:
        """Node grid ``(rows of v, columns of u)`` bool, and its lowest (u, v) index."""
        squares = np.floor(_displayable_chroma() / self.step).astype(int)
        low, high = squares.min(axis=1), squares.max(axis=1) + 1
        nodes = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), dtype=bool)
        u, v = squares - low[:, None]
        for du, dv in _CORNERS:
            nodes[v + dv, u + du] = True
        return nodes, (int(low[0]), int(low[1]))

    @cached_property
    def centers(self) -> NDArray[np.float32]:
        """``(Q, 2)`` float32: u*, v* of each class, rows of v ascending, then u."""
        nodes, low = self._occupied
        v, u = np.nonzero(nodes)
        centers = np.stack((u + low[0], v + low[1]), axis=1) * self.step
        return centers.astype(np.float32)

    @property
    def count(self) -> int:
        """Q, the number of classes."""
        return len(self.centers)

    @cached_property
    def _table(self) -> NDArray[np.int64]:
        """Class of every node of the grid; a node that is no class has its nearest one."""
        nodes, low = self._occupied
        v, u = np.indices(nodes.shape).reshape(2, -1)
        grid = np.stack((u + low[0], v + low[1]), axis=1) * self.step
        distance = ((grid[:, None] - self.centers[None]) ** 2).sum(axis=2)
        nearest: NDArray[np.int64] = distance.argmin(axis=1)
        return nearest.reshape(nodes.shape)

    def outside(self, lightness: NDArray[np.floating]) -> NDArray[np.float32]:
        """How far each class lies outside of what sRGB can show.

        Args:
            lightness: ``(N,)``, L* in [0, 100].

        Returns:
            ``(N, Q)`` float32, CIE units; 0 inside.
        """
        luv = np.empty((3, len(lightness), self.count))
        luv[0] = lightness[:, None]
        luv[1:] = self.centers.T[:, None]
        u, v = luv[1:] - fit_chroma(luv)[1:]
        distances: NDArray[np.float32] = np.hypot(u, v).astype(np.float32)
        return distances

    def encode(self, chroma: Array) -> tuple[Array, Array]:
        """Spread every colour over the four surrounding nodes, bilinearly.

        Args:
            chroma: ``(..., 2, H, W)`` floating, CIE units.

        Returns:
            Classes ``(..., 4, H, W)`` int64, and their weights, same shape and ``chroma``'s
            dtype, which are not negative and sum to 1. For a colour that sRGB can show, the
            weighted mean of the classes' centres is the colour itself; another one is moved to
            the classes nearest to its square.

        Raises:
            ValueError: if axis -3 is not 2, or ``chroma`` is not floating.
        """
        check_image(chroma, "chroma", planes=2)
        xp = array_namespace(chroma)
        (rows, columns), low = self._table.shape, self._occupied[1]
        u, v = channels(chroma)
        u = xp.clip(u / self.step - low[0], min=0, max=columns - 1)
        v = xp.clip(v / self.step - low[1], min=0, max=rows - 1)
        u0 = xp.clip(xp.floor(u), max=columns - 2)
        v0 = xp.clip(xp.floor(v), max=rows - 2)
        fu, fv = u - u0, v - v0
        node = xp.astype(v0 * columns + u0, xp.int64)
        nodes = xp.stack([node + dv * columns + du for du, dv in _CORNERS], axis=-3)
        weights = xp.stack(
            [(fu if du else 1 - fu) * (fv if dv else 1 - fv) for du, dv in _CORNERS], axis=-3
        )
        table = xp.asarray(self._table.reshape(-1), device=device(chroma))
        return _look_up(table, nodes), weights

    def decode(self, log_probabilities: Array, temperature: float = 1.0) -> Array:
        """The annealed mean: the mean under probabilities raised to 1/T and renormalised.

        Args:
            log_probabilities: ``(..., Q, H, W)``, floating; any constant per pixel may be added,
                and -inf rules a class out.
            temperature: T > 0; 1 is the mean, towards 0 the mode.

        Returns:
            ``(..., 2, H, W)`` chroma in CIE units; same dtype and device.

        Raises:
            ValueError: if axis -3 is not Q, ``log_probabilities`` is not floating, or
                ``temperature`` is not above 0.
        """
        check_image(log_probabilities, "log_probabilities", planes=self.count)
        if not temperature > 0:
            raise ValueError(f"temperature must be above 0, got {temperature}")
        xp = array_namespace(log_probabilities)
        centers = xp.asarray(
            self.centers.T, dtype=log_probabilities.dtype, device=device(log_probabilities)
        )
        annealed = xp.exp(_log_normalize(log_probabilities / temperature))
        *leading, classes, height, width = annealed.shape
        mean = centers @ xp.reshape(annealed, (*leading, classes, height * width))
        return xp.reshape(mean, (*leading, 2, height, width))

    def confidence(self, log_probabilities: Array) -> Array:
        """How sure a distribution is: 1 minus its entropy over the largest possible.

        Args:
            log_probabilities: ``(..., Q, H, W)``, floating; any constant per pixel may be added,
                and -inf rules a class out.

        Returns:
            ``(..., 1, H, W)`` in [0, 1]: 0 for all classes alike, 1 for a single one.

        Raises:
            ValueError: if axis -3 is not Q, or ``log_probabilities`` is not floating.
        """
        check_image(log_probabilities, "log_probabilities", planes=self.count)
        xp = array_namespace(log_probabilities)
        logs = _log_normalize(log_probabilities)
        bounded = xp.clip(logs, min=-1e4)  # times a probability of 0, where -inf would be NaN
        entropy = -xp.sum(xp.exp(logs) * bounded, axis=-3, keepdims=True)
        return xp.clip(1 - entropy / math.log(self.count), min=0.0, max=1.0)  # clip: rounding


def rarity_weights(prior: NDArray[np.floating], *, uniform: float) -> NDArray[np.float32]:
    """Loss weights that let rare colours count.

    The weight of a class is the inverse of its probability in the mixture
    ``(1 - uniform) * prior + uniform / Q``, scaled so that the mean weight under the prior is 1.

    Args:
        prior: ``(Q,)``, the classes' share of the training pixels; sums to 1.
        uniform: in [0, 1]; 1 gives every class the same weight, 0 the plain inverse.

    Returns:
        ``(Q,)`` float32.

    Raises:
        ValueError: ``uniform`` is outside [0, 1], or ``prior`` is no distribution.
    """
    if not 0 <= uniform <= 1:
        raise ValueError(f"uniform must be in [0, 1], got {uniform}")
    if prior.min() < 0 or not math.isclose(prior.sum(), 1, abs_tol=1e-3):
        raise ValueError(
            "prior must hold shares that sum to 1, "
            f"got a sum of {prior.sum():g} and a least of {prior.min():g}"
        )
    weights = 1 / np.maximum((1 - uniform) * prior + uniform / len(prior), 1e-12)
    scaled: NDArray[np.float32] = (weights / (prior * weights).sum()).astype(np.float32)
    return scaled


_CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))  # of a grid square, as (du, dv)


def _look_up(table: Array, index: Array) -> Array:
    """``table[index]``, for an index of any shape."""
    xp = array_namespace(table, index)
    return xp.reshape(xp.take(table, xp.reshape(index, (-1,)), axis=0), index.shape)


def _log_normalize(logits: Array) -> Array:
    """Subtract the log of the summed exponentials over axis -3."""
    xp = array_namespace(logits)
    shifted = logits - xp.max(logits, axis=-3, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-3, keepdims=True))


def _displayable_chroma() -> NDArray[np.float64]:
    """``(2, N)`` u*, v* of all 8-bit colours on the surface of the sRGB cube.

    What is inside adds nothing: of all displayable colours of one chroma, the darkest is on the
    surface.
    """
    levels = np.linspace(0, 1, 256)
    a, b = (plane.ravel() for plane in np.meshgrid(levels, levels))
    faces = [np.insert((a, b), axis, end, axis=0) for axis in range(3) for end in (0.0, 1.0)]
    luv: NDArray[np.float64] = rgb_to_luv(np.stack(faces, axis=1))  # (3, 6, N / 6)
    return luv[1:].reshape(2, -1)
