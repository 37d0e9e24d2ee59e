# SPDX-License-Identifier: Apache-2.0
"""The routes of jobs: begin one, watch it, fetch what it made, end it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from tintype.web.archive import MEDIA_TYPE as ZIP
from tintype.web.archive import stream_zip
from tintype.web.arrivals import EntryState, arrival_routes, entry_state
from tintype.web.desk import House, client_of
from tintype.web.jobs import Job, Made
from tintype.web.parameters import refuse_unknown
from tintype.web.problems import Refusal, documented

EVENTS = "text/event-stream"

_BEATS = 10.0  # seconds: a comment now and then, for proxies that end what is silent
_REFUSED = documented(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_FULL = documented(HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class JobState(BaseModel):
    """A job, and what has become of its files."""

    id: str = Field(description="Whoever knows it may fetch the results.")
    files: list[EntryState]
    open: int = Field(description="Files that wait or are worked on.")
    cancelled: bool


def job_routes(house: House) -> APIRouter:
    """The routes of jobs.

    Args:
        house: what all requests share.
    """
    router = APIRouter(
        prefix="/v1/jobs", dependencies=[Depends(refuse_unknown)], responses=_REFUSED
    )
    jobs = house.jobs

    @router.post("", status_code=201, summary="Begin a job.", responses=_FULL)
    async def begin(request: Request) -> JobState:
        return _job_state(jobs.open(client_of(request)))

    @router.get("/{id}", summary="Say what has become of a job's files.")
    async def state(id: str) -> JobState:
        return _job_state(jobs.find(id))

    @router.get(
        "/{id}/events",
        summary="Watch a job: an event for each file that changes; `settled` when none is left.",
        response_class=StreamingResponse,
        responses={200: {"content": {EVENTS: {}}, "description": "Server-sent events."}},
    )
    async def events(
        id: str, last_event_id: Annotated[int, Header(ge=0, description="What was seen.")] = 0
    ) -> StreamingResponse:
        told = _watch(house, jobs.find(id), last_event_id)
        return StreamingResponse(told, media_type=EVENTS, headers={"Cache-Control": "no-store"})

    @router.post("/{id}/cancel", summary="Work on nothing more; results stay.")
    async def cancel(id: str) -> JobState:
        job = jobs.find(id)
        jobs.cancel(job)
        return _job_state(job)

    @router.delete("/{id}", status_code=204, summary="Cancel a job and remove its results.")
    async def remove(id: str) -> Response:
        jobs.remove(jobs.find(id))
        return Response(status_code=204)

    _add_results(router, house)
    router.include_router(arrival_routes(house))
    return router


def _add_results(router: APIRouter, house: House) -> None:
    @router.get(
        "/{id}/results/{number}",
        summary="Fetch the result of one file.",
        response_class=FileResponse,
        responses={200: {"content": {"*/*": {}}, "description": "The result's file."}},
    )
    async def result(id: str, number: int) -> FileResponse:
        job = house.jobs.find(id)
        for name, entry in job.results():
            if entry.number == number and entry.made is not None:
                return _Kept(job, entry.made, name)
        raise Refusal(HTTPStatus.NOT_FOUND, f"there is no result of a file {number}, or not yet")

    @router.get(
        "/{id}/results.zip",
        summary="Fetch all results that there are, as a ZIP archive.",
        response_class=StreamingResponse,
        responses={200: {"content": {ZIP: {}}, "description": "The archive."}},
    )
    async def results(id: str) -> StreamingResponse:
        job = house.jobs.find(id)
        files = [(name, entry.made.path) for name, entry in job.results() if entry.made]
        if not files:
            raise Refusal(HTTPStatus.NOT_FOUND, "there are no results, or none yet")
        told = {
            "Content-Disposition": 'attachment; filename="tintype.zip"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(_archive(job, files), media_type=ZIP, headers=told)


class _Kept(FileResponse):
    """A result that stays where it is, with its job, until it is sent or the client is gone."""

    def __init__(self, job: Job, made: Made, name: str) -> None:
        told = {"Cache-Control": "no-store"}
        super().__init__(made.path, media_type=made.media_type, headers=told, filename=name)
        self._job = job

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._job.used():
            await super().__call__(scope, receive, send)


def _archive(job: Job, files: list[tuple[str, Path]]) -> Iterator[bytes]:
    with job.used():
        yield from stream_zip(files)


async def _watch(house: House, job: Job, seen: int) -> AsyncIterator[str]:
    """What is newer than ``seen``, and from then on what changes, until the job is removed."""
    settled = -1
    while True:
        changed = job.changed
        news = sorted((e for e in job.entries if e.changed > seen), key=lambda e: e.changed)
        for entry in news:
            yield _event("file", entry_state(entry).model_dump_json(), entry.changed)
        seen = max(seen, job.changes)
        if job.removed or house.workshop.closing.is_set():
            yield _event("removed", "{}", seen)
            return
        if not job.open and settled != seen:
            settled = seen
            yield _event("settled", _job_state(job).model_dump_json(), seen)
        try:
            async with asyncio.timeout(_BEATS):
                await _first(changed, house.workshop.closing)
        except TimeoutError:
            yield ": still here\n\n"


async def _first(*events: asyncio.Event) -> None:
    """Wait until one of several events happens."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*waits, return_exceptions=True)


def _event(kind: str, data: str, id: int) -> str:
    return f"event: {kind}\nid: {id}\ndata: {data}\n\n"


def _job_state(job: Job) -> JobState:
    files = [entry_state(entry) for entry in job.entries]
    return JobState(id=job.id, files=files, open=job.open, cancelled=job.stop.is_set())
