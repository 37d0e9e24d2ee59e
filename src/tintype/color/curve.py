# SPDX-License-Identifier: Apache-2.0
"""A tone curve for chroma: faint colours fainter, strong ones stronger, hues turned a little.

The mean of what a place may be is duller than any of it. A factor on all chroma would bring the
strength back, and tint what ought to be grey. The eye is easier on a strong colour that is too
strong than on a grey that is not grey, and CIEDE2000 with it, so strength is given by a power, up
to a limit, since what the network is sure of, skin above all, has lost little:

    |c|  ->  |c| * min(gain * (|c| / PIVOT) ** (power - 1), limit)

The mean has lost hue too: between what is red and what is green lies a yellow that nothing had. So
hues are turned back, by an angle that depends on hue alone, a few degrees:

    h  ->  h + a cos h + b sin h + c cos 2h + d sin 2h

No colour is lifted beyond what sRGB can show at the place's lightness, darkest and lightest of its
neighbourhood alike: the picture that lies under the small plane of chroma has both. Where that
bound is not met the curve has an inverse, so that a colour which is to come out can be put in.

Chroma is ``(..., 2, H, W)`` in CIE units, lightness ``(..., 1, H, W)``, L* in [0, 100].
"""

from dataclasses import dataclass

from tintype.color.arrays import array_namespace
from tintype.color.gamut import displayable_share
from tintype.color.srgb import Array

PIVOT = 25.0  # CIE units: what a gain of 1 leaves alone
_MOST_TURNED = 0.25  # radians, all four parts together: hues keep half their distance at least
_ROUNDS = 8  # of its inverse, each at least halving what the one before left
_FAINTEST = 1e-4  # CIE units: what is fainter counts as this


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaCurve:
    """The curve of one network; as it is by default it changes nothing.

    Raises:
        ValueError: a number is not above 0, or the turn not gentle enough to have an inverse.
    """

    gain: float = 1.0
    power: float = 1.0
    limit: float = 1.0  # what chroma is multiplied by at most
    turn: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # a, b, c, d; radians

    def __post_init__(self) -> None:
        if not (self.gain > 0 and self.power > 0 and self.limit > 0):
            raise ValueError(
                f"gain, power and limit must be above 0, "
                f"got {self.gain}, {self.power}, {self.limit}"
            )
        if not sum(map(abs, self.turn)) <= _MOST_TURNED:
            raise ValueError(f"turn must come to {_MOST_TURNED} at most, got {self.turn}")

    def apply(self, chroma: Array, low: Array, high: Array) -> Array:
        """Put chroma through the curve.

        Args:
            chroma: floating.
            low: the darkest lightness that the colour is to be shown at.
            high: the lightest.

        Returns:
            Chroma; a colour that cannot be shown at both is not made stronger.
        """
        xp = array_namespace(chroma)
        chroma = _rotate(chroma, self._angle(chroma))
        factor = self._factor(chroma)
        bound = factor * _share(factor * chroma, low, high)
        return chroma * xp.where(factor > 1, xp.clip(bound, min=1.0), factor)

    def lift(self, chroma: Array) -> Array:
        """:meth:`apply` without its bound; differentiable, which training asks of it."""
        chroma = _rotate(chroma, self._angle(chroma))
        return chroma * self._factor(chroma)

    def invert(self, chroma: Array, low: Array, high: Array) -> Array:
        """What :meth:`apply` makes this chroma of; what it does not lift is as strong already."""
        xp = array_namespace(chroma)
        strength = _strength(chroma)
        before = xp.maximum(
            PIVOT * (strength / (self.gain * PIVOT)) ** (1 / self.power), strength / self.limit
        )
        shown = _share(chroma, low, high) >= 1
        chroma = chroma * xp.where(shown | (before > strength), before / strength, 1.0)
        turned = chroma
        for _ in range(_ROUNDS):
            chroma = _rotate(turned, -self._angle(chroma))
        return chroma

    def _factor(self, chroma: Array) -> Array:
        """``(..., 1, H, W)``: what chroma is to be multiplied by, its hues turned already."""
        factor = self.gain * (_strength(chroma) / PIVOT) ** (self.power - 1)
        return array_namespace(chroma).clip(factor, max=self.limit)

    def _angle(self, chroma: Array) -> Array:
        """``(..., 1, H, W)``: by how much the hue of each place is to be turned, radians."""
        cos, sin = (part / _strength(chroma) for part in _split(chroma))
        a, b, c, d = self.turn
        return a * cos + b * sin + c * (cos * cos - sin * sin) + d * 2 * cos * sin


def neighborhood(lightness: Array) -> tuple[Array, Array]:
    """The least and the greatest lightness among a place and its eight neighbours.

    Args:
        lightness: ``(..., H, W)``.

    Returns:
        Two of the same shape.
    """
    xp = array_namespace(lightness)
    low = high = lightness
    for axis in (-1, -2):
        low = _with_neighbors(low, axis, xp.minimum)
        high = _with_neighbors(high, axis, xp.maximum)
    return low, high


def _with_neighbors(x: Array, axis: int, join: Array) -> Array:
    """Join each element with the ones before and after it; at the ends with itself."""
    xp = array_namespace(x)
    if axis == -1:
        before, after = (x[..., :1], x[..., :-1]), (x[..., 1:], x[..., -1:])
    else:
        before, after = (x[..., :1, :], x[..., :-1, :]), (x[..., 1:, :], x[..., -1:, :])
    return join(x, join(xp.concat(before, axis=axis), xp.concat(after, axis=axis)))


def _rotate(chroma: Array, angle: Array) -> Array:
    xp = array_namespace(chroma)
    (u, v), cos, sin = _split(chroma), xp.cos(angle), xp.sin(angle)
    return xp.concat((u * cos - v * sin, u * sin + v * cos), axis=-3)


def _split(chroma: Array) -> tuple[Array, Array]:
    """u* and v*, ``(..., 1, H, W)`` each."""
    return chroma[..., :1, :, :], chroma[..., 1:, :, :]


def _strength(chroma: Array) -> Array:
    """``(..., 1, H, W)``: the length of u*, v*, never 0."""
    xp = array_namespace(chroma)
    squares = xp.sum(chroma * chroma, axis=-3, keepdims=True)
    return xp.sqrt(xp.clip(squares, min=_FAINTEST**2))


def _share(chroma: Array, low: Array, high: Array) -> Array:
    """The largest share, at most 1, that can be shown at two lightnesses."""
    xp = array_namespace(chroma)
    u, v = _split(chroma)
    return xp.minimum(displayable_share(low, u, v), displayable_share(high, u, v))
