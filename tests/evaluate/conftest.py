# SPDX-License-Identifier: Apache-2.0
"""Six small photographs as a folder and as a shard, and candidates whose answers are known."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.color.luv import rgb_to_luv
from tintype.evaluate.baselines import DatasetMode, make_baselines
from tintype.evaluate.candidates import Coloring
from tintype.evaluate.photographs import Subject, list_subjects, to_rgb

# Cut from what comes with scikit-image: the astronaut (public domain), coffee and the cat (CC0).
CUTS = {
    "space/portrait/01": ("astronaut.png", (150, 0, 214, 48)),
    "space/portrait/02": ("astronaut.png", (300, 100, 350, 150)),
    "space/flag/03": ("astronaut.png", (0, 0, 40, 70)),
    "kitchen/cup/04": ("coffee.png", (200, 100, 264, 148)),
    "kitchen/cup/05": ("coffee.png", (100, 200, 150, 240)),
    "kitchen/cat/06": ("chelsea.png", (100, 50, 164, 98)),
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory, skimage_data) -> Path:
    """The photographs as PNG files below source and label."""
    place = tmp_path_factory.mktemp("photographs")
    for key, (name, box) in CUTS.items():
        path = place / f"{key}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(skimage_data / name) as picture:
            picture.convert("RGB").crop(box).save(path)
    return place


@pytest.fixture(scope="session")
def shard(tmp_path_factory, folder) -> Path:
    """The same photographs as a WebDataset shard."""
    place = tmp_path_factory.mktemp("shards") / "six-000.tar"
    with tarfile.open(place, "w") as tar:
        for key in CUTS:
            tar.add(folder / f"{key}.png", f"{key}.png")
    return place


@pytest.fixture(scope="session")
def subjects(folder) -> list[Subject]:
    return list_subjects([folder])


@pytest.fixture
def baselines():
    mode = DatasetMode(u=3.0, v=6.0, share_u=0.2, share_v=0.1, photographs=9, pixels=900)
    return make_baselines(mode)


class Pale:
    """Knows the truth and answers with a share of it; better than grey, and duller than true."""

    takes_hints = True
    takes_size = True

    def __init__(self, name: str, subjects: list[Subject], *, share: float) -> None:
        self.name = name
        self.share = share
        self.luv = {s.key: rgb_to_luv(to_rgb(s.read())) for s in subjects}
        self.asked: list[tuple[str, int, int | None]] = []

    def describe(self):
        return {"kind": "pale", "share": self.share}

    def color(self, key, lightness, *, hints=(), size=None):
        self.asked.append((key, len(hints), size))
        share = self.share + 0.01 * len(hints) - (0.1 if size else 0)
        return Coloring(chroma=np.float32(share) * self.luv[key][1:])


@pytest.fixture
def pale(subjects):
    """Make a candidate that answers with a share of the truth."""
    return lambda name="pale", share=0.6: Pale(name, subjects, share=share)


@pytest.fixture(scope="session")
def classifier_file(tmp_path_factory) -> Path:
    """A MobileNetV2 in small: a stem block, one with a residual, one without; random weights."""
    from safetensors.numpy import save_file

    generator = np.random.default_rng(7)
    shapes = [
        ("00_conv_s2", (4, 3, 3, 3)),
        ("01_dw_s1", (4, 1, 3, 3)),
        ("02_conv_s1", (6, 4, 1, 1)),
        ("03_conv_s1", (12, 6, 1, 1)),
        ("04_dw_s1", (12, 1, 3, 3)),
        ("05_conv_s1", (6, 12, 1, 1)),
        ("06_conv_s1", (12, 6, 1, 1)),
        ("07_dw_s2", (12, 1, 3, 3)),
        ("08_conv_s1", (6, 12, 1, 1)),
        ("09_conv_s1", (16, 6, 1, 1)),
        ("10_conv_s1", (5, 16, 1, 1)),
    ]
    tensors = {}
    for name, shape in shapes:
        scale = 2 / np.sqrt(np.prod(shape[1:]))
        tensors[f"{name}.weight"] = (scale * generator.normal(size=shape)).astype(np.float16)
        tensors[f"{name}.bias"] = (0.1 * generator.normal(size=shape[0])).astype(np.float32)
    path = tmp_path_factory.mktemp("classifier") / "small.safetensors"
    save_file(tensors, path, metadata={"source": "random"})
    return path
