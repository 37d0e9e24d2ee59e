# SPDX-License-Identifier: Apache-2.0
"""One tint over a whole scan: sepia, cyanotype, yellowed paper, the cast of a scanner.

A toned or faded print has one colour for each lightness; a photograph in colour has many. So the
colours of a small copy are sorted by L*, and the middle one of each step makes a curve through
colour space. If the pixels lie close to that curve, the curve is the tint, and the photograph is
a black-and-white one that stands behind it.

How light that one was can only be estimated. A toner adds or takes away light in some channels
more than in others, so the channel that goes farthest down and the one that goes farthest up say
where its black and its white were; between them, it is as light as the channels are on average of
where they are on their own way from black to white. A black or white that lies farther in than
nearly all photographs have it is taken for faded, and brought out part of the way.

One tint is known exactly: the sepia filter of browsers, cameras and editors. It makes photographs
lighter, and cuts off the lights of two channels, but leaves the third whole.

L* in [0, 100], u* and v* in CIE units, R, G and B encoded sRGB in [0, 1].

Source: Filter Effects Module Level 1 (W3C), section 9.3, for the matrix of the sepia filter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import luminance_to_lightness, rgb_to_luv
from tintype.color.srgb import srgb_to_linear

Plane = NDArray[np.float32]
Planes = NDArray[np.float32]

SHADES = 1 << 14  # 0.006 L* apart

_STEP = 2.0  # L* between the curve's nodes
_FEWEST = 0.002  # share of the pixels that a node must stand for

# A tint: nearly all pixels lie within this distance of the curve. The scatter that JPEG and stains
# leave grows with the tint's own strength. Measured on toned and spoiled copies of photographs.
_NEARLY_ALL = 97  # per cent
_SCATTER, _SCATTER_BY_STRENGTH = 7.0, 0.2  # CIE units
_FAINT, _STRONGEST = 1.5, 80.0  # CIE units: less is a grey scan, more is no toner

_SEPIA_FILTER = np.array([1.351, 1.203, 0.937])  # R, G and B of a grey: its matrix's row sums
# R and G against what B says they are, over their means: how far off on the whole, and how far in
# single pixels, where JPEG shifts them.
_SEPIA_BIAS, _SEPIA_ERROR = 0.015, 0.06

# A channel that is this high in so many more of the pixels than another is cut off.
_CLIPPED, _CLIPPED_SHARE = 0.995, 0.02
_LEAST_RANGE = 1e-3
# Codes that nine in ten photographs reach, and the share left of what is missing beyond them.
_DEEPEST, _BRIGHTEST, _FADED = 0.12, 0.80, 0.4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tint:
    """The colours of one tint along lightness, in even steps of the scan's L* from 0 to 100.

    Attributes:
        chroma: ``(2, SHADES)`` float32: u*, v* of the tint.
        clean: ``(SHADES,)`` float32, never falling: L* of the grey that stands behind it.
    """

    chroma: NDArray[np.float32]
    clean: NDArray[np.float32]

    def shades(self, lightness: Plane) -> NDArray[np.uint16]:
        """Where ``(h, w)`` L* of the scan stand in the tables."""
        return (lightness * np.float32((SHADES - 1) / 100) + np.float32(0.5)).astype(np.uint16)


def find_tint(rgb: Planes) -> tuple[bool, Tint | None]:
    """Tell a tinted photograph from one in colour, and find its tint.

    Args:
        rgb: ``(3, h, w)`` float32, encoded sRGB: a small copy of the picture proper, in which
            grain is averaged away.

    Returns:
        Whether it is in colour; and the tint, None if it is in colour or grey all over.
    """
    luv = np.asarray(rgb_to_luv(rgb), dtype=np.float64)
    nodes = _nodes(luv, rgb)
    along = np.stack([np.interp(luv[0], nodes[0], plane) for plane in nodes[1:3]])
    strength = float(np.hypot(*along).mean())
    if strength >= _FAINT and _is_sepia_filter(rgb):
        clean = np.maximum.accumulate(np.minimum(nodes[5] / _SEPIA_FILTER[2], 1))
    else:
        scatter = float(np.percentile(np.hypot(*(luv[1:] - along)), _NEARLY_ALL))
        if scatter > _SCATTER + _SCATTER_BY_STRENGTH * strength or strength > _STRONGEST:
            return True, None
        if strength < _FAINT:
            return False, None
        clean = _clean_codes(nodes[3:], rgb)
    lightness = luminance_to_lightness(srgb_to_linear(clean))
    return False, _tabulate(nodes[0], nodes[1:3], lightness)


def _is_sepia_filter(rgb: Planes) -> bool:
    """Whether R and G are what the filter makes of the grey that B says there was.

    It cuts R and G off, so near white every grey looks as if it were: ask of tinted ones only.
    """
    grey = rgb[2:] / _SEPIA_FILTER[2]
    error = rgb[:2] - np.minimum(grey * _SEPIA_FILTER[:2, None, None], 1)
    mean = np.mean(rgb[:2], axis=(1, 2))
    biased = np.abs(np.mean(error, axis=(1, 2))) >= _SEPIA_BIAS * mean  # so is black
    astray = np.mean(np.abs(error), axis=(1, 2)) >= _SEPIA_ERROR * mean
    return not (np.any(biased) or np.any(astray))


def _nodes(luv: NDArray[np.float64], rgb: Planes) -> NDArray[np.float64]:
    """``(6, n)``: medians of L*, u*, v*, R, G, B in each step of L* that has enough pixels."""
    pixels = np.concatenate((luv, rgb)).reshape(6, -1)
    pixels = pixels[:, np.argsort(pixels[0])]
    edges = np.searchsorted(pixels[0], np.arange(_STEP, 100, _STEP))
    steps = [step for step in np.split(pixels, edges, axis=1) if step.size]
    filled = [step for step in steps if step.shape[1] >= _FEWEST * pixels.shape[1]]
    return np.stack([np.median(step, axis=1) for step in filled or steps], axis=1)


def _clean_codes(nodes: NDArray[np.float64], rgb: Planes) -> NDArray[np.float64]:
    """``(n,)``: the encoded grey behind each node ``(3, n)`` of the curve, never falling."""
    clipped = np.mean(rgb >= _CLIPPED, axis=(1, 2))
    dark, light = nodes[:, :1], nodes[:, -1:]
    span = np.maximum(light - dark, _LEAST_RANGE)
    weight = span**2 * (clipped <= clipped.min() + _CLIPPED_SHARE)[:, None]  # noise is the same
    share = np.sum(weight * (nodes - dark) / span, axis=0) / np.sum(weight)
    black, white = float(dark.min()), float(light.max())
    black = min(black, _DEEPEST + _FADED * (black - _DEEPEST))
    white = max(white, _BRIGHTEST + _FADED * (white - _BRIGHTEST))
    return np.maximum.accumulate(black + (white - black) * share)


def _tabulate(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], clean: NDArray[np.float64]
) -> Tint:
    """Interpolate between the curve's nodes; beyond them, shades stay as far apart as they are."""
    ends = np.array(
        [max(0.0, clean[0] - lightness[0]), min(100.0, clean[-1] + 100 - lightness[-1])]
    )
    clean = np.concatenate((ends[:1], clean, ends[1:]))
    shades = np.linspace(0, 100, SHADES)
    u, v = (np.interp(shades, lightness, plane) for plane in chroma)
    grey = np.interp(shades, np.concatenate(([0.0], lightness, [100.0])), clean)
    return Tint(chroma=np.stack((u, v)).astype(np.float32), clean=grey.astype(np.float32))
