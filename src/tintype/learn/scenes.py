# SPDX-License-Identifier: Apache-2.0
"""Naming the scene, as a side task: what a photograph shows says what its colours may be.

A linear layer guesses a photograph's label from the mean of the encoder's coarsest map. The guess's
cross-entropy is added to the loss, so that the encoder keeps what tells scenes apart; it is no part
of the network, and what is released knows nothing of it.

Source: S. Iizuka, E. Simo-Serra and H. Ishikawa, "Let there be Color!", SIGGRAPH 2016, who name
scenes beside colouring them, with a network of two heads.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tintype.learn.datasets import PhotographCache, photograph_at
from tintype.learn.recipe import Recipe


class SceneTask(nn.Module):
    """Guesses the labels of the batch that is being learnt.

    Args:
        channels: of the encoder's coarsest map.
        photographs: that are learnt from; their labels are their keys without the number.
        recipe: says which photographs a step has.

    Attributes:
        names: the labels, in the order of the guesses.
    """

    def __init__(self, channels: int, photographs: PhotographCache, recipe: Recipe) -> None:
        super().__init__()
        self._recipe = recipe
        names, labels = np.unique(
            [key.rpartition("/")[0] for key in photographs.keys], return_inverse=True
        )
        self.names: list[str] = names.tolist()
        self._labels = torch.from_numpy(labels)
        self.guess = nn.Linear(channels, len(self.names))

    def loss(self, coarsest: Tensor, step: int) -> Tensor:
        """The mean cross-entropy of the guesses for a step's batch.

        Args:
            coarsest: ``(B, C, h, w)``.
            step: optimizer steps before this one.
        """
        guesses = self.guess(coarsest.float().mean(dim=(2, 3))).float()
        return F.cross_entropy(guesses, self.labels_at(step).to(guesses.device))

    def labels_at(self, step: int) -> Tensor:
        """``(B,)`` int64: the labels of a step's batch."""
        first = step * self._recipe.batch_size
        chosen = [
            photograph_at(number, count=len(self._labels), seed=self._recipe.seed)
            for number in range(first, first + self._recipe.batch_size)
        ]
        return self._labels[chosen]
