# SPDX-License-Identifier: Apache-2.0
"""From a request's body to a file in a private folder, piece by piece.

The photograph is the body itself, neither form nor base64, so that it is written as it comes and
nothing of it is held in memory. Its first bytes tell whether it is a picture at all; what is none
is refused before the rest is read. The client's name for it plays no part in where it goes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from starlette.requests import ClientDisconnect

from tintype.imaging.formats import FORMATS, HEAD_BYTES, Format, sniff_format
from tintype.web.limits import Limits
from tintype.web.problems import Refusal

BODY = {
    "requestBody": {
        "required": True,
        "description": "The photograph's file.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/octet-stream", *(row.mime for row in FORMATS))
        },
    }
}

Spend = Callable[[int], None]  # told of each piece's bytes; raises Refusal where they are too many


async def receive_photograph(
    request: Request, target: Path, limits: Limits, *, spend: Spend = lambda _: None
) -> Format:
    """Write a request's body into a file.

    Args:
        request: its body is the photograph.
        target: a file of a private folder.
        limits: the server's.
        spend: where its bytes count for more than this file.

    Returns:
        The photograph's format, by its first bytes.

    Raises:
        Refusal: it is too large (413), no picture (415), too slow (408), or ends early (400).
    """
    bounds = _Bounds(limits.upload_bytes, limits.transfer_seconds, spend)
    return _check_head(await _receive(request, target, bounds, _check_head))


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
    """Write the body; its first bytes."""
    _check_announced(request, bounds)
    try:
        async with asyncio.timeout(bounds.seconds):
            return await _write(request, target, bounds, check_head)
    except TimeoutError:
        raise Refusal(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the file was not here after {bounds.seconds:g} s; send it faster, or a smaller one",
        ) from None
    except ClientDisconnect:
        raise Refusal(HTTPStatus.BAD_REQUEST, "the file ended early; send it whole") from None


def _check_announced(request: Request, bounds: _Bounds) -> None:
    """Refuse by the headers, before anything is sent, what they show to be of no use."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > bounds.bytes:
        raise _too_large(bounds)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):  # other types are let pass: the first bytes are the judge
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the request's body must be the file itself, not {kind}",
        )


async def _write(
    request: Request, target: Path, bounds: _Bounds, check_head: Callable[[bytes], object]
) -> bytes:
    head, size = b"", 0
    with target.open("xb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > bounds.bytes:
                raise _too_large(bounds)
            bounds.spend(len(piece))
            if len(head) < HEAD_BYTES:
                head += piece[: HEAD_BYTES - len(head)]
                if len(head) == HEAD_BYTES:
                    check_head(head)
            file.write(piece)
    return head


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
