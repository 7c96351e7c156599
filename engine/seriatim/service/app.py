"""The application: its routers, its middleware and what happens at its start and end."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from seriatim._version import __version__
from seriatim.pipeline import Engine
from seriatim.service import hooks, problems, rest
from seriatim.service.context import Context, now
from seriatim.service.gate import Gate
from seriatim.service.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from seriatim.service.settings import Settings
    from seriatim.store import Store


def create_app(
    settings: Settings,
    *,
    engine: Engine | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The service over the given parts; what is not given is made from the settings.

    Raises KnowledgeError if the knowledge does not check and StoreError if there is no store.
    """
    context = Context(
        engine=engine or _engine(settings),
        settings=settings,
        store=store or _store(settings),
        clock=clock or now,
        metrics=Metrics(),
    )
    app = FastAPI(
        title="Seriatim", version=__version__, lifespan=_lifespan, docs_url=None, redoc_url=None
    )
    app.state.context = context
    app.state.gate = Gate(context)
    app.add_exception_handler(problems.Problem, _answer)
    for package in (rest, hooks):
        make = getattr(package, "router", None)
        if make is not None:
            app.include_router(make(context))
    return app


def _engine(settings: Settings) -> Engine:
    from seriatim.knowledge.load import load_knowledge  # noqa: PLC0415 - not if one is given

    return Engine(load_knowledge(settings.knowledge))


def _store(settings: Settings) -> Any:
    from seriatim.store import Store  # noqa: PLC0415 - not if one is given

    return Store.open(settings.store or "sqlite:///seriatim.sqlite", migrate=settings.store_migrate)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.context.store.close()


async def _answer(request: Request, problem: Any) -> Response:
    return problems.response(problem, request.scope)
