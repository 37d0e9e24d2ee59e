# SPDX-License-Identifier: Apache-2.0
"""One photograph's visit: taken in, worked on, its result handed out, its folder removed.

What is done at the bench is :func:`tintype.jobs.work.color_file`, as for the command line: a file
into a file. So memory does not grow with what waits, and all faces write the same bytes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from fastapi import Request
from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send

from tintype.errors import TintypeError
from tintype.imaging import files
from tintype.imaging.formats import find_format
from tintype.inference.colorizer import Colorizer
from tintype.jobs.plan import Task
from tintype.jobs.work import Outcome, color_file
from tintype.web import archive
from tintype.web.jobs import Jobs
from tintype.web.limits import Limits
from tintype.web.parameters import Wish
from tintype.web.problems import Refusal
from tintype.web.tally import Tally
from tintype.web.uploads import Arrived, receive_photograph
from tintype.web.workshop import Place, Workshop

Result = TypeVar("Result")

_log = logging.getLogger(__name__)
_WAS_COLORED = "Tintype-Was-Colored"  # whether it had colours, which the result replaces


@dataclass(frozen=True, slots=True)
class House:
    """What all requests of a server share."""

    colorizer: Colorizer
    limits: Limits
    workshop: Workshop
    jobs: Jobs
    tally: Tally


class HandedOut(FileResponse):
    """A result that is removed, with its place, once it is sent or the client is gone."""

    def __init__(
        self, path: Path, place: Place, *, media_type: str, was_colored: bool, seconds: float
    ) -> None:
        told = {_WAS_COLORED: "1" if was_colored else "0", "Cache-Control": "no-store"}
        name = f"photograph{path.suffix}"
        super().__init__(
            path,
            media_type=media_type,
            headers=told,
            filename=name,
            content_disposition_type="inline",
        )
        self._place = place
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the result, then give its place back; who is too slow gets no more of it."""
        try:
            async with asyncio.timeout(self._seconds):
                await super().__call__(scope, receive, send)
        except TimeoutError:
            _log.warning("a result was not fetched in %g s", self._seconds)
        finally:
            self._place.give_back()


@asynccontextmanager
async def visit(house: House, request: Request) -> AsyncIterator[tuple[Place, Arrived]]:
    """Take a photograph in.

    Yields:
        Its place, and what has come. The place is given back only if what follows fails; else that
        is the caller's to do.

    Raises:
        Refusal: there is no place, or the photograph is not taken.
    """
    place = house.workshop.admit(client_of(request))
    try:
        yield place, await receive_photograph(request, place.folder / "photograph", house.limits)
    except BaseException:  # a cancelled request too must not keep its place
        place.give_back()
        raise


def client_of(request: Request) -> str:
    """Who asks, as far as the bound on places of one client goes: the address."""
    return request.client.host if request.client else "unknown"


async def color(
    house: House, request: Request, wish: Wish, place: Place, arrived: Arrived
) -> HandedOut:
    """Colour the photograph of a visit; in several ways, into one archive.

    Raises:
        Refusal: it took too long, or the client went away.
        TintypeError: it cannot be coloured; as the library says.
    """
    result = find_format(wish.file_options.format or arrived.format.name)
    names = [f"result-{n + 1}{result.suffixes[0]}" for n in range(wish.sampling.samples)]
    first, *others = map(place.folder.joinpath, names)
    task = Task(arrived.source, first, tuple(others))
    pixels = max(1, house.limits.pixels // len(names))  # all ways together have the bound of one
    wish = replace(wish, file_options=replace(wish.file_options, max_pixels=pixels))

    def work() -> Outcome:
        outcome = color_once(house, task, wish, arrived.reference)
        if others and not outcome.error:
            _pack(task.results, place.folder / "results.zip")
        return outcome

    outcome = await at_the_bench(house, request, place, work)
    if outcome.error:
        raise outcome.error
    return HandedOut(
        place.folder / "results.zip" if others else first,
        place,
        media_type=archive.MEDIA_TYPE if others else result.mime,
        was_colored=outcome.was_colored,
        seconds=house.limits.transfer_seconds,
    )


def _pack(results: Sequence[Path], target: Path) -> None:
    """Put results into an archive, numbered as the command line numbers them."""
    named = [(f"photograph-{n}{path.suffix}", path) for n, path in enumerate(results, 1)]
    with target.open("xb") as file:
        file.writelines(archive.stream_zip(named))


def color_once(house: House, task: Task, wish: Wish, reference: Path | None) -> Outcome:
    """Colour one file into another, or in several ways into several, and count it.

    Raises:
        TintypeError: the reference cannot be read.
    """
    outcome = color_file(
        led_colorizer(house, reference),
        task,
        wish.options,
        wish.file_options,
        hints=wish.hints,
        seed=wish.sampling.seed,
    )
    house.tally.add_photograph(outcome.seconds, failed=outcome.error is not None)
    return outcome


def led_colorizer(house: House, reference: Path | None) -> Colorizer:
    """The network, led by a reference's palette where there is one; to be called at the bench.

    Raises:
        TintypeError: the reference cannot be read.
    """
    if reference is None:
        return house.colorizer
    try:
        return house.colorizer.led_by(files.read(reference, max_pixels=house.limits.pixels))
    except TintypeError as error:
        raise type(error)(f"the reference: {error}") from error


async def at_the_bench(
    house: House, request: Request, place: Place, work: Callable[[], Result]
) -> Result:
    """Do something for a request; if it waits and its client goes away, it is dropped.

    Raises:
        Refusal: it took too long, or the client went away.
    """
    doing = asyncio.create_task(place.do(work, seconds=house.limits.work_seconds))
    watching = asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait({doing, watching}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise Gone
    finally:
        doing.cancel()
        watching.cancel()
        await asyncio.gather(doing, watching, return_exceptions=True)


class Gone(Refusal):
    """The client went away; nobody reads the answer, but the log counts it."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, "the client went away")


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
