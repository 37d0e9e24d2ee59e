# SPDX-License-Identifier: Apache-2.0
"""The colours that sRGB can show, and how to bring others among them without touching L*.

Clipping R, G and B would change lightness, and the grey photograph is the one thing that is
certain. So chroma is scaled towards grey, at constant L* and hue, until the colour fits.

No search is needed. At one lightness, light over luminance is (s + n k) / (s + d k), with
s = 13 L*, a chroma scaled by k, and n and d linear in it (:mod:`tintype.color.luv`). Each of the
six conditions "R, G, B not below 0, not above 1" is then linear in k:

    Y (s + n k) / (s + d k) >= 0   <=>   -n k <= s
    Y (s + n k) / (s + d k) <= 1   <=>   (Y n - d) k <= s (1 - Y)

All hold at k = 0, for grey, so the largest k that fits is the least of six ratios. In the plane of
u', v', where equal hue is a straight line from the white, the gamut at one lightness is a polygon,
and this finds the edge.
"""

from dataclasses import dataclass
from typing import Self

from tintype.color.arrays import array_namespace
from tintype.color.luv import RGB_OF_CHROMA, WHITE_UV, lightness_to_luminance, luv_to_rgb
from tintype.color.srgb import Array, channels, check_image


def fit_chroma(luv: Array) -> Array:
    """Scale u*, v* down, pixel by pixel, until sRGB can show the colour.

    Args:
        luv: ``(..., 3, H, W)``, floating: L*, u*, v*. L* outside [0, 100] leaves no room for
            chroma.

    Returns:
        ``(..., 3, H, W)``; same dtype and device, L* untouched, same hue, chroma no larger than
        before. Colours that fit come out as they went in.

    Raises:
        ValueError: if axis -3 is not 3, or ``luv`` is not floating.
    """
    check_image(luv, "luv")
    xp = array_namespace(luv)
    kept = displayable_share(*channels(luv))[..., None, :, :]
    return xp.concat((luv[..., :1, :, :], kept * luv[..., 1:, :, :]), axis=-3)


def in_gamut(luv: Array, *, tolerance: float = 1e-5) -> Array:
    """Say which colours sRGB can show.

    Args:
        luv: ``(..., 3, H, W)``, floating: L*, u*, v*.
        tolerance: how far outside [0, 1] an encoded channel may lie; the default is less than a
            step of 16 bits, and more than the rounding of float32.

    Returns:
        ``(..., 1, H, W)`` bool. At L* = 0 all is black, whatever its u* and v*, and can be shown.

    Raises:
        ValueError: if axis -3 is not 3, or ``luv`` is not floating.
    """
    rgb = luv_to_rgb(luv)
    xp = array_namespace(rgb)
    return xp.all((rgb >= -tolerance) & (rgb <= 1 + tolerance), axis=-3, keepdims=True)


def displayable_share(lightness: Array, u: Array, v: Array) -> Array:
    """The largest share of a chroma that sRGB can show; see the module.

    Args:
        lightness: L*, any shape, floating.
        u: u* in CIE units, same shape.
        v: v*, likewise.

    Returns:
        In [0, 1], same shape.
    """
    return Room.between(lightness, lightness).share(u, v)


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """How far chroma can go at given places, for chroma that is to be held there again and again.

    Attributes:
        below: what keeps R, G and B from falling below 0, any shape.
        above: what keeps them from rising above 1, same shape.
        luminance: Y that ``above`` holds at, same shape.
    """

    below: Array
    above: Array
    luminance: Array

    @classmethod
    def between(cls, darkest: Array, lightest: Array) -> Self:
        """The room of colours that are to be shown at both lightnesses, and at all between.

        The darker, the sooner a channel falls below 0; the lighter, the sooner one rises above 1.
        The second is not so for the strongest blues at L* 35 to 38; between lightnesses that are 4
        apart they may be too strong by about one CIE unit.

        Args:
            darkest: L*, any shape, floating.
            lightest: L*, same shape; not below ``darkest``.
        """
        xp = array_namespace(darkest)
        y = lightness_to_luminance(lightest)
        return cls(
            below=xp.clip(13 * darkest, min=0.0),
            above=xp.clip(13 * lightest * (1 - y), min=0.0),
            luminance=y,
        )

    def share(self, u: Array, v: Array) -> Array:
        """The largest share, in [0, 1], of a chroma u*, v* that has room; same shape."""
        xp = array_namespace(u)
        numerators = [p * u + q * v for p, q in RGB_OF_CHROMA]
        denominator = v / WHITE_UV[1]
        below = _greatest([-n for n in numerators])
        above = _greatest([self.luminance * n - denominator for n in numerators])
        return xp.minimum(_share(self.below, below), _share(self.above, above))


def _share(room: Array, wanted: Array) -> Array:
    """``room / wanted``, but at most 1."""
    xp = array_namespace(room)
    short = wanted > room  # never so for grey, not even where black and white have no room
    return xp.where(short, room / xp.where(short, wanted, 1.0), 1.0)


def _greatest(planes: list[Array]) -> Array:
    xp = array_namespace(*planes)
    return xp.maximum(xp.maximum(planes[0], planes[1]), planes[2])
