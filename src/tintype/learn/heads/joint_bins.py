# SPDX-License-Identifier: Apache-2.0
"""Classification over joint bins of (u*, v*), with soft targets and weights for rare colours.

The loss is the cross-entropy against the soft encoding of the true chroma, which is exact under
expectation; pixels of rare colours weigh more. How the decoded colours look can count in training
too (:mod:`tintype.learn.appearance`). The decode is the annealed mean.

Source: Zhang, Isola & Efros 2016 (arXiv 1603.08511), section 2; bins over CIELUV as in Hwang &
Zhou 2016, section 3.6.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.color.bins import JointBins, rarity_weights
from tintype.errors import OptionError
from tintype.learn.appearance import AppearanceConfig, appearance_loss
from tintype.learn.parts import Head

_HUBER = 12.0  # CIE units, from which on an error counts linearly


@dataclass(frozen=True, slots=True, kw_only=True)
class JointBinsConfig:
    """Describes the head.

    Raises:
        OptionError: unknown targets.
    """

    step: float = 12.0  # CIE units between bins
    uniform: float = 0.75  # share of the uniform distribution in the rarity weights; 1: none
    temperature: float = 0.4  # of the decode, in validation
    thin: bool = False  # a training step scores a quarter of the places
    targets: str = "soft"  # over the four bins around a colour; or "hard": the nearest of them
    regression: float = 0.0  # weight of the mean colour's error, beside the cross-entropy's 1
    appearance: AppearanceConfig | None = None  # how the decoded colours look counts in training

    def __post_init__(self) -> None:
        if self.targets not in ("soft", "hard"):
            raise OptionError(f"targets must be one of soft, hard; got {self.targets!r}")

    def build(self, in_channels: int, stride: int) -> "JointBinsHead":
        """Build the head for a map of ``in_channels`` at 1/``stride`` of the input."""
        return JointBinsHead(self, in_channels, stride)


class JointBinsHead(Head):
    """A score for every joint bin at every place; raw predictions are ``(B, Q, h, w)`` logits."""

    rarity: Tensor

    def __init__(self, config: JointBinsConfig, in_channels: int, stride: int) -> None:
        super().__init__()
        self.config = config
        self.stride = stride
        self.bins = JointBins(config.step)
        self.scores = nn.Conv2d(in_channels, self.bins.count, 1)
        nn.init.xavier_uniform_(self.scores.weight)
        self.register_buffer("rarity", torch.ones(self.bins.count))

    def set_prior(self, prior: np.ndarray) -> None:
        """Weigh the loss by, and start the scores from, the bins' share ``(Q,)`` of pixels."""
        self.rarity.copy_(self._rarity(prior))
        assert self.scores.bias is not None
        self.scores.bias.data.copy_(torch.from_numpy(prior).clamp(min=1e-6).log())

    def change_prior(self, prior: np.ndarray) -> None:
        """Weigh the loss of a trained head by other shares; its scores move along.

        The best scores under a weighted loss are those of the plain one plus the weights'
        logarithm, so trained scores stay right when that logarithm's change is added.
        """
        rarity = self._rarity(prior)
        assert self.scores.bias is not None
        self.scores.bias.data.add_((rarity / self.rarity).log())
        self.rarity.copy_(rarity)

    def correct(self, share: float) -> None:
        """Take a share, in [0, 1], of the weights' logarithm out of the scores, in place.

        After all of it they are those of a plain loss: see :meth:`change_prior`.
        """
        assert self.scores.bias is not None
        self.scores.bias.data.sub_(share * self.rarity.log())

    def restrain(self, strictness: float) -> None:
        """Make classes less likely the stronger their colour is, in place.

        Args:
            strictness: nats for each CIE unit of chroma.
        """
        assert self.scores.bias is not None
        strength = np.hypot(*self.bins.centers.T).astype(np.float32)  # (Q,)
        self.scores.bias.data.sub_(strictness * torch.from_numpy(strength))

    def _rarity(self, prior: np.ndarray) -> Tensor:
        return torch.from_numpy(rarity_weights(prior, uniform=self.config.uniform))

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, h, w)`` to logits ``(B, Q, h, w)``."""
        logits: Tensor = self.scores(features)
        return logits

    def learn(self, features: Tensor, chroma: Tensor, grey: Tensor) -> Tensor:
        """The loss; where the configuration says so, at one of each four neighbouring places.

        Neighbours are much alike, and scoring all of them costs half as much as the network below.
        """
        return _learn([self], [features], chroma, grey)

    def _place(self, features: Tensor, chroma: Tensor, grey: Tensor) -> tuple[Tensor, ...]:
        """Scores where a training step takes some, and what is true there."""
        chroma, grey = (F.avg_pool2d(plane, self.stride) for plane in (chroma, grey))
        if not self.config.thin:
            return self(features), chroma, grey
        if features.requires_grad:  # slices' gradients come back in another memory format
            features.register_hook(_channels_last)  # type: ignore[no-untyped-call]
        return self(_thin(features)), _thin(chroma), _thin(grey)

    def hint_at(self, chroma: Tensor, grey: Tensor) -> Tensor:
        """Before the curve, where one is learnt through; as an exported network is hinted too."""
        if self.config.appearance is None:
            return chroma
        hint: Tensor = self.config.appearance.curve.invert(chroma, grey, grey)
        return hint

    def loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Weighted cross-entropy; ``chroma`` ``(B, 2, H, W)`` is averaged down to the logits'."""
        return self._loss(raw, F.avg_pool2d(chroma, self.stride))

    def _loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Weighted cross-entropy of ``(B, Q, h, w)`` against ``(B, 2, h, w)``."""
        bins, weights = self.bins.encode(chroma)  # (B, 4, h, w)
        if self.config.targets == "hard":
            weights = F.one_hot(weights.argmax(1), weights.shape[1]).movedim(-1, 1).to(weights)
        logits = raw.float().permute(0, 2, 3, 1)  # (B, h, w, Q)
        bins, weights = bins.permute(0, 2, 3, 1), weights.permute(0, 2, 3, 1)
        expected = (weights * logits.gather(-1, bins)).sum(-1)  # (B, h, w)
        rarity = (weights * self.rarity[bins]).sum(-1)
        loss: Tensor = (rarity * (logits.logsumexp(-1) - expected)).mean()
        if self.config.regression:
            error = F.smooth_l1_loss(self.decode(raw), chroma, beta=_HUBER) / self.config.step
            loss = loss + self.config.regression * error
        return loss

    def decode(self, raw: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """Annealed mean of the bins' centres, ``(B, 2, h, w)`` in CIE units."""
        probabilities = (raw.float() / temperature).softmax(dim=1)
        centers = torch.from_numpy(self.bins.centers).to(raw.device)
        return F.conv2d(probabilities, centers.T[:, :, None, None].contiguous())

    def log_probabilities(self, raw: Tensor) -> Tensor:
        """``(B, Q, h, w)`` natural logarithms."""
        return raw.float().log_softmax(dim=1)

    def confidence(self, raw: Tensor) -> Tensor:
        """1 minus the entropy over its maximum, ``(B, 1, h, w)`` in [0, 1]."""
        logs = self.log_probabilities(raw)
        entropy = -(logs.exp() * logs).sum(dim=1, keepdim=True)
        return 1 - entropy / float(np.log(self.bins.count))


