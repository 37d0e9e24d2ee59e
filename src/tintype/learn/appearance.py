# SPDX-License-Identifier: Apache-2.0
"""A loss that sees what a person sees: how far decoded colours are from the true ones.

Cross-entropy asks for a distribution, everywhere and for every class alike. What is looked at in
the end is one colour a place, its distribution's annealed mean, put through a curve. So this loss
decodes the scores as they will be decoded and takes the CIEDE2000 to the truth. Alone, that would
come out dull, since a dull colour is never far from the true one; so colourfulness counts against
it, at a rate of exchange: where a colour that costs so much earns enough of it, the network is to
be bold, and where it does not, calm.

Source: CIE 142:2001 for the difference; Hasler & Süsstrunk 2003 for the colourfulness
(:mod:`tintype.metrics.colorfulness`).
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from tintype.color.curve import ChromaCurve
from tintype.color.difference import ciede2000
from tintype.color.lab import rgb_to_lab
from tintype.color.luv import luv_to_rgb
from tintype.errors import OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceConfig:
    """Describes the loss, and the decode that it looks through.

    Raises:
        OptionError: a weight or a rate below 0, or a temperature that is not above it.
    """

    weight: float = 1.0  # of a unit of ΔE00, beside the cross-entropy's 1
    colorfulness: float = 0.04  # ΔE00 units that one of colourfulness is worth
    temperature: float = 0.5
    restraint: float = 0.0  # nats for each CIE unit of a class's chroma
    curve: ChromaCurve = field(default_factory=ChromaCurve)

    def __post_init__(self) -> None:
        if not (self.weight >= 0 and self.colorfulness >= 0 and self.temperature > 0):
            raise OptionError(
                f"appearance must have a weight and a colorfulness of 0 or more and a temperature "
                f"above 0; got {self.weight}, {self.colorfulness} and {self.temperature}"
            )


def appearance_loss(
    config: AppearanceConfig, scores: Tensor, centers: Tensor, lightness: Tensor, chroma: Tensor
) -> Tensor:
    """The weighted mean of ΔE00, less what the colourfulness is worth.

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
            luv_to_rgb(torch.cat((lightness, c), dim=1)).clamp(0, 1) for c in (decoded, chroma)
        )
        difference = ciede2000(rgb_to_lab(ours), rgb_to_lab(true)).mean()
        worth = config.colorfulness * _colorfulness(ours).mean()
        loss: Tensor = config.weight * (difference - worth)
        return loss


def _colorfulness(rgb: Tensor) -> Tensor:
    """``(B, 3, h, w)`` to ``(B,)``, in units of 8-bit RGB; its gradient is finite for grey too."""
    red, green, blue = (255 * rgb).unbind(dim=1)
    opponents = torch.stack((red - green, (red + green) / 2 - blue)).flatten(2)  # (2, B, h w)
    spread = opponents.var(dim=-1, correction=0).sum(dim=0)
    offset = opponents.mean(dim=-1).square().sum(dim=0)
    return (spread + 1).sqrt() + 0.3 * (offset + 1).sqrt()
