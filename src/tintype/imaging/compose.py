# SPDX-License-Identifier: Apache-2.0
"""Lightness at full size and predicted chroma become a photograph in colour: the fast path.

What is computed for each pixel is ``luv_to_rgb(fit_chroma(luv))`` of :mod:`tintype.color`, with
chroma as :mod:`tintype.imaging.upsample` gives it. That definition stays the reference: the result
is its rounding to the photograph's depth, to within a thirtieth of an 8-bit step. Three things make
it fast: the picture is done in strips, in the cache, by several threads; codes of grey are looked
up, and those of 8-bit colour too; and with chroma counted over 13 L*, conversion and gamut are one
short chain of operations. With p and q of R, G and B and the white's v'n from
:mod:`tintype.color.luv`,

    R = Y (s + n) / (s + d),   n = p u + q v,   d = v / v'n,

where s = 1 asks for all of the chroma, and scaling chroma by k is the same as s = 1 / k. Nothing is
below black if s >= -n, nothing above white if s >= (Y n - d) / (1 - Y): the greatest of these and 1
is the s that fits, at the same Y and hue, and no channel is clipped.
"""

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import RGB_OF_CHROMA, WHITE_UV
from tintype.color.srgb import linear_to_srgb
from tintype.imaging.photograph import DEPTHS, Pixels
from tintype.imaging.strips import Worker, for_each_strip
from tintype.imaging.tone import Tone
from tintype.imaging.upsample import POINTS, ChromaField, rows_between, spread, stretch

Plane = NDArray[np.float32]
Planes = NDArray[np.float32]

_TINY = 1e-7  # of linear light: a tenth of a 16-bit step; for logarithms and quotients
_KNEE = 0.0031308  # of linear light: below, sRGB is a straight line (IEC 61966-2-1, rounded there)
_STEPS = 65_535  # of linear light from black to white, for looking 8-bit codes up
_PLANES = 9  # that a strip is computed in


def compose(
    tone: Tone, chroma: Planes, *, saturation: float = 1.0, threads: int | None = None
) -> Pixels:
    """Put predicted colours on a photograph.

    Args:
        tone: the photograph's, from :func:`tintype.imaging.tone.read_tone`.
        chroma: ``(2, h, w)`` float32: u*, v* in CIE units; covers the tone's frame from edge to
            edge. What lies outside the frame stays grey.
        saturation: factor of the chroma.
        threads: how many share the work; by default as many as the process may use.

    Returns:
        ``(H, W, 3)`` RGB, encoded sRGB, of the photograph's size and depth. Each pixel has the
        tone's L* to within rounding, and chroma no larger than can be shown there.

    Raises:
        ValueError: ``chroma`` is not two planes with cells.
    """
    if chroma.ndim != 3 or chroma.shape[0] != 2 or 0 in chroma.shape:
        raise ValueError(f"chroma must be (2, h, w) with h, w >= 1, got {chroma.shape}")
    points = (POINTS * chroma.shape[1], POINTS * chroma.shape[2])
    laid = spread(np.float32(saturation) * chroma, tone.lightness(tone.frame, points))
    field = ChromaField(np.float32(1 / 13) * laid.coefficients)
    pixels = np.empty((*tone.size, 3), tone.pixels.dtype)

    def hire(rows: int) -> Worker:
        return _Painter(tone, field, pixels, rows).paint

    for_each_strip(tone.size, hire, threads=threads)
    return pixels


class _Painter:
    """What one thread computes in, strip after strip.

    Args:
        tone: the photograph's.
        field: chroma over 13 in the tone's frame.
        pixels: ``(H, W, 3)``, to be painted.
        rows: of the highest strip.
    """

    def __init__(self, tone: Tone, field: ChromaField, pixels: Pixels, rows: int) -> None:
        self._tone, self._field, self._pixels = tone, field, pixels
        self._planes = np.zeros((_PLANES, rows, tone.size[1]), np.float32)
        self._channels = np.empty((3, rows, tone.size[1]), pixels.dtype)
        self._codes = np.empty((rows, tone.size[1]), np.uint16)

    def paint(self, rows: slice) -> None:
        """Fill these rows of the picture."""
        count = rows.stop - rows.start
        luminance, inverse, u, v, spare, *linear, share = self._planes[:, :count]
        self._tone.read(rows, spare, luminance)
        np.clip(spare, _TINY, 100, out=inverse)
        np.divide(1, inverse, out=inverse)
        self._lay_chroma(rows, inverse, (u, v), share)
        if self._tone.tint is not None and self._tone.keeps_tint:
            shades = self._tone.tint.shades(spare)
            for plane, tint in zip((u, v), self._tone.tint.chroma, strict=True):
                plane += tint[shades] * (inverse * np.float32(1 / 13))
        _mix(luminance, u, v, linear, share, spare)
        channels = self._channels[:, :count]
        for light, channel in zip(linear, channels, strict=True):
            if channel.dtype == np.uint8:
                _look_up(light, luminance, self._codes[:count], channel)
            else:
                _encode(light, luminance, spare, channel)
        cv2.merge(tuple(channels), self._pixels[rows])

    def _lay_chroma(
        self, rows: slice, inverse: Plane, chroma: tuple[Plane, Plane], spare: Plane
    ) -> None:
        """Overwrite ``chroma`` with u* and v* over 13 L*, 0 outside the frame."""
        frame = self._tone.frame
        if frame.size != self._tone.size:
            for plane in chroma:
                plane[:] = 0
        first, last = max(rows.start, frame.top), min(rows.stop, frame.top + frame.height)
        if first >= last:
            return
        inside = (slice(first - rows.start, last - rows.start), frame.columns)
        at = rows_between(
            slice(first - frame.top, last - frame.top), frame.height, self._field.height
        )
        slopes, offsets = self._field.rows(at)
        for plane, slope, offset in zip(chroma, slopes, offsets, strict=True):
            part = plane[inside]
            stretch(offset, frame.width, part)
            part *= inverse[inside]
            part += stretch(slope, frame.width, spare[inside])


