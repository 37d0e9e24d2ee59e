import inspect
import io

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tintype.cli import data
from tintype.errors import OptionError
from tintype.learn.prepare.options import DEFAULTS


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    for seed in range(5):
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(coarse).resize((40, 30)).save(buffer, "JPEG")
        (folder / f"{seed}.jpg").write_bytes(buffer.getvalue())
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def test_prepares_reports_and_repeats(photographs, tmp_path):
    arguments = ["prepare", "folder", str(photographs), str(tmp_path / "out"), "--seed", "1"]
    for _ in range(2):
        result = CliRunner().invoke(data.app, arguments)
        assert result.exit_code == 0, result.output
        assert "3 train, 1 val, 1 test" in result.stdout
        assert "Yours to know" in result.stdout
        assert "1 skipped, each with its reason in" in result.stderr
    assert (tmp_path / "out" / "index.csv").exists()


def test_an_unknown_collection_is_the_callers_mistake(tmp_path):
    result = CliRunner().invoke(data.app, ["prepare", "nowhere", "x", str(tmp_path / "out")])
    assert isinstance(result.exception, OptionError)


def test_the_command_has_every_option_with_its_default():
    flags = inspect.signature(data.prepare_collection).parameters
    for name in DEFAULTS.__dataclass_fields__:
        assert flags[name].default == getattr(DEFAULTS, name)
