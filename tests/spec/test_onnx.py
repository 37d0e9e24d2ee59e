# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import ModelError
from tintype.spec.onnx import keep_outputs, read_metadata

texts = st.dictionaries(st.text(min_size=1), st.text(), max_size=4)


@given(metadata=texts, version=st.integers(0, 2**63 - 1))
def test_reads_what_the_onnx_package_writes(metadata, version):
    model = onnx.ModelProto(ir_version=9, producer_name="a test", model_version=version)
    onnx.helper.set_model_props(model, metadata)
    assert read_metadata(model.SerializeToString(), name="m") == metadata


def test_reads_what_onnx_runtime_reads(stand_in):
    session = onnxruntime.InferenceSession(stand_in.file, providers=["CPUExecutionProvider"])
    expected = session.get_modelmeta().custom_metadata_map
    assert read_metadata(Path(stand_in.file).read_bytes(), name="m") == expected


def test_a_value_that_is_left_out_is_empty():
    assert read_metadata(b"\x72\x03\x0a\x01k", name="m") == {"k": ""}  # field 14: its field 1


def test_a_truncated_file_is_refused(stand_in):
    data = Path(stand_in.file).read_bytes()
    with pytest.raises(ModelError, match=r"m\.onnx is not an ONNX file, or it is truncated"):
        read_metadata(data[:-3], name="m.onnx")


@given(data=st.binary(max_size=200))
def test_other_bytes_give_metadata_or_an_error_and_nothing_else(data):
    try:
        read_metadata(data, name="m")
    except ModelError as error:
        assert "not an ONNX file" in str(error)  # noqa: PT017 - either is right


def run(network: bytes, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


@pytest.mark.parametrize("wanted", [{"chroma"}, {"confidence"}, {"chroma", "log_probabilities"}])
def test_keeping_outputs_is_what_the_onnx_package_extracts(stand_in, wanted):
    whole = onnx.load(stand_in.file)
    inputs = [value.name for value in whole.graph.input]
    expected = onnx.utils.Extractor(whole).extract_model(inputs, sorted(wanted))
    kept = onnx.load_from_string(keep_outputs(whole.SerializeToString(), wanted, name="m"))
    assert {value.name for value in kept.graph.output} == wanted
    assert [n.output for n in kept.graph.node] == [n.output for n in expected.graph.node]
    assert kept.metadata_props == whole.metadata_props
    assert sorted(weight.name for weight in kept.graph.initializer) == sorted(
        weight.name for weight in expected.graph.initializer
    )
    weights = {weight.name: weight for weight in whole.graph.initializer}
    assert all(weight == weights[weight.name] for weight in kept.graph.initializer)


def test_keeping_outputs_leaves_their_values_alone(stand_in, rng):
    whole = Path(stand_in.file).read_bytes()
    grey = rng.uniform(0, 100, (1, 1, 32, 64)).astype(np.float32)
    feeds = {"grey": grey, "temperature": np.array(0.3, np.float32)}
    expected = run(whole, feeds)
    kept = run(keep_outputs(whole, {"chroma"}, name="m"), feeds)
    assert kept.keys() == {"chroma"}
    np.testing.assert_array_equal(kept["chroma"], expected["chroma"])


def test_what_only_the_body_of_a_branch_reads_is_kept():
    def node(kind: str, inputs: str, output: str, **attributes):
        return onnx.helper.make_node(kind, inputs.split(), [output], **attributes)

    def value(name: str, kind: int = onnx.TensorProto.FLOAT):
        return onnx.helper.make_tensor_value_info(name, kind, [])

    bodies = {
        "then_branch": onnx.helper.make_graph([node("Neg", "outer", "a")], "b", [], [value("a")]),
        "else_branch": onnx.helper.make_graph([], "c", [], [value("outer2")]),
    }
    graph = onnx.helper.make_graph(
        [
            node("Abs", "x", "outer"),
            node("Exp", "x", "outer2"),
            node("Sin", "x", "unread"),
            node("If", "which", "y", **bodies),
        ],
        "g",
        [value("x"), value("which", onnx.TensorProto.BOOL)],
        [value("y"), value("unread")],
    )
    kept = keep_outputs(onnx.helper.make_model(graph).SerializeToString(), {"y"}, name="m")
    assert [n.op_type for n in onnx.load_from_string(kept).graph.node] == ["Abs", "Exp", "If"]


def test_a_truncated_file_is_not_cut_any_further(stand_in):
    data = Path(stand_in.file).read_bytes()
    with pytest.raises(ModelError, match="m is not an ONNX file"):
        keep_outputs(data[:-3], {"chroma"}, name="m")
