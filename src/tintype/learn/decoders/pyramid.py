# SPDX-License-Identifier: Apache-2.0
"""A feature pyramid, from the coarsest map up to 1/4 of the input's size.

Each step up narrows the map, doubles its size, adds the encoder's map of that size and mixes. At
one of the coarse maps attention lets every place see the whole photograph: colour hangs on what the
scene is. Hints are pooled to every step's size and added there, so that one of them reaches its own
place at the finest map and, through attention, whatever looks like it.

Source: Lin et al. 2017 (arXiv 1612.03144) for the pyramid; Vaswani et al. 2017 (arXiv
1706.03762) for the attention; Zhang et al. 2017 (arXiv 1705.02999) for hints as sparse planes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tintype.errors import OptionError
from tintype.learn.depthwise import DepthwiseConv2d
from tintype.learn.parts import Decoder

_TOP = 3  # layers before the blocks at the coarsest map
_HINT_PLANES = 4  # u* and v* of what is hinted in a cell, whether something is, and how much of it


@dataclass(frozen=True, slots=True, kw_only=True)
class PyramidConfig:
    """Describes the decoder.

    Raises:
        OptionError: there is no such mixing or context, or widths and blocks do not match.
    """

    widths: tuple[int, ...] = (96, 128, 256)  # channels at strides 4, 8, 16, …
    blocks: tuple[int, ...] = (1, 1, 2)  # mixing blocks at each; one number more: at the coarsest
    mixing: str = "dense"  # a block: "dense" 3x3, or "separable": 5x5 a channel, then 1x1
    top: int = 256  # channels of the coarsest map
    context: str = "attention"  # "attention", "pool" or "none"
    context_stride: int = 32  # of the map that it looks over
    hints: bool = False  # takes hints

    def __post_init__(self) -> None:
        for name, among in (
            ("mixing", tuple(_BLOCKS)),
            ("context", (*_CONTEXTS, "none")),
        ):
            if getattr(self, name) not in among:
                raise OptionError(
                    f"pyramid {name} must be one of {', '.join(among)}; got {getattr(self, name)!r}"
                )

        if len(self.blocks) - len(self.widths) not in (0, 1):
            raise OptionError(
                f"pyramid blocks must be as many as widths, {len(self.widths)}, or one more; "
                f"got {len(self.blocks)}"
            )

    def build(self, channels: tuple[int, ...], strides: tuple[int, ...]) -> "Pyramid":
        """Build the decoder for a pyramid of ``channels`` at ``strides``, finest first.

        Raises:
            OptionError: the context is to look over a map that the pyramid has not got.
        """
        if self.context != "none" and self.context_stride not in strides[1:]:
            raise OptionError(
                f"pyramid context_stride must be one of {', '.join(map(str, strides[1:]))}; "
                f"got {self.context_stride}"
            )
        return Pyramid(self, channels, strides)


class Pyramid(Decoder):
    """Merge a pyramid of features into one map at its second stride."""

    def __init__(
        self, config: PyramidConfig, channels: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.takes_hints = config.hints
        self.top = _convolution(channels[-1], config.top, 1)
        *blocks, at_top = (*config.blocks, 0)[: len(config.widths) + 1]
        self.top.extend(_BLOCKS[config.mixing](config.top) for _ in range(at_top))
        coarser = (*config.widths[1:], config.top)
        self.steps = nn.ModuleList(
            Step(below, lateral, width, count, config.mixing)
            for below, lateral, width, count in zip(
                coarser, channels[1:-1], config.widths, blocks, strict=True
            )
        )
        widths = dict(zip(strides[1:], (*config.widths, config.top), strict=True))
        self.context_stride = config.context_stride
        self.context = (
            _CONTEXTS[config.context](widths[config.context_stride])
            if config.context in _CONTEXTS
            else None
        )
        self.hints = nn.ModuleList(
            HintPool(stride, width) for stride, width in widths.items() if config.hints
        )
        self.out_channels = config.widths[0]
        self.out_stride = strides[1]
        self.strides = strides[1:]

    def forward(self, features: tuple[Tensor, ...], hints: Tensor | None = None) -> Tensor:
        """Features, finest first, to ``(B, widths[0], H/4, W/4)``."""
        x: Tensor = self.top(features[-1])  # (B, top, H/32, W/32)
        x = self._look_around(x, -1, hints)
        for index in reversed(range(len(self.steps))):
            x = self.steps[index](x, features[index + 1])
            x = self._look_around(x, index, hints)
        return x

    def rename(self, state: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Of a pyramid with a coarser map than this one has, leave out that map.

        What its last step did to the map before is then what is done to the coarsest one.
        """
        step = f"steps.{len(self.steps)}."
        if not any(name.startswith(step) for name in state):
            return state
        moved = {f"{step}lateral.": "top.0.", f"{step}merge.": "top.1."}
        moved |= {f"{step}mix.{i}.": f"top.{_TOP + i}." for i in range(len(self.top) - _TOP)}
        kept = {k: tensor for k, tensor in state.items() if not k.startswith(("top.", step))}
        for before, after in moved.items():
            inside = {k: tensor for k, tensor in state.items() if k.startswith(before)}
            kept |= {after + k.removeprefix(before): tensor for k, tensor in inside.items()}
        return kept

    def _look_around(self, x: Tensor, index: int, hints: Tensor | None) -> Tensor:
        """Add to the map at ``strides[index]`` what is hinted there, then what is elsewhere."""
        if hints is not None:
            x = x + self.hints[index](hints)
        if self.context is not None and self.strides[index] == self.context_stride:
            x = x + self.context(x)
        return x


