# SPDX-License-Identifier: Apache-2.0
"""Operations are counted as one would by hand; the table sets ours beside the others'."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from benchmarks import cost
from benchmarks.operations import count_operations
from tintype.errors import ModelError
from tintype.spec.models import find_model


def network(nodes, constants, shape):
    """A graph from ``x`` to ``y``, as an ONNX file's bytes."""
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    wanted = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    kept = [
        numpy_helper.from_array(np.ones(shape, np.float32), name)
        for name, shape in constants.items()
    ]
    graph = helper.make_graph(nodes, "g", [given], [wanted], kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return model.SerializeToString()


@pytest.mark.parametrize(
    ("node", "constants", "shape", "expected"),
    [
        # 6 kernels of 4 x 3 x 3 over 5 x 7 places
        (("Conv", {"pads": [1] * 4}), {"w": (6, 4, 3, 3)}, (1, 4, 5, 7), 2 * 6 * 36 * 35),
        # a channel each: 4 kernels of 3 x 3
        (
            ("Conv", {"pads": [1] * 4, "group": 4}),
            {"w": (4, 1, 3, 3)},
            (2, 4, 5, 7),
            2 * 2 * 4 * 9 * 35,
        ),
        (("MatMul", {}), {"w": (4, 9)}, (2, 5, 4), 2 * 2 * 5 * 4 * 9),
        (("Gemm", {"transA": 1}), {"w": (4, 9)}, (4, 5), 2 * 5 * 4 * 9),
        (("Relu", {}), {}, (4, 5), 0),
    ],
)
def test_operations_are_two_a_multiplication(node, constants, shape, expected):
    name, attributes = node
    made = helper.make_node(name, ["x", *constants], ["y"], **attributes)
    data = network([made], constants, shape)
    assert count_operations(data, {"x": np.zeros(shape, np.float32)}) == expected


def test_what_cannot_be_counted_is_not_passed_over():
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"])
    data = network([node], {"w": (4, 3, 2, 2)}, (1, 4, 5, 7))
    with pytest.raises(ModelError, match="ConvTranspose cannot be counted"):
        count_operations(data, {"x": np.zeros((1, 4, 5, 7), np.float32)})


def test_the_table_has_ours_first_and_the_others_in_its_terms(monkeypatch):
    taken = []
    monkeypatch.setattr(cost, "count_operations", lambda data, feeds: taken.append(feeds) or 2e9)
    result = cost.run()
    names = [row[0] for row in result.rows]
    assert names[:3] == ["tintype-s, as it colours", "tintype-s, one look", "DDColor-L (2023)"]
    sizes = [160, *(round(160 * look.scale) for look in find_model("tintype-s").looks)]
    assert [row[2] for row in result.rows[:2]] == [2.0 * len(sizes), 2.0]
    assert result.rows[2][2:] == (133.0, 0.89, 133 / (2 * len(sizes)))
    assert all(0 < row[3] < 10 for row in result.rows[:2])
    assert [feeds["grey"].shape[-1] for feeds in taken] == [*sizes, 256]
