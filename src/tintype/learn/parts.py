# SPDX-License-Identifier: Apache-2.0
"""The three parts of a network, and what each promises the others.

A part is described by a frozen configuration that builds it. Parts meet only through what stands
here, so any encoder goes with any decoder and any head.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from torch import Tensor, nn

from tintype.errors import ModelError
from tintype.learn.spaces import LUV, Space


class Encoder(nn.Module, ABC):
    """Lightness to a pyramid of features."""

    channels: tuple[int, ...]  # of each map, finest first
    strides: tuple[int, ...]  # input pixels per feature, finest first

    @abstractmethod
    def forward(self, grey: Tensor) -> tuple[Tensor, ...]:
        """``(B, 1, H, W)`` L* in [0, 100] to ``(B, channels[i], H/strides[i], W/strides[i])``.

        Args:
            grey: height and width multiples of the coarsest stride.
        """

    def load_imagenet(self, file: Path) -> None:
        """Start from an ImageNet classifier's weights.

        Raises:
            ModelError: ``file`` is missing or does not fit, or this encoder has no such start.
        """
        raise ModelError(f"{type(self).__name__} has no ImageNet weights to start from ({file})")

    def calibrate(self, grey: Tensor) -> None:
        """Fit what the loaded weights leave open to ``(N, 1, H, W)`` L* of some photographs."""


class Decoder(nn.Module, ABC):
    """A pyramid of features to one map."""

    out_channels: int
    out_stride: int  # input pixels per feature of the map
    takes_hints: bool = False  # whether forward may be given some

    @abstractmethod
    def forward(self, features: tuple[Tensor, ...], hints: Tensor | None = None) -> Tensor:
        """The pyramid, finest first, to ``(B, out_channels, H/out_stride, W/out_stride)``.

        Args:
            features: the encoder's maps, finest first.
            hints: ``(B, 3, H, W)`` u*, v* in CIE units and mask in [0, 1], for decoders that take
                some; None is the same as all zero.
        """

    def rename(self, state: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Another decoder's state by the names that those tensors have in this one."""
        return state


class Head(nn.Module, ABC):
    """A feature map to a prediction of chroma."""

    space: Space = LUV  # what is known and what is predicted; u*, v* below mean its colour

    @abstractmethod
    def forward(self, features: Tensor) -> Tensor:
        """The map to the raw prediction, whose meaning only the head knows."""

    def learn(self, features: Tensor, chroma: Tensor, _grey: Tensor) -> Tensor:
        """The loss of a training step; a head may look at some of the places only.

        Args:
            features: the map.
            chroma: the true ``(B, 2, H, W)`` u*, v* in CIE units, at input size.
            _grey: ``(B, 1, H, W)`` true L*, for heads whose loss hangs on how colours look.
        """
        return self.loss(self(features), chroma)

    @abstractmethod
    def loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Scalar loss against the true ``(B, 2, H, W)`` u*, v* in CIE units, at input size."""

    @abstractmethod
    def decode(self, raw: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """``(B, 2, h, w)`` u*, v* in CIE units; heads without a distribution ignore T."""

    def hint_at(self, chroma: Tensor, _grey: Tensor) -> Tensor:
        """What a hint is to say for ``chroma`` to come out, both ``(..., 2, H, W)`` u*, v*.

        Args:
            chroma: what is wanted.
            _grey: ``(..., 1, H, W)`` L* that it is wanted at.
        """
        return chroma

    def fit(self, color: Tensor) -> None:
        """Learn what can be counted from ``(N, 2, H, W)`` colours of some photographs."""


class EncoderConfig(Protocol):
    """Describes an encoder."""

    def build(self) -> Encoder:
        """Build it, Xavier-initialised."""
        ...


class DecoderConfig(Protocol):
    """Describes a decoder."""

    def build(self, channels: tuple[int, ...], strides: tuple[int, ...]) -> Decoder:
        """Build it for an encoder's pyramid, finest first."""
        ...


class HeadConfig(Protocol):
    """Describes a head."""

    def build(self, in_channels: int, stride: int) -> Head:
        """Build it for a map of ``in_channels`` at 1/``stride`` of the input."""
        ...
