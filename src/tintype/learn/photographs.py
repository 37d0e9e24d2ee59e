# SPDX-License-Identifier: Apache-2.0
"""The photographs of a run, as Lightning asks for them, and where a resumed run takes them up."""

from collections.abc import Iterable, Sequence
from typing import Any

import lightning as L
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from tintype.learn.datasets import (
    Numbers,
    PhotographCache,
    StreamedCrops,
    TrainingCrops,
    ValidationCrops,
)
from tintype.learn.recipe import Recipe
from tintype.learn.resident import Draws, ResidentPhotographs


class Photographs(L.LightningDataModule):
    """The photographs of a run; the training side starts where the trainer's checkpoint stands.

    Args:
        recipe: says how crops are drawn.
        train: decoded photographs, or the addresses of shards to be streamed.
        val: decoded photographs; None: no validation.
        workers: processes that cut crops; streamed shards are read by the training process.
        resident: keep decoded photographs where the network is, and cut the crops there.
    """

    def __init__(
        self,
        recipe: Recipe,
        train: PhotographCache | Sequence[str],
        val: PhotographCache | None,
        *,
        workers: int = 0,
        resident: bool = False,
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.train = train
        self.val = val
        self.workers = workers
        self.resident = resident
        self.there: ResidentPhotographs | None = None  # with the network, once training begins
        self.first_step = 0  # optimizer steps of earlier parts of the run
        self.stream: StreamedCrops | None = None
        if not isinstance(train, PhotographCache):
            self.stream = StreamedCrops(
                train, side=recipe.side, augment=recipe.augment, seed=recipe.seed
            )

    def train_dataloader(self) -> DataLoader[Tensor]:
        """Batches from the sample after the last that was seen."""
        recipe = self.recipe
        self.first_step = self.trainer.global_step if self.trainer else 0
        if self.stream is not None:
            return DataLoader(self.stream, recipe.batch_size)
        assert isinstance(self.train, PhotographCache)
        crops = TrainingCrops(
            self.train, side=recipe.side, augment=recipe.augment, seed=recipe.seed
        )
        if self.resident and self.there is None and self.trainer is not None:
            self.there = ResidentPhotographs(self.train, self.trainer.strategy.root_device)
        samples: Dataset[Any] = crops if self.there is None else Draws(crops)
        return DataLoader(
            samples,
            recipe.batch_size,
            sampler=Numbers(self.first_step * recipe.batch_size),
            num_workers=self.workers,
        )

    def on_after_batch_transfer(self, batch: Any, _index: int) -> Tensor:
        """Cut the crops of a batch of draws; other batches are what they should be already."""
        if isinstance(batch, Tensor):
            return batch
        assert self.there is not None
        draws, hints = batch
        return self.there.cut(draws, hints)

    def val_dataloader(self) -> Iterable[Tensor]:
        """The middle square of every validation photograph."""
        if self.val is None:
            return []
        return DataLoader(ValidationCrops(self.val, side=self.recipe.side), batch_size=32)

    def state_dict(self) -> dict[str, int]:
        """Where the stream stands; decoded photographs need no more than the trainer's step."""
        if self.stream is None or self.trainer is None:
            return {}
        taken = (self.trainer.global_step - self.first_step) * self.recipe.batch_size
        return {"shard": self.stream.shard_after(taken)}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go back to the beginning of the shard that was being read."""
        if self.stream is not None and "shard" in state:
            self.stream.shard = state["shard"]