class Step(nn.Module):
    """One step up: narrow, double, add the encoder's map, mix."""

    def __init__(self, below: int, lateral: int, width: int, count: int, mixing: str) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(below, width, 1, bias=False)
        self.lateral = nn.Conv2d(lateral, width, 1, bias=False)
        self.merge: nn.Module = nn.BatchNorm2d(width)
        self.mix = nn.Sequential(*(_BLOCKS[mixing](width) for _ in range(count)))
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


class Separable(nn.Module):
    """Look 5x5 around in each channel, then mix the channels; added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.look = DepthwiseConv2d(width, 5, padding=2)
        nn.init.xavier_uniform_(self.look.weight)
        self.mix = _convolution(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, width, h, w)`` to the same."""
        y: Tensor = x + self.mix(self.look(x))
        return y


class HintPool(nn.Module):
    """Hints, pooled to a map's cells, as something to be added to that map; none is zero."""

    def __init__(self, stride: int, width: int) -> None:
        super().__init__()
        self.stride = stride
        self.spread = nn.Conv2d(_HINT_PLANES, width, 3, padding=1, bias=False)
        nn.init.zeros_(self.spread.weight)  # starts as no change

    def forward(self, hints: Tensor) -> Tensor:
        """``(B, 3, H, W)`` u*, v* and mask to ``(B, width, H/stride, W/stride)``.

        A point of one pixel counts as much as colour as a large patch does; how much of the cell
        it covers is a plane of its own, as the square root, so that a point is not lost in it.
        """
        chroma, covered = pool_hints(hints, self.stride)
        planes = torch.cat((chroma / 100, (covered > 0).to(covered), covered.sqrt()), dim=1)
        y: Tensor = self.spread(planes)
        return y


def pool_hints(hints: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    """Hints by cells: ``(B, 3, H, W)`` to what colour they have there, and how much they cover.

    Returns:
        ``(B, 2, h, w)`` u*, v*, 0 where nothing is hinted, and ``(B, 1, h, w)`` in [0, 1].
    """
    mask = hints[:, 2:]
    covered = F.avg_pool2d(mask, stride)
    return F.avg_pool2d(hints[:, :2] * mask, stride) / covered.clamp(min=1e-6), covered


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


def _dense(width: int) -> nn.Module:
    return _convolution(width, width, 3)


_BLOCKS: dict[str, Callable[[int], nn.Module]] = {"dense": _dense, "separable": Separable}
_CONTEXTS: dict[str, Callable[[int], nn.Module]] = {"attention": Attention, "pool": Pool}
