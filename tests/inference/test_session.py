# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
from dataclasses import replace
from functools import partial

import onnx
import onnxruntime
import pytest

from tintype.errors import ModelError, OptionError
from tintype.inference import session as module
from tintype.inference.session import Session


def test_a_file_that_is_no_network_is_refused(stand_in, tmp_path):
    path = tmp_path / "hollow.onnx"
    path.write_bytes(onnx.ModelProto(ir_version=9).SerializeToString())
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    spec = replace(stand_in, name="hollow", file=str(path), sha256=checksum)
    with pytest.raises(ModelError, match=r"cannot open the network hollow .*hollow\.onnx"):
        Session(spec, device="cpu", threads=1)


def test_a_network_whose_tensors_are_not_those_of_its_spec_is_refused(stand_in):
    with pytest.raises(ModelError, match="must take grey, hints, temperature .* takes grey, temp"):
        Session(replace(stand_in, hints=True), device="cpu", threads=1)


def test_an_output_that_the_network_has_not_got_is_refused(stand_in):
    session = Session(stand_in, device="cpu", threads=1)
    with pytest.raises(ModelError, match="give chroma, depth; .* gives chroma. Export"):
        session.run(["chroma", "depth"], {})


def test_an_altered_file_is_refused(stand_in):
    with pytest.raises(ModelError, match="sha256"):
        Session(replace(stand_in, sha256="0" * 64), device="cpu", threads=1)


def test_a_device_that_onnx_runtime_has_but_cannot_start_is_not_replaced_in_silence(
    stand_in, monkeypatch
):
    # An ONNX Runtime built with CUDA on a machine without it falls back to the CPU by itself.
    there = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(module.ort, "get_available_providers", lambda: there)
    on_cpu = partial(onnxruntime.InferenceSession, providers=there[1:])
    monkeypatch.setattr(
        module.ort, "InferenceSession", lambda network, options, **_: on_cpu(network, options)
    )
    with pytest.raises(OptionError, match="cuda .* does not start"):
        Session(stand_in, device="cuda", threads=1)
    assert Session(stand_in, device="auto", threads=1).device == "cpu"


@pytest.mark.parametrize(("threads", "expected"), [(1, 1), (3, 3), (None, module._usable_cores())])
def test_a_run_uses_as_many_threads_as_it_may(stand_in, monkeypatch, threads, expected):
    seen = []
    original = onnxruntime.InferenceSession

    def record(network, options, providers):
        seen.append(options)
        return original(network, options, providers=providers)

    monkeypatch.setattr(module.ort, "InferenceSession", record)
    Session(stand_in, device="cpu", threads=threads)
    assert [options.intra_op_num_threads for options in seen] == [expected]
    assert seen[0].get_session_config_entry("session.intra_op.allow_spinning") == "0"


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux alone says so much")
def test_two_threads_of_one_core_count_as_one(tmp_path, monkeypatch):
    for cpu, siblings in enumerate(["0,2", "1,3", "0,2", "1,3"]):
        (tmp_path / f"cpu{cpu}").write_text(siblings)
    monkeypatch.setattr(module, "_SIBLINGS", str(tmp_path / "cpu{}"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    assert module._usable_cores() == 2
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 9})  # 9 says nothing of itself
    assert module._usable_cores() == 3


def test_where_cores_are_unknown_onnx_runtime_chooses(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert module._usable_cores() == 0
