# SPDX-License-Identifier: Apache-2.0
"""What training costs: photographs a second of the default recipe, all of a step included.

The photographs are noise of the usual sizes in a decoded cache; cutting crops, conversion to
CIELUV, forward, backward, clipping, the optimizer and the running average are all in the time.
Decoding is not: it happens once, before the first step, and is given on a line of its own.

The yardstick, for machines differ: a plain network of the same encoder, with its norms folded in
and nothing frozen, and a decoder of dense convolutions that is scored everywhere, 3.4 million
parameters in all; forward, backward and step alone, on one batch that is there already.
"""

import io
import tarfile
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback
from PIL import Image

from benchmarks.result import Result
from benchmarks.timing import Timing
from tintype.learn.datasets import open_cache
from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.network import Network, NetworkConfig
from tintype.learn.recipe import Recipe, find_recipe
from tintype.learn.training import Schedule, train, usable_precision

_RECIPE = "tintype_s"
_PHOTOGRAPHS, _SIZE = 256, (128, 192)
_WARMUP, _STEPS = 6, 30
_PLAIN = NetworkConfig(
    encoder=MobileNetV2Config(norm=False),
    decoder=PyramidConfig(widths=(64, 128, 240), context="pool"),
    head=JointBinsConfig(),
)


def run() -> Result:
    """Time the default recipe's steps, and decoding a photograph for its cache."""
    recipe = find_recipe(_RECIPE)
    recipe = replace(
        recipe, photographs=(_WARMUP + _STEPS) * recipe.batch_size, imagenet_start=False
    )
    with tempfile.TemporaryDirectory() as folder:
        _write_shard(Path(folder, "noise-000.tar"))
        begun = time.perf_counter()
        photographs = open_cache(Path(folder), Path(folder, "cache"), workers=1)
        decoding = (time.perf_counter() - begun) / _PHOTOGRAPHS
        clock = _Clock()
        quiet = Schedule(validate_every=0, checkpoint_minutes=60, log_every=_STEPS)
        train(recipe, photographs, None, Path(folder, "run"), schedule=quiet, callbacks=[clock])
    step = Timing(tuple(np.diff(clock.times)[_WARMUP:].tolist()))
    plain = _time_plain(recipe)
    return Result(
        title=f"Training {_RECIPE}",
        method=f"Batches of {recipe.batch_size} at {recipe.side} px, {usable_precision(recipe)}, "
        f"median of {_STEPS - 1} steps after {_WARMUP}; decoding AVIF of {_SIZE[0]} × {_SIZE[1]} "
        "with one process, once a photograph.",
        header=("what", "ms", "photographs/s"),
        rows=[
            ("a step", 1000 * step.median, recipe.batch_size / step.median),
            ("a plain network's step", 1000 * plain.median, recipe.batch_size / plain.median),
            ("decoding, once", 1000 * decoding, 1 / decoding),
        ],
    )


def _time_plain(recipe: Recipe) -> Timing:
    """Steps of the plain network, on noise."""
    torch.manual_seed(0)
    network = Network(_PLAIN).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)
    grey, color = network.head.space.split(torch.rand(recipe.batch_size, 3, *2 * (recipe.side,)))
    grey = grey.contiguous(memory_format=torch.channels_last)
    times = [time.perf_counter()]
    for _ in range(_WARMUP + _STEPS):
        optimizer.zero_grad()
        network.head.learn(network.features(grey), color, grey).backward()
        optimizer.step()
        times.append(time.perf_counter())
    return Timing(tuple(np.diff(times)[_WARMUP:].tolist()))


class _Clock(Callback):
    """When each step ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_train_batch_end(self, _trainer: L.Trainer, _module: Any, *_: Any) -> None:
        """Note the time."""
        self.times.append(time.perf_counter())


def _write_shard(file: Path) -> None:
    """Soft noise: what is random pixel by pixel would not compress as photographs do."""
    rng = np.random.default_rng(0)
    with tarfile.open(file, "w") as shard:
        for number in range(_PHOTOGRAPHS):
            small = Image.fromarray(rng.integers(0, 256, (16, 24, 3), dtype=np.uint8))
            data = io.BytesIO()
            small.resize(_SIZE[::-1], Image.Resampling.BICUBIC).save(data, "AVIF", quality=50)
            member = tarfile.TarInfo(f"noise/soft/{number:08}.avif")
            member.size = data.tell()
            data.seek(0)
            shard.addfile(member, data)
