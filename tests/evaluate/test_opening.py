# SPDX-License-Identifier: Apache-2.0
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tintype.errors import MissingExtra, ModelError, OptionError
from tintype.evaluate.opening import open_candidate
from tintype.evaluate.results import Results
from tintype.spec.options import ColorizeOptions

GREY = np.full((40, 50), 50, np.float32)


def test_a_file_is_a_network_with_its_options(stand_in, subjects):
    options = ColorizeOptions(vividness=1.0, saturation=0.5, size=96)
    candidate = open_candidate(stand_in.file, subjects, options)
    assert candidate.name == "stand-in"
    said = candidate.describe()
    assert said["temperature"] == pytest.approx(stand_in.temperature_at(1.0))
    assert (said["saturation"], said["size"]) == (0.5, 96)


def test_a_name_may_be_given(stand_in, subjects, folder):
    assert open_candidate(f"ours={stand_in.file}", subjects).name == "ours"
    assert open_candidate(f"theirs={folder}", subjects).name == "theirs"


def test_a_folder_is_results(folder, subjects):
    candidate = open_candidate(str(folder), subjects)
    assert isinstance(candidate, Results)
    assert candidate.name == folder.name


@pytest.mark.parametrize("explicit", [True, False])
def test_a_checkpoint_is_a_function_of_its_recipe(monkeypatch, tmp_path, subjects, explicit):
    asked = []

    def load_answer(recipe, checkpoint, *, size):
        asked.append((recipe, checkpoint, size))
        return lambda lightness: np.zeros((2, 4, 4), np.float32)

    module = SimpleNamespace(load_answer=load_answer)
    monkeypatch.setitem(sys.modules, "tintype.learn.answer", module)
    checkpoint = tmp_path / "my_recipe" / "last.ckpt"
    checkpoint.parent.mkdir()
    checkpoint.write_bytes(b"weights")
    text = f"other@{checkpoint}" if explicit else str(checkpoint)
    candidate = open_candidate(text, subjects, ColorizeOptions(size=128))
    assert candidate.name == ("other" if explicit else "my_recipe")
    assert asked == [(candidate.name, checkpoint, 128)]
    assert candidate.color("key", GREY).chroma.shape == (2, 40, 50)
    assert candidate.describe()["checkpoint"] == "last.ckpt"


def test_a_checkpoint_without_pytorch_says_what_to_install(monkeypatch, subjects):
    monkeypatch.setitem(sys.modules, "tintype.learn.answer", None)
    with pytest.raises(MissingExtra, match=r"pip install 'tintype\[train\]'"):
        open_candidate("runs/a/last.ckpt", subjects)


def test_what_means_nothing_is_refused(subjects, tmp_path):
    with pytest.raises(OptionError, match="no candidate 'gone': give a network"):
        open_candidate("gone", subjects)
    (tmp_path / "bad.onnx").write_bytes(b"\xff\xff")
    with pytest.raises(ModelError):
        open_candidate(str(tmp_path / "bad.onnx"), subjects)
