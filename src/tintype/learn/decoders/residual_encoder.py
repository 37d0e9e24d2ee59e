# SPDX-License-Identifier: Apache-2.0
"""The paper's baseline decoder: Dahl's *residual encoder*, which adds on every step up.

One unit: scale the coarser map up to the size of the encoder's next finer one, **add** that one,
convolve 3x3 down to the channels of the one after. On VGG16 with its input given out, and the
default widths, this is the published net:

==========================  =====  ========================================
conv4_3, 512 channels       1/8    1x1 convolution to 256
up, + conv3_3 (256)         1/4    3x3 convolution to 128
up, + conv2_2 (128)         1/2    3x3 convolution to 64
up, + conv1_2 (64)          1      3x3 convolution to 3
+ the input (3)             1      3x3 convolution, 3 channels
head                        1      3x3 convolution to u*, v*
==========================  =====  ========================================

The encoder's maps pass a batch norm before they are added, as Dahl's do; so does every sum before
its ReLU. The figure that draws this network is not in the paper's text that is left, so Dahl's
depths stand in for it.

Source: R. Dahl, "Automatic Colorization", 2016; Hwang & Zhou 2016, section 3.5 and figure 2.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

from tintype.errors import OptionError
from tintype.learn.parts import Decoder


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualEncoderConfig:
    """Describes the decoder."""

    widths: tuple[int, ...] | None = None  # of the sums, finest first; None: the encoder's own
    final: tuple[int, ...] = ()  # channels of further 3x3 convolutions, without batch norm
    norm: bool = True  # batch norm before every other ReLU, and on what the encoder gives

    def build(self, channels: tuple[int, ...], strides: tuple[int, ...]) -> "ResidualEncoder":
        """Build the decoder for a pyramid of ``channels`` at ``strides``, finest first."""
        return ResidualEncoder(self, channels, strides)


class ResidualEncoder(Decoder):
    """Merge a pyramid of features into one map at its first stride."""

    def __init__(
        self, config: ResidualEncoderConfig, channels: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.units = ResidualUnits(channels, config.widths, norm=config.norm)
        self.final = final_convolutions(self.units.widths[0], config.final)
        self.out_channels = config.final[-1] if config.final else self.units.widths[0]
        self.out_stride = strides[0]

    def forward(self, features: tuple[Tensor, ...], hints: Tensor | None = None) -> Tensor:
        """Features, finest first, to ``(B, out_channels, H/stride, W/stride)``."""
        y: Tensor = self.final(self.units(features)[-1])
        return y


class ResidualUnits(nn.Module):
    """The way up: the coarsest map narrowed, then one unit for each finer map.

    Attributes:
        out_channels: of each map that comes out, coarsest first.

    Raises:
        OptionError: the widths are not one for each map but the coarsest.
    """

    def __init__(
        self, channels: tuple[int, ...], widths: tuple[int, ...] | None = None, *, norm: bool = True
    ) -> None:
        super().__init__()
        self.widths = channels[:-1] if widths is None else widths
        if len(self.widths) != len(channels) - 1:
            raise OptionError(
                f"residual units need {len(channels) - 1} widths, one for each of the encoder's "
                f"maps but the coarsest; got {len(self.widths)}"
            )
        self.top = convolution(channels[-1], self.widths[-1], 1, norm=norm)
        coarse_first = list(zip(channels[-2::-1], self.widths[::-1], strict=True))
        nexts = [*self.widths[-2::-1], self.widths[0]]  # each unit narrows to the next one's width
        self.steps = nn.ModuleList(
            ResidualUnit(lateral, width, narrowed, norm=norm)
            for (lateral, width), narrowed in zip(coarse_first, nexts, strict=True)
        )
        self.out_channels = (self.widths[-1], *nexts)

    def forward(self, features: tuple[Tensor, ...]) -> list[Tensor]:
        """Features, finest first, to the narrowed top and every unit's map, coarsest first."""
        maps = [self.top(features[-1])]
        for step, lateral in zip(self.steps, features[-2::-1], strict=True):
            maps.append(step(maps[-1], lateral))
        return maps


class ResidualUnit(nn.Module):
    """Scale up, add the encoder's map, convolve."""

    def __init__(self, lateral: int, width: int, narrowed: int, *, norm: bool) -> None:
        super().__init__()
        self.lateral = nn.Sequential(nn.BatchNorm2d(lateral) if norm else nn.Identity())
        if lateral != width:
            self.lateral.append(projection(lateral, width))
        self.mix = convolution(width, narrowed, 3, norm=norm)

    def forward(self, x: Tensor, lateral: Tensor) -> Tensor:
        """``(B, width, h, w)`` and ``(B, lateral, h', w')`` to ``(B, narrowed, h', w')``."""
        y: Tensor = self.mix(raise_to(x, lateral) + self.lateral(lateral))
        return y


def raise_to(x: Tensor, finer: Tensor) -> Tensor:
    """Scale a map up to another's height and width, bilinearly."""
    size = finer.shape[-2:]
    return x if x.shape[-2:] == size else F.interpolate(x, size, mode="bilinear")


def convolution(c_in: int, c_out: int, kernel: int, *, norm: bool) -> nn.Sequential:
    """Convolution, batch norm (or a bias in its place), ReLU; Xavier-initialised."""
    conv = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=not norm)
    nn.init.xavier_uniform_(conv.weight)
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)
    return nn.Sequential(conv, nn.BatchNorm2d(c_out) if norm else nn.Identity(), nn.ReLU())


def projection(c_in: int, c_out: int) -> nn.Conv2d:
    """A linear 1x1 convolution, Xavier-initialised."""
    conv = nn.Conv2d(c_in, c_out, 1, bias=False)
    nn.init.xavier_uniform_(conv.weight)
    return conv


def final_convolutions(c_in: int, depths: tuple[int, ...]) -> nn.Sequential:
    """The last 3x3 convolutions with ReLU, which the paper leaves without batch norm."""
    layers: list[nn.Module] = []
    for a, b in pairwise((c_in, *depths)):
        conv = nn.Conv2d(a, b, 3, padding=1)
        nn.init.xavier_uniform_(conv.weight)
        nn.init.zeros_(conv.bias)  # type: ignore[arg-type]  # it has a bias
        layers += [conv, nn.ReLU()]
    return nn.Sequential(*layers)
