# SPDX-License-Identifier: Apache-2.0
"""An ONNX graph, written without the ``onnx`` package, which only training brings.

An ONNX file is a Protocol Buffers message: fields, each a number, a kind and a value. The few that
a chain of operators needs are written here; the counterpart, which reads a file's metadata, is
:mod:`tintype.spec.onnx`.

Source: onnx.proto (field numbers); Protocol Buffers' encoding,
protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tintype.spec.onnx import to_varint

_FLOAT = 1  # TensorProto.DataType
_INT, _INTS = 2, 7  # AttributeProto.AttributeType
_IR_VERSION, _OPSET = 8, 17


class Graph:
    """Operators, put together one by one; each gives the name of its result."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []

    def constant(self, value: NDArray[np.float32]) -> str:
        """A float32 tensor."""
        name = f"constant{len(self._constants)}"
        dims = b"".join(_number(1, side) for side in value.shape)
        data = np.ascontiguousarray(value, "<f4").tobytes()
        tensor = dims + _number(2, _FLOAT) + _text(8, name) + _bytes(9, data)
        self._constants.append(tensor)
        return name

    def node(
        self,
        kind: str,
        inputs: Sequence[str],
        *,
        name: str | None = None,
        attributes: Mapping[str, int | Sequence[int]] | None = None,
    ) -> str:
        """An operator with one result.

        Args:
            kind: of operator, as ONNX calls it.
            inputs: names of results, constants, or the graph's inputs.
            name: of the result; by default one of its own.
            attributes: integers and lists of integers.
        """
        result = name or f"result{len(self._nodes)}"
        message = b"".join(_text(1, one) for one in inputs) + _text(2, result) + _text(4, kind)
        for key, value in (attributes or {}).items():
            message += _bytes(5, _attribute(key, value))
        self._nodes.append(message)
        return result

    def to_file(
        self,
        inputs: Mapping[str, Sequence[int | str]],
        outputs: Mapping[str, Sequence[int | str]],
    ) -> bytes:
        """The ONNX file.

        Args:
            inputs: name and shape of each float32 input; a text stands for any size.
            outputs: the same of the results that are asked for.
        """
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _text(2, "graph")
        graph += b"".join(_bytes(5, constant) for constant in self._constants)
        graph += b"".join(_bytes(11, _value(*item)) for item in inputs.items())
        graph += b"".join(_bytes(12, _value(*item)) for item in outputs.items())
        opset = _bytes(8, _text(1, "") + _number(2, _OPSET))
        return _number(1, _IR_VERSION) + _bytes(7, graph) + opset


def _attribute(key: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _text(1, key) + _number(3, value) + _number(20, _INT)
    return _text(1, key) + b"".join(_number(8, one) for one in value) + _number(20, _INTS)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    """ValueInfoProto of a float32 tensor."""
    sides = [_number(1, side) if isinstance(side, int) else _text(2, side) for side in shape]
    tensor = _number(1, _FLOAT) + _bytes(2, b"".join(_bytes(1, side) for side in sides))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _number(field: int, value: int) -> bytes:
    return to_varint(field << 3) + to_varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return to_varint(field << 3 | 2) + to_varint(len(value)) + value
