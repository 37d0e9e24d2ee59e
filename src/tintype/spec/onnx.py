# SPDX-License-Identifier: Apache-2.0
"""An ONNX file as bytes: read its metadata, and cut it down to the outputs that are wanted.

Both are needed before there is a session: the metadata say what the network is, and ONNX Runtime
computes every output of a graph whether it is fetched or not, so that what nobody wants has to be
gone from the graph itself. The ``onnx`` package would do both; the runtime does without it, for an
ONNX file is a Protocol Buffers message, and messages can be walked field by field without knowing
more of them than a few numbers.

Sources: onnx.proto for the field numbers and for "nodes are sorted topologically"; Protocol
Buffers' encoding, protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Collection, Iterator

from tintype.errors import ModelError

_GRAPH, _METADATA_PROPS = 7, 14  # of ModelProto
_ENTRY_KEY, _ENTRY_VALUE = 1, 2  # of StringStringEntryProto
_NODE, _INITIALIZER, _OUTPUT = 1, 5, 12  # of GraphProto
_NODE_INPUT, _NODE_OUTPUT, _NODE_ATTRIBUTE = 1, 2, 5  # of NodeProto
_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS = 6, 11  # of AttributeProto: the bodies of If and Loop
_TENSOR_NAME = 8  # of TensorProto
_VALUE_NAME = 1  # of ValueInfoProto
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types
_LONGEST_VARINT = 10  # bytes

Field = tuple[int, memoryview, memoryview]  # its number, its content if it has a length, all of it


def read_metadata(data: bytes, *, name: str) -> dict[str, str]:
    """Read an ONNX file's metadata.

    Args:
        data: the whole file.
        name: what to call the file in an error.

    Returns:
        Its ``metadata_props``; empty if it has none.

    Raises:
        ModelError: the bytes are no ONNX file.
    """
    try:
        entries = [
            {number: str(content, "utf-8") for number, content, _ in _fields(entry)}
            for field, entry, _ in _fields(memoryview(data))
            if field == _METADATA_PROPS
        ]
        return {entry[_ENTRY_KEY]: entry.get(_ENTRY_VALUE, "") for entry in entries}
    except (IndexError, KeyError, ValueError) as error:
        raise ModelError(f"{name} is not an ONNX file, or it is truncated") from error


def keep_outputs(data: bytes, outputs: Collection[str], *, name: str) -> bytes:
    """Drop all other outputs from a network, and the nodes and weights that only they need.

    Args:
        data: the whole ONNX file.
        outputs: names of the graph's outputs; those that it has not got are ignored.
        name: what to call the file in an error.

    Returns:
        A whole ONNX file, otherwise the same.

    Raises:
        ModelError: the bytes are no ONNX file.
    """
    try:
        kept: list[bytes | memoryview] = []
        for number, content, whole in _fields(memoryview(data)):
            if number == _GRAPH:
                graph = _keep_graph_outputs(content, set(outputs))
                kept += [bytes([_GRAPH << 3 | _BYTES]), to_varint(len(graph)), graph]
            else:
                kept.append(whole)
        return b"".join(kept)
    except (IndexError, ValueError) as error:
        raise ModelError(f"{name} is not an ONNX file, or it is truncated") from error


def _keep_graph_outputs(graph: memoryview, outputs: set[str]) -> bytes:
    needed = set(outputs)
    fields = list(_fields(graph))
    kept = [True] * len(fields)
    for index, (number, content, _) in reversed(list(enumerate(fields))):
        if number == _NODE:  # readers come before their writers here
            reads, writes = _names_of_node(content)
            kept[index] = bool(writes & needed)
            needed |= reads if kept[index] else set()
    for index, (number, content, _) in enumerate(fields):
        if number == _INITIALIZER:
            kept[index] = bool(_names(content, _TENSOR_NAME) & needed)
        elif number == _OUTPUT:
            kept[index] = bool(_names(content, _VALUE_NAME) & outputs)
    return b"".join(whole for (_, _, whole), keep in zip(fields, kept, strict=True) if keep)


def _names_of_node(node: memoryview) -> tuple[set[str], set[str]]:
    """What a node reads, in the bodies of its branches and loops too, and what it writes."""
    reads, writes = set(), set()
    for number, content, _ in _fields(node):
        if number == _NODE_INPUT:
            reads.add(str(content, "utf-8"))
        elif number == _NODE_OUTPUT:
            writes.add(str(content, "utf-8"))
        elif number == _NODE_ATTRIBUTE:
            for kind, body, _ in _fields(content):
                if kind in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
                    reads |= _read_in_body(body)
    return reads, writes


def _read_in_body(graph: memoryview) -> set[str]:
    reads = set()
    for number, content, _ in _fields(graph):
        if number == _NODE:
            reads |= _names_of_node(content)[0]
        elif number == _OUTPUT:
            reads |= _names(content, _VALUE_NAME)
    return reads


def _names(message: memoryview, field: int) -> set[str]:
    return {str(content, "utf-8") for number, content, _ in _fields(message) if number == field}


def _fields(message: memoryview) -> Iterator[Field]:
    """Walk a message field by field, without looking into any."""
    at = 0
    while at < len(message):
        start = at
        tag, at = _from_varint(message, at)
        wire = tag & 7
        length = {_FIXED64: 8, _FIXED32: 4}.get(wire, 0)
        if wire == _BYTES:
            length, at = _from_varint(message, at)
        elif wire == _VARINT:
            _, at = _from_varint(message, at)
        elif not length:
            raise ValueError(f"there is no wire type {wire}")
        if at + length > len(message):
            raise ValueError("a field ends beyond its message")
        yield tag >> 3, message[at : at + length], message[start : at + length]
        at += length


def _from_varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins at ``at``, seven bits a byte, lowest first; and where it ends."""
    number = message[at]
    if number < 0x80:  # nearly always
        return number, at + 1
    number &= 0x7F
    for index in range(1, _LONGEST_VARINT):
        byte = message[at + index]
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, at + index + 1
    raise ValueError("a number does not end")


def to_varint(number: int) -> bytes:
    """A number as Protocol Buffers write it: seven bits a byte, lowest first.

    The high bit of a byte says that more follow.
    """
    written = bytearray()
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)
