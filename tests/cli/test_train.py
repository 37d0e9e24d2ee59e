# SPDX-License-Identifier: Apache-2.0
"""``tintype train`` and ``tintype export``, from shards to a network that colours."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.cli.main import main
from tintype.learn.recipe import list_recipes
from tintype.spec.model import Look
from tintype.spec.models import find_model

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path, rng) -> Path:
    """Folders train and val of one small shard each."""
    for split in ("train", "val"):
        (tmp_path / "data" / split).mkdir(parents=True)
        with tarfile.open(tmp_path / "data" / split / f"{split}-000.tar", "w") as shard:
            for number in range(3):
                picture = io.BytesIO()
                pixels = rng.integers(0, 256, (70, 90, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(picture, "PNG")
                member = tarfile.TarInfo(f"made/noise/{number:08}.png")
                member.size = picture.tell()
                picture.seek(0)
                shard.addfile(member, picture)
    return tmp_path / "data"


def train(data: Path, tmp_path: Path, *more: str, recipe: str = "tintype-s") -> int:
    places = ["--data", data, "--out", tmp_path / "run", "--cache", tmp_path / "cache"]
    return main(["train", recipe, *map(str, places), "--smoke", *more])


def test_a_recipe_is_trained_gone_on_with_and_exported(data, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train(data, tmp_path) == 0
    assert train(data, tmp_path) == 0  # nothing is left to do, and that is well
    capsys.readouterr()
    network = tmp_path / "mine.onnx"
    places = ["--run", str(tmp_path / "run"), "--run", "tintype-s", "--size=64", "-o", network]
    looks = ["--look=-0.5", "--look=1.5:2"]
    assert main(["export", "tintype-s", "tintype_s_second", *map(str, places), *looks]) == 0
    assert "parameters, sha256" in capsys.readouterr().out
    spec = find_model(network)
    assert (spec.members, spec.size) == (2, 64)
    assert spec.looks == (
        Look(scale=0.5, mirrored=True, member=0),
        Look(scale=1.5, mirrored=False, member=1),
    )

    Image.new("L", (40, 30), 99).save(tmp_path / "grey.png")
    arguments = [str(tmp_path / "grey.png"), "--model", str(network), "-o", str(tmp_path / "o")]
    assert main(["colorize", *arguments]) == 0
    with Image.open(tmp_path / "o" / "grey.png") as colored:
        assert colored.mode == "RGB"


@pytest.mark.parametrize("text", ["", "0", "big", "nan", "inf", "0.8:0", "0.8:two", "0.8:1:2"])
def test_a_look_that_is_none_is_refused(text, capsys):
    assert main(["export", "tintype-s", "-o", "x.onnx", f"--look={text}"]) == 2
    assert "must be SCALE or SCALE:MEMBER" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--gain", "-1"], "gain, power and limit must be above 0"),
        (["--turn", "-0.2", "0.1", "0", "0"], "turn must come to 0.25 at most"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(option, said, capsys):
    assert main(["export", "tintype-s", "-o", "x.onnx", *option]) == 2
    assert said in capsys.readouterr().err


def test_a_look_by_a_member_that_there_is_not_is_refused(capsys):
    assert main(["export", "tintype-s", "-o", "x.onnx", "--look=0.8:2"]) == 2
    assert "0.8:2: the last member is 1" in capsys.readouterr().err


@pytest.mark.parametrize("recipe", [name for name in list_recipes() if "small" in name])
def test_every_small_recipe_runs(recipe, data, tmp_path):
    assert train(data, tmp_path, recipe=recipe) == 0


def test_shards_can_be_streamed(data, tmp_path):
    assert train(data, tmp_path, "--stream") == 0


def test_fine_tuning_starts_from_the_network_that_tintype_carries(data, tmp_path):
    assert train(data, tmp_path, "--from", "tintype-s") == 0


def test_an_unknown_network_to_start_from_is_named(data, tmp_path, capsys):
    assert train(data, tmp_path, "--from", "nothing") == 2
    assert "no model 'nothing'" in capsys.readouterr().err


def test_no_shards_is_the_callers_mistake(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert train(tmp_path / "empty", tmp_path) == 2
    assert "no tar shards" in capsys.readouterr().err
