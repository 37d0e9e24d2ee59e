# SPDX-License-Identifier: Apache-2.0
"""From a request's body to a file in a private folder, piece by piece.

The photograph is the body itself, so that it is written as it comes and nothing of it is held in
memory; or, where a reference comes with it, a part of a form. Its first bytes tell whether it is a
picture at all; what is none is refused before the rest is read. The client's name for it plays no
part in where it goes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from starlette.requests import ClientDisconnect

from tintype.imaging.formats import FORMATS, HEAD_BYTES, Format, sniff_format
from tintype.web.forms import MEDIA_TYPE, Form
from tintype.web.limits import Limits
from tintype.web.problems import Refusal

PHOTOGRAPH, REFERENCE = "photograph", "reference"  # the parts of a form

_BINARY = {"type": "string", "format": "binary"}
BODY = {
    "requestBody": {
        "required": True,
        "description": "The photograph's file; or a form of it and a reference's, a photograph in "
        "colour whose palette leads.",
        "content": {
            **{
                kind: {"schema": _BINARY}
                for kind in ("application/octet-stream", *(row.mime for row in FORMATS))
            },
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "properties": {PHOTOGRAPH: _BINARY, REFERENCE: _BINARY},
                    "required": [PHOTOGRAPH],
                }
            },
        },
    }
}

_FRAME_BYTES = 1 << 16  # of a form, beside its files

Spend = Callable[[int], None]  # told of each piece's bytes; raises Refusal where they are too many


@dataclass(frozen=True, slots=True)
class Arrived:
    """A photograph that has come whole.

    Attributes:
        source: its file.
        format: by its first bytes.
        reference: the file of the photograph whose palette leads; None without one.
    """

    source: Path
    format: Format
    reference: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All that has come."""
        return (self.source,) if self.reference is None else (self.source, self.reference)


async def receive_photograph(
    request: Request, target: Path, limits: Limits, *, spend: Spend = lambda _: None
) -> Arrived:
    """Write what a request sends into files.

    Args:
        request: its body is the photograph, or a form with it.
        target: a file of a private folder; a reference's lies beside it.
        limits: the server's.
        spend: where the bytes count for more than this request.

    Returns:
        The photograph, and its reference.

    Raises:
        Refusal: one is too large (413), no picture (415), too slow (408), or ends early (400); or
            the form is not what it must be (400, 422).
    """
    bounds = _Bounds(limits.upload_bytes, limits.transfer_seconds, spend)
    if _kind_of(request) == MEDIA_TYPE:
        return await _receive_form(request, target, bounds)
    return Arrived(target, _check_head(await _receive(request, target, bounds, _check_head)))


def reference_of(target: Path) -> Path:
    """Where the reference of a photograph lies that was received into ``target``."""
    return target.with_name(f"{target.name}-{REFERENCE}")


async def receive_film(request: Request, target: Path, limits: Limits, *, spend: Spend) -> None:
    """Write a request's body into a file, whatever it is: what is a film, only a decoder can tell.

    A film has more time than a photograph, by as much as it may have more bytes.

    Args:
        request: its body is the film.
        target: a file of a private folder.
        limits: the server's.
        spend: where its bytes count for more than this file.

    Raises:
        Refusal: it is too large (413), empty (415), too slow (408), or ends early (400).
    """
    longer = max(1.0, limits.film_bytes / limits.upload_bytes)
    bounds = _Bounds(limits.film_bytes, longer * limits.transfer_seconds, spend)
    if not await _receive(request, target, bounds, lambda _: None):
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "an empty file; send a film")


@dataclass(frozen=True, slots=True)
class _Bounds:
    bytes: int
    seconds: float
    spend: Spend


async def _receive(
    request: Request, target: Path, bounds: _Bounds, check_head: Callable[[bytes], object]
) -> bytes:
    """Write the body into one file; its first bytes."""
    kind = _kind_of(request)
    if kind.startswith("multipart/"):  # other types are let pass: the first bytes are the judge
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the request's body must be the file itself, not {kind}",
        )
    file = _File(target, bounds, check_head)
    try:
        await _pump(request, file.write, bounds, bounds.bytes)
    finally:
        file.close()
    return file.head


async def _receive_form(request: Request, target: Path, bounds: _Bounds) -> Arrived:
    """Write the parts of a form into a file each."""
    files: dict[str, _File] = {}

    def open_(name: str, path: Path) -> _File:
        files[name] = _File(path, bounds, _check_head)
        return files[name]

    form = Form(
        request.headers.get("content-type", ""),
        {
            PHOTOGRAPH: lambda: open_(PHOTOGRAPH, target),
            REFERENCE: lambda: open_(REFERENCE, reference_of(target)),
        },
    )
    try:
        await _pump(request, form.write, bounds, 2 * bounds.bytes + _FRAME_BYTES)
        form.close()
    finally:
        form.abandon()
    if PHOTOGRAPH not in files:
        raise Refusal(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"the form has no part {PHOTOGRAPH!r}; send one"
        )
    formats = {name: _check_head(file.head) for name, file in files.items()}
    reference = reference_of(target) if REFERENCE in files else None
    return Arrived(target, formats[PHOTOGRAPH], reference)


async def _pump(
    request: Request, write: Callable[[bytes], None], bounds: _Bounds, most: int
) -> None:
    """Hand a body on, piece by piece, for as long and as far as it may go."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:  # before anything is sent
        raise _too_large(bounds)
    size = 0
    try:
        async with asyncio.timeout(bounds.seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > most:
                    raise _too_large(bounds)
                write(piece)
    except TimeoutError:
        raise Refusal(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the file was not here after {bounds.seconds:g} s; send it faster, or a smaller one",
        ) from None
    except ClientDisconnect:
        raise Refusal(HTTPStatus.BAD_REQUEST, "the file ended early; send it whole") from None


class _File:
    """A file that is being written, within its bounds; its first bytes are looked at."""

    def __init__(
        self, target: Path, bounds: _Bounds, check_head: Callable[[bytes], object]
    ) -> None:
        self.head = b""
        self._bounds, self._check_head = bounds, check_head
        self._size = 0
        self._file = target.open("xb")

    def write(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._bounds.bytes:
            raise _too_large(self._bounds)
        if len(self.head) < HEAD_BYTES:
            self.head += piece[: HEAD_BYTES - len(self.head)]
            if len(self.head) == HEAD_BYTES:
                self._check_head(self.head)
        self._bounds.spend(len(piece))
        self._file.write(piece)

    def close(self) -> None:
        self._file.close()


def _kind_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _check_head(head: bytes) -> Format:
    row = sniff_format(head)
    if row is None:
        known = ", ".join(row.title for row in FORMATS)
        what = "not a picture that tintype reads" if head else "an empty file"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"{what}; send one of {known}")
    return row


def _too_large(bounds: _Bounds) -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the file has more than the {bounds.bytes} bytes that this server takes",
    )
