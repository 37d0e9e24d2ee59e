# SPDX-License-Identifier: Apache-2.0
"""What a network in training would answer now, as a function of lightness.

For evaluation beside released networks: NumPy in, NumPy out, the photograph whole and at its own
aspect ratio, in float32, as the exported network would see it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tintype.errors import OptionError
from tintype.imaging.resize import resize
from tintype.learn.network import Network, color_grey
from tintype.learn.recipe import find_recipe
from tintype.learn.training import load_network

Plane = NDArray[np.float32]


def load_answer(recipe: str, checkpoint: Path, *, size: int) -> Callable[[Plane], Plane]:
    """Load a checkpoint as a function; threads may share it.

    Args:
        recipe: name of the run's recipe, or a file that defines one.
        checkpoint: ``last.ckpt`` in the run's folder.
        size: short side in pixels that the network sees.

    Returns:
        ``(H, W)`` float32 L* in [0, 100] to ``(2, h, w)`` float32 u*, v* in CIE units.

    Raises:
        OptionError: there is no such recipe, or it is of several networks.
        ModelError: there is no such checkpoint, or it is another recipe's.
    """
    chosen = find_recipe(recipe)
    if chosen.others:
        raise OptionError(f"{chosen.name} is of several networks; export it and evaluate the file")
    network = load_network(chosen, checkpoint)
    return lambda lightness: answer(network, lightness, size=size)


def answer(network: Network, lightness: Plane, *, size: int) -> Plane:
    """The network's chroma for one photograph, at the size that it sees.

    Args:
        network: in evaluation mode.
        lightness: ``(H, W)`` float32, L* in [0, 100].
        size: short side in pixels that the network sees.

    Returns:
        ``(2, h, w)`` float32: u*, v* in CIE units, covering the photograph.
    """
    scale = size / min(lightness.shape)
    height, width = (max(1, round(side * scale)) for side in lightness.shape)
    edges = ((0, -height % network.multiple), (0, -width % network.multiple))
    grey = np.pad(resize(lightness, (height, width)), edges, mode="edge")
    with torch.inference_mode():
        luv = color_grey(network, torch.from_numpy(grey)[None, None])
    return np.ascontiguousarray(luv[0, 1:, :height, :width].numpy())
