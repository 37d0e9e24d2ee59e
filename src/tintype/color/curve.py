# SPDX-License-Identifier: Apache-2.0
"""A tone curve for chroma: faint colours fainter, strong ones stronger, hue as it was.

The mean of what a place may be is duller than any of it. A factor on all chroma would bring the
strength back, and tint what ought to be grey. The eye is easier on a strong colour that is too
strong than on a grey that is not grey, and CIEDE2000 with it, so strength is given by a power, up
to a limit, since what the network is sure of, skin above all, has lost little:

    |c|  ->  |c| * min(gain * (|c| / PIVOT) ** (power - 1), limit)

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
_FAINTEST = 1e-4  # CIE units: what is fainter counts as this


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaCurve:
    """The curve of one network; as it is by default it changes nothing.

    Raises:
        ValueError: a number is not above 0.
    """

    gain: float = 1.0
    power: float = 1.0
    limit: float = 1.0  # what chroma is multiplied by at most

    def __post_init__(self) -> None:
        if not (self.gain > 0 and self.power > 0 and self.limit > 0):
            raise ValueError(
                f"gain, power and limit must be above 0, "
                f"got {self.gain}, {self.power}, {self.limit}"
            )

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
        factor = self.gain * (_strength(chroma) / PIVOT) ** (self.power - 1)
        factor = xp.clip(factor, max=self.limit)
        bound = factor * _share(factor * chroma, low, high)
        return chroma * xp.where(factor > 1, xp.clip(bound, min=1.0), factor)

    def invert(self, chroma: Array, low: Array, high: Array) -> Array:
        """What :meth:`apply` turns into this chroma; a colour that it would not lift is itself."""
        xp = array_namespace(chroma)
        strength = _strength(chroma)
        before = xp.maximum(
            PIVOT * (strength / (self.gain * PIVOT)) ** (1 / self.power), strength / self.limit
        )
        shown = _share(chroma, low, high) >= 1
        return chroma * xp.where(shown | (before > strength), before / strength, 1.0)


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


def _strength(chroma: Array) -> Array:
    """``(..., 1, H, W)``: the length of u*, v*, never 0."""
    xp = array_namespace(chroma)
    squares = xp.sum(chroma * chroma, axis=-3, keepdims=True)
    return xp.sqrt(xp.clip(squares, min=_FAINTEST**2))


def _share(chroma: Array, low: Array, high: Array) -> Array:
    """The largest share, at most 1, that can be shown at two lightnesses."""
    xp = array_namespace(chroma)
    u, v = chroma[..., :1, :, :], chroma[..., 1:, :, :]
    return xp.minimum(displayable_share(low, u, v), displayable_share(high, u, v))
