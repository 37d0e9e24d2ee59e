# SPDX-License-Identifier: Apache-2.0
"""A colouriser as a recipe puts it together: encoder, decoder, head.

Any encoder goes with any decoder and any head: see :mod:`tintype.learn.parts`.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from tintype.learn.parts import DecoderConfig, EncoderConfig, HeadConfig


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

    @property
    def takes_hints(self) -> bool:
        """Whether the decoder has been built to take hints."""
        return self.decoder.takes_hints

    def forward(self, grey: Tensor, hints: Tensor | None = None) -> Tensor:
        """``(B, 1, H, W)`` L* in [0, 100] to the head's raw prediction.

        Args:
            grey: height and width multiples of :attr:`multiple`.
            hints: ``(B, 3, H, W)`` u*, v* in CIE units and mask in [0, 1], for decoders that
                take hints; None is the same as all zero.
        """
        raw: Tensor = self.head(self.features(grey, hints))
        return raw

    def features(self, grey: Tensor, hints: Tensor | None = None) -> Tensor:
        """What the head is given, of the same arguments."""
        x: Tensor = self.decoder(self.encoder(grey), hints)
        return x


def color_grey(network: Network, grey: Tensor, raw: Tensor | None = None) -> Tensor:
    """Colour grey photographs at their own size.

    Args:
        network: whose head says in which space it predicts.
        grey: ``(B, 1, H, W)`` L* in [0, 100], as the head's space has it.
        raw: the network's prediction for ``grey``, if it is there already.

    Returns:
        ``(B, 3, H, W)`` L*, u*, v*, not fitted to what sRGB can show.
    """
    raw = network(grey) if raw is None else raw
    temperature = getattr(network.head.config, "temperature", 1.0)
    color = network.head.decode(raw, temperature).float()
    space = network.head.space
    return space.join(grey, space.enlarge(color, (grey.shape[-2], grey.shape[-1])))
