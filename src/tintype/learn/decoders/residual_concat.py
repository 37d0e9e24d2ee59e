# SPDX-License-Identifier: Apache-2.0
"""The paper's final decoder: residual-encoder units whose maps are joined, then convolutions.

The units of the baseline stay (:mod:`tintype.learn.decoders.residual_encoder`); each one's map,
and the narrowed top, is scaled up to the finest size and all are **concatenated**, followed by
three 3x3 convolutions. On VGG16 at 224 x 224 the join has 256 + 128 + 64 + 64 = 512 channels at
full size. The text gives no depths for the three convolutions: here they are 128, 128, 64.

Its alternatives (section 5.2) are options: an elementwise sum in place of the join, no units
(aggregate straight from what the encoder gives; with ``VGG16Config(taps="pools")`` that is its
max pooling), one or two final convolutions, other depths.

Source: Hwang & Zhou 2016, section 3.6, figure 3 and section 5.2.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tintype.errors import OptionError
from tintype.learn.decoders.residual_encoder import (
    ResidualUnits,
    final_convolutions,
    projection,
    raise_to,
)
from tintype.learn.parts import Decoder


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualConcatConfig:
    """Describes the decoder.

    Raises:
        OptionError: no final convolution, or an unknown way to merge.
    """

    widths: tuple[int, ...] | None = None  # of the units' sums, finest first; None: the encoder's
    units: bool = True  # whether residual-encoder units stand between encoder and join
    merge: str = "concat"  # or "sum": projected to one width and added
    sum_width: int = 64  # channels of the sum
    final: tuple[int, ...] = (128, 128, 64)  # channels of the 3x3 convolutions after the join
    norm: bool = True  # batch norm before every ReLU of the units

    def __post_init__(self) -> None:
        if self.merge not in ("concat", "sum"):
            raise OptionError(f"merge must be one of concat, sum; got {self.merge!r}")
        if not self.final:
            raise OptionError("final needs the channels of one 3x3 convolution or more; got none")

    def build(self, channels: tuple[int, ...], strides: tuple[int, ...]) -> "ResidualConcat":
        """Build the decoder for a pyramid of ``channels`` at ``strides``, finest first."""
        return ResidualConcat(self, channels, strides)


class ResidualConcat(Decoder):
    """Join the maps of all sizes into one at the pyramid's first stride."""

    def __init__(
        self, config: ResidualConcatConfig, channels: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.units = (
            ResidualUnits(channels, config.widths, norm=config.norm) if config.units else None
        )
        joined = self.units.out_channels if self.units is not None else channels[::-1]
        self.merge: Concat | Sum
        self.merge = Concat(joined) if config.merge == "concat" else Sum(joined, config.sum_width)
        self.final = final_convolutions(self.merge.out_channels, config.final)
        self.out_channels = config.final[-1]
        self.out_stride = strides[0]

    def forward(self, features: tuple[Tensor, ...], hints: Tensor | None = None) -> Tensor:
        """Features, finest first, to ``(B, final[-1], H/stride, W/stride)``."""
        maps = list(features[::-1]) if self.units is None else self.units(features)
        y: Tensor = self.final(self.merge(maps))
        return y


class Concat(nn.Module):
    """Scale up and concatenate."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.out_channels = sum(channels)

    def forward(self, maps: list[Tensor]) -> Tensor:
        """Maps, coarsest first, to one at the size of the last."""
        return torch.cat([raise_to(one, maps[-1]) for one in maps], dim=1)


class Sum(nn.Module):
    """Project each map to one width, scale up and add: less memory than the join."""

    def __init__(self, channels: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.out_channels = width
        self.projections = nn.ModuleList(projection(c, width) for c in channels)

    def forward(self, maps: list[Tensor]) -> Tensor:
        """Maps, coarsest first, to one at the size of the last."""
        raised = [
            raise_to(project(one), maps[-1])
            for project, one in zip(self.projections, maps, strict=True)
        ]
        return torch.stack(raised).sum(dim=0)
