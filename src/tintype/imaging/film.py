# SPDX-License-Identifier: Apache-2.0
"""Film's own way of putting colour on grey: the luma plane stays, Cb and Cr are computed.

A film's frame is a luma plane Y' at full size and two chroma planes Cb, Cr, mostly at half of it.
The input's luma is kept sample for sample, so detail, grain and exposure cannot change; what is
computed is Cb and Cr, at the chroma planes' own size, which is a quarter of the work.

Luma is not lightness: Y' is a weighted sum of *encoded* R'G'B', and a saturated red has a far
lower luma than its lightness suggests. So a predicted u*, v* is given the one lightness at which
the colour has the luma that the film has there, and then its Cb and Cr. That search is done once,
for a grid over Y', u*, v*, gamut included; a frame is looked up in the grid, linearly.

Samples here are integers as films store them (8 to 16 bits, full or limited range). Luma as a
number is in [0, 1], Cb and Cr are in [-1/2, 1/2].

Source: ITU-T H.273 (07/2024), section 8.3: equations 38 to 40 for Y', Cb and Cr, 20 to 31 for
their codes, table 2 for primaries, table 4 for matrix coefficients.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.gamut import fit_chroma
from tintype.color.luv import luminance_to_lightness, luv_to_linear
from tintype.color.srgb import RGB_TO_XYZ, WHITE_XYZ, linear_to_srgb, srgb_to_linear

Plane = NDArray[Any]  # (H, W), uint8 for 8 bits, uint16 for more
Floats = NDArray[np.float32]

LUMA_WEIGHTS: dict[str, tuple[float, float]] = {  # of R' and B'; that of G' is what is left of 1
    "bt709": (0.2126, 0.0722),
    "bt601": (0.299, 0.114),
    "fcc": (0.30, 0.11),
    "smpte240m": (0.212, 0.087),
    "bt2020": (0.2627, 0.0593),
}
PRIMARIES: dict[str, tuple[tuple[float, float], ...]] = {  # chromaticities of R, G, B; white D65
    "bt709": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    "bt601-625": ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    "bt601-525": ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    "p3-d65": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}

_STRIP = 1 << 15  # samples
_TINY = np.float32(1e-9)  # an excursion that needs no fitting

# The grid: its spacing keeps the error of linear interpolation under half a code of 8 bits.
_LUMA_NODES = 65
_U_NODES = np.arange(-84.0, 180.0, 4.0, dtype=np.float32)  # sRGB spans [-83.1, 175.0]
_V_NODES = np.arange(-136.0, 112.0, 4.0, dtype=np.float32)  # and [-134.1, 107.4]
_SEARCH_STEP = 0.5  # L*


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How a film's samples stand for light. Transfer curves of SDR films are shown as sRGB.

    Attributes:
        matrix: a key of :data:`LUMA_WEIGHTS`.
        primaries: a key of :data:`PRIMARIES`.
        depth: bits of a sample, 8 to 16.
        full_range: whether black and white are the lowest and highest code, or 16 and 235 (of 8
            bits).
    """

    matrix: str = "bt709"
    primaries: str = "bt709"
    depth: int = 8
    full_range: bool = False

    @property
    def black(self) -> int:
        """The code of luma 0."""
        return 0 if self.full_range else 16 << (self.depth - 8)

    @property
    def luma_span(self) -> int:
        """Codes from luma 0 to luma 1."""
        return (1 << self.depth) - 1 if self.full_range else 219 << (self.depth - 8)

    @property
    def neutral(self) -> int:
        """The code of Cb = 0 and Cr = 0."""
        return 1 << (self.depth - 1)

    @property
    def chroma_span(self) -> int:
        """Codes from chroma -1/2 to chroma 1/2."""
        return (1 << self.depth) - 1 if self.full_range else 224 << (self.depth - 8)

    @property
    def dtype(self) -> type[np.uint8] | type[np.uint16]:
        """What a sample is kept in."""
        return np.uint8 if self.depth == 8 else np.uint16


def luma_to_lightness(luma: Plane, coding: Coding) -> Floats:
    """L* in [0, 100] of a grey film's luma codes; same shape, float32."""
    codes = _lightness_of_codes(coding)
    if luma.dtype == np.uint8:
        return np.asarray(cv2.LUT(luma, codes), dtype=np.float32).reshape(luma.shape)
    return np.take(codes, luma, mode="clip")


def shrink(luma: Plane, size: tuple[int, int]) -> Plane:
    """The mean luma of the area that each pixel of a smaller ``size`` (H, W) covers."""
    if luma.shape == size:
        return luma
    return cv2.resize(luma, size[::-1], interpolation=cv2.INTER_AREA).reshape(size)


