# SPDX-License-Identifier: Apache-2.0
"""The routes of one photograph: sent as a request's body, answered at once."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from tintype.imaging import files
from tintype.inference.alternatives import Alternative
from tintype.inference.confidence import encode_confidence
from tintype.inference.suggestions import suggest_colors
from tintype.web import archive
from tintype.web.desk import House, at_the_bench, color, led_colorizer, visit
from tintype.web.parameters import Wish, read_wish, refuse_unknown
from tintype.web.problems import documented
from tintype.web.uploads import BODY

_REFUSED = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_PICTURE: dict[int | str, dict[str, Any]] = {
    int(HTTPStatus.OK): {
        "description": "The photograph in colour: the bytes that `tintype colorize` writes; of "
        "several samples, a ZIP of them.",
        "content": {
            "image/*": {"schema": {"type": "string", "format": "binary"}},
            archive.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_MAP: dict[int | str, dict[str, Any]] = {
    int(HTTPStatus.OK): {
        "description": "About as large as the network sees the photograph.",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}

_SEEN = ("size", "tone")  # the options that change what the network sees,
_DRAWN = (*_SEEN, "vividness", "samples", "seed")  # and what is drawn


class SuggestedColor(BaseModel):
    """A colour that a place may have had."""

    color: str = Field(description="#RRGGBB, displayable at the place's own lightness.")
    share: float = Field(description="Of the network's distribution there, 0 to 1.")


class PlacedHint(BaseModel):
    """A place whose colour is known."""

    x: float = Field(description="Column, pixels of the upright photograph.")
    y: float = Field(description="Row, pixels of the upright photograph.")
    color: str = Field(description="#RRGGBB.")
    radius: float | None = Field(None, description="Pixels; null for the default.")


class DrawnAlternative(BaseModel):
    """A colouring that a photograph may have had."""

    hints: list[PlacedHint] = Field(description="Those that were sent, and those that make it.")
    likelihood: float = Field(description="Mean share of its colours, 0 to 1.")


def photograph_routes(house: House) -> APIRouter:
    """The routes of one photograph.

    Args:
        house: what all requests share.
    """
    router = APIRouter(prefix="/v1", dependencies=[Depends(refuse_unknown)])
    read = read_wish(house.limits, hints=True, samples=True)

    @router.post(
        "/colorize",
        summary="Colour one photograph.",
        response_class=Response,
        responses=_PICTURE | _REFUSED,
        openapi_extra=BODY,
    )
    async def colorize(request: Request, wish: Annotated[Wish, Depends(read)]) -> Response:
        async with visit(house, request) as (place, arrived):
            return await color(house, request, wish, place, arrived)

    @router.post(
        "/suggest",
        summary="Say which colours a place is likely to have had.",
        responses=_REFUSED,
        openapi_extra=BODY,
    )
    async def suggest(
        request: Request,
        x: Annotated[float, Query(description="Column, pixels of the upright photograph.")],
        y: Annotated[float, Query(description="Row, pixels of the upright photograph.")],
        count: Annotated[int, Query(description="Colours at most.", ge=1, le=32)] = 8,
    ) -> list[SuggestedColor]:
        async with visit(house, request) as (place, arrived):

            def work() -> list[SuggestedColor]:
                photograph = files.read(arrived.source, max_pixels=house.limits.pixels)
                engine = led_colorizer(house, arrived.reference).engine
                found = suggest_colors(engine, photograph, x=x, y=y, count=count)
                return [SuggestedColor(color=row.color, share=row.share) for row in found]

            suggested = await at_the_bench(house, request, place, work)
        place.give_back()
        return suggested

    _add_alternatives(router, house)
    _add_confidence(router, house)
    return router


def _add_alternatives(router: APIRouter, house: House) -> None:
    read = read_wish(house.limits, hints=True, samples=True, only=_DRAWN)

    @router.post(
        "/alternatives",
        summary="Draw other colourings that it may have had, as hints to colour it with.",
        responses=_REFUSED,
        openapi_extra=BODY,
    )
    async def alternatives(
        request: Request, wish: Annotated[Wish, Depends(read)]
    ) -> list[DrawnAlternative]:
        async with visit(house, request) as (place, arrived):

            def work() -> list[DrawnAlternative]:
                photograph = files.read(arrived.source, max_pixels=house.limits.pixels)
                found = led_colorizer(house, arrived.reference).alternatives(
                    photograph,
                    wish.options,
                    wish.hints,
                    samples=wish.sampling.samples,
                    seed=wish.sampling.seed,
                )
                return [_drawn(one) for one in found]

            drawn = await at_the_bench(house, request, place, work)
        place.give_back()
        return drawn


def _drawn(alternative: Alternative) -> DrawnAlternative:
    hints = [PlacedHint(**asdict(hint)) for hint in alternative.hints]
    return DrawnAlternative(hints=hints, likelihood=alternative.likelihood)


def _add_confidence(router: APIRouter, house: House) -> None:
    read = read_wish(house.limits, hints=True, only=_SEEN)

    @router.post(
        "/confidence",
        summary="Map how sure the network is of its colours: a grey PNG, black where it is not.",
        response_class=Response,
        responses=_MAP | _REFUSED,
        openapi_extra=BODY,
    )
    async def confidence(request: Request, wish: Annotated[Wish, Depends(read)]) -> Response:
        async with visit(house, request) as (place, arrived):

            def work() -> bytes:
                photograph = files.read(arrived.source, max_pixels=house.limits.pixels)
                colorizer = led_colorizer(house, arrived.reference)
                return encode_confidence(colorizer.confidence(photograph, wish.options, wish.hints))

            mapped = await at_the_bench(house, request, place, work)
        place.give_back()
        return Response(mapped, media_type="image/png", headers={"Cache-Control": "no-store"})