def learn_together(
    heads: Sequence[Head], features: Sequence[Tensor], chroma: Tensor, grey: Tensor
) -> Tensor:
    """The loss of a step of networks whose scores will be averaged; of one, its own.

    Each is to be likely by itself, the mean of their likelihoods counts; how the colours look is
    asked of the mean of their scores, as that is what will be decoded.

    Args:
        heads: :class:`JointBinsHead` of one configuration, where there are several.
        features: what each is given.
        chroma: ``(B, 2, H, W)`` true u*, v* in CIE units.
        grey: ``(B, 1, H, W)`` true L*.
    """
    if len(heads) == 1:
        return heads[0].learn(features[0], chroma, grey)
    several = [head for head in heads if isinstance(head, JointBinsHead)]
    return _learn(several, features, chroma, grey)


def _learn(
    heads: Sequence[JointBinsHead], features: Sequence[Tensor], chroma: Tensor, grey: Tensor
) -> Tensor:
    placed = [head._place(own, chroma, grey) for head, own in zip(heads, features, strict=True)]
    _, chroma, grey = placed[0]
    losses = [head._loss(raw, chroma) for head, (raw, *_) in zip(heads, placed, strict=True)]
    loss = torch.stack(losses).mean()
    config = heads[0].config.appearance
    if config is not None:
        scores = torch.stack([raw.float() for raw, *_ in placed]).mean(dim=0)
        centers = torch.from_numpy(heads[0].bins.centers).to(scores.device)
        loss = loss + appearance_loss(config, scores, centers, grey, chroma)
    return loss


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)


def _thin(x: Tensor) -> Tensor:
    """One of four neighbours, another one in each of four photographs; the batch is reordered."""
    return torch.cat([x[i::4, :, i // 2 :: 2, i % 2 :: 2] for i in range(4)])
