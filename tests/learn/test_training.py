# SPDX-License-Identifier: Apache-2.0
"""Training on nine small pictures: it learns, it stops, it goes on as if it had not stopped."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from torch.testing import assert_close

from tintype.errors import Diverged, InputError, ModelError
from tintype.learn.network import Network
from tintype.learn.recipe import OptimizerConfig
from tintype.learn.shards import list_shards
from tintype.learn.start import estimate_prior
from tintype.learn.training import (
    Schedule,
    Training,
    load_network,
    rate_factor,
    train,
)
from tintype.learn.weights import load_weights, save_weights

pytestmark = [
    pytest.mark.filterwarnings(),
    pytest.mark.slow,
]
QUIET = Schedule(validate_every=0, log_every=1, checkpoint_minutes=60)


class Losses(Callback):
    """The loss of every step; stops the run after some of them."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.values: list[float] = []
        self.stop_after = stop_after

    def on_train_batch_end(self, trainer, _module, outputs, *_):
        self.values.append(outputs["loss"].item())
        if len(self.values) == self.stop_after:
            trainer.should_stop = True


def losses(recipe, photographs, run: Path, *, stop_after=None, **options) -> list[float]:
    watch = Losses(stop_after)
    train(recipe, photographs, None, run, schedule=QUIET, callbacks=[watch], **options)
    return watch.values


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(small_recipe, photographs, tmp_path):
    whole = losses(small_recipe, photographs, tmp_path / "whole")
    first = losses(small_recipe, photographs, tmp_path / "parts", stop_after=2)
    rest = losses(small_recipe, photographs, tmp_path / "parts")
    assert len(whole) == 6
    assert first + rest == whole
    one, two = (
        load_network(small_recipe, tmp_path / run / "last.ckpt") for run in ("whole", "parts")
    )
    for (name, a), b in zip(one.state_dict().items(), two.state_dict().values(), strict=True):
        assert_close(a, b, rtol=0, atol=0, msg=name)


class Breaker(Callback):
    """Makes a weight no number, as too high a rate does."""

    def on_train_batch_end(self, _trainer, module, *_):
        next(module.network.parameters()).data.view(-1)[0] = math.nan


def test_a_run_that_diverges_leaves_its_last_good_checkpoint(small_recipe, photographs, tmp_path):
    losses(small_recipe, photographs, tmp_path, stop_after=2)
    good = (tmp_path / "last.ckpt").read_bytes()
    with pytest.raises(Diverged, match=r"by step \d .* is no number"):
        train(small_recipe, photographs, None, tmp_path, schedule=QUIET, callbacks=[Breaker()])
    assert (tmp_path / "last.ckpt").read_bytes() == good
    assert [file.name for file in tmp_path.glob("*.ckpt*")] == ["last.ckpt"]


def test_a_slice_counts_its_own_minutes_only(small_recipe, photographs, tmp_path):
    """Lightning's own timer would go on counting where the slice before had stopped."""
    slice_ = replace(QUIET, minutes=1.0)
    watch = Losses(2)
    train(small_recipe, photographs, None, tmp_path, schedule=slice_, callbacks=[watch])
    last = tmp_path / "last.ckpt"
    state = torch.load(last, weights_only=False)
    elapsed = {"time_elapsed": dict.fromkeys(("train", "validate", "sanity_check"), 1000000.0)}
    state["callbacks"] |= dict.fromkeys(("Timer", "Limit"), elapsed)
    torch.save(state, last)
    rest = Losses()
    train(small_recipe, photographs, None, tmp_path, schedule=slice_, callbacks=[rest])
    assert len(watch.values) + len(rest.values) == small_recipe.steps


def test_a_streamed_run_goes_on_from_its_last_shard(small_recipe, shards, tmp_path):
    urls = [str(shard) for shard in list_shards(shards)]
    recipe = replace(small_recipe, photographs=24)
    first = losses(recipe, urls, tmp_path / "run", stop_after=4)  # 8 of 9: in the second shard
    state = torch.load(tmp_path / "run" / "last.ckpt", weights_only=False)
    assert state["Photographs"] == {"shard": 1}
    rest = losses(recipe, urls, tmp_path / "run")
    assert len(first) + len(rest) == recipe.steps


def test_the_same_pictures_again_and_again_are_learnt(small_recipe, photographs, tmp_path):
    recipe = replace(
        small_recipe,
        photographs=160,
        batch_size=4,
        optimizer=OptimizerConfig(rate=1e-2, encoder_rate=5e-2, warmup=2),
    )
    values = losses(recipe, photographs.subset([0, 1]), tmp_path / "run")
    assert np.mean(values[-4:]) < 0.9 * np.mean(values[:2])  # soft targets have an entropy too


def test_what_is_released_is_the_running_average(small_recipe, photographs, tmp_path):
    losses(small_recipe, photographs, tmp_path / "run")
    state = torch.load(tmp_path / "run" / "last.ckpt", weights_only=False)
    averaged, current = state["state_dict"], state["current_model_state"]
    name = "network.head.scores.weight"
    assert not torch.equal(averaged[name], current[name])
    network = load_network(small_recipe, tmp_path / "run" / "last.ckpt")
    assert_close(network.head.scores.weight.detach(), averaged[name], rtol=0, atol=0)


