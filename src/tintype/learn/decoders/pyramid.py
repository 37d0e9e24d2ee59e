# SPDX-License-Identifier: Apache-2.0
"""A feature pyramid, from the coarsest map up to 1/4 of the input's size.

At the top, attention lets every place see the whole photograph: colour hangs on what the scene
is. Each step up narrows the map, doubles its size, adds the encoder's map of that size and mixes
with 3x3 convolutions.

Source: Lin et al. 2017 (arXiv 1612.03144) for the pyramid; Vaswani et al. 2017 (arXiv
1706.03762) for the attention.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tintype.learn.parts import Decoder


@dataclass(frozen=True, slots=True, kw_only=True)
class PyramidConfig:
    """Describes the decoder."""

    widths: tuple[int, ...] = (96, 128, 256)  # channels at strides 4, 8, 16, …
    blocks: tuple[int, ...] = (1, 1, 2)  # 3x3 convolutions at each of them
    top: int = 256  # channels of the coarsest map
    context: str = "attention"  # at the top: "attention", "pool" or "none"

    def build(self, channels: tuple[int, ...], strides: tuple[int, ...]) -> "Pyramid":
        """Build the decoder for a pyramid of ``channels`` at ``strides``, finest first."""
        return Pyramid(self, channels, strides)


class Pyramid(Decoder):
    """Merge a pyramid of features into one map at its second stride."""

    def __init__(
        self, config: PyramidConfig, channels: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        super().__init__()
        kinds = {"attention": Attention, "pool": Pool}
        self.top = _convolution(channels[-1], config.top, 1)
        self.context = kinds[config.context](config.top) if config.context in kinds else None
        coarser = (*config.widths[1:], config.top)
        self.steps = nn.ModuleList(
            Step(below, lateral, width, count)
            for below, lateral, width, count in zip(
                coarser, channels[1:-1], config.widths, config.blocks, strict=True
            )
        )
        self.out_channels = config.widths[0]
        self.out_stride = strides[1]

    def forward(self, features: tuple[Tensor, ...]) -> Tensor:
        """Features, finest first, to ``(B, widths[0], H/4, W/4)``."""
        x: Tensor = self.top(features[-1])  # (B, top, H/32, W/32)
        if self.context is not None:
            x = x + self.context(x)
        for step, lateral in zip(reversed(self.steps), reversed(features[1:-1]), strict=True):
            x = step(x, lateral)
        return x


class Step(nn.Module):
    """One step up: narrow, double, add the encoder's map, mix."""

    def __init__(self, below: int, lateral: int, width: int, count: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(below, width, 1, bias=False)
        self.lateral = nn.Conv2d(lateral, width, 1, bias=False)
        self.merge: nn.Module = nn.BatchNorm2d(width)
        self.mix = nn.Sequential(*(_convolution(width, width, 3) for _ in range(count)))
        for convolution in (self.narrow, self.lateral):
            nn.init.xavier_uniform_(convolution.weight)

    def forward(self, x: Tensor, lateral: Tensor) -> Tensor:
        """``(B, below, h, w)`` and ``(B, lateral, 2h, 2w)`` to ``(B, width, 2h, 2w)``."""
        raised = F.interpolate(self.narrow(x), scale_factor=2.0, mode="bilinear")
        merged = F.relu(self.merge(raised + self.lateral(lateral)))
        y: Tensor = self.mix(merged)
        return y

    def fold_merge(self) -> None:
        """Fold the batch norm over both convolutions' sum into them, in place (evaluation only)."""
        assert isinstance(self.merge, nn.BatchNorm2d)
        self.lateral = fuse_conv_bn_eval(self.lateral, self.merge)
        self.narrow = fuse_conv_bn_eval(self.narrow, self.merge)
        self.narrow.bias = None  # the sum is normalised once: one shift
        self.merge = nn.Identity()


class Attention(nn.Module):
    """Multi-head self-attention over all places of a map."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.BatchNorm2d(width)
        self.query_key_value = nn.Conv2d(width, 3 * width, 1)
        self.out = nn.Conv2d(width, width, 1)
        nn.init.xavier_uniform_(self.query_key_value.weight)
        nn.init.zeros_(self.out.weight)  # starts as no change
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """``(B, width, h, w)`` to what is to be added to it."""
        batch, width, height, wide = x.shape
        packed = self.query_key_value(self.norm(x))  # (B, 3 width, h, w)
        q, k, v = (
            packed.reshape(batch, 3, self.heads, width // self.heads, height * wide)
            .transpose(-1, -2)
            .unbind(1)
        )  # each (B, heads, places, width / heads)
        mixed = F.scaled_dot_product_attention(q, k, v)
        y: Tensor = self.out(mixed.transpose(-1, -2).reshape(batch, width, height, wide))
        return y


class Pool(nn.Module):
    """The mean over all places, through two layers, for every place alike."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(width, width, 1)
        self.out = nn.Conv2d(width, width, 1)
        nn.init.xavier_uniform_(self.inner.weight)
        nn.init.zeros_(self.out.weight)  # starts as no change
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """``(B, width, h, w)`` to ``(B, width, 1, 1)``, to be added to it."""
        y: Tensor = self.out(F.relu(self.inner(x.mean(dim=(-2, -1), keepdim=True))))
        return y


def _convolution(c_in: int, c_out: int, kernel: int) -> nn.Sequential:
    """Convolution, batch norm, ReLU; Xavier-initialised."""
    convolution = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False)
    nn.init.xavier_uniform_(convolution.weight)
    return nn.Sequential(convolution, nn.BatchNorm2d(c_out), nn.ReLU())
