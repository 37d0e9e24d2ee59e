# SPDX-License-Identifier: Apache-2.0
"""The paper's classification: 50 bins for u*, 50 for v*, chosen independently of each other.

Two parallel 1x1 convolutions give each place's scores; the loss is the sum of the two
cross-entropies; the decode takes each channel's best bin and, "using the means of the selected
bins", a value for it. That can be read as the bin's centre or as the mean of the training pixels
in it, and ``decode`` offers both. The default is the pixels' mean: the bins' edges lie on 0, so
the centre of grey's bin is a tint of 2 units in each channel, which the mean largely undoes. The
means are part of the weights (:meth:`ChannelBinsHead.fit`); until they are known, centres serve.
``expectation`` is not the paper's: the mean of all bins, weighted by their probabilities, which is
what a regression would say if it were as sure as this network is.

Source: Hwang & Zhou 2016, section 3.6.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.color.bins import ChannelBins
from tintype.errors import OptionError
from tintype.learn.parts import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBinsConfig:
    """Describes the head.

    Raises:
        OptionError: an unknown decode.
    """

    count: int = 50  # bins of each channel
    low: float = -100.0  # CIE units; colours beyond fall into the outermost bins
    high: float = 100.0
    decode: str = "mean"  # of the best bin's training pixels; its "center"; "expectation" over all

    def __post_init__(self) -> None:
        if self.decode not in ("mean", "center", "expectation"):
            raise OptionError(
                f"decode must be one of mean, center, expectation; got {self.decode!r}"
            )

    def build(self, in_channels: int, stride: int) -> "ChannelBinsHead":
        """Build the head for a map of ``in_channels`` at 1/``stride`` of the input."""
        return ChannelBinsHead(self, in_channels, stride)


class ChannelBinsHead(Head):
    """A score for every bin of each channel; raw predictions are ``(B, 2 count, h, w)`` logits."""

    means: Tensor

    def __init__(self, config: ChannelBinsConfig, in_channels: int, stride: int) -> None:
        super().__init__()
        self.config = config
        self.stride = stride
        self.bins = ChannelBins(config.count, config.low, config.high)
        self.scores = parallel_scores(in_channels, config.count)
        centers = torch.from_numpy(self.bins.centers)
        self.register_buffer("means", centers.repeat(2, 1))

    def fit(self, color: Tensor) -> None:
        """Learn what each bin stands for: the mean of ``(N, 2, H, W)`` training chroma in it."""
        planes = F.avg_pool2d(color, self.stride).cpu().numpy().astype(np.float64)
        means = np.stack([self.bins.means(planes[:, channel]) for channel in range(2)])
        self.means.copy_(torch.from_numpy(means))

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w)`` to logits ``(B, 2 count, h, w)``: those of u*, then those of v*."""
        return score(self.scores, features)

    def loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Sum of the two mean cross-entropies; ``chroma`` is averaged down to the logits'."""
        target = self.bins.encode(F.avg_pool2d(chroma, self.stride))  # (B, 2, h, w)
        logits = split_scores(raw)  # (B, count, 2, h, w)
        return 2 * F.cross_entropy(logits, target)  # a mean over both channels: twice it is the sum

    def decode(self, raw: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """``(B, 2, h, w)`` u*, v* in CIE units; only the expectation knows a temperature."""
        scores = split_scores(raw)  # (B, count, 2, h, w)
        if self.config.decode == "expectation":
            share = (scores / temperature).softmax(dim=1)
            return torch.einsum("bkchw,ck->bchw", share, self.means.to(share.dtype))
        best = scores.argmax(dim=1)  # (B, 2, h, w)
        if self.config.decode == "center":
            return torch.from_numpy(self.bins.centers).to(raw.device)[best]
        return look_up(self.means, best)


def parallel_scores(in_channels: int, count: int) -> nn.ModuleList:
    """The two parallel 1x1 convolutions, Xavier-initialised."""
    both = nn.ModuleList(nn.Conv2d(in_channels, count, 1) for _ in range(2))
    for one in both:
        nn.init.xavier_uniform_(one.weight)  # type: ignore[arg-type]  # a convolution's
        nn.init.zeros_(one.bias)  # type: ignore[arg-type]
    return both


def score(scores: nn.ModuleList, features: Tensor) -> Tensor:
    """Both channels' logits, one after the other: ``(B, 2 count, h, w)``."""
    return torch.cat([one(features) for one in scores], dim=1)


def split_scores(raw: Tensor) -> Tensor:
    """``(B, 2 count, h, w)`` logits to ``(B, count, 2, h, w)`` float32, classes on axis 1."""
    return torch.stack(raw.float().chunk(2, dim=1), dim=2)


def look_up(table: Tensor, index: Tensor) -> Tensor:
    """``(2, count)`` values at ``(B, 2, h, w)`` classes, each channel by its own row."""
    return torch.stack([table[channel][index[:, channel]] for channel in range(2)], dim=1)
