# SPDX-License-Identifier: Apache-2.0
"""Crops cut on the device are those that OpenCV cuts; here the device is the processor."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import Callback

from tintype.learn import resident
from tintype.learn.augment import Augment
from tintype.learn.datasets import TrainingCrops
from tintype.learn.recipe import OptimizerConfig
from tintype.learn.resident import Draws, ResidentPhotographs
from tintype.learn.training import Schedule, train

CPU = torch.device("cpu")


class Losses(Callback):
    """The loss of every step."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def on_train_batch_end(self, _trainer, _module, outputs, *_):
        self.values.append(outputs["loss"].item())


@pytest.mark.parametrize("side", [24, 32, 64])  # smaller, smaller or larger by sample, larger
def test_a_batch_is_cut_as_its_samples_are(photographs, side):
    augment = Augment(area=(0.3, 1.0), hinted=0.5)
    crops = TrainingCrops(photographs, side=side, augment=augment, seed=3)
    numbers = range(7, 39)
    drawn = [Draws(crops)[number] for number in numbers]
    draws, hints = (torch.stack(part) for part in zip(*drawn, strict=True))
    cut = ResidentPhotographs(photographs, CPU).cut(draws, hints).int()
    expected = torch.stack([crops[number] for number in numbers]).int()
    assert cut.shape == expected.shape
    assert (cut - expected).abs().max() <= 1
    assert (cut != expected).float().mean() < 0.1
    torch.testing.assert_close(cut[:, 3], expected[:, 3], rtol=0, atol=0)


def test_photographs_are_brought_over_in_pieces(photographs, monkeypatch):
    monkeypatch.setattr(resident, "_CHUNK", 1000)
    brought = resident._bring(photographs.pixels, CPU)
    np.testing.assert_array_equal(brought.numpy(), photographs.pixels)


def test_without_a_gpu_nothing_fits(photographs, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert not resident.fits(photographs)


def test_a_gpu_must_have_room_for_the_network_too(photographs, monkeypatch):
    size = photographs.pixels.nbytes
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    for free, expected in ((size, False), (size + resident._SPARE, True)):
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda free=free: (free, free))
        assert resident.fits(photographs) == expected


@pytest.mark.slow
def test_the_first_twenty_losses_agree_to_half_a_per_cent(small_recipe, photographs, tmp_path):
    rates = OptimizerConfig(rate=1e-3, encoder_rate=1e-3)  # as the released recipe's
    recipe = replace(small_recipe, photographs=40, augment=Augment(hinted=0.5), optimizer=rates)
    found = []
    for name in (False, True):
        watch = Losses()
        schedule = Schedule(validate_every=0, resident=name)
        train(recipe, photographs, None, tmp_path / str(name), schedule=schedule, callbacks=[watch])
        found.append(watch.values)
    assert len(found[0]) == 20
    assert found[0] != found[1]  # rounding differs: it did go another way
    assert found[1] == pytest.approx(found[0], rel=0.005)
