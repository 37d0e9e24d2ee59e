# SPDX-License-Identifier: Apache-2.0
"""Training checkpoints as candidates: what a run would answer if it stopped now.

The network runs in PyTorch, in float32, as it would run once exported. Needs the extra ``train``.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tintype.errors import MissingExtra
from tintype.evaluate.candidates import Function
from tintype.imaging.resize import resize
from tintype.inference.engine import network_size
from tintype.records.provenance import hash_file


def open_checkpoint(name: str, checkpoint: Path, *, recipe: str, size: int) -> Function:
    """Load a checkpoint of :mod:`tintype.learn.training`.

    Args:
        name: in tables.
        checkpoint: its file, ``last.ckpt`` in a run's folder.
        recipe: name of the run's recipe, or a file that defines one.
        size: short side in pixels that the network sees.

    Raises:
        MissingExtra: PyTorch is not installed.
        OptionError: there is no such recipe.
        ModelError: there is no such checkpoint, or it is another recipe's.
    """
    try:
        import torch

        from tintype.learn.network import color_grey
        from tintype.learn.recipe import find_recipe
        from tintype.learn.training import load_network
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"evaluating a checkpoint needs {error.name}, which is not installed; install it with: "
            "pip install 'tintype[train]'"
        ) from error
    network = load_network(find_recipe(recipe), checkpoint)

    def predict(lightness: NDArray[np.float32]) -> NDArray[np.float32]:
        photograph = lightness.shape[0], lightness.shape[1]
        seen = network_size(photograph, size=size, stride=1)
        below, right = (-side % network.multiple for side in seen)
        grey = np.pad(resize(lightness, seen), ((0, below), (0, right)), mode="edge")
        with torch.inference_mode():
            luv = color_grey(network, torch.from_numpy(grey)[None, None])
        return np.ascontiguousarray(luv[0, 1:, : seen[0], : seen[1]].numpy())

    note = {"recipe": recipe, "checkpoint": checkpoint.name, "sha256": hash_file(checkpoint)}
    return Function(name, predict, note={**note, "size": size})
