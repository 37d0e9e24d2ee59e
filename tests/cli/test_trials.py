"""``tintype overfit`` and ``tintype rates``, on a recipe of a file and four tiny photographs."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tintype.cli import overfit, rates
from tintype.records.record import read_record

torch = pytest.importorskip("torch")
overfitting = pytest.importorskip("tintype.learn.overfitting")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:lightning")

RECIPE = """
from tintype.learn.decoders.residual_encoder import ResidualEncoderConfig
from tintype.learn.encoders.vgg16 import VGG16Config
from tintype.learn.heads.channel_bins import ChannelBinsConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import OptimizerConfig, Recipe

RECIPE = Recipe(
    name="tiny",
    network=NetworkConfig(
        encoder=VGG16Config(width=0.05, blocks=2),
        decoder=ResidualEncoderConfig(),
        head=ChannelBinsConfig(),
    ),
    photographs=2, batch_size=2, side=32, imagenet_start=False, precision="32-true",
    optimizer=OptimizerConfig(name="adam", rate=1e-2, encoder_rate=1e-2, warmup=0),
)
"""


@pytest.fixture
def arguments(tmp_path):
    torch.set_num_threads(1)
    (tmp_path / "tiny.py").write_text(RECIPE)
    with tarfile.open(tmp_path / "shard.tar", "w") as tar:
        for number in range(4):
            buffer = io.BytesIO()
            pixels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(buffer, "PNG")
            entry = tarfile.TarInfo(f"made/noise/{number:08d}.png")
            entry.size = buffer.tell()
            buffer.seek(0)
            tar.addfile(entry, buffer)
    names = {"--data": "shard.tar", "--cache": "cache", "--out": "run"}
    return [
        str(tmp_path / "tiny.py"),
        *(word for flag, name in names.items() for word in (flag, str(tmp_path / name))),
    ]


def test_overfit_reports_every_look_and_fails_when_it_did_not_learn(arguments, tmp_path):
    more = ["--steps", "2", "--check-every", "1", "--photographs", "2"]
    result = CliRunner().invoke(overfit.app, [*arguments, *more])
    assert result.exit_code == 1, result.output
    assert result.stdout.count("Acc.U") == 2
    assert "95% was not reached" in result.stderr
    record = read_record(tmp_path / "run" / "record.json", kind=overfitting.KIND)
    found = overfitting.Overfitting.from_content(record.content)
    assert (found.recipe, found.photographs, found.side) == ("tiny", 2, 32)
    assert [check.step for check in found.checks] == [1, 2]
    assert "not reached" in found.to_markdown()


def test_overfit_that_is_finished_is_left_as_it_is(arguments, tmp_path):
    more = ["--steps", "2", "--photographs", "2", "--target", "0"]
    assert CliRunner().invoke(overfit.app, [*arguments, *more]).exit_code == 0
    record = tmp_path / "run" / "record.json"
    first = read_record(record).content
    again = CliRunner().invoke(overfit.app, [*arguments, *more])
    assert again.exit_code == 0
    assert "step" not in again.stdout
    assert read_record(record).content == first


def test_overfit_without_a_look_has_reached_nothing(arguments, tmp_path):
    """A finished run whose course is gone."""
    more = ["--steps", "2", "--photographs", "2", "--target", "0"]
    assert CliRunner().invoke(overfit.app, [*arguments, *more]).exit_code == 0
    (tmp_path / "run" / "course.jsonl").unlink()
    again = CliRunner().invoke(overfit.app, [*arguments, *more])
    assert again.exit_code == 1
    assert "not learnt" in again.stderr


def test_overfit_is_content_with_what_was_asked(arguments):
    more = ["--steps", "2", "--target", "0"]
    result = CliRunner().invoke(overfit.app, [*arguments, *more])
    assert result.exit_code == 0, result.output


def test_rates_names_the_best_and_leaves_a_page(arguments, tmp_path):
    more = ["--low", "1e-6", "--high", "1e-2", "--count", "2", "--steps", "3"]
    result = CliRunner().invoke(rates.app, [*arguments, *more])
    assert result.exit_code == 0, result.output
    assert "lowest loss at 0.01" in result.stdout
    assert "<svg" in (tmp_path / "run" / "rates.html").read_text()
