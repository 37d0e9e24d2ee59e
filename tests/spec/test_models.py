# SPDX-License-Identifier: Apache-2.0
import hashlib
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from tintype.errors import ModelError, OptionError
from tintype.spec.models import FOLDER, MODELS, find_model, read_model
from tintype.spec.options import ENGINE_DEFAULTS


def test_the_default_model_is_in_the_table():
    assert find_model(ENGINE_DEFAULTS.model).name == ENGINE_DEFAULTS.model


def test_every_row_is_filed_under_its_own_name():
    assert all(name == spec.name for name, spec in MODELS.items())


def test_every_row_has_its_file_in_the_package():
    for spec in MODELS.values():
        assert Path(spec.file).name == spec.file
        assert hashlib.sha256((FOLDER / spec.file).read_bytes()).hexdigest() == spec.sha256


def test_every_row_says_what_its_file_says_of_itself():
    for spec in MODELS.values():
        assert replace(find_model(FOLDER / spec.file), file=spec.file) == spec


def test_a_network_of_ones_own_is_found_by_its_path(stand_in):
    assert find_model(stand_in.file) == stand_in
    assert find_model(Path(stand_in.file)) == stand_in


def test_a_relative_path_is_found_from_anywhere_afterwards(stand_in, monkeypatch):
    path = Path(stand_in.file)
    monkeypatch.chdir(path.parent)
    spec = find_model(path.name)
    monkeypatch.chdir("/")
    assert read_model(spec) == path.read_bytes()


@pytest.mark.parametrize("model", ["tintype-xxl", "missing.onnx", "", "."])
def test_what_is_no_model_is_refused_with_those_there_are(model):
    with pytest.raises(OptionError, match=rf"no model '{model}'.*tintype-s"):
        find_model(model)


def test_a_foreign_network_is_refused(stand_in, tmp_path):
    graph = onnx.load(stand_in.file)
    del graph.metadata_props[:]
    foreign = tmp_path / "foreign.onnx"
    onnx.save(graph, foreign)
    with pytest.raises(ModelError, match=r"foreign\.onnx has no 'tintype' metadata"):
        find_model(foreign)


def test_an_altered_network_is_refused(stand_in, tmp_path):
    altered = tmp_path / "altered.onnx"
    data = bytearray(Path(stand_in.file).read_bytes())
    data[-1] ^= 1
    altered.write_bytes(data)
    spec = replace(stand_in, file=str(altered))
    with pytest.raises(ModelError, match=r"not the network stand-in .*sha256"):
        read_model(spec)


def test_a_missing_network_says_where_it_should_be(stand_in):
    spec = replace(stand_in, file="gone.onnx")
    with pytest.raises(ModelError, match=r"gone\.onnx: No such file.*install"):
        read_model(spec)
