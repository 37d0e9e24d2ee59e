# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import ModelError
from tintype.spec.onnx import read_metadata

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
