# SPDX-License-Identifier: Apache-2.0
"""The networks themselves are others'; what is done with their answers is ours."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tintype.errors import MissingExtra
from tintype.evaluate.examination import TRUE
from tintype.evaluate.perceptual import Perceptual


class Networks:
    """LPIPS is the mean absolute difference, a feature the mean of a channel."""

    def lpips(self, pictures, true):
        return np.abs(pictures - true).mean(axis=(1, 2, 3)).tolist()

    def features(self, pictures):
        assert pictures.dtype == np.uint8
        return pictures.mean(axis=(2, 3))

    def hashes(self):
        return {"lpips": "1", "fid": "2"}


@pytest.fixture
def perceptual(monkeypatch):
    module = SimpleNamespace(PerceptualNetworks=Networks)
    monkeypatch.setitem(sys.modules, "tintype.learn.perceptual", module)
    return Perceptual()


@pytest.fixture
def pictures(rng):
    true = rng.random((3, 64, 80), dtype=np.float32)
    return {TRUE: true, "same": true, "off": np.clip(true + 0.5, 0, 1)}


def test_distances_are_each_candidates_to_the_truth(perceptual, pictures):
    seen = perceptual.look(pictures)
    assert seen.rows["same"]["lpips"] == 0
    assert seen.rows["off"]["lpips"] > 0.1
    assert TRUE not in seen.rows


def test_fid_is_of_the_features(perceptual, pictures):
    found = perceptual.conclude([perceptual.look(pictures).evidence for _ in range(3)])
    assert found["same"]["fid"] == pytest.approx(0, abs=1e-6)
    assert found["off"]["fid"] > 1


def test_small_photographs_have_no_lpips(perceptual, pictures):
    small = {name: picture[:, :20] for name, picture in pictures.items()}
    assert np.isnan(perceptual.look(small).rows["off"]["lpips"])


def test_the_record_names_networks_and_weights(perceptual):
    said = perceptual.describe()
    assert (said["lpips_sha256"], said["fid_sha256"]) == ("1", "2")
    assert "AlexNet" in said["lpips"]


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tintype.learn.perceptual", None)
    with pytest.raises(MissingExtra, match=r"pip install 'tintype\[perceptual\]'"):
        Perceptual()
