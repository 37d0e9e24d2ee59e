# SPDX-License-Identifier: Apache-2.0
"""The colour space that a head predicts in: what it is given as grey, and what it is to find.

Every network takes grey as L* in [0, 100] and is measured in CIELUV. The paper also tried HSV,
where V is what is known, and H and S are what is predicted. There the input is the L* of a grey
picture with R = G = B = V, and a prediction becomes u* and v* by way of RGB.

Source: Hwang & Zhou 2016, sections 3.1 and 5.2.
"""

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from tintype.color.hsv import direction_to_hue, hsv_to_rgb, hue_to_direction, rgb_to_hsv
from tintype.color.luv import luv_to_rgb, rgb_to_lightness, rgb_to_luv


class Space(Protocol):
    """One way to take a photograph apart into grey and colour."""

    def split(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """``(B, 3, H, W)`` encoded sRGB to ``(B, 1, H, W)`` grey, as L*, and its colour."""
        ...

    def join(self, grey: Tensor, color: Tensor) -> Tensor:
        """Grey and colour, both ``(B, ., H, W)``, to ``(B, 3, H, W)`` L*, u*, v*."""
        ...

    def enlarge(self, color: Tensor, size: tuple[int, int]) -> Tensor:
        """Bring ``(B, 2, h, w)`` colour to ``(B, 2, *size)``, bilinearly."""
        ...


class LuvSpace:
    """L* is known, u* and v* are to be found, in CIE units."""

    def split(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """Take L* and ``(B, 2, H, W)`` u*, v* apart."""
        luv = rgb_to_luv(rgb)
        return luv[:, :1], luv[:, 1:]

    def join(self, grey: Tensor, color: Tensor) -> Tensor:
        """Put L*, u*, v* together."""
        return torch.cat((grey, color), dim=1)

    def enlarge(self, color: Tensor, size: tuple[int, int]) -> Tensor:
        """Interpolate u* and v*."""
        return F.interpolate(color, size, mode="bilinear")


class HsvSpace:
    """V is known, H and S are to be found, both in [0, 1]."""

    def split(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """The L* of V, and ``(B, 2, H, W)`` H, S."""
        hsv = rgb_to_hsv(rgb)
        return rgb_to_lightness(hsv[:, 2:].expand(-1, 3, -1, -1)), hsv[:, :2]

    def join(self, grey: Tensor, color: Tensor) -> Tensor:
        """Put V, H, S together and convert; L* is then what that colour has, not ``grey``."""
        value = luv_to_rgb(torch.cat((grey, torch.zeros_like(color)), dim=1))[:, :1].clamp(0, 1)
        hue, saturation = color[:, :1], color[:, 1:].clamp(0, 1)
        luv: Tensor = rgb_to_luv(hsv_to_rgb(torch.cat((hue, saturation, value), dim=1)))
        return luv

    def enlarge(self, color: Tensor, size: tuple[int, int]) -> Tensor:
        """Interpolate S, and H as a direction as long as S, since H is a circle."""
        hue, saturation = color[:, :1], color[:, 1:]
        direction = F.interpolate(hue_to_direction(hue) * saturation, size, mode="bilinear")
        larger = F.interpolate(saturation, size, mode="bilinear")
        return torch.cat((direction_to_hue(direction), larger), dim=1)


LUV: Space = LuvSpace()
HSV: Space = HsvSpace()
