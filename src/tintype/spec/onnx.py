# SPDX-License-Identifier: Apache-2.0
"""The metadata of an ONNX file, without a runtime: who made this network, and what does it take?

An ONNX file is a Protocol Buffers message. Its metadata are the entries of one repeated field of
the outermost message, so that they can be read by stepping over all other fields, in microseconds,
before there is a session (whose making takes longer than colouring a photograph) and without the
``onnx`` package (which the runtime does not need).

Source: onnx.proto, ``ModelProto.metadata_props = 14`` and ``StringStringEntryProto``; Protocol
Buffers' encoding, protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator

from tintype.errors import ModelError

_METADATA_PROPS, _KEY, _VALUE = 14, 1, 2  # field numbers
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types
_LARGEST_VARINT = 10  # bytes


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
        entries = (dict(_fields(e)) for number, e in _fields(data) if number == _METADATA_PROPS)
        return {e[_KEY].decode(): e.get(_VALUE, b"").decode() for e in entries}
    except (IndexError, KeyError, ValueError) as error:
        raise ModelError(f"{name} is not an ONNX file, or it is truncated") from error


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Field number and content of each length-delimited field; the others are stepped over."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _, at = _varint(message, at)
        elif wire == _BYTES:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise ValueError("a field ends beyond the message")
            yield number, message[at : at + length]
            at += length
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {wire} does not exist")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The integer that begins at ``at``, seven bits a byte, lowest first; and where it ends."""
    value = 0
    for shift in range(_LARGEST_VARINT):
        byte = message[at + shift]
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, at + shift + 1
    raise ValueError("an integer does not end")
