# SPDX-License-Identifier: Apache-2.0
"""A queue trains what is not finished, goes on where it was, and says what it did."""

import numpy as np
import pytest
from safetensors.torch import load_file

from scripts import train_queue
from tintype.records.journal import read_journal

pytestmark = pytest.mark.slow

RECIPE = """
from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import Recipe

RECIPE = Recipe(
    name="{name}",
    network=NetworkConfig(
        encoder=MobileNetV2Config(width=0.25),
        decoder=PyramidConfig(widths=(8, 8, 16), blocks=(1, 1, 1), top=16),
        head=JointBinsConfig(step=40.0),
    ),
    photographs={photographs},
    batch_size=2,
    side=32,
    imagenet_start=False,
    precision="32-true",
)
"""


@pytest.fixture
def data(tmp_path, rng, write_shard):
    return write_shard(tmp_path / "data", rng.integers(0, 255, (4, 40, 48, 3), np.uint8))


def test_what_is_finished_is_left_and_what_fails_does_not_stop_the_rest(data, tmp_path, capsys):
    for name, photographs in (("one", 4), ("two", 6)):
        text = RECIPE.format(name=name, photographs=photographs)
        (tmp_path / f"{name}.py").write_text(text)
    places = ["--data", data, "--runs", tmp_path / "runs", "--cache", tmp_path / "cache"]
    words = [*map(str, places), "--minutes", "60"]
    one, two = (str(tmp_path / f"{name}.py") for name in ("one", "two"))
    assert train_queue.main([one, *words]) == 0
    assert (tmp_path / "runs/one/one.safetensors").stat().st_size > 0
    assert (tmp_path / "runs/one/curve.jsonl").exists()
    assert train_queue.main([one, "nothing", two, *words]) == 1
    shown = capsys.readouterr()
    assert "one: 2 of 2 steps, left as it is" in shown.out
    assert "nothing: no recipe 'nothing'" in shown.err
    log = read_journal(tmp_path / "runs/queue.jsonl", kind=train_queue.KIND)
    assert [(line["recipe"], line["steps"]) for line in log] == [("one", [0, 2]), ("two", [0, 3])]
    assert log[0]["hardware"]["cores"] > 0
    assert not log[0]["resident"] or log[0]["hardware"]["accelerators"]


def test_an_encoder_starts_from_its_own_file(data, tmp_path, capsys):
    text = RECIPE.format(name="one", photographs=4).replace("start=False", "start=True")
    (tmp_path / "one.py").write_text(text)
    places = ["--data", data, "--runs", tmp_path / "runs", "--cache", tmp_path / "cache"]
    words = [str(tmp_path / "one.py"), *map(str, places), "--minutes", "60"]
    own = ["--imagenet", "other.safetensors", "--imagenet", "mobilenet_v2=own.safetensors"]
    assert train_queue.main([*words, *own]) == 1
    assert "own.safetensors" in capsys.readouterr().err
    assert train_queue.main([*words, "--imagenet", "other.safetensors"]) == 1
    assert "other.safetensors" in capsys.readouterr().err


def test_without_time_nothing_is_begun(data, tmp_path, capsys):
    (tmp_path / "one.py").write_text(RECIPE.format(name="one", photographs=4))
    places = ["--data", data, "--runs", tmp_path / "runs", "--cache", tmp_path / "cache"]
    assert train_queue.main([str(tmp_path / "one.py"), *map(str, places), "--minutes", "0"]) == 0
    assert "one: 0 of 2 steps, left as it is" in capsys.readouterr().out
    assert not (tmp_path / "runs/one").exists()


def test_a_recipe_goes_on_from_released_weights(data, tmp_path, capsys):
    for seed, name in enumerate(("one", "two")):  # alone, each would draw its own start
        text = RECIPE.format(name=name, photographs=2).replace("side=32", f"side=32, seed={seed}")
        (tmp_path / f"{name}.py").write_text(text)
    places = ["--data", data, "--runs", tmp_path / "runs", "--cache", tmp_path / "cache"]
    words = [*map(str, places), "--minutes", "60"]
    assert train_queue.main([str(tmp_path / "one.py"), *words]) == 0
    first = tmp_path / "runs/one/one.safetensors"
    assert train_queue.main([str(tmp_path / "two.py"), *words, "--from", f"two={first}"]) == 0
    start, end = load_file(first), load_file(tmp_path / "runs/two/two.safetensors")
    name = "head.scores.weight"  # which is drawn by chance where it does not go on
    distance = (start[name] - end[name]).norm() / start[name].norm()
    assert 0 < distance < 0.1

    (tmp_path / "three.py").write_text(RECIPE.format(name="three", photographs=2))
    lost = f"three={tmp_path / 'lost.safetensors'}"
    assert train_queue.main([str(tmp_path / "three.py"), *words, "--from", lost]) == 1
    assert "lost.safetensors" in capsys.readouterr().err
    assert train_queue.main([str(tmp_path / "three.py"), *words, "--from", "tintype-x"]) == 1
    assert "tintype-x" in capsys.readouterr().err
