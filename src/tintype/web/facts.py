# SPDX-License-Identifier: Apache-2.0
"""The routes that tell of the server: whether it is well, its network, its counts."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from tintype import __version__
from tintype.spec.model import ModelSpec
from tintype.spec.models import MODELS
from tintype.web.desk import House
from tintype.web.tally import MEDIA_TYPE


class Health(BaseModel):
    """That the server is well."""

    status: str = Field(description="ok, or closing: what runs is finished, nothing new taken on.")
    version: str


class Network(BaseModel):
    """A network that tintype knows."""

    name: str
    parameters: int
    size: int = Field(description="Pixels of the short side that the network sees by default.")
    hints: bool = Field(description="Whether it takes hints.")
    license: str
    used: bool = Field(description="Whether it is the one that colours here.")


def fact_routes(house: House) -> APIRouter:
    """The routes that tell of the server.

    Args:
        house: what all requests share.
    """
    router = APIRouter()
    own = house.colorizer.engine.spec

    @router.get("/healthz", summary="Say whether the server is well.")
    async def health() -> Health:
        closing = house.workshop.closing.is_set()
        return Health(status="closing" if closing else "ok", version=__version__)

    @router.get("/v1/models", summary="List the networks, and the one that colours here.")
    async def models() -> list[Network]:
        specs = MODELS | {own.name: own}
        return [_network(spec, used=spec.name == own.name) for spec in specs.values()]

    @router.get("/metrics", summary="Counts, for Prometheus.", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        counts = house.tally.expose(places=house.workshop.occupied, jobs=len(house.jobs))
        return PlainTextResponse(counts, media_type=MEDIA_TYPE)

    return router


def _network(spec: ModelSpec, *, used: bool) -> Network:
    return Network(
        name=spec.name,
        parameters=spec.parameters,
        size=spec.size,
        hints=spec.hints,
        license=spec.license,
        used=used,
    )
