# SPDX-License-Identifier: Apache-2.0
"""VGG16 up to conv4_3 or conv5_3: the encoder that the paper transfers from ImageNet.

Blocks of 3x3 convolutions with ReLU, and 2x2 max pooling between the blocks. The grey photograph
is repeated three times and ImageNet's mean is subtracted, in here, so callers speak L*.

VGG16 as published has no batch norm. The paper puts one before every non-linearity, so there are
three ways (``norm``):

- ``identity``: insert it so that the network computes what it computed before;
  :meth:`VGG16.calibrate` sets scale and shift from photographs, and without it the layers are
  identities in evaluation mode only;
- ``published``: the network that was trained with batch norm, torchvision's ``vgg16_bn``;
- ``none``: as published.

Source: Simonyan & Zisserman, arXiv:1409.1556, table 1, configuration D; the paper, 3.2 and 3.4.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.color.luv import lightness_to_luminance
from tintype.color.srgb import linear_to_srgb
from tintype.errors import OptionError
from tintype.learn.encoders.vgg16_weights import Layer, load_weights
from tintype.learn.parts import Encoder

BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
_SCALINGS = {  # what is subtracted from, and what divides, RGB in [0, 1]
    "torchvision": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "caffe": ((123.68 / 255, 116.779 / 255, 103.939 / 255), (1 / 255, 1 / 255, 1 / 255)),
}
_CHOICES = {
    "norm": ("identity", "published", "none"),
    "taps": ("convolutions", "pools"),
    "blocks": (1, 2, 3, 4, 5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VGG16Config:
    """Describes the encoder.

    Raises:
        OptionError: a value is none of its choices.
    """

    norm: str = "identity"  # batch norm before every ReLU: identity, published or none
    taps: str = "convolutions"  # what is given out: each block's last ReLU, or its max pooling
    blocks: int = 4  # to conv4_3, as Dahl's net; the paper says "a portion"
    input: bool = False  # give the prepared input out too, as the finest map (Dahl's adds it)
    width: float = 1.0  # multiplies every channel count; published weights exist for 1.0

    def __post_init__(self) -> None:
        for name, among in _CHOICES.items():
            if getattr(self, name) not in among:
                raise OptionError(
                    f"VGG16's {name} must be one of {', '.join(map(str, among))}; "
                    f"got {getattr(self, name)!r}"
                )

    @property
    def multiple(self) -> int:
        """Input height and width are multiples of this."""
        return 1 << (self.blocks if self.taps == "pools" else self.blocks - 1)

    def build(self) -> "VGG16":
        """Build the encoder, Xavier-initialised."""
        return VGG16(self)


class VGG16(Encoder):
    """One feature map a block, finest first: strides 1, 2, 4, 8 (twice that after pooling).

    Attributes:
        channels: of each map.
        strides: input pixels per feature of each map.
        origin: where the weights come from, in words.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: VGG16Config) -> None:
        super().__init__()
        self.config = config
        self.origin = "Xavier initialisation"
        self.blocks = nn.ModuleList()
        channels = [3]
        for depths in BLOCKS[: config.blocks]:
            widths = [max(1, round(depth * config.width)) for depth in depths]
            ends = pairwise((channels[-1], *widths))
            layers = [Convolution(*pair, norm=config.norm != "none") for pair in ends]
            self.blocks.append(nn.Sequential(*layers))
            channels.append(widths[-1])
        own = [3] if config.input else []
        self.channels = tuple(own + channels[1:])
        first = 2 if config.taps == "pools" else 1
        self.strides = (*(1 for _ in own), *(first * 2**i for i in range(config.blocks)))
        self.register_buffer("mean", torch.zeros(1, 3, 1, 1))
        self.register_buffer("deviation", torch.ones(1, 3, 1, 1))
        self._scale_as("torchvision")

    def forward(self, grey: Tensor) -> tuple[Tensor, ...]:
        """``(B, 1, H, W)`` L* in [0, 100] to one map a block, finest first."""
        x = self.prepare(grey)  # (B, 3, H, W)
        features = [x] if self.config.input else []
        pools = self.config.taps == "pools"
        for index, block in enumerate(self.blocks):
            x = block(x if pools or not index else F.max_pool2d(x, 2))
            x = F.max_pool2d(x, 2) if pools else x
            features.append(x)  # (B, channels, H/stride, W/stride)
        return tuple(features)

    def layers(self) -> list[list["Convolution"]]:
        """The convolutions, block by block."""
        return [
            [layer for layer in block.children() if isinstance(layer, Convolution)]
            for block in self.blocks
        ]

    def prepare(self, grey: Tensor) -> Tensor:
        """``(B, 1, H, W)`` L* to ``(B, 3, H, W)``: sRGB grey three times, scaled as trained."""
        value: Tensor = linear_to_srgb(lightness_to_luminance(grey))
        return (value - self.mean) / self.deviation

    def load_imagenet(self, file: Path) -> None:
        """Start from published weights.

        Args:
            file: ``vgg16`` or ``vgg16_bn``, which are downloaded once and checked; a
                torchvision state dict (``.pth``); or the Caffe layers conv1_1 to conv3_3
                (``.safetensors``), after which conv4_1 and on stay as initialised: a partial
                start, and :attr:`origin` says so. From then on the input is scaled as these
                weights were trained: torchvision divides by a deviation, Caffe does not.

        Raises:
            ModelError: the file is missing, altered, or of another network.
        """
        convolutions = [one for block in self.layers() for one in block]
        places = [
            Layer(block=b, index=i, conv=one.conv, norm=one.batch_norm)
            for b, block in enumerate(self.layers(), start=1)
            for i, one in enumerate(block, start=1)
        ]
        loaded = load_weights(file, places, norm=self.config.norm)
        self.origin = loaded.origin
        self._scale_as(loaded.scaling)
        for convolution in convolutions[: loaded.layers]:
            convolution.published = True

    def _scale_as(self, source: str) -> None:
        mean, deviation = _SCALINGS[source]
        self.mean.copy_(torch.tensor(mean).reshape(1, 3, 1, 1))
        self.deviation.copy_(torch.tensor(deviation).reshape(1, 3, 1, 1))

    @torch.no_grad()
    def calibrate(self, grey: Tensor) -> None:
        """Make the batch norms behind published layers identities on these photographs.

        A batch norm divides by the deviation and subtracts the mean of what it sees; giving it
        back both as its scale and shift leaves the published network as it was, while training
        too. Does nothing unless ``norm`` is ``identity``, and nothing to layers that are new.

        Args:
            grey: ``(B, 1, H, W)`` L* of a few photographs.
        """
        if self.config.norm != "identity":
            return
        x = self.prepare(grey)
        for index, layers in enumerate(self.layers()):
            x = F.max_pool2d(x, 2) if index else x
            for convolution in layers:
                x = convolution.calibrate(x)


class Convolution(nn.Module):
    """3x3 convolution, batch norm if asked for, ReLU."""

    def __init__(self, c_in: int, c_out: int, *, norm: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.batch_norm = nn.BatchNorm2d(c_out) if norm else None
        self.published = False  # whether its weights were loaded
        nn.init.xavier_uniform_(self.conv.weight)
        nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]  # it has a bias

    def forward(self, x: Tensor) -> Tensor:
        """``(B, c_in, H, W)`` to ``(B, c_out, H, W)``, not negative."""
        y = self.conv(x)
        return F.relu(y if self.batch_norm is None else self.batch_norm(y))

    def calibrate(self, x: Tensor) -> Tensor:
        """Set a published layer's batch norm to undo itself on ``x``; returns what follows it."""
        norm = self.batch_norm
        if norm is None or not self.published:
            return self.forward(x)
        y: Tensor = self.conv(x)
        variance, mean = torch.var_mean(y, dim=(0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)  # type: ignore[union-attr]  # it tracks its statistics
        norm.running_var.copy_(variance)  # type: ignore[union-attr]
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(mean)
        return F.relu(y)
