"""The pages a dermatologist uses: the look-up at `/`, and a page for everything that it cites."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from seriatim.figures import warm_up
from seriatim.service.web import letter, library_pages, lookup, sheet
from seriatim.service.web.site import METHODS, Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from seriatim.service.context import Context

PARTS = (lookup, library_pages, sheet, letter)
"""Modules with `routes(site) -> APIRouter`."""


def router(context: Context) -> APIRouter:
    """Every page, and the style sheets and scripts that they use."""
    site = Site(context)
    found = APIRouter(include_in_schema=False, lifespan=_warming(site))
    for path in ("/static/{hash}/{name}", "/static/{name}"):
        found.add_api_route(path, site.assets.serve, methods=METHODS)
    for part in PARTS:
        found.include_router(part.routes(site))
    return found


def _warming(site: Site) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """What starts Vega and the templates beside the first requests, so that none waits long."""

    def warm() -> None:
        site.warm_up()
        warm_up()

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        started = asyncio.create_task(asyncio.to_thread(warm))
        yield
        await asyncio.gather(started, return_exceptions=True)

    return lifespan
