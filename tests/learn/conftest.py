# SPDX-License-Identifier: Apache-2.0
"""Shards and a recipe small enough to train in seconds."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tintype.learn.datasets import open_cache
from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import OptimizerConfig, Recipe


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Threads that wait for each other on busy cores make small networks slow, not quick."""
    torch.set_num_threads(1)


def write_shard(file: Path, pictures: dict[str, np.ndarray]) -> Path:
    """A tar shard of PNG files by key."""
    with tarfile.open(file, "w") as shard:
        for key, pixels in pictures.items():
            data = io.BytesIO()
            Image.fromarray(pixels).save(data, "PNG")
            member = tarfile.TarInfo(f"{key}.png")
            member.size = data.tell()
            data.seek(0)
            shard.addfile(member, data)
    return file


@pytest.fixture
def pictures(rng) -> dict[str, np.ndarray]:
    """Nine noisy photographs of one dominant colour each, of different sizes."""
    colors = rng.integers(0, 255, (9, 3))
    sizes = [(40 + 3 * i, 64 - 2 * i) for i in range(9)]
    return {
        f"made/plain/{i:08}": np.clip(color + rng.normal(0, 20, (*size, 1)), 0, 255).astype(
            np.uint8
        )
        for i, (color, size) in enumerate(zip(colors, sizes, strict=True))
    }


@pytest.fixture
def shards(tmp_path, pictures) -> Path:
    """A folder of two shards with all the pictures."""
    folder = tmp_path / "shards"
    folder.mkdir()
    items = list(pictures.items())
    write_shard(folder / "a-000.tar", dict(items[:5]))
    write_shard(folder / "a-001.tar", dict(items[5:]))
    return folder


@pytest.fixture(scope="session")
def small_network_config() -> NetworkConfig:
    return NetworkConfig(
        encoder=MobileNetV2Config(width=0.25),
        decoder=PyramidConfig(widths=(8, 8, 16), blocks=(1, 1, 1), top=16),
        head=JointBinsConfig(step=40.0),
    )


@pytest.fixture
def small_recipe(small_network_config) -> Recipe:
    return Recipe(
        name="small",
        network=small_network_config,
        photographs=12,
        batch_size=2,
        side=32,
        optimizer=OptimizerConfig(rate=1e-2, encoder_rate=1e-2, warmup=1),
        ema_decay=0.5,
        imagenet_start=False,
        precision="32-true",
    )


@pytest.fixture
def photographs(shards, tmp_path):
    """The shards' photographs, decoded."""
    return open_cache(shards, tmp_path / "cache", workers=1)
