# SPDX-License-Identifier: Apache-2.0
"""How a photograph is read in black and white: its lightness, its tint, its frame.

A grey photograph's lightness is its own, and so is the lightness of one in colour. A tinted or
faded one is brought to a clean lightness first, that of the grey photograph behind the tint: the
colours are predicted from it, and put on it or, where the tint shall stay, on the scan as it is,
tint and all.

Nothing is made at full size here: a :class:`Tone` refers to the photograph's pixels and reads them
strip by strip, so that memory does not grow with the photograph.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import luminance_to_lightness, rgb_to_lightness
from tintype.color.srgb import srgb_to_linear
from tintype.errors import OptionError
from tintype.imaging.frame import Frame, find_frame, whole
from tintype.imaging.light import find_luminance, read_light
from tintype.imaging.photograph import DEPTHS, Photograph, Pixels
from tintype.imaging.resize import resize, resize_pixels
from tintype.imaging.tint import Tint, find_tint

Plane = NDArray[np.float32]
Planes = NDArray[np.float32]

AUTO, KEEP, OFF = "auto", "keep", "off"

_COPY = 512  # pixels at least of the short side of the copy that everything small is made from,
_COPY_PIXELS = 1 << 22  # unless the long side is so long that it would have more than this
_SEARCH = 256  # pixels of the short side at which frame and tint are looked for


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tone:
    """A photograph in black and white. From :func:`read_tone`; threads may share it.

    Attributes:
        pixels: the photograph's own.
        copy: ``(h, w)`` or ``(3, h, w)`` float32 in [0, 1]: the photograph, reduced if it is large.
        frame: the picture proper, without film edges, mounts and letterboxes.
        is_color: whether the photograph is in colour already, and not only tinted.
        tint: the tint that was found; None without one, and where none was looked for.
        keeps_tint: whether the result shall have the tint, rather than a clean lightness.
    """

    pixels: Pixels
    copy: Planes
    frame: Frame
    is_color: bool
    tint: Tint | None
    keeps_tint: bool

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the photograph in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def clean_lightness(self, size: tuple[int, int]) -> Plane:
        """L* of the picture proper without its tint: what the network is to see.

        Args:
            size: the (h, w) wanted; at the picture proper's aspect ratio, nothing is squashed.

        Returns:
            ``(h, w)`` float32 in [0, 100].
        """
        lightness = _lightness(self.reduce(self.frame, size))
        return lightness if self.tint is None else self.tint.clean[self.tint.shades(lightness)]

    def lightness(self, frame: Frame, size: tuple[int, int]) -> Plane:
        """L* that the result will have in a rectangle of the photograph, at another size.

        Returns:
            ``(h, w)`` float32 in [0, 100].
        """
        lightness = _lightness(self.reduce(frame, size))
        if self.tint is None or self.keeps_tint:
            return lightness
        return self.tint.clean[self.tint.shades(lightness)]

    def read(self, rows: slice, lightness: Plane, luminance: Plane) -> None:
        """Find L* and relative luminance that the result will have, at full size.

        Args:
            rows: which of the photograph's.
            lightness: ``(n, W)`` float32, is overwritten with L*.
            luminance: ``(n, W)`` float32, is overwritten with Y in [0, 1].
        """
        read_light(self.pixels[rows], lightness, luminance)
        if self.tint is not None and not self.keeps_tint:
            np.take(self.tint.clean, self.tint.shades(lightness), out=lightness, mode="clip")
            find_luminance(lightness, luminance)

    def reduce(self, frame: Frame, size: tuple[int, int]) -> Planes:
        """A rectangle of the photograph at another size, tint and all.

        Returns:
            ``(h, w)`` or ``(3, h, w)`` float32, encoded sRGB, in [0, 1].
        """
        down = self.copy.shape[-2] / self.size[0]
        across = self.copy.shape[-1] / self.size[1]
        rows = slice(round(frame.top * down), round((frame.top + frame.height) * down))
        columns = slice(round(frame.left * across), round((frame.left + frame.width) * across))
        copy = self.copy[..., rows, columns]
        if self.copy.shape[-2:] == self.size or (
            copy.shape[-2] >= size[0] and copy.shape[-1] >= size[1]
        ):
            return resize(copy, size)
        return _to_planes(self.pixels[frame.rows, frame.columns], size)


def read_tone(photograph: Photograph, *, tone: str = AUTO) -> Tone:
    """Read a photograph in black and white.

    Args:
        photograph: grey, tinted or in colour, of any depth.
        tone: ``auto`` cleans a tinted or faded scan, ``keep`` lays its tint over the result again,
            ``off`` takes the photograph's lightness as it is.

    Returns:
        Its tone, which refers to its pixels.

    Raises:
        OptionError: ``tone`` is none of these.
    """
    if tone not in (AUTO, KEEP, OFF):
        raise OptionError(f"tone must be one of {AUTO}, {KEEP}, {OFF}; got {tone!r}")
    read = Tone(
        pixels=photograph.pixels,
        copy=_to_planes(photograph.pixels, _halved(photograph.size)),
        frame=whole(photograph.size),
        is_color=False,
        tint=None,
        keeps_tint=False,
    )
    read = _find_frame(read)
    if not photograph.is_grey:
        read = _find_tint(read)
        if read.tint is not None:  # a toned black is no black, so the frame comes out with the tint
            read = _find_tint(_find_frame(read))
    return replace(read, keeps_tint=tone == KEEP, tint=None if tone == OFF else read.tint)


def _find_frame(tone: Tone) -> Tone:
    everything = whole(tone.size)
    lightness = tone.lightness(everything, _at_side(_SEARCH, everything))
    return replace(tone, frame=find_frame(lightness, tone.size))


def _find_tint(tone: Tone) -> Tone:
    is_color, tint = find_tint(tone.reduce(tone.frame, _at_side(_SEARCH, tone.frame)))
    return replace(tone, is_color=is_color, tint=tint)


def _halved(size: tuple[int, int]) -> tuple[int, int]:
    """(h, w) of the copy: the photograph halved, which comes cheap, down to the limits."""
    height, width = size
    while min(height, width) >= 2 * _COPY or height * width > _COPY_PIXELS:
        height, width = max(1, height // 2), max(1, width // 2)
    return height, width


def _at_side(side: int, frame: Frame) -> tuple[int, int]:
    """(h, w) of a frame, reduced to a short side if it is larger."""
    scale = min(1.0, side / min(frame.size))
    return max(1, round(scale * frame.height)), max(1, round(scale * frame.width))


def _to_planes(pixels: Pixels, size: tuple[int, int]) -> Planes:
    """Pixels at another size, as ``(h, w)`` or ``(3, h, w)`` in [0, 1]."""
    return resize_pixels(pixels, size) * np.float32(1 / DEPTHS[pixels.dtype])


def _lightness(planes: Planes) -> Plane:
    """``(h, w)`` L* of planes ``(h, w)`` or ``(3, h, w)``, encoded, in [0, 1]."""
    if planes.ndim == 3:
        return np.asarray(rgb_to_lightness(planes)[0], dtype=np.float32)
    return np.asarray(luminance_to_lightness(srgb_to_linear(planes)), dtype=np.float32)
