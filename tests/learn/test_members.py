# SPDX-License-Identifier: Apache-2.0
"""Members from runs, from released weights, and from the mean of several."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from tintype.errors import ModelError, OptionError
from tintype.learn.members import load_members
from tintype.learn.network import Network
from tintype.learn.training import Schedule, Training, load_network, train
from tintype.learn.weights import save_weights


def test_members_come_from_runs_and_from_released_weights(small_recipe, photographs, tmp_path):
    train(small_recipe, photographs, None, tmp_path / "run", schedule=Schedule(validate_every=0))
    others = [Training(replace(small_recipe, seed=seed)).network for seed in (5, 6)]
    save_weights(others, tmp_path / "both.safetensors")
    save_weights(others[:1], tmp_path / "one.safetensors")
    run, both, one = (tmp_path / name for name in ("run", "both.safetensors", "one.safetensors"))
    trained = load_network(small_recipe, run / "last.ckpt")
    for places, expected in (
        ((run, both), (trained, others[1])),
        ((both, both), others),
        ((run, one), (trained, others[0])),
    ):
        found = load_members([small_recipe] * 2, places)
        for network, wanted in zip(found, expected, strict=True):
            assert_close(
                network.head.scores.weight, wanted.head.scores.weight, atol=1e-3, rtol=1e-3
            )
            assert not network.training


def test_places_joined_by_a_plus_stand_for_the_mean_of_their_weights(small_recipe, tmp_path):
    ends = [Training(replace(small_recipe, seed=seed)).network for seed in (5, 6)]
    for name, network in zip("ab", ends, strict=True):
        nn.init.constant_(network.head.scores.bias, {"a": 1.0, "b": 4.0}[name])
        save_weights([network], tmp_path / f"{name}.safetensors")
    a, b = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    for place, expected in ((f"{a}+{b}", 2.5), (f"{a}+{a}+{b}", 2.0)):
        (found,) = load_members([small_recipe], [Path(place)])
        assert_close(found.head.scores.bias, torch.full_like(ends[0].head.scores.bias, expected))
        assert not found.training


def test_a_member_of_which_only_a_part_fits_is_refused(small_recipe, tmp_path):
    decoder = replace(small_recipe.network.decoder, widths=(4, 8, 8))
    narrow = replace(small_recipe, network=replace(small_recipe.network, decoder=decoder))
    save_weights([Network(narrow.network)], tmp_path / "w.safetensors")
    with pytest.raises(ModelError, match=r"another network: of \d+ tensors \d+ are there"):
        load_members([small_recipe], [tmp_path / "w.safetensors"])


def test_members_need_a_place_each(small_recipe, tmp_path):
    with pytest.raises(OptionError, match="a run for each of the 2 recipes"):
        load_members([small_recipe] * 2, [tmp_path])
