# SPDX-License-Identifier: Apache-2.0
"""The wrapping, not the networks: those and their weights are others', and are fetched."""

import importlib
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tintype.errors import ModelError


class Distance(nn.Module):
    """Mean absolute difference of what LPIPS sees, which is in [-1, 1]."""

    def forward(self, one: Tensor, other: Tensor, normalize: bool = False) -> Tensor:
        scale = 2 if normalize else 1
        return scale * (one - other).abs().mean((1, 2, 3), keepdim=True)


class Inception(nn.Module):
    """One feature a channel."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.arange(3.0))

    def forward(self, pictures: Tensor) -> Tensor:
        assert pictures.dtype == torch.uint8
        return pictures.float().mean((2, 3)) * self.weight


@pytest.fixture
def module(monkeypatch):
    """The module under test, on stand-ins for torchmetrics' classes."""
    fid = SimpleNamespace(
        FrechetInceptionDistance=lambda feature, antialias: SimpleNamespace(inception=Inception())
    )
    lpip = SimpleNamespace(
        LearnedPerceptualImagePatchSimilarity=lambda net_type: SimpleNamespace(net=Distance())
    )
    monkeypatch.setitem(sys.modules, "torchmetrics.image.fid", fid)
    monkeypatch.setitem(sys.modules, "torchmetrics.image.lpip", lpip)
    monkeypatch.delitem(sys.modules, "tintype.learn.perceptual", raising=False)
    yield importlib.import_module("tintype.learn.perceptual")
    sys.modules.pop("tintype.learn.perceptual", None)


def test_lpips_compares_each_picture_with_the_truth_in_its_range(module):
    true = np.full((3, 8, 8), 0.5, np.float32)
    pictures = np.stack([true, true + 0.25])
    assert module.PerceptualNetworks().lpips(pictures, true) == pytest.approx([0, 0.5])


def test_features_are_a_row_a_picture(module):
    features = module.PerceptualNetworks().features(np.full((2, 3, 8, 8), 10, np.uint8))
    assert features.tolist() == [[0, 10, 20]] * 2


def test_hashes_follow_the_weights(module, monkeypatch):
    networks = module.PerceptualNetworks()
    before = networks.hashes()
    assert len(before["fid"]) == 64
    with torch.no_grad():
        networks._inception.weight.add_(1)
    assert networks.hashes()["fid"] != before["fid"]
    assert networks.hashes()["lpips"] == before["lpips"]


def test_weights_that_cannot_be_fetched_are_said_so(module, monkeypatch):
    def fail(**_):
        raise OSError("no route to host")

    monkeypatch.setattr(module, "FrechetInceptionDistance", fail)
    with pytest.raises(ModelError, match="cannot be fetched: no route to host"):
        module.PerceptualNetworks()