def _mix(
    luminance: Plane, u: Plane, v: Plane, linear: Sequence[Plane], share: Plane, spare: Plane
) -> None:
    """Find linear R, G, B, fitted into the gamut; see the module's head.

    What is left to do is to multiply each of ``linear``, s + n, by Y / (s + d).

    Args:
        luminance: ``(n, W)``: Y; is overwritten with Y / (s + d).
        u: ``(n, W)``: u* over 13 L*.
        v: ``(n, W)``: v* over 13 L*.
        linear: three ``(n, W)``; are overwritten with s + n of R, G, B.
        share: ``(n, W)``, is overwritten with s.
        spare: ``(n, W)``, is overwritten.
    """
    for plane, (p, q) in zip(linear, RGB_OF_CHROMA, strict=True):
        cv2.addWeighted(u, p, v, q, 0, plane)
    red, green, blue = linear
    cv2.max(cv2.max(red, green, share), blue, share)
    share *= luminance
    cv2.scaleAdd(v, -1 / WHITE_UV[1], share, share)  # now Y n - d, of the channel nearest white
    cv2.addWeighted(luminance, -1, luminance, 0, 1 + _TINY, spare)
    share /= spare
    cv2.min(cv2.min(red, green, spare), blue, spare)
    np.negative(spare, out=spare)
    cv2.max(share, spare, share)
    np.clip(share, 1, np.inf, out=share)
    cv2.scaleAdd(v, 1 / WHITE_UV[1], share, spare)
    luminance /= spare
    for plane in linear:
        plane += share


def _look_up(light: Plane, factor: Plane, codes: Pixels, channel: Pixels) -> None:
    """Overwrite ``channel``, 8-bit, with the linear light ``light * factor`` as sRGB.

    Of 65,536 steps of light, one is at most a twentieth of an 8-bit step, just above black.
    """
    cv2.multiply(light, factor, codes, _STEPS, cv2.CV_16U)  # rounds, and keeps to the range
    cv2.LUT(codes, _bytes_of_light(), channel)


@cache
def _bytes_of_light() -> NDArray[np.uint8]:
    """8-bit sRGB codes of every step of linear light."""
    encoded = linear_to_srgb(np.arange(_STEPS + 1) / _STEPS)
    return np.asarray(np.rint(255 * encoded), dtype=np.uint8)


def _encode(light: Plane, factor: Plane, spare: Plane, channel: Pixels) -> None:
    """Overwrite ``channel`` with the linear light ``light * factor`` as sRGB of 16 bits or float.

    The curve is 1.055 c - 0.055 with c = linear ** (1 / 2.4); below the knee, where a straight line
    takes over, that line is larger, and above it the line stays where it was at the knee.
    """
    linear = np.multiply(light, factor, out=light)
    np.clip(linear, _TINY, 1, out=linear)
    cv2.log(linear, spare)
    spare *= np.float32(1 / 2.4)
    cv2.exp(spare, spare)
    np.clip(linear, 0, _KNEE, out=linear)
    cv2.addWeighted(linear, 12.92 / 1.055, linear, 0, 0.055 / 1.055, linear)
    cv2.max(spare, linear, spare)
    white = DEPTHS[channel.dtype]
    spare *= np.float32(1.055 * white)
    spare -= np.float32(0.055 * white - (0.5 if channel.dtype == np.uint16 else 0))
    np.clip(spare, 0, white, out=spare)
    channel[:] = spare
