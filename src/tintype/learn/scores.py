# SPDX-License-Identifier: Apache-2.0
"""The paper's measures of a prediction, and the field's beside them, photograph by photograph.

A prediction is u* and v*, as a network gave them, before anything is fitted to what sRGB can show:
that is what the paper's own measures are taken of. Saturation, ΔE00 and colourfulness are of the
picture that one would see: true L* put back, chroma fitted into the gamut.

Source: Hwang & Zhou 2016, section 5.1; :mod:`tintype.metrics` names every protocol.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from tintype.color.gamut import fit_chroma
from tintype.color.luv import luv_to_rgb, rgb_to_luv
from tintype.learn.datasets import PhotographCache, ValidationCrops
from tintype.learn.network import Network, color_grey
from tintype.metrics.color_difference import mean_ciede2000
from tintype.metrics.colorfulness import colorfulness
from tintype.metrics.paper import bin_accuracy, squared_l2
from tintype.metrics.saturation import (
    mean_hsv_saturation,
    mean_luv_saturation,
    saturation_difference,
)

Numbers = NDArray[np.float64]
_BATCH = 16  # photographs coloured at a time


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """One number a photograph, ``(N,)`` float64 each; NumPy's reductions give the tables."""

    squared_l2: Numbers  # the paper's L_reg over the number of pixels, squared CIE units
    accuracy_u: Numbers  # Acc.U, share of pixels in [0, 1]
    accuracy_v: Numbers
    near_u: Numbers  # the same, one bin off allowed
    near_v: Numbers
    saturation: Numbers  # mean of HSV's S
    true_saturation: Numbers
    luv_saturation: Numbers  # mean of C*uv / L*
    true_luv_saturation: Numbers
    ciede2000: Numbers
    colorfulness: Numbers
    true_colorfulness: Numbers

    def __add__(self, other: Self) -> "Scores":
        """These photographs and then those."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Scores(*(np.concatenate(pair) for pair in pairs))

    def summary(self) -> dict[str, float]:
        """What the tables show, over all photographs.

        ``l2`` is the root of the mean squared distance in (u*, v*), CIE units; the saturation
        differences are relative, negative where the prediction is duller than the truth.
        """
        return {
            "l2": float(np.sqrt(self.squared_l2.mean())),
            "accuracy_u": float(self.accuracy_u.mean()),
            "accuracy_v": float(self.accuracy_v.mean()),
            "near_u": float(self.near_u.mean()),
            "near_v": float(self.near_v.mean()),
            "saturation_difference": saturation_difference(self.saturation, self.true_saturation),
            "luv_saturation_difference": saturation_difference(
                self.luv_saturation, self.true_luv_saturation
            ),
            "ciede2000": float(self.ciede2000.mean()),
            "colorfulness": float(self.colorfulness.mean()),
            "true_colorfulness": float(self.true_colorfulness.mean()),
        }


def score_chroma(chroma: NDArray[np.float32], rgb: NDArray[np.float32]) -> Scores:
    """Score predictions.

    Args:
        chroma: ``(N, 2, H, W)`` u*, v* in CIE units.
        rgb: ``(N, 3, H, W)`` the true photographs, encoded sRGB in [0, 1].
    """
    truth = rgb_to_luv(rgb)
    true_chroma = truth[:, 1:]
    shown = render(chroma, rgb)
    accuracy = bin_accuracy(chroma, true_chroma)
    near = bin_accuracy(chroma, true_chroma, tolerance=1)
    return Scores(
        squared_l2=squared_l2(chroma, true_chroma) / (chroma.shape[-2] * chroma.shape[-1]),
        accuracy_u=accuracy[:, 0],
        accuracy_v=accuracy[:, 1],
        near_u=near[:, 0],
        near_v=near[:, 1],
        saturation=mean_hsv_saturation(shown),
        true_saturation=mean_hsv_saturation(rgb),
        luv_saturation=mean_luv_saturation(rgb_to_luv(shown)),
        true_luv_saturation=mean_luv_saturation(truth),
        ciede2000=mean_ciede2000(shown, rgb),
        colorfulness=colorfulness(shown),
        true_colorfulness=colorfulness(rgb),
    )


def render(chroma: NDArray[np.float32], rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put predicted chroma on the true lightness, fitted into the gamut: ``(N, 3, H, W)`` sRGB."""
    luv = np.concatenate((rgb_to_luv(rgb)[:, :1], chroma), axis=1)
    shown: NDArray[np.float32] = np.clip(luv_to_rgb(fit_chroma(luv)), 0, 1).astype(np.float32)
    return shown


@torch.inference_mode()
def predict_chroma(network: Network, rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a network makes of photographs whose grey alone it sees.

    Args:
        network: of any space, in evaluation mode.
        rgb: ``(N, 3, H, W)`` encoded sRGB in [0, 1]; sides multiples of the network's.

    Returns:
        ``(N, 2, H, W)`` float32 u*, v* in CIE units.
    """
    device = next(network.parameters()).device
    parts = []
    for start in range(0, len(rgb), _BATCH):
        batch = torch.from_numpy(rgb[start : start + _BATCH]).to(device)
        grey, _ = network.head.space.split(batch)
        parts.append(color_grey(network, grey)[:, 1:].cpu().numpy())
    return np.concatenate(parts)


def read_squares(photographs: PhotographCache, side: int) -> NDArray[np.float32]:
    """The middle square of every photograph, ``(N, 3, side, side)`` encoded sRGB in [0, 1]."""
    crops = ValidationCrops(photographs, side=side)
    squares = [crops[index].numpy().astype(np.float32) / 255 for index in range(len(crops))]
    return np.stack(squares)


def score_network(network: Network, photographs: PhotographCache, *, side: int) -> Scores:
    """Score a network on the middle squares of photographs, a batch at a time.

    On the accelerator, where there is one; the network goes back where it was.
    """
    home = next(network.parameters()).device
    network.to(fastest_device())
    parts = []
    try:
        for start in range(0, len(photographs), _BATCH):
            chosen = range(start, min(start + _BATCH, len(photographs)))
            rgb = read_squares(photographs.subset(chosen), side)
            parts.append(score_chroma(predict_chroma(network, rgb), rgb))
    finally:
        network.to(home)
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def fastest_device() -> torch.device:
    """The accelerator, where there is one."""
    accelerator = (
        torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    )
    return accelerator or torch.device("cpu")
