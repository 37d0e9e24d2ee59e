# SPDX-License-Identifier: Apache-2.0
"""Errors as answers: every error of the library as a status and a problem detail.

The body is RFC 9457's ``application/problem+json`` with the type ``about:blank``: what went wrong
is told by the status, by ``detail`` in words, and by ``error``, which is the name of the class in
:mod:`tintype.errors`. What is our fault keeps its details to the log.

Source: RFC 9457; RFC 9110, sections 15.5 and 15.6, and 10.2.3 (Retry-After).
"""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from tintype.errors import (
    ImageTooLarge,
    InputError,
    MissingExtra,
    OutputError,
    TintypeError,
    UnsupportedFilm,
    UnsupportedImage,
)

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)

_STATUS: dict[type[TintypeError], HTTPStatus] = {  # the first that fits
    ImageTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedImage: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnsupportedFilm: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    MissingExtra: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    OutputError: HTTPStatus.INSUFFICIENT_STORAGE,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_OURS = "the server could not do it; its log says why"


class Refusal(TintypeError):
    """What the server will not do for this request, whatever the photograph.

    Args:
        status: the answer's.
        detail: what is wrong, and what to do.
        retry_after: seconds after which the same request may do; None where it never will.
    """

    def __init__(self, status: HTTPStatus, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.retry_after = retry_after


class Problem(BaseModel):
    """A problem detail, RFC 9457."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What is wrong, and what to do.")
    error: str | None = Field(None, description="The class of tintype's error.")


def describe(error: BaseException) -> Problem:
    """The problem detail of an error; what is our fault goes to the log and not to the client."""
    if isinstance(error, Refusal):
        return _problem(error.status, str(error), type(error).__name__)
    kinds = (status for kind, status in _STATUS.items() if isinstance(error, kind))
    status = next(kinds, HTTPStatus.INTERNAL_SERVER_ERROR)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _problem(status, str(error), type(error).__name__)
    if isinstance(error, TintypeError):
        _log.error("%s: %s", type(error).__name__, error)
        return _problem(status, _OURS, type(error).__name__)
    _log.error("a bug", exc_info=error)
    return _problem(status, _OURS)


def answer(problem: Problem, *, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem detail as a response."""
    return JSONResponse(
        problem.model_dump(exclude_none=True), problem.status, headers, media_type=MEDIA_TYPE
    )


def answer_error(error: TintypeError) -> JSONResponse:
    """An error of the library as a response."""
    problem = describe(error)
    headers = {}
    if isinstance(error, Refusal) and error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return answer(problem, headers=headers)


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are problems, for its description in OpenAPI."""
    schema = {"schema": Problem.model_json_schema()}
    return {
        int(status): {"description": status.phrase, "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Let every error that a route raises become a problem detail."""
    app.add_exception_handler(TintypeError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_bug)


def _problem(status: HTTPStatus, detail: str, error: str | None = None) -> Problem:
    return Problem(title=status.phrase, status=status, detail=detail, error=error)


async def _answer_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TintypeError):  # what Starlette promises, and its types do not say
        raise error
    return answer_error(error)


async def _answer_invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    return answer(_problem(HTTPStatus.UNPROCESSABLE_ENTITY, faults, "OptionError"))


async def _answer_http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    return answer(_problem(status, f"{status.description or status.phrase}"), headers=headers)


async def _answer_bug(_: Request, error: Exception) -> JSONResponse:
    return answer(describe(error))
