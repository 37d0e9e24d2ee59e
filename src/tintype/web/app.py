# SPDX-License-Identifier: Apache-2.0
"""The application: the routes around one loaded network, behind the guard.

Nothing is global: an application holds its network, its limits and its workshop, and tests make as
many as they like.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

from tintype import __version__
from tintype.inference.colorizer import Colorizer
from tintype.web import problems
from tintype.web.desk import House
from tintype.web.facts import fact_routes
from tintype.web.guard import Guard
from tintype.web.job_routes import job_routes
from tintype.web.jobs import Jobs
from tintype.web.limits import LIMITS, Limits
from tintype.web.photographs import photograph_routes
from tintype.web.tally import Tally
from tintype.web.workshop import Workshop

PAGE = Path(__file__).with_name("page")


def create_app(
    colorizer: Colorizer,
    *,
    limits: Limits = LIMITS,
    token: str | None = None,
    local: bool = True,
) -> FastAPI:
    """Build the application.

    Args:
        colorizer: the loaded network, shared by all requests.
        limits: what clients may ask for.
        token: what clients of the API must know; None to ask for none.
        local: whether the server listens on the machine itself only, and so has no other name.

    Returns:
        The ASGI application; ``app.state.workshop`` is its
        :class:`tintype.web.workshop.Workshop`.
    """
    workshop = Workshop(limits)
    house = House(colorizer, limits, workshop, Jobs(limits, workshop), Tally())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(house.jobs.sweep())
        yield
        sweeping.cancel()
        await house.jobs.finish()
        await workshop.finish()

    app = FastAPI(
        title="tintype",
        version=__version__,
        summary="Colours black-and-white photographs, on your own machine.",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's viewers fetch themselves from elsewhere
        redoc_url=None,
    )
    problems.install(app)
    app.state.workshop = workshop
    app.state.jobs = house.jobs
    app.include_router(fact_routes(house))
    app.include_router(photograph_routes(house))
    app.include_router(job_routes(house))
    app.mount("/page", StaticFiles(directory=PAGE), name="page")

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    app.add_middleware(Guard, token=token, local=local, tally=house.tally)
    return app
