# SPDX-License-Identifier: Apache-2.0
"""Decoded photographs where the network is: in a GPU's memory, with the crops cut there.

A processor that cuts some thousand crops a second cannot feed a GPU that learns from as many. So
the bytes of all photographs are brought over once, the processor only *draws* which crop a sample
is, from the same generators as ever, and the whole batch is cut at one stroke: both of OpenCV's
ways of scaling, area averages and bilinear interpolation, are weighted sums over rows and then
over columns, so that a crop X becomes R X Cᵀ with two small matrices.

What comes out differs from :func:`tintype.learn.augment.cut_crop` by a step of 8 bits at most.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from tintype.learn.datasets import PhotographCache, TrainingCrops

_CHUNK = 2**28  # bytes brought over at a time
_SPARE = 8 * 2**30  # bytes of a GPU that are left to the network and its batch


class Draws(Dataset[tuple[Tensor, Tensor]]):
    """What :class:`TrainingCrops` draws, without the pixels."""

    def __init__(self, crops: TrainingCrops) -> None:
        self.crops = crops

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        """``(6,)`` int64: photograph, top, left, height, width, mirrored; and ``(S, S)`` hints."""
        index, crop, hints = self.crops.draw(number)
        draw = (index, crop.top, crop.left, crop.height, crop.width, int(crop.mirrored))
        return torch.tensor(draw), torch.from_numpy(hints)


class ResidentPhotographs:
    """All photographs of a cache on a device.

    Args:
        photographs: decoded.
        device: where the network is.
    """

    def __init__(self, photographs: PhotographCache, device: torch.device) -> None:
        self._pixels = _bring(photographs.pixels, device)
        self._offsets = torch.from_numpy(np.array(photographs.offsets)).to(device)
        self._widths = torch.from_numpy(np.array(photographs.sizes[:, 1])).to(device)

    def cut(self, draws: Tensor, hints: Tensor) -> Tensor:
        """Cut a batch of crops.

        Args:
            draws: ``(B, 6)`` int64, from :class:`Draws`, on the device.
            hints: ``(B, S, S)`` uint8; S is the side that crops are scaled to.

        Returns:
            ``(B, 4, S, S)`` uint8: encoded sRGB, and the hints.
        """
        index, top, left, height, width, mirrored = draws.unbind(1)
        side = hints.shape[-1]
        parts = self._gather(index, (top, left), (height, width))  # (B, H, W, 3)
        smaller = side <= torch.minimum(height, width)
        rows = _weigh(height, parts.shape[1], side, smaller)  # (B, S, H)
        columns = _weigh(width, parts.shape[2], side, smaller)  # (B, S, W)
        cut = torch.einsum("bih,bhwc,bjw->bcij", rows, parts.float(), columns)
        cut = torch.where(mirrored[:, None, None, None] == 1, cut.flip(-1), cut)
        return torch.cat((cut.round().clamp(0, 255).to(torch.uint8), hints[:, None]), dim=1)

    def _gather(
        self, index: Tensor, corner: tuple[Tensor, Tensor], size: tuple[Tensor, Tensor]
    ) -> Tensor:
        """``(B, H, W, 3)`` uint8: the crops' pixels, smaller ones continued by their last."""
        rows, columns = (
            start[:, None]
            + torch.arange(int(length.max()), device=index.device).clamp(max=length[:, None] - 1)
            for start, length in zip(corner, size, strict=True)
        )
        widths = self._widths[index][:, None, None]
        places = self._offsets[index][:, None, None] + 3 * (
            rows[:, :, None] * widths + columns[:, None]
        )
        return self._pixels[places[..., None] + torch.arange(3, device=index.device)]


def fits(photographs: PhotographCache) -> bool:
    """Whether there is a GPU whose memory holds the photographs, with room for the network."""
    if not torch.cuda.is_available():
        return False
    free, _ = torch.cuda.mem_get_info()
    return bool(photographs.pixels.nbytes + _SPARE <= free)


def _weigh(length: Tensor, count: int, side: int, smaller: Tensor) -> Tensor:
    """``(B, side, count)``: what each of ``length`` pixels adds to each of ``side``.

    Area averages where the crop is made smaller, bilinear interpolation elsewhere, both with the
    pixels' centres at half their numbers, as OpenCV has it.
    """
    scale = (length / side)[:, None, None]
    to = torch.arange(side, device=length.device)[:, None]
    of = torch.arange(count, device=length.device)
    overlap = torch.minimum((to + 1) * scale, of + 1) - torch.maximum(to * scale, of)
    center = ((to + 0.5) * scale - 0.5).clamp(min=0).minimum(length[:, None, None] - 1)
    linear = 1 - (center - of).abs()
    return torch.where(smaller[:, None, None], overlap / scale, linear).clamp(min=0)


def _bring(pixels: NDArray[np.uint8], device: torch.device) -> Tensor:
    """A copy of the bytes on a device, without a second one of all of them on the way."""
    brought = torch.empty(len(pixels), dtype=torch.uint8, device=device)
    for start in range(0, len(pixels), _CHUNK):
        chunk = torch.from_numpy(np.array(pixels[start : start + _CHUNK]))
        brought[start : start + len(chunk)].copy_(chunk)
    return brought
