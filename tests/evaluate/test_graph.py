# SPDX-License-Identifier: Apache-2.0
"""Oracle: the onnx package reads the file, checks it, and finds in it what was put there."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tintype.evaluate.graph import Graph


@pytest.fixture
def model() -> onnx.ModelProto:
    graph = Graph()
    weight = graph.constant(np.arange(300, dtype=np.float32).reshape(300, 1, 1, 1))
    wide = graph.node("Conv", ["x", weight], attributes={"strides": [2, 1], "group": 1})
    graph.node("Relu", [wide], name="y")
    file = graph.to_file({"x": ("N", 1, 8, "W")}, {"y": ("N", 300, 4, "W")})
    return onnx.load_model_from_string(file)


def test_onnx_accepts_it(model):
    onnx.checker.check_model(model, full_check=True)


def test_onnx_reads_what_was_written(model):
    convolution, relu = model.graph.node
    assert (convolution.op_type, relu.op_type) == ("Conv", "Relu")
    assert relu.input == convolution.output
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in convolution.attribute}
    assert attributes == {"strides": [2, 1], "group": 1}
    (constant,) = model.graph.initializer
    np.testing.assert_array_equal(numpy_helper.to_array(constant).ravel(), np.arange(300))


def test_sizes_may_be_open(model):
    sides = model.graph.input[0].type.tensor_type.shape.dim
    assert [side.dim_param or side.dim_value for side in sides] == ["N", 1, 8, "W"]