def test_validation_is_logged_with_its_truth(small_recipe, photographs, tmp_path):
    schedule = Schedule(validate_every=3, log_every=1, checkpoint_minutes=60)
    train(small_recipe, photographs, photographs, tmp_path / "run", schedule=schedule)
    (log,) = (tmp_path / "run" / "csv").glob("*/metrics.csv")
    rows = [row for row in csv.DictReader(log.read_text().splitlines()) if row["val_de00"]]
    assert len(rows) == 2
    assert all(math.isfinite(float(row["val_loss"])) for row in rows)
    assert all(float(row["val_cf_true"]) > 5 for row in rows)


def test_a_run_keeps_its_recipe(small_recipe, photographs, tmp_path):
    losses(small_recipe, photographs, tmp_path / "run", stop_after=1)
    with pytest.raises(InputError, match="holds a run of another recipe"):
        losses(replace(small_recipe, seed=1), photographs, tmp_path / "run")


def test_imagenet_weights_are_asked_for(small_recipe, photographs, tmp_path):
    recipe = replace(small_recipe, imagenet_start=True)
    with pytest.raises(InputError, match="--imagenet FILE, or --from"):
        losses(recipe, photographs, tmp_path / "run")


def test_fine_tuning_starts_from_released_weights(small_recipe, photographs, tmp_path):
    released = Training(replace(small_recipe, seed=5)).network
    save_weights([released], tmp_path / "w.safetensors")
    frozen = replace(small_recipe, optimizer=OptimizerConfig(rate=0.0, encoder_rate=0.0, warmup=1))
    losses(frozen, photographs, tmp_path / "run", weights=tmp_path / "w.safetensors")
    network = load_network(frozen, tmp_path / "run" / "last.ckpt")
    assert_close(
        network.head.scores.weight.detach(), released.head.scores.weight.detach().half().float()
    )


def test_weights_of_nothing_we_know_are_refused(small_recipe, tmp_path):
    network = Training(small_recipe).network
    (tmp_path / "w.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="cannot read weights"):
        load_weights(network, tmp_path / "w.safetensors")


def test_no_checkpoint_says_so(small_recipe, tmp_path):
    with pytest.raises(ModelError, match="train the recipe first"):
        load_network(small_recipe, tmp_path / "none.ckpt")


def test_fine_tuning_starts_from_the_member_that_fits(small_recipe, tmp_path):
    decoder = replace(small_recipe.network.decoder, widths=(4, 8, 8))
    narrow = replace(small_recipe.network, decoder=decoder)
    released = [Network(small_recipe.network), Network(narrow)]
    save_weights(released, tmp_path / "w.safetensors")
    for member in released:
        network = Network(member.config)
        load_weights(network, tmp_path / "w.safetensors")
        assert_close(network.head.scores.bias, member.head.scores.bias, atol=1e-3, rtol=1e-3)
        assert_close(
            network.decoder.top[0].weight, member.decoder.top[0].weight, atol=1e-3, rtol=1e-3
        )


def test_a_network_cut_at_its_coarsest_map_starts_from_the_whole_one(small_recipe, tmp_path):
    config = small_recipe.network
    decoder = replace(config.decoder, context_stride=16)
    whole = Network(replace(config, decoder=decoder))
    save_weights([Network(config), whole], tmp_path / "w.safetensors")
    *widths, top = decoder.widths
    cut = Network(
        replace(
            config,
            encoder=replace(config.encoder, stages=4),
            decoder=replace(decoder, widths=tuple(widths), top=top),
        )
    )
    load_weights(cut, tmp_path / "w.safetensors", member=1)
    for ours, theirs in (
        (cut.decoder.top[0].weight, whole.decoder.steps[-1].lateral.weight),
        (cut.decoder.steps[0].narrow.weight, whole.decoder.steps[0].narrow.weight),
        (cut.encoder.blocks[-1].project.conv.weight, whole.encoder.blocks[12].project.conv.weight),
    ):
        assert_close(ours, theirs, atol=1e-3, rtol=1e-3)


def test_the_prior_is_the_share_of_each_colour(small_recipe, photographs):
    head = Training(small_recipe).network.head
    prior = estimate_prior(head, photographs)
    assert prior.sum() == pytest.approx(1)
    assert (prior > 0).sum() < len(prior)  # nine colours do not fill the plane


@pytest.mark.parametrize(("step", "factor"), [(0, 0.25), (3, 1.0), (4, 1.0), (8, 0.5), (12, 0.0)])
def test_the_rate_warms_up_and_falls_as_a_cosine(step, factor):
    assert rate_factor(OptimizerConfig(warmup=4), step, 12) == pytest.approx(factor)


def test_a_constant_rate_stays():
    assert rate_factor(OptimizerConfig(warmup=4, schedule="constant"), 11, 12) == 1.0


def test_hints_are_the_true_colours_where_the_mask_is(small_recipe):
    decoder = replace(small_recipe.network.decoder, hints=True)
    module = Training(replace(small_recipe, network=replace(small_recipe.network, decoder=decoder)))
    chroma = torch.randn(1, 2, 4, 4)
    mask = torch.zeros(1, 1, 4, 4, dtype=torch.uint8)
    mask[0, 0, 1, 2] = 1
    grey = torch.full((1, 1, 4, 4), 50.0)
    hints = module._hints(chroma, grey, mask)
    assert_close(hints[0, :, 1, 2], torch.tensor([*chroma[0, :, 1, 2].tolist(), 1.0]))
    assert hints.count_nonzero() == 3
    assert not module._hints(chroma, grey, 0 * mask).any()
    assert Training(small_recipe)._hints(chroma, grey, mask) is None
