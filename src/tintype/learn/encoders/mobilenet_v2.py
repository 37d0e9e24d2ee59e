# SPDX-License-Identifier: Apache-2.0
"""MobileNetV2: without its classifier an encoder that a CPU can train; and whole, as published.

A 3x3 stem, a first depthwise block, and sixteen inverted residual blocks (expand 1x1, depthwise
3x3, project 1x1). ReLU6 follows every convolution but the projections; the input is added where
stride is 1 and the channels agree. 3x3 convolutions of stride 2 pad on the right and bottom only.

A batch norm follows every convolution. The published weights have it folded in, which leaves them
of very different sizes, and a network of folded weights learns badly: a step that is right for one
channel wipes out what another knew. So it is put back: a channel's weights are divided by their
root mean square, the norm multiplies it in again, and :meth:`MobileNetV2.calibrate` gives the norm
the statistics of photographs without changing what the network answers.

Source: Sandler et al. 2018 (arXiv 1801.04381), table 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tintype.errors import ModelError, OptionError
from tintype.learn.depthwise import DepthwiseConv2d
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
_WIDEST, _CLASSES = 1280, 1001  # of the classifier; class 0 is "background"
_TAPS = (0, 2, 5, 12, 16)  # blocks whose output is the last at its stride: 2, 4, 8, 16, 32
_STRIDES = (2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileNetV2Config:
    """Describes the encoder.

    Raises:
        OptionError: it has no such number of stages.
    """

    width: float = 1.0  # multiplies every channel count; published weights exist for 1.0
    frozen: int = 0  # so many blocks, and the stem, keep the weights that they start from
    norm: bool = True  # batch norm, put back where the published weights have it folded in
    stages: int = 5  # feature maps, each half as large as the one before

    def __post_init__(self) -> None:
        if not 2 <= self.stages <= len(_STRIDES):
            raise OptionError(f"stages must be 2 to {len(_STRIDES)}, got {self.stages}")

    def build(self) -> "MobileNetV2":
        """Build the encoder, Xavier-initialised."""
        return MobileNetV2(self)


class MobileNetV2(Encoder):
    """Feature maps at strides 2, 4, 8, 16 and 32, or the first of them."""

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
        self.blocks = nn.ModuleList(blocks[: _TAPS[config.stages - 1] + 1])
        self.channels = tuple(taps[: config.stages])
        self.strides = _STRIDES[: config.stages]
        if not config.norm:
            for convolution in self._convolutions():
                convolution.eval().fold()
        for part in self._frozen():
            part.requires_grad_(False)

    def forward(self, grey: Tensor) -> tuple[Tensor, ...]:
        """``(B, 1, H, W)`` L* in [0, 100] to the maps, finest first."""
        x = self.stem(grey / 50 - 1)  # (B, 32, H/2, W/2); L* / 50 is close to sRGB's curve
        features = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _TAPS:
                features.append(x)
        return tuple(features)

    def train(self, mode: bool = True) -> Self:  # torch's signature
        """Switch to training; what is frozen goes on answering as in evaluation."""
        super().train(mode)
        for part in self._frozen():
            part.eval()
        return self

    def load_imagenet(self, file: Path) -> None:
        """Start from the ImageNet classifier in ``file``; its last two layers are left out.

        Args:
            file: safetensors with keys ``NN_{conv|dw}_s{stride}.{weight|bias}``, RGB in [-1, 1].
                A grey input is the same value in three planes, so the stem's planes are summed.

        Raises:
            ModelError: ``file`` is missing, damaged, or holds another network.
        """
        layers = _read_layers(file)
        layers[0] = replace(layers[0], weight=layers[0].weight.sum(dim=1, keepdim=True))
        _set_weights(self._convolutions(), layers, file)

    @torch.no_grad()
    def calibrate(self, grey: Tensor) -> None:
        """Give published layers' norms the statistics of these photographs; answers stay the same.

        Without it a norm in training would divide by a deviation that its weights do not expect.
        Does nothing to layers that are new.
        """
        convolutions = [m for m in self._convolutions() if m.published and self.config.norm]
        hooks = [m.norm.register_forward_pre_hook(m.note_statistics) for m in convolutions]
        was_training = self.training
        self.eval()(grey)
        self.train(was_training)
        for hook in hooks:
            hook.remove()

    def _convolutions(self) -> "list[Convolution]":
        return [m for m in self.modules() if isinstance(m, Convolution)]

    def _frozen(self) -> list[nn.Module]:
        count = self.config.frozen
        return [self.stem, *self.blocks[:count]] if count else []


class MobileNetV2Classifier(nn.Module):
    """The whole classifier, on colours, as it was published: norms folded in, nothing to train."""

    def __init__(self) -> None:
        super().__init__()
        encoder = MobileNetV2Config(norm=False).build()
        self.stem = Convolution(3, _STEM, stride=2)
        self.blocks = encoder.blocks
        self.widen = Convolution(encoder.channels[-1], _WIDEST, kernel=1)
        self.logits = Convolution(_WIDEST, _CLASSES, kernel=1)
        for convolution in (self.stem, self.widen, self.logits):
            convolution.eval().fold()

    def forward(self, rgb: Tensor) -> Tensor:
        """``(B, 3, H, W)`` encoded sRGB in [0, 1] to ``(B, 1001)`` logits."""
        x = self.stem(rgb * 2 - 1)
        for block in self.blocks:
            x = block(x)
        return self.name(x)

    def name(self, coarsest: Tensor) -> Tensor:
        """``(B, 320, h, w)``, the map at stride 32, to ``(B, 1001)`` logits of the whole."""
        pooled = self.widen(coarsest).mean(dim=(2, 3), keepdim=True)
        return self.logits.linear(pooled).flatten(1)

    def load_imagenet(self, file: Path) -> None:
        """Take the weights of ``file``, as :meth:`MobileNetV2.load_imagenet` does; all of them.

        Raises:
            ModelError: ``file`` is missing, damaged, or holds another network.
        """
        convolutions = [m for m in self.modules() if isinstance(m, Convolution)]
        _set_weights(convolutions, _read_layers(file), file)


class Convolution(nn.Module):
    """Convolution with the published padding, batch norm, then ReLU6."""

    def __init__(
        self, c_in: int, c_out: int, *, kernel: int = 3, stride: int = 1, depthwise: bool = False
    ) -> None:
        super().__init__()
        padding = kernel // 2 if stride == 1 else 0
        self.conv: nn.Conv2d = (
            DepthwiseConv2d(c_in, kernel, stride=stride, padding=padding)
            if depthwise
            else nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=False)
        )
        nn.init.xavier_uniform_(self.conv.weight)
        self.norm: nn.Module = nn.BatchNorm2d(c_out)
        self.published = False  # whether the weights come from a network with its norms folded in

    def set_weight(self, weight: Tensor, bias: Tensor) -> None:
        """Take weights with a norm folded in: its size goes to the norm, its shift too.

        Without a norm they stay as they are.
        """
        self.published = True
        norm = self.norm
        if not isinstance(norm, nn.BatchNorm2d):
            assert self.conv.bias is not None
            self.conv.weight.data.copy_(weight)
            self.conv.bias.data.copy_(bias)
            return
        size = weight.square().mean(dim=(1, 2, 3)).sqrt().clamp(min=1e-6)  # (c_out,)
        self.conv.weight.data.copy_(weight / size[:, None, None, None])
        norm.reset_running_stats()
        norm.weight.data.copy_(size * (1 + norm.eps) ** 0.5)
        norm.bias.data.copy_(bias)

    def note_statistics(self, norm: nn.Module, inputs: tuple[Tensor]) -> None:
        """Let the norm have the statistics of what it is given, and undo what that changes."""
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
        slope = norm.weight / (norm.running_var + norm.eps).sqrt()
        norm.bias.add_(slope * (mean - norm.running_mean))
        norm.weight.copy_(slope * (variance + norm.eps).sqrt())
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)

    def fold(self) -> None:
        """Fold the norm into the convolution, in place: for good, as it is exported."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()

    def linear(self, x: Tensor) -> Tensor:
        """Without the ReLU6."""
        if self.conv.stride[0] == 2:
            x = F.pad(x, (0, 1, 0, 1))
        y: Tensor = self.norm(self.conv(x))
        return y

    def forward(self, x: Tensor) -> Tensor:
        """``(B, c_in, H, W)`` to ``(B, c_out, H/stride, W/stride)`` in [0, 6]."""
        return F.relu6(self.linear(x), inplace=True)


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; add the input where shapes allow."""

    def __init__(self, c_in: int, c_out: int, expansion: int, stride: int) -> None:
        super().__init__()
        wide = c_in * expansion
        self.expand = Convolution(c_in, wide, kernel=1) if expansion > 1 else nn.Identity()
        self.depthwise = Convolution(wide, wide, stride=stride, depthwise=True)
        self.project = Convolution(wide, c_out, kernel=1)
        self.residual = stride == 1 and c_in == c_out
        self.out_channels = c_out

    def forward(self, x: Tensor) -> Tensor:
        """``(B, c_in, H, W)`` to ``(B, c_out, H/stride, W/stride)``."""
        y = self.project.linear(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    name: str
    weight: Tensor
    bias: Tensor


def _read_layers(file: Path) -> list[_Layer]:
    """The published convolutions that have biases, in order.

    Raises:
        ModelError: ``file`` is missing or damaged.
    """
    try:
        published = load_file(file)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"cannot read ImageNet weights from {file}: {error}") from error
    names = sorted(key.removesuffix(".weight") for key in published if key.endswith(".weight"))
    layers = [
        _Layer(name, published[f"{name}.weight"].float(), published[f"{name}.bias"].float())
        for name in names
        if published[f"{name}.weight"].ndim == 4 and f"{name}.bias" in published
    ]
    if not layers:
        raise ModelError(f"{file} does not fit: it holds no convolutions with their biases")
    return layers


def _set_weights(convolutions: Sequence["Convolution"], layers: list[_Layer], file: Path) -> None:
    """Give convolutions the weights of as many layers, in order.

    Raises:
        ModelError: they do not fit.
    """
    if len(layers) < len(convolutions):
        raise ModelError(
            f"{file} does not fit: it has {len(layers)} convolutions with their biases, this "
            f"network {len(convolutions)}; it must be MobileNetV2's classifier, norms folded in"
        )
    for convolution, layer in zip(convolutions, layers, strict=False):
        needed = convolution.conv.weight.shape
        if layer.weight.shape != needed:
            raise ModelError(
                f"{file} does not fit: {layer.name} is {tuple(layer.weight.shape)}, "
                f"this network needs {tuple(needed)} (width 1.0 does)"
            )
        convolution.set_weight(layer.weight, layer.bias)


def _scaled(channels: int, width: float) -> int:
    """A channel count times ``width``, to the nearest multiple of 8, at least 8."""
    return max(8, int(channels * width + 4) // 8 * 8)
