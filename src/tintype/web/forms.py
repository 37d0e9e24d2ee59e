# SPDX-License-Identifier: Apache-2.0
"""A form with files, taken apart as it comes: each part goes to a sink, nothing is held in memory.

Source: RFC 7578 (multipart/form-data). The parser is python-multipart's, which Starlette uses too;
Starlette's own forms gather all parts before anyone sees a byte of them.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Protocol

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from tintype.web.problems import Refusal

MEDIA_TYPE = "multipart/form-data"


class Sink(Protocol):
    """Where a part goes."""

    def write(self, piece: bytes) -> None:
        """Take some of it."""

    def close(self) -> None:
        """Take the end of it."""


class Form:
    """A form whose parts are files.

    Args:
        content_type: of the request, with the boundary.
        sinks: for each part that the form may have, what opens its sink.

    Attributes:
        parts: the names of the parts that came.

    Raises:
        Refusal: the content type names no boundary (400).
    """

    def __init__(self, content_type: str, sinks: Mapping[str, Callable[[], Sink]]) -> None:
        self.parts: list[str] = []
        self._sinks = sinks
        self._sink: Sink | None = None
        self._header, self._value = b"", b""
        self._disposition = b""
        self._ended = False
        _, parameters = parse_options_header(content_type)
        boundary = parameters.get(b"boundary")
        if not boundary:
            raise _malformed("its content type names no boundary")
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._add_name,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open,
                    "on_part_data": self._write,
                    "on_part_end": self.abandon,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def write(self, piece: bytes) -> None:
        """Take a piece of the request's body.

        Raises:
            Refusal: it is no form (400), or has a part that it may not have, or twice (422); or
                what the sinks raise.
        """
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def close(self) -> None:
        """Take the body's end, and close what is open.

        Raises:
            Refusal: the form has not ended (400).
        """
        self.abandon()
        if not self._ended:
            raise _malformed("it ends early")

    def abandon(self) -> None:
        """Close what is open, whatever has come of it."""
        if self._sink is not None:
            sink, self._sink = self._sink, None
            sink.close()

    def _begin(self) -> None:
        self._disposition = b""

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _open(self) -> None:
        _, parameters = parse_options_header(self._disposition)
        name = parameters.get(b"name", b"").decode("utf-8", "replace")
        if name not in self._sinks or name in self.parts:
            twice = "twice the part" if name in self.parts else "a part"
            raise Refusal(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"the form has {twice} {name!r}; it has {', '.join(self._sinks)}, each once; "
                f"options go into the query",
            )
        self.parts.append(name)
        self._sink = self._sinks[name]()

    def _write(self, data: bytes, start: int, end: int) -> None:
        if self._sink is not None:
            self._sink.write(data[start:end])

    def _end(self) -> None:
        self._ended = True


def _malformed(why: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, f"the form cannot be read: {why}")
