# SPDX-License-Identifier: Apache-2.0
"""MobileNetV2 without its classifier: an encoder that a CPU can train.

A 3x3 stem, a first depthwise block, and sixteen inverted residual blocks (expand 1x1, depthwise
3x3, project 1x1). ReLU6 follows every convolution but the projections; the input is added where
stride is 1 and the channels agree. Batch norm is folded into weights and biases, as in the
weights that training starts from. 3x3 convolutions of stride 2 pad on the right and bottom only.

Folding leaves weights of very different sizes: a step that is right for one channel wipes out what
another has learnt. So each channel's weights are kept divided by their root mean square, which
stands beside them and is not trained: an optimizer's step then means the same to all of them.

Source: Sandler et al. 2018 (arXiv 1801.04381), table 2.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.errors import ModelError
from tintype.learn.parts import Encoder

# Expansion, channels, blocks, stride of each group of inverted residual blocks.
_GROUPS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_STEM = 32
_TAPS = (0, 2, 5, 12, 16)  # blocks whose output is the last at its stride: 2, 4, 8, 16, 32
_STRIDES = (2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileNetV2Config:
    """Describes the encoder."""

    width: float = 1.0  # multiplies every channel count; published weights exist for 1.0
    frozen: int = 0  # so many blocks, and the stem, keep the weights that they start from

    def build(self) -> "MobileNetV2":
        """Build the encoder, Xavier-initialised."""
        return MobileNetV2(self)


class MobileNetV2(Encoder):
    """Five feature maps, at strides 2, 4, 8, 16 and 32."""

    strides = _STRIDES

    def __init__(self, config: MobileNetV2Config) -> None:
        super().__init__()
        self.config = config
        stem = _scaled(_STEM, config.width)
        self.stem = Convolution(1, stem, stride=2)
        blocks: list[nn.Module] = []
        taps: list[int] = []
        channels = stem
        for expansion, wide, count, stride in _GROUPS:
            for index in range(count):
                block = InvertedResidual(
                    channels, _scaled(wide, config.width), expansion, stride if index == 0 else 1
                )
                channels = block.out_channels
                if len(blocks) in _TAPS:
                    taps.append(channels)
                blocks.append(block)
        self.blocks = nn.ModuleList(blocks)
        self.channels = tuple(taps)
        if config.frozen:
            for part in (self.stem, *self.blocks[: config.frozen]):
                part.requires_grad_(False)

    def forward(self, grey: Tensor) -> tuple[Tensor, ...]:
        """``(B, 1, H, W)`` L* in [0, 100] to five maps, finest first."""
        x = self.stem(grey / 50 - 1)  # (B, 32, H/2, W/2); L* / 50 is close to sRGB's curve
        features = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _TAPS:
                features.append(x)
        return tuple(features)

    def load_imagenet(self, file: Path) -> None:
        """Start from the ImageNet classifier in ``file``; its last two layers are left out.

        Args:
            file: safetensors with keys ``NN_{conv|dw}_s{stride}.{weight|bias}``, RGB in [-1, 1].
                A grey input is the same value in three planes, so the stem's planes are summed.

        Raises:
            ModelError: ``file`` is missing or holds another network.
        """
        try:
            published = load_file(file)
        except (OSError, ValueError) as error:
            raise ModelError(f"cannot read ImageNet weights from {file}: {error}") from error
        layers = sorted({key.rsplit(".", 1)[0] for key in published})
        convolutions = [m for m in self.modules() if isinstance(m, Convolution)]
        for convolution, layer in zip(convolutions, layers, strict=False):
            weight = published[f"{layer}.weight"].float()
            if convolution is self.stem:
                weight = weight.sum(dim=1, keepdim=True)
            if weight.shape != convolution.conv.weight.shape:
                raise ModelError(
                    f"{file} does not fit: {layer} is {tuple(weight.shape)}, "
                    f"this encoder needs {tuple(convolution.conv.weight.shape)} (width 1.0 does)"
                )
            convolution.set_weight(weight, published[f"{layer}.bias"].float())


class Convolution(nn.Module):
    """Convolution with the published padding, then ReLU6 unless ``linear`` is asked for."""

    scale: Tensor | None  # (c_out, 1, 1, 1): what the weights are to be multiplied by; None: 1

    def __init__(
        self, c_in: int, c_out: int, *, kernel: int = 3, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        padding = kernel // 2 if stride == 1 else 0
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, padding, groups=groups)
        self.register_buffer("scale", torch.ones(c_out, 1, 1, 1))
        weight = nn.init.xavier_uniform_(torch.empty_like(self.conv.weight))
        self.set_weight(weight, torch.zeros(c_out))

    def set_weight(self, weight: Tensor, bias: Tensor) -> None:
        """Take weights as they are to act, and keep them divided by their root mean square."""
        assert self.scale is not None
        assert self.conv.bias is not None
        size = weight.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        self.scale.copy_(size.clamp(min=1e-6))
        self.conv.weight.data.copy_(weight / self.scale)
        self.conv.bias.data.copy_(bias)

    def fold(self) -> None:
        """Multiply the weights out, in place: for good, as they are exported."""
        if self.scale is not None:
            self.conv.weight.data.mul_(self.scale)
            self.scale = None

    def linear(self, x: Tensor) -> Tensor:
        """The convolution alone."""
        conv = self.conv
        if conv.stride[0] == 2:
            x = F.pad(x, (0, 1, 0, 1))
        if self.scale is None:
            y: Tensor = conv(x)
            return y
        weight = conv.weight * self.scale
        return F.conv2d(x, weight, conv.bias, conv.stride, conv.padding, groups=conv.groups)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, c_in, H, W)`` to ``(B, c_out, H/stride, W/stride)`` in [0, 6]."""
        return F.relu6(self.linear(x))


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; add the input where shapes allow."""

    def __init__(self, c_in: int, c_out: int, expansion: int, stride: int) -> None:
        super().__init__()
        wide = c_in * expansion
        self.expand = Convolution(c_in, wide, kernel=1) if expansion > 1 else nn.Identity()
        self.depthwise = Convolution(wide, wide, stride=stride, groups=wide)
        self.project = Convolution(wide, c_out, kernel=1)
        self.residual = stride == 1 and c_in == c_out
        self.out_channels = c_out

    def forward(self, x: Tensor) -> Tensor:
        """``(B, c_in, H, W)`` to ``(B, c_out, H/stride, W/stride)``."""
        y = self.project.linear(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


def _scaled(channels: int, width: float) -> int:
    """A channel count times ``width``, to the nearest multiple of 8, at least 8."""
    return max(8, int(channels * width + 4) // 8 * 8)
