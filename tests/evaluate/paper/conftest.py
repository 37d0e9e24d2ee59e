"""A reproduction small enough to run in seconds: tiny networks, thirty photographs, eight runs."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tintype.evaluate.paper import grid as grids  # noqa: E402 - only where PyTorch is
from tintype.evaluate.paper import reproduction as reproductions  # noqa: E402
from tintype.learn.datasets import PhotographCache  # noqa: E402
from tintype.learn.encoders.vgg16 import VGG16Config  # noqa: E402

RUNS = ("seed-0", "sum", "search-nesterov", "nesterov", "l2-longer", "classification-seed-1")
SIDE = 32


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def photographs() -> PhotographCache:
    """Thirty squares of smooth colour, half of them landscapes."""
    generator = np.random.default_rng(5)
    coarse = generator.integers(0, 256, (30, 4, 4, 3), dtype=np.uint8)
    pixels = coarse.repeat(SIDE // 4, 1).repeat(SIDE // 4, 2)
    labels = ["cvcl/opencountry", "made/other"]
    return PhotographCache(
        pixels=pixels.reshape(-1),
        keys=tuple(f"{labels[n % 2]}/{n:08d}" for n in range(30)),
        sizes=np.full((30, 2), SIDE),
        offsets=np.arange(30) * SIDE * SIDE * 3,
    )


@pytest.fixture
def tiny_grid(monkeypatch):
    """The real grid with tiny networks, cut to :data:`RUNS`."""
    real_base, real_grid = grids._base, grids.make_grid

    def base(name, options, photographs):
        recipe = real_base(name, options, photographs)
        decoder = recipe.network.decoder
        network = replace(
            recipe.network,
            encoder=VGG16Config(width=0.05, blocks=2, norm="none"),
            decoder=replace(decoder, widths=None, final=tuple(4 for _ in decoder.final)),
        )
        return replace(recipe, network=network, side=SIDE, batch_size=2, imagenet_start=False)

    def cut(options, photographs):
        return [run for run in real_grid(options, photographs) if run.name.endswith(RUNS)]

    monkeypatch.setattr(grids, "_base", base)
    monkeypatch.setattr(reproductions, "make_grid", cut)
