# SPDX-License-Identifier: Apache-2.0
"""A colouriser as a recipe puts it together: encoder, decoder, head.

Each part is described by a frozen configuration that builds it; the parts meet only through the
protocols below, so any encoder goes with any decoder and any head.
"""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn


class Encoder(Protocol):
    """Lightness to a pyramid of features."""

    channels: tuple[int, ...]  # of each map, finest first
    strides: tuple[int, ...]  # input pixels per feature, finest first

    def __call__(self, grey: Tensor, hints: Tensor | None = None) -> tuple[Tensor, ...]:
        """``(B, 1, H, W)`` L* in [0, 100] to ``(B, channels[i], H/strides[i], W/strides[i])``."""
        ...


class Decoder(Protocol):
    """A pyramid of features to one map."""

    out_channels: int
    out_stride: int  # input pixels per feature of the map

    def __call__(self, features: tuple[Tensor, ...]) -> Tensor:
        """The pyramid to ``(B, out_channels, H/out_stride, W/out_stride)``."""
        ...


class Head(Protocol):
    """A feature map to a prediction of chroma."""

    def __call__(self, features: Tensor) -> Tensor:
        """The map to the raw prediction, whose meaning only the head knows."""
        ...

    def loss(self, raw: Tensor, chroma: Tensor) -> Tensor:
        """Scalar loss against the true ``(B, 2, H, W)`` u*, v* in CIE units, at input size."""
        ...

    def decode(self, raw: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """``(B, 2, h, w)`` u*, v* in CIE units."""
        ...


class EncoderConfig(Protocol):
    """Describes an encoder."""

    def build(self) -> nn.Module:
        """An :class:`Encoder`."""
        ...


class DecoderConfig(Protocol):
    """Describes a decoder."""

    def build(self, channels: tuple[int, ...], strides: tuple[int, ...]) -> nn.Module:
        """A :class:`Decoder` for an encoder's pyramid."""
        ...


class HeadConfig(Protocol):
    """Describes a head."""

    def build(self, in_channels: int, stride: int) -> nn.Module:
        """A :class:`Head` for a decoder's map."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConfig:
    """Architecture: everything needed to rebuild the module, saved beside its weights."""

    encoder: EncoderConfig
    decoder: DecoderConfig
    head: HeadConfig


class Network(nn.Module):
    """Predict chroma from lightness.

    The normalization of both sides lives in the encoder and the head, so callers speak CIE units.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = config.encoder.build()
        self.decoder = config.decoder.build(self.encoder.channels, self.encoder.strides)
        self.head = config.head.build(self.decoder.out_channels, self.decoder.out_stride)

    @property
    def multiple(self) -> int:
        """Input height and width are multiples of this."""
        return max(self.encoder.strides)

    def forward(self, grey: Tensor, hints: Tensor | None = None) -> Tensor:
        """``(B, 1, H, W)`` L* in [0, 100] to the head's raw prediction.

        Args:
            grey: height and width multiples of :attr:`multiple`.
            hints: ``(B, 3, H, W)`` u*, v* in CIE units and mask in [0, 1], for encoders that
                take hints; None is the same as all zero.
        """
        features = self.encoder(grey) if hints is None else self.encoder(grey, hints)
        raw: Tensor = self.head(self.decoder(features))
        return raw
