# SPDX-License-Identifier: Apache-2.0
"""What time and bad light do to a photograph: the grey that is given, not the colour sought.

All of it is drawn on the CPU from a generator that the step seeds, so that a run which was stopped
goes on with the same draws, on whatever it runs.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from tintype.learn.augment import Augment

_EXPOSED, _GRAINY, _FADED, _BLURRED = 0.5, 0.25, 0.25, 0.25  # share of the crops it befalls
_SEEDS = 1_000_003  # steps that two seeds are apart


def degrade(lightness: Tensor, augment: Augment, *, seed: int, step: int) -> Tensor:
    """Spoil some crops' lightness.

    Args:
        lightness: ``(B, 1, S, S)`` L* in [0, 100].
        augment: how much; where it asks for nothing, the same tensor comes back.
        seed: the recipe's.
        step: the optimizer's.

    Returns:
        L* in [0, 100], same shape and device.
    """
    if not (augment.exposure or augment.grain or augment.fade or augment.blur):
        return lightness
    generator = torch.Generator().manual_seed(seed * _SEEDS + step)

    def draw(share: float, low: float, high: float) -> Tensor:
        """``(B, 1, 1, 1)``: uniform in a share of the crops, 0 in the others."""
        hit, value = torch.rand(2, len(lightness), 1, 1, 1, generator=generator)
        return torch.where(hit < share, low + (high - low) * value, 0.0).to(lightness.device)

    gamma = draw(_EXPOSED, -augment.exposure, augment.exposure).exp()
    black, white = (draw(_FADED, 0.0, augment.fade) for _ in range(2))
    deviation = draw(_GRAINY, 0.0, augment.grain)
    noise = torch.zeros(lightness.shape)
    grainy = deviation.flatten().cpu() > 0
    noise[grainy] = torch.randn(noise[grainy].shape, generator=generator)  # few crops of many
    if augment.blur:
        lightness = _blur(lightness, draw(_BLURRED, 0.0, augment.blur), largest=augment.blur)
    exposed = (lightness.clamp(0, 100) / 100) ** gamma
    faded = 100 * (black + (1 - black - white) * exposed)
    return (faded + deviation * noise.to(lightness.device)).clamp(0, 100)


def _blur(lightness: Tensor, sigma: Tensor, *, largest: float) -> Tensor:
    """Blur each crop by a Gaussian of its own ``sigma`` ``(B, 1, 1, 1)`` pixels; 0 leaves it."""
    reach = math.ceil(3 * largest)
    at = torch.arange(-reach, reach + 1, device=lightness.device)
    weights = torch.exp(-0.5 * (at / sigma.clamp(min=1e-3)) ** 2)  # (B, 1, 1, K)
    kernels = (weights / weights.sum(dim=-1, keepdim=True)).to(lightness.dtype)
    crops = F.pad(lightness, (reach,) * 4, mode="replicate").transpose(0, 1)  # (1, B, S, S)
    for kernel in (kernels, kernels.mT):
        crops = F.conv2d(crops, kernel, groups=len(sigma))
    return crops.transpose(0, 1)
