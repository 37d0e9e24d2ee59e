# SPDX-License-Identifier: Apache-2.0
"""Regression of u* and v*: the paper's baseline, with the squared loss or Huber's.

The paper's squared loss is ``(Up - Ua)² + (Vp - Va)²`` summed over the pixels; here it is averaged,
so that a learning rate means the same at every size. Its Huber loss, of each channel's residual:
``u²`` up to the threshold M, ``M (2|u| - M)`` beyond, which is continuous with its slope.

Source: Hwang & Zhou 2016, sections 3.5 and 5.1; P. J. Huber, Annals of Mathematical Statistics 35,
1964.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.errors import OptionError
from tintype.learn.parts import Head

UNIT = 50.0  # CIE units that are 1 inside the network and in the loss


@dataclass(frozen=True, slots=True, kw_only=True)
class UVRegressionConfig:
    """Describes the head.

    Raises:
        OptionError: an unknown objective, or a threshold that is not above 0.
    """

    objective: str = "l2"  # or "huber"
    threshold: float = 10.0  # Huber's M in CIE units; a third of the chroma of ordinary foliage

    def __post_init__(self) -> None:
        if self.objective not in ("l2", "huber"):
            raise OptionError(f"objective must be one of l2, huber; got {self.objective!r}")
        if not self.threshold > 0:
            raise OptionError(f"threshold must be above 0 CIE units, got {self.threshold}")

    def build(self, in_channels: int, stride: int) -> "UVRegression":
        """Build the head for a map of ``in_channels`` at 1/``stride`` of the input."""
        return UVRegression(self, in_channels, stride)


class UVRegression(Head):
    """Two numbers at every place; raw predictions are ``(B, 2, h, w)`` in units of 50."""

    def __init__(self, config: UVRegressionConfig, in_channels: int, stride: int) -> None:
        super().__init__()
        self.config = config
        self.stride = stride
        self.values = nn.Conv2d(in_channels, 2, 3, padding=1)
        nn.init.xavier_uniform_(self.values.weight)
        nn.init.zeros_(self.values.bias)  # type: ignore[arg-type]  # it has a bias

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w)`` to ``(B, 2, h, w)``."""
        raw: Tensor = self.values(features)
        return raw

    def loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Mean over places of the objective summed over u* and v*, in units of 50 squared."""
        residual = raw.float() - F.avg_pool2d(chroma, self.stride) / UNIT  # (B, 2, h, w)
        if self.config.objective == "huber":
            penalty = huber(residual, self.config.threshold / UNIT)
        else:
            penalty = residual.square()
        return penalty.sum(dim=1).mean()

    def decode(self, raw: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """``(B, 2, h, w)`` u*, v* in CIE units; a regression has no temperature."""
        return raw.float() * UNIT


def huber(residual: Tensor, threshold: float) -> Tensor:
    """The paper's penalty, element by element: quadratic up to the threshold, then linear."""
    size = residual.abs()
    return torch.where(size <= threshold, size.square(), threshold * (2 * size - threshold))
