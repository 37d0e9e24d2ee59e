# SPDX-License-Identifier: Apache-2.0
import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import ModelError
from tintype.spec.model import Look, ModelSpec

LOOKS = (
    Look(scale=0.8, mirrored=True, member=0),
    Look(scale=1.4, mirrored=False, member=1),
)


def test_a_spec_survives_its_own_json(stand_in):
    spec = replace(stand_in, members=2, looks=LOOKS)
    assert ModelSpec.from_json(spec.to_json(), file=spec.file, sha256=spec.sha256) == spec


def test_the_finest_look_is_the_largest(stand_in):
    assert stand_in.finest == 1.0
    assert replace(stand_in, looks=LOOKS[:1]).finest == 1.0
    assert replace(stand_in, looks=LOOKS).finest == 1.4


def test_json_leaves_out_what_the_file_cannot_know_of_itself(stand_in):
    kept = {f.name for f in fields(ModelSpec)} - {"file", "sha256"}
    assert json.loads(stand_in.to_json()).keys() == kept


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda row: row.pop("stride"), "stride"),
        (lambda row: row.update(layers=3), "layers"),
        (lambda row: row.update(stride="four"), "stride"),
        (lambda row: row.update(hints=0), "hints"),
        (lambda row: row.update(turn=[0.1, 0.2, 0.3]), "turn"),
        (lambda row: row.update(looks=[-0.8]), "looks"),
        (lambda row: row.update(looks=[{"scale": 0.8, "mirrored": True}]), "looks"),
        (lambda row: row.update(looks=[{"scale": 1, "mirrored": True, "member": 0}]), "looks"),
    ],
)
def test_json_of_another_make_is_refused_by_name(stand_in, spoil, named):
    row = json.loads(stand_in.to_json())
    spoil(row)
    with pytest.raises(ModelError, match=rf"my\.onnx.* in {named}; export"):
        ModelSpec.from_json(json.dumps(row), file="my.onnx", sha256="")


@pytest.mark.parametrize("text", ["", "{", "[1]", "3"])
def test_json_that_is_none_is_refused(text):
    with pytest.raises(ModelError, match=r"my\.onnx"):
        ModelSpec.from_json(text, file="my.onnx", sha256="")


def test_vividness_sets_the_temperature(stand_in):
    assert stand_in.temperature_at(0.0) == 1.0
    assert stand_in.temperature_at(0.5) == stand_in.temperature == 0.5
    assert stand_in.temperature_at(1.0) == pytest.approx(0.25)


@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_more_vividness_is_never_a_higher_temperature(stand_in, a, b):
    assert (a <= b) <= (stand_in.temperature_at(a) >= stand_in.temperature_at(b))
