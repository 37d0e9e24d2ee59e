# SPDX-License-Identifier: Apache-2.0
"""The routes by which files come into a job: a request's body is one photograph, or one film."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from tintype.imaging.formats import find_format
from tintype.jobs.plan import Task
from tintype.web.desk import House, color_once
from tintype.web.films import check_film, film_work
from tintype.web.jobs import Entry, Job, Made, State, Tell, Work
from tintype.web.parameters import FilmWish, Wish, read_film_wish, read_wish
from tintype.web.problems import Problem, documented
from tintype.web.uploads import (
    BODY,
    Arrived,
    receive_film,
    receive_photograph,
    reference_of,
)

_REFUSED = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_FILM = {
    "requestBody": {
        "required": True,
        "description": "The film's file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_COLORED = "it was in colour already; its colours are replaced by computed ones"

Name = Annotated[
    str, Query(description="What the file is called; the result is called so too.", max_length=1024)
]


class EntryState(BaseModel):
    """A file of a job, and what has become of it."""

    number: int = Field(description="In the job; results are fetched by it.")
    name: str
    state: State
    progress: float = Field(description="0 to 1; of films, in between too.")
    notices: list[str] = Field(description="What its owner should know of the result.")
    problem: Problem | None = Field(description="Why it failed.")


def entry_state(entry: Entry) -> EntryState:
    """An entry as clients see it."""
    return EntryState(
        number=entry.number,
        name=entry.name,
        state=entry.state,
        progress=entry.progress,
        notices=list(entry.made.notices) if entry.made else [],
        problem=entry.problem,
    )


def arrival_routes(house: House) -> APIRouter:
    """The routes by which files come into a job; below that of the job.

    Args:
        house: what all requests share.
    """
    router = APIRouter(responses=_REFUSED)
    jobs, limits = house.jobs, house.limits
    read_photograph = read_wish(limits, hints=True)
    read_film = read_film_wish(limits)

    @router.post(
        "/{id}/photographs",
        status_code=201,
        summary="Send a photograph, to be coloured when its turn has come.",
        openapi_extra=BODY,
    )
    async def add_photograph(
        id: str,
        request: Request,
        wish: Annotated[Wish, Depends(read_photograph)],
        name: Name = "photograph",
    ) -> EntryState:
        job = jobs.find(id)
        with _arriving(house, job) as (number, source):
            arrived = await receive_photograph(
                request, source, limits, spend=lambda count: jobs.spend(job, count)
            )
            entry = jobs.add(
                job,
                number=number,
                name=name,
                film=False,
                sources=arrived.files,
                work=_photograph_work(house, wish, arrived),
            )
        return entry_state(entry)

    @router.post(
        "/{id}/films",
        status_code=201,
        summary="Send a film, to be coloured when its turn has come.",
        openapi_extra=_FILM,
    )
    async def add_film(
        id: str,
        request: Request,
        wish: Annotated[FilmWish, Depends(read_film)],
        name: Name = "film",
    ) -> EntryState:
        job = jobs.find(id)
        with _arriving(house, job) as (number, source):
            await receive_film(request, source, limits, spend=lambda count: jobs.spend(job, count))
            check_film(source)
            work = film_work(house.colorizer, source, name, wish.options, wish.film_options)
            entry = jobs.add(job, number=number, name=name, film=True, sources=(source,), work=work)
        return entry_state(entry)

    return router


@contextmanager
def _arriving(house: House, job: Job) -> Iterator[tuple[int, Path]]:
    """The number and the place of a file that is coming; it is removed if it does not come well."""
    number = house.jobs.take_number(job)
    source = job.folder / str(number)
    with job.used():
        try:
            yield number, source
        except BaseException:  # a cancelled request too must leave nothing
            for path in (source, reference_of(source)):
                job.drop(path)
            raise


def _photograph_work(house: House, wish: Wish, arrived: Arrived) -> Work:
    source, reference = arrived.source, arrived.reference
    result = find_format(wish.file_options.format or arrived.format.name)
    target = source.with_name(f"{source.name}-result{result.suffixes[0]}")

    def work(_: Tell, __: Event) -> Made:
        outcome = color_once(house, Task(source, target), wish, reference)
        if outcome.error is not None:
            raise outcome.error
        notices = (_COLORED,) if outcome.was_colored else ()
        return Made(path=target, media_type=result.mime, notices=notices)

    return work
