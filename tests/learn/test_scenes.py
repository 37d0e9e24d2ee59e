# SPDX-License-Identifier: Apache-2.0
"""The side task guesses the labels of just the photographs that a step learns from."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import Callback

from tintype.errors import InputError
from tintype.learn.recipe import OptimizerConfig
from tintype.learn.scenes import SceneTask
from tintype.learn.shards import list_shards
from tintype.learn.training import Schedule, load_network, train
from tintype.learn.weights import save_weights

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:lightning")
QUIET = Schedule(validate_every=0, log_every=1, checkpoint_minutes=60)


@pytest.fixture
def pictures(rng):
    """Dark photographs of one label, light ones of another; what they show tells the label."""
    return {
        f"made/{label}/{i:08}": rng.integers(low, low + 60, (40, 40, 3)).astype(np.uint8)
        for label, low in (("dark", 0), ("light", 190))
        for i in range(4)
    }


@pytest.fixture
def recipe(small_recipe):
    return replace(
        small_recipe,
        photographs=160,
        batch_size=4,
        scenes=2.0,
        optimizer=OptimizerConfig(rate=1e-2, encoder_rate=1e-2, warmup=1),
    )


class Watch(Callback):
    """What is drawn, what it is called, and how well it is guessed."""

    def __init__(self, stop_after=None):
        self.stop_after = stop_after
        self.light, self.named, self.losses = [], [], []

    def on_train_batch_start(self, trainer, module, batch, *_):
        step = trainer.global_step
        self.light += (batch[:, :3].float().mean(dim=(1, 2, 3)) > 127).tolist()
        self.named += [module.scenes.names[i] for i in module.scenes.labels_at(step).tolist()]

    def on_train_batch_end(self, trainer, *_):
        self.losses.append(trainer.callback_metrics["scene_loss"].item())
        trainer.should_stop = len(self.losses) == self.stop_after


def run(recipe, photographs, folder, stop_after=None):
    watch = Watch(stop_after)
    train(recipe, photographs, None, folder, schedule=QUIET, callbacks=[watch])
    return watch


def test_labels_are_those_of_the_batch_and_are_learnt(recipe, photographs, tmp_path):
    watch = run(recipe, photographs, tmp_path / "run")
    assert watch.named == [f"made/{'light' if light else 'dark'}" for light in watch.light]
    assert len(set(watch.named)) == 2
    assert np.mean(watch.losses[20:]) < 0.75 * np.log(2)  # which chance has


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(recipe, photographs, tmp_path):
    recipe = replace(recipe, photographs=24)
    whole = run(recipe, photographs, tmp_path / "whole")
    parts = [run(recipe, photographs, tmp_path / "parts", stop) for stop in (2, None)]
    assert parts[0].losses + parts[1].losses == whole.losses


def test_the_network_knows_nothing_of_it(recipe, photographs, tmp_path):
    run(replace(recipe, photographs=8), photographs, tmp_path / "run")
    network = load_network(recipe, tmp_path / "run/last.ckpt")
    save_weights([network], tmp_path / "weights.safetensors")
    assert not any("guess" in name or "scenes" in name for name in network.state_dict())


def test_a_guess_costs_the_logarithm_of_its_share(recipe, photographs):
    task = SceneTask(3, photographs, recipe)
    torch.nn.init.zeros_(task.guess.weight)
    torch.nn.init.zeros_(task.guess.bias)
    assert task.loss(torch.rand(4, 3, 2, 2), 0).item() == pytest.approx(np.log(2), rel=1e-6)


def test_streamed_shards_have_no_labels_in_time(recipe, shards, tmp_path):
    urls = [str(shard) for shard in list_shards(shards)]
    with pytest.raises(InputError, match="leave --stream out"):
        train(recipe, urls, None, tmp_path / "run", schedule=QUIET)
