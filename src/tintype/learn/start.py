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
from tintype.learn.datasets import PhotographCache
from tintype.learn.heads.joint_bins import JointBinsHead
from tintype.learn.network import Network
from tintype.learn.recipe import Recipe
from tintype.learn.shards import iterate_shard
from tintype.learn.weights import load_weights

_PRIOR_PHOTOGRAPHS, _PRIOR_SIDE = 2_000, 32  # from which the share of each colour is estimated


def start_weights(
    network: Network,
    recipe: Recipe,
    photographs: PhotographCache | Sequence[str],
    *,
    imagenet: Path | None,
    weights: Path | None,
) -> None:
    """Give ``network`` the weights of step 0.

    Raises:
        InputError: the recipe starts from ImageNet weights and there are none.
    """
    if weights is not None:
        load_weights(network, weights)
        return
    if recipe.imagenet_start:
        if imagenet is None:
            raise InputError(
                f"recipe {recipe.name} starts from ImageNet weights: give --imagenet FILE, "
                f"or --from MODEL to start from a released network"
            )
        network.encoder.load_imagenet(imagenet)
    if isinstance(network.head, JointBinsHead):
        network.head.set_prior(estimate_prior(network.head, photographs))


def estimate_prior(head: JointBinsHead, photographs: PhotographCache | Sequence[str]) -> np.ndarray:
    """The share ``(Q,)`` of each of the head's bins, over evenly spaced photographs."""
    share = np.zeros(head.bins.count)
    for pixels in _some(photographs):
        rgb = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
        small = F.interpolate(rgb, (_PRIOR_SIDE, _PRIOR_SIDE), mode="area")
        bins, weights = head.bins.encode(rgb_to_luv(small)[:, 1:])
        share += np.bincount(
            bins.flatten().numpy(), weights.flatten().numpy(), minlength=len(share)
        )
    prior: np.ndarray = share / share.sum()
    return prior


def _some(photographs: PhotographCache | Sequence[str]) -> Iterable[np.ndarray]:
    """Photographs from which the share of each colour is estimated."""
    if isinstance(photographs, PhotographCache):
        count = min(len(photographs), _PRIOR_PHOTOGRAPHS)
        for index in np.linspace(0, len(photographs) - 1, count).astype(int):
            yield photographs[index]
    else:
        shards = (pixels for url in photographs for _, pixels in iterate_shard(url))
        yield from itertools.islice(shards, _PRIOR_PHOTOGRAPHS)
