# SPDX-License-Identifier: Apache-2.0
"""From a request's body to a file in a private folder, piece by piece.

The photograph is the body itself, neither form nor base64, so that it is written as it comes and
nothing of it is held in memory. Its first bytes tell whether it is a picture at all; what is none
is refused before the rest is read. The client's name for it plays no part in where it goes.
"""

import asyncio
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


async def receive_photograph(request: Request, target: Path, limits: Limits) -> Format:
    """Write a request's body into a file.

    Args:
        request: its body is the photograph.
        target: a file of a private folder.
        limits: the server's.

    Returns:
        The photograph's format, by its first bytes.

    Raises:
        Refusal: it is too large (413), no picture (415), too slow (408), or ends early (400).
    """
    _check_announced(request, limits)
    try:
        async with asyncio.timeout(limits.transfer_seconds):
            return await _write(request, target, limits)
    except TimeoutError:
        raise Refusal(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the photograph was not here after {limits.transfer_seconds:g} s; send it faster, "
            f"or a smaller one",
        ) from None
    except ClientDisconnect:
        raise Refusal(HTTPStatus.BAD_REQUEST, "the photograph ended early; send it whole") from None


def _check_announced(request: Request, limits: Limits) -> None:
    """Refuse by the headers, before anything is sent, what they show to be of no use."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.upload_bytes:
        raise _too_large(limits)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):  # other types are let pass: the first bytes are the judge
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the request's body must be the photograph's file itself, not {kind}",
        )


async def _write(request: Request, target: Path, limits: Limits) -> Format:
    head, size = b"", 0
    with target.open("xb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > limits.upload_bytes:
                raise _too_large(limits)
            if len(head) < HEAD_BYTES:
                head += piece[: HEAD_BYTES - len(head)]
                if len(head) == HEAD_BYTES:
                    _check_head(head)
            file.write(piece)
    return _check_head(head)


def _check_head(head: bytes) -> Format:
    row = sniff_format(head)
    if row is None:
        known = ", ".join(row.title for row in FORMATS)
        what = "not a picture that tintype reads" if head else "an empty file"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"{what}; send one of {known}")
    return row


def _too_large(limits: Limits) -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the file has more than the {limits.upload_bytes} bytes that this server takes",
    )
