# SPDX-License-Identifier: Apache-2.0
"""Where a run starts: from a released network, or an ImageNet encoder and the data's colours."""

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from tintype.color.luv import rgb_to_luv
from tintype.errors import InputError
from tintype.learn.augment import Crop, cut_crop
from tintype.learn.datasets import PhotographCache
from tintype.learn.heads.joint_bins import JointBinsHead
from tintype.learn.network import Network
from tintype.learn.recipe import Recipe
from tintype.learn.shards import iterate_shard
from tintype.learn.weights import count_members, load_weights

_PRIOR_PHOTOGRAPHS, _PRIOR_SIDE = 2_000, 32  # from which the share of each colour is estimated
_SQUARES = 500  # photographs at training size, from which parts count what they need
_CALIBRATION_PHOTOGRAPHS = 16  # of them, for the encoder


def start_weights(
    networks: Sequence[Network],
    recipe: Recipe,
    photographs: PhotographCache | Sequence[str],
    *,
    imagenet: Path | None,
    weights: Path | None,
) -> None:
    """Give a recipe's networks the weights of step 0.

    Of released ``weights`` of as many members, each starts from the one at its own place;
    otherwise from the one that fits it best.

    Raises:
        InputError: the recipe starts from ImageNet weights and there are none.
    """
    if weights is None:
        for network in networks:
            _begin(network, recipe, photographs, imagenet)
        return
    alike = len(networks) > 1 and count_members(weights) == len(networks)
    for member, network in enumerate(networks):
        load_weights(network, weights, member=member if alike else None)
        if isinstance(network.head, JointBinsHead):
            network.head.change_prior(estimate_prior(network.head, photographs))


def _begin(
    network: Network,
    recipe: Recipe,
    photographs: PhotographCache | Sequence[str],
    imagenet: Path | None,
) -> None:
    """Start from an ImageNet encoder, if the recipe does, and from what can be counted."""
    if recipe.imagenet_start:
        if imagenet is None:
            raise InputError(
                f"recipe {recipe.name} starts from ImageNet weights: give --imagenet FILE, "
                f"or --from MODEL to start from a released network"
            )
        network.encoder.load_imagenet(imagenet)
    if isinstance(network.head, JointBinsHead):
        network.head.set_prior(estimate_prior(network.head, photographs))
    grey, color = network.head.space.split(_squares(photographs, recipe.side))
    network.encoder.calibrate(grey[:_CALIBRATION_PHOTOGRAPHS])
    network.head.fit(color)


def estimate_prior(head: JointBinsHead, photographs: PhotographCache | Sequence[str]) -> np.ndarray:
    """The share ``(Q,)`` of each of the head's bins, over evenly spaced photographs."""
    share = np.zeros(head.bins.count)
    for pixels in _some(photographs, _PRIOR_PHOTOGRAPHS):
        rgb = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
        small = F.interpolate(rgb, (_PRIOR_SIDE, _PRIOR_SIDE), mode="area")
        bins, weights = head.bins.encode(rgb_to_luv(small)[:, 1:])
        share += np.bincount(
            bins.flatten().numpy(), weights.flatten().numpy(), minlength=len(share)
        )
    prior: np.ndarray = share / share.sum()
    return prior


def _squares(photographs: PhotographCache | Sequence[str], side: int) -> torch.Tensor:
    """Photographs scaled to ``(N, 3, side, side)`` encoded sRGB, whole."""
    squares = [cut_crop(pixels, _whole(pixels), side) for pixels in _some(photographs, _SQUARES)]
    return torch.from_numpy(np.stack(squares)).float() / 255


def _whole(pixels: np.ndarray) -> Crop:
    return Crop(top=0, left=0, height=pixels.shape[0], width=pixels.shape[1], mirrored=False)


def _some(photographs: PhotographCache | Sequence[str], count: int) -> Iterable[np.ndarray]:
    """Up to ``count`` photographs, evenly spaced where all are at hand."""
    if isinstance(photographs, PhotographCache):
        chosen = np.linspace(0, len(photographs) - 1, min(len(photographs), count))
        for index in chosen.astype(int):
            yield photographs[index]
    else:
        shards = (pixels for url in photographs for _, pixels in iterate_shard(url))
        yield from itertools.islice(shards, count)