def chroma_planes(luma: Plane, chroma: Floats, coding: Coding) -> tuple[Plane, Plane]:
    """Cb and Cr codes of a frame, from its luma and predicted colours, at the chroma planes' size.

    Args:
        luma: ``(h, w)`` codes: the frame's luma, averaged over what each chroma sample covers.
        chroma: ``(2, h, w)`` float32: u*, v* in CIE units; any value, brought into the gamut.
        coding: of the film.

    Returns:
        Cb, Cr: two ``(h, w)`` arrays of codes, such that R'G'B' with that luma is displayable
        to within the rounding of Cb and Cr.

    Raises:
        ValueError: the shapes do not belong together.
    """
    if chroma.shape != (2, *luma.shape):
        raise ValueError(f"chroma must be {(2, *luma.shape)}, got {chroma.shape}")
    cb, cr = np.empty(luma.shape, coding.dtype), np.empty(luma.shape, coding.dtype)
    for rows in _strips(luma.shape):
        y = _luma_values(luma[rows], coding)
        codes = _look_up(y, chroma[:, rows], coding)
        codes *= coding.chroma_span
        codes += coding.neutral + 0.5  # to nearest, when the fraction is cut off
        np.clip(codes, 0, (1 << coding.depth) - 1, out=codes)
        cb[rows], cr[rows] = codes[..., 0], codes[..., 1]
    return cb, cr


def compose_rgb(luma: Plane, chroma: Floats, coding: Coding) -> Plane:
    """R'G'B' of a frame for files that keep RGB, such as PNG, GIF and WebP.

    Args:
        luma: ``(H, W)`` codes; ``coding`` must be of full range.
        chroma: ``(2, H, W)`` float32: u*, v* in CIE units.
        coding: of the film.

    Returns:
        ``(H, W, 3)`` of the coding's dtype, whose luma is ``luma`` to within rounding.

    Raises:
        ValueError: the shapes do not belong together, or the range is limited.
    """
    if not coding.full_range or chroma.shape != (2, *luma.shape):
        raise ValueError(
            f"compose_rgb needs full range and chroma {(2, *luma.shape)}, got {chroma.shape}"
        )
    pixels = np.empty((*luma.shape, 3), coding.dtype)
    for rows in _strips(luma.shape):
        y = _luma_values(luma[rows], coding)
        difference = _look_up(y, chroma[:, rows], coding)
        rgb = y[..., None] + cv2.transform(difference, _excursions(coding.matrix))
        pixels[rows] = np.clip(rgb * coding.luma_span + 0.5, 0, coding.luma_span)
    return pixels


def decode_planes(luma: Floats, cb: Floats, cr: Floats, coding: Coding) -> Floats:
    """R'G'B' of codes, as a display shows them.

    Args:
        luma: ``(h, w)`` float32, codes, not rounded.
        cb: the same.
        cr: the same.
        coding: of the film.

    Returns:
        ``(3, h, w)`` float32 in [0, 1]; what no display can show is clipped, as displays do.
    """
    y = (luma - np.float32(coding.black)) * np.float32(1 / coding.luma_span)
    difference = cv2.merge((cb, cr)) - np.float32(coding.neutral)
    excursion = cv2.transform(
        difference / np.float32(coding.chroma_span), _excursions(coding.matrix)
    )
    rgb = np.clip(np.moveaxis(y[..., None] + excursion, -1, 0), 0, 1)
    return np.asarray(rgb, dtype=np.float32)


def fit_difference(luma: Floats, difference: Floats, coding: Coding) -> Floats:
    """Scale Cb and Cr down, pixel by pixel, until R', G' and B' lie in [0, 1]; luma is untouched.

    Args:
        luma: ``(h, w)`` float32 in [0, 1].
        difference: ``(h, w, 2)`` float32: Cb, Cr.
        coding: of the film.

    Returns:
        ``(h, w, 2)``; colours that fit come out as they went in.
    """
    excursion = cv2.transform(difference, _excursions(coding.matrix))  # (h, w, 3): R'G'B' - Y'
    red, green, blue = cv2.split(excursion)
    up = np.maximum(cv2.max(cv2.max(red, green), blue), _TINY)
    down = np.maximum(-cv2.min(cv2.min(red, green), blue), _TINY)
    kept = np.minimum(cv2.min((1 - luma) / up, luma / down), 1)
    return difference * cv2.merge((kept, kept))


