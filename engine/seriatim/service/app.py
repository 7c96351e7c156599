"""The application: its routers, its middleware and what happens at its start and end."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from seriatim._version import __version__
from seriatim.pipeline import Engine
from seriatim.service import health, hooks, logs, problems, rest, web
from seriatim.service.context import Context, now
from seriatim.service.edge.cors import Cors
from seriatim.service.edge.errors import Errors
from seriatim.service.edge.guard import Guard
from seriatim.service.edge.record import Record
from seriatim.service.gate import Gate
from seriatim.service.metrics import Metrics
from seriatim.service.places import store_url
from seriatim.service.problems import ALLOW, Fault, Problem
from seriatim.store import Store, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from fastapi.telemetry import TelemetryConfig
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

    from seriatim.service.settings import Settings

_NO_STORE = Problem(
    503,
    "store-unavailable",
    "The store is not available now",
    "Nothing was stored; send the request again in a moment.",
    headers={"Retry-After": "5"},
)
_NO_TRACES: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI would send paths and the texts of exceptions to whatever collector the machine has."""
_INWARDS = (Record, Cors, Errors, Guard)
"""What a request passes, in this order, before a route sees it."""


def create_app(
    settings: Settings,
    *,
    engine: Engine | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The service over the given parts; what is not given is made from the settings.

    The store is closed when the application shuts down. Raises KnowledgeError if the knowledge
    does not check, and what `Store.open` raises if there is no store.
    """
    if not logs.is_configured():
        logs.configure(settings.log_level)
    context = Context(
        engine=engine or Engine.at(settings.knowledge),
        settings=settings,
        store=store or _store(settings),
        clock=clock or now,
        metrics=Metrics(),
    )
    _watch_store(context)
    # REST serves its own description; the pages of FastAPI load scripts from elsewhere
    app = FastAPI(
        title="Seriatim",
        version=__version__,
        lifespan=_lifespan,
        openapi_url=None,
        redirect_slashes=False,  # they are made from the Host header, and drop https and the path
        telemetry=_NO_TRACES,
    )
    app.state.context = context
    app.state.gate = Gate(context)
    _handle_errors(app)
    for layer in reversed(_INWARDS):
        app.add_middleware(layer, context=context)
    app.router.routes += hooks.routes(context)  # the most often called first
    for package in (health, web, rest):
        app.include_router(package.router(context))
    return app


def _store(settings: Settings) -> Store:
    return Store.open(store_url(settings), migrate=settings.store_migrate)


def _watch_store(context: Context) -> None:
    """Metrics of what waits to be stored and what was lost, as far as the store counts it."""
    for name, text in (
        ("shown_waiting", "Records of what was shown that wait to be written."),
        ("shown_dropped", "Records of what was shown that were lost."),
        ("shown_failures", "Failed attempts to write what was shown."),
    ):
        context.metrics.watch(f"seriatim_{name}", text, context.store, name)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    logs.logger().info("started", version=__version__, knowledge=context.engine.knowledge.hash)
    yield
    await asyncio.to_thread(context.store.close)
    logs.logger().info("stopped")


def _handle_errors(app: FastAPI) -> None:
    async def of_problem(request: Request, problem: Any) -> Response:
        return problems.response(problem, request.scope)

    async def of_http(request: Request, error: Any) -> Response:
        return problems.response(_of_http(error, request.scope), request.scope)

    async def of_validation(request: Request, error: Any) -> Response:
        return problems.response(_of_validation(error.errors()), request.scope)

    async def of_store(request: Request, error: Any) -> Response:
        logs.logger().error("store_failed", **logs.failure(error))
        return problems.response(_NO_STORE, request.scope)

    app.add_exception_handler(Problem, of_problem)
    app.add_exception_handler(StoreError, of_store)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_validation)


def _of_http(error: HTTPException, scope: Scope) -> Problem:
    """What Starlette raises: no such path, or not with this method."""
    title = HTTPStatus(error.status_code).phrase
    slug = title.lower().replace(" ", "-")
    headers = dict(error.headers or {})
    if "Allow" in headers:
        own = getattr(scope.get("endpoint"), ALLOW, None)  # one endpoint may take them all
        headers["Allow"] = own or ", ".join(sorted(headers["Allow"].split(", ")))
    return Problem(error.status_code, slug, title, headers=headers)


def _of_validation(errors: Sequence[Any]) -> Problem:
    """What FastAPI finds in parameters; what was given is not repeated."""
    faults = [Fault(_pointer(each["loc"]), str(each["msg"])) for each in errors]
    return Problem(422, "invalid-request", "The request does not fit", errors=faults[:50])


def _pointer(place: Sequence[Any]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in place)
    return "".join(f"/{part}" for part in parts)
