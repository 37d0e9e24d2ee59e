# SPDX-License-Identifier: Apache-2.0
"""A loss that sees what a person sees: how far decoded colours are from the true ones.

Cross-entropy asks for a distribution, everywhere and for every class alike. What is looked at in
the end is one colour a place, its distribution's annealed mean, put through a curve. So this loss
decodes the scores as they will be decoded and takes the CIEDE2000 to the truth. Alone, that would
come out dull, since a dull colour is never far from the true one; so what a colour falls short of
the true one, along the true one's hue, counts beside it, the more the stronger that one is. Where a
hue is likely the network is to be bold; where any may be, none of them is worth a risk. More than
the truth has earns nothing. A reward for colourfulness itself does: it is had at the least cost by
a few spots of pure red.

Source: CIE 142:2001 for the difference.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from tintype.color.curve import PIVOT, ChromaCurve
from tintype.color.difference import ciede2000
from tintype.color.lab import rgb_to_lab
from tintype.color.luv import luv_to_rgb
from tintype.errors import OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceConfig:
    """Describes the loss, and the decode that it looks through.

    Raises:
        OptionError: a weight or a shortfall below 0, or a temperature that is not above it.
    """

    weight: float = 1.0  # of a unit of ΔE00, beside the cross-entropy's 1
    shortfall: float = 0.2  # ΔE00 units that a CIE unit counts for, missing of a chroma of 25
    temperature: float = 0.5
    restraint: float = 0.0  # nats for each CIE unit of a class's chroma
    curve: ChromaCurve = field(default_factory=ChromaCurve)

    def __post_init__(self) -> None:
        if not (self.weight >= 0 and self.shortfall >= 0 and self.temperature > 0):
            raise OptionError(
                f"appearance must have a weight and a shortfall of 0 or more and a temperature "
                f"above 0; got {self.weight}, {self.shortfall} and {self.temperature}"
            )


def appearance_loss(
    config: AppearanceConfig, scores: Tensor, centers: Tensor, lightness: Tensor, chroma: Tensor
) -> Tensor:
    """The weighted mean of ΔE00 and of what is missing of the true colours.

    Args:
        config: weights, and the decode.
        scores: ``(B, Q, h, w)`` logits of joint bins.
        centers: ``(Q, 2)`` u*, v* of each bin, CIE units.
        lightness: ``(B, 1, h, w)`` L* that the colours are shown at.
        chroma: ``(B, 2, h, w)`` true u*, v*.

    Returns:
        Scalar, in units of ΔE00 times the weight.
    """
    with torch.autocast(scores.device.type, enabled=False):  # bfloat16 has too few digits for it
        logits = scores.float().permute(0, 2, 3, 1) - config.restraint * centers.norm(dim=1)
        mean = (logits / config.temperature).softmax(dim=-1) @ centers  # (B, h, w, 2)
        decoded = config.curve.lift(mean.permute(0, 3, 1, 2))
        ours, true = (
            rgb_to_lab(luv_to_rgb(torch.cat((lightness, c), dim=1))) for c in (decoded, chroma)
        )  # not clipped: what cannot be shown is to be missed by no less than it is
        difference = ciede2000(ours, true).mean()
        missing = config.shortfall * _missing(decoded, chroma).mean()
        loss: Tensor = config.weight * (difference + missing)
        return loss


def _missing(decoded: Tensor, true: Tensor) -> Tensor:
    """What is short of true colours along their hues, by their strength: ``(B, h, w)``, >= 0."""
    missing: Tensor = (true.square() - decoded * true).sum(dim=1).clamp(min=0) / PIVOT
    return missing