def _strips(shape: tuple[int, ...]) -> list[slice]:
    """Rows of a plane, in strips whose intermediate results stay in the processor's cache."""
    height, width = shape
    rows = max(1, _STRIP // width)
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


def _luma_values(luma: Plane, coding: Coding) -> Floats:
    """Luma codes as numbers in [0, 1]."""
    values = (luma.astype(np.float32) - coding.black) * np.float32(1 / coding.luma_span)
    return np.asarray(np.clip(values, 0, 1), dtype=np.float32)


def _look_up(luma: Floats, chroma: Floats, coding: Coding) -> Floats:
    """``(h, w, 2)``: Cb, Cr by linear interpolation in the grid, luma slice by luma slice."""
    grid = _grid(coding.matrix, coding.primaries)
    u = np.clip((chroma[0] - _U_NODES[0]) / 4, 0, len(_U_NODES) - 1).astype(np.float32)
    v = np.clip((chroma[1] - _V_NODES[0]) / 4, 0, len(_V_NODES) - 1).astype(np.float32)
    at = luma * (_LUMA_NODES - 1)
    below = np.minimum(np.floor(at), _LUMA_NODES - 2)
    row = v + below * len(_V_NODES)
    darker = cv2.remap(grid, u, row, cv2.INTER_LINEAR)
    lighter = cv2.remap(grid, u, row + np.float32(len(_V_NODES)), cv2.INTER_LINEAR)
    share = at - below
    shares = cv2.merge((share, share))  # as NumPy is slow along an axis of 2
    return np.asarray(darker + shares * (lighter - darker), dtype=np.float32)


@cache
def _grid(matrix: str, primaries: str) -> Floats:
    """``(luma nodes * v nodes, u nodes, 2)``: Cb, Cr at each node, the slices one below the other.

    The luma of every u*, v* is worked out along a fine scale of lightness, on which it rises; at
    each node, the lightness is where that scale passes the node's luma. What no display can show is
    fitted here; since what displays can show is convex, all that is interpolated can be shown too.
    """
    nodes = np.arange(0, 100 + _SEARCH_STEP, _SEARCH_STEP, dtype=np.float32)
    scale, u, v = _broadcast(nodes[:, None, None], _U_NODES, _V_NODES[:, None])
    _, luma = _difference_of_luv(scale, u, v, matrix, primaries)  # (L* nodes, v nodes, u nodes)
    lightness = np.stack([_pass(luma, y) for y in np.linspace(0, 1, _LUMA_NODES)]) * _SEARCH_STEP
    lightness, u, v = _broadcast(lightness, _U_NODES, _V_NODES[:, None])
    difference, _ = _difference_of_luv(lightness, u, v, matrix, primaries)
    difference = np.ascontiguousarray(difference.reshape(-1, len(_U_NODES), 2))
    levels = np.repeat(np.linspace(0, 1, _LUMA_NODES, dtype=np.float32), len(_V_NODES))
    luma = np.repeat(levels[:, None], len(_U_NODES), axis=1)
    return fit_difference(luma, difference, Coding(matrix=matrix))


def _broadcast(*planes: Floats) -> list[Floats]:
    return [np.array(plane, dtype=np.float32) for plane in np.broadcast_arrays(*planes)]


def _pass(rising: Floats, level: float) -> Floats:
    """The fractional index on axis 0 at which values that rise along it reach a level."""
    above = np.count_nonzero(rising < level, axis=0, keepdims=True).clip(1, len(rising) - 1)
    low = np.take_along_axis(rising, above - 1, axis=0)
    high = np.take_along_axis(rising, above, axis=0)
    share = np.clip((level - low) / np.maximum(high - low, _TINY), 0, 1)
    return np.asarray((above - 1 + share)[0], dtype=np.float32)


def _difference_of_luv(
    lightness: Floats, u: Floats, v: Floats, matrix: str, primaries: str
) -> tuple[Floats, Floats]:
    """Cb, Cr as ``(..., 2)`` and luma of the displayable colours nearest L*, u*, v*."""
    luv = fit_chroma(np.stack((lightness, u, v), axis=-3))
    linear = np.moveaxis(luv_to_linear(luv), -3, -1) @ _to_primaries(primaries).T
    rgb = linear_to_srgb(np.clip(linear, 0, 1))
    weight_r, weight_b = LUMA_WEIGHTS[matrix]
    luma = rgb @ np.array([weight_r, 1 - weight_r - weight_b, weight_b], dtype=np.float32)
    cb = (rgb[..., 2] - luma) / (2 * (1 - weight_b))
    cr = (rgb[..., 0] - luma) / (2 * (1 - weight_r))
    return np.stack((cb, cr), axis=-1), luma


@cache
def _to_primaries(name: str) -> Floats:
    """3x3, from linear sRGB to linear light of other primaries with the same white."""
    xyz = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in PRIMARIES[name]]).T
    scaled = xyz * np.linalg.solve(xyz, np.array(WHITE_XYZ))
    return np.asarray(np.linalg.solve(scaled, RGB_TO_XYZ), dtype=np.float32)


@cache
def _excursions(matrix: str) -> Floats:
    """3x2: R' - Y', G' - Y' and B' - Y' of Cb and Cr."""
    r, b = LUMA_WEIGHTS[matrix]
    g = 1 - r - b
    rows = [(0, 2 - 2 * r), (-(2 - 2 * b) * b / g, -(2 - 2 * r) * r / g), (2 - 2 * b, 0)]
    return np.array(rows, dtype=np.float32)


@cache
def _lightness_of_codes(coding: Coding) -> Floats:
    """L* of every luma code."""
    codes = np.arange(1 << coding.depth, dtype=np.float64)
    grey = np.clip((codes - coding.black) / coding.luma_span, 0, 1)
    return np.asarray(luminance_to_lightness(srgb_to_linear(grey)), dtype=np.float32)
