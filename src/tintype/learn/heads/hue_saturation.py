# SPDX-License-Identifier: Apache-2.0
"""The paper's other colour space: H and S predicted, V known, by regression or in bins.

Hue is a circle: it is regressed as a direction (cos H, sin H), or put into 50 bins round it.
Grey has no hue, so each pixel's hue counts by its saturation. S has 50 bins over [0, 1].

Source: Hwang & Zhou 2016, section 5.2, which reports that any error in S shows as noise.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.color.bins import ChannelBins
from tintype.color.hsv import direction_to_hue, hue_to_direction
from tintype.learn.heads.channel_bins import look_up, parallel_scores, score, split_scores
from tintype.learn.parts import Head
from tintype.learn.spaces import HSV

_LEAST_WEIGHT = 1e-3  # keeps the mean over a grey picture's hues finite


@dataclass(frozen=True, slots=True, kw_only=True)
class HueSaturationRegressionConfig:
    """Describes the regression head."""

    def build(self, in_channels: int, stride: int) -> "HueSaturationRegression":
        """Build the head for a map of ``in_channels`` at 1/``stride`` of the input."""
        return HueSaturationRegression(self, in_channels, stride)


class HueSaturationRegression(Head):
    """Hue's direction and saturation; raw predictions are ``(B, 3, h, w)``: cos, sin, S."""

    space = HSV

    def __init__(
        self, config: HueSaturationRegressionConfig, in_channels: int, stride: int
    ) -> None:
        super().__init__()
        self.config = config
        self.stride = stride
        self.values = nn.Conv2d(in_channels, 3, 3, padding=1)
        nn.init.xavier_uniform_(self.values.weight)
        nn.init.zeros_(self.values.bias)  # type: ignore[arg-type]  # it has a bias

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w)`` to ``(B, 3, h, w)``."""
        raw: Tensor = self.values(features)
        return raw

    def loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Squared error of S, plus that of the direction weighted by the true S."""
        direction, saturation = average_down(chroma, self.stride)
        raw = raw.float()
        turned = (raw[:, :2] - direction).square().sum(dim=1, keepdim=True)
        weight = saturation + _LEAST_WEIGHT
        off = (raw[:, 2:] - saturation).square().mean()
        return off + (weight * turned).sum() / weight.sum()

    def decode(self, raw: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """``(B, 2, h, w)`` H in [0, 1), S in [0, 1]."""
        raw = raw.float()
        hue: Tensor = direction_to_hue(raw[:, :2])
        return torch.cat((hue, raw[:, 2:].clamp(0, 1)), dim=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HueSaturationBinsConfig:
    """Describes the classification head."""

    count: int = 50  # bins round the circle, and as many over S

    def build(self, in_channels: int, stride: int) -> "HueSaturationBins":
        """Build the head for a map of ``in_channels`` at 1/``stride`` of the input."""
        return HueSaturationBins(self, in_channels, stride)


class HueSaturationBins(Head):
    """A score for every bin of hue and of saturation: ``(B, 2 count, h, w)`` logits."""

    space = HSV
    centers: Tensor

    def __init__(self, config: HueSaturationBinsConfig, in_channels: int, stride: int) -> None:
        super().__init__()
        self.config = config
        self.stride = stride
        self.bins = ChannelBins(config.count, 0.0, 1.0)
        self.scores = parallel_scores(in_channels, config.count)
        centers = torch.from_numpy(self.bins.centers)
        self.register_buffer("centers", centers.repeat(2, 1), persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w)`` to logits ``(B, 2 count, h, w)``: those of H, then those of S."""
        return score(self.scores, features)

    def loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Cross-entropy of S, plus that of H weighted by the true S."""
        direction, saturation = average_down(chroma, self.stride)
        target = self.bins.encode(torch.cat((direction_to_hue(direction), saturation), dim=1))
        entropy = F.cross_entropy(split_scores(raw), target, reduction="none")  # (B, 2, h, w)
        weight = saturation[:, 0] + _LEAST_WEIGHT
        return entropy[:, 1].mean() + (weight * entropy[:, 0]).sum() / weight.sum()

    def decode(self, raw: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """``(B, 2, h, w)`` H, S: the centres of the best bins."""
        return look_up(self.centers, split_scores(raw).argmax(dim=1))


def average_down(color: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    """H, S ``(B, 2, H, W)`` to direction ``(B, 2, h, w)`` and S ``(B, 1, h, w)``.

    Hues are averaged as directions, each by its saturation, so that red at 0.99 and at 0.01
    average to red and grey has no say.
    """
    hue, saturation = color[:, :1], color[:, 1:]
    pull = F.avg_pool2d(hue_to_direction(hue) * (saturation + _LEAST_WEIGHT), stride)
    return F.normalize(pull, dim=1), F.avg_pool2d(saturation, stride)
