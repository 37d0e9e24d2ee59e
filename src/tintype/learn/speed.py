# SPDX-License-Identifier: Apache-2.0
"""How long training and scoring take on this machine, for plans that have to fit a budget."""

import statistics
import time

import torch

from tintype.learn.datasets import PhotographCache
from tintype.learn.network import Network
from tintype.learn.recipe import Recipe
from tintype.learn.scores import fastest_device, score_network

_WARM_UP, _STEPS = 2, 5


def measure_step(recipe: Recipe) -> float:
    """Median seconds of a step, forwards and backwards, on random photographs.

    On the accelerator, where there is one. Weights are random and nothing is kept.
    """
    device = fastest_device()
    network = Network(recipe.network).to(device).train()
    optimizer = torch.optim.Adam(network.parameters())
    rgb = torch.rand(recipe.batch_size, 3, recipe.side, recipe.side, device=device)
    grey, color = network.head.space.split(rgb)
    times = []
    for _ in range(_WARM_UP + _STEPS):
        start = time.perf_counter()
        optimizer.zero_grad()
        torch.autograd.backward(network.head.learn(network.features(grey), color, grey))
        optimizer.step()
        if device.type != "cpu":
            torch.accelerator.synchronize()
        times.append(time.perf_counter() - start)
    return statistics.median(times[_WARM_UP:])


def measure_score(recipe: Recipe, photographs: PhotographCache) -> float:
    """Seconds that scoring takes for each of ``photographs``, with random weights."""
    network = Network(recipe.network).eval()
    start = time.perf_counter()
    score_network(network, photographs, side=recipe.side)
    return (time.perf_counter() - start) / len(photographs)
