# SPDX-License-Identifier: Apache-2.0
"""Hints: places where a person says what colour something was.

A hint is a disc of one colour on the upright photograph. The network sees all hints of a
photograph as three planes at its own size: u*, v* in CIE units, and a mask that is 1 where
something is hinted and 0 elsewhere; without hints all three are zero.

What a hint can say is hue and strength. How light the place is, the photograph knows; the hinted
chroma is therefore scaled down to what a display can show at the lightness found there, which is
all that the network has seen in training.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.color.gamut import fit_chroma
from tintype.color.luv import rgb_to_luv
from tintype.errors import OptionError

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT_RADIUS = 0.01  # of the photograph's short side


@dataclass(frozen=True, slots=True)
class Hint:
    """One disc of colour.

    Attributes:
        x: its centre's pixel column, counted from 0 at the left of the upright photograph.
        y: its centre's pixel row, counted from 0 at the top.
        color: ``#RRGGBB``, encoded sRGB; its lightness is not used.
        radius: in pixels of the photograph; by default a hundredth of its short side.

    Raises:
        OptionError: the colour is not written so, or a number cannot be.
    """

    x: float
    y: float
    color: str
    radius: float | None = None

    def __post_init__(self) -> None:
        if not _COLOR.fullmatch(self.color):
            raise OptionError(f"a hint's color must be written #RRGGBB, got {self.color!r}")
        if not (self.x >= 0 and self.y >= 0):  # also false for NaN
            raise OptionError(f"a hint's x and y must be at least 0, got {self.x}, {self.y}")
        if self.radius is not None and not 0 < self.radius < math.inf:
            raise OptionError(f"a hint's radius must be above 0 and finite, got {self.radius}")


def hints_to_planes(
    hints: Sequence[Hint], lightness: NDArray[np.float32], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Draw hints as the network sees them; where two overlap, the later one is on top.

    Args:
        hints: in pixels of the photograph.
        lightness: ``(h, w)`` float32, L* in [0, 100], the photograph at the network's size.
        size: ``(H, W)`` of the photograph, pixels.

    Returns:
        ``(3, h, w)`` float32: u*, v* in CIE units, displayable at that lightness, and the mask in
        {0, 1}. A hint covers one pixel at least.

    Raises:
        OptionError: a hint lies outside the photograph.
    """
    height, width = size
    planes = np.zeros((3, *lightness.shape), dtype=np.float32)
    for hint in hints:
        if hint.y > height - 1 or hint.x > width - 1:
            raise OptionError(
                f"a hint lies at {hint.x:g}, {hint.y:g}, outside of the photograph's "
                f"{width} x {height} pixels"
            )
        disc = _disc(hint, lightness.shape, size)
        planes[:2, disc] = _chroma(hint.color, float(lightness[disc].mean()))[:, None]
        planes[2, disc] = 1.0
    return planes


def _disc(hint: Hint, shape: tuple[int, ...], size: tuple[int, int]) -> NDArray[np.bool_]:
    """``(h, w)``: which pixels of the small plane have their centre in the hint's disc."""
    step_y, step_x = size[0] / shape[0], size[1] / shape[1]  # photograph's pixels per small pixel
    y, x = hint.y + 0.5, hint.x + 0.5  # the pixel's centre, on the continuous photograph
    radius = DEFAULT_RADIUS * min(size) if hint.radius is None else hint.radius
    rows = (np.arange(shape[0]) + 0.5) * step_y - y
    columns = (np.arange(shape[1]) + 0.5) * step_x - x
    disc = rows[:, None] ** 2 + columns[None, :] ** 2 <= radius**2
    row, column = int(y * shape[0] / size[0]), int(x * shape[1] / size[1])  # exact where whole
    disc[min(row, shape[0] - 1), min(column, shape[1] - 1)] = True
    return disc


def _chroma(color: str, lightness: float) -> NDArray[np.float32]:
    """``(2,)``: u*, v* of ``#RRGGBB``, scaled down to what can be shown at ``lightness``."""
    rgb = np.frombuffer(bytes.fromhex(color[1:]), dtype=np.uint8).reshape(3, 1, 1) / 255
    luv = rgb_to_luv(rgb)
    luv[0] = lightness
    return np.asarray(fit_chroma(luv)[1:, 0, 0], dtype=np.float32)
