"""The routes of CDS Hooks 2.0.1; errors become OperationOutcomes where all errors are rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from seriatim.service.body import json_body
from seriatim.service.clients import cds_client
from seriatim.service.hooks.answering import Answering
from seriatim.service.hooks.call import read_call, service_of
from seriatim.service.hooks.feedback import read_feedback, summary_of
from seriatim.service.hooks.services import discovery
from seriatim.service.problems import HOOKS_PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.routing import Match
    from starlette.types import Scope

    from seriatim.service.context import Context

    Endpoint = Callable[[Request], Awaitable[Response]]

_encode = msgspec.json.Encoder().encode


class HookRoute(Route):
    """A route that tells logs and metrics its template, as FastAPI's own do.

    What FastAPI does beside that (dependencies, forms, stacks of contexts) is not needed here and
    would be a twentieth of a call. CDS Hooks describes itself, so OpenAPI leaves these routes out.
    """

    def __init__(self, method: str, path: str, endpoint: Endpoint) -> None:
        super().__init__(f"{HOOKS_PATH}{path}", endpoint, methods=[method], include_in_schema=False)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As Starlette does it, with the route itself for `edge.record`."""
        match, found = super().matches(scope)
        return match, {**found, "route": self} if found else found


def routes(context: Context) -> list[HookRoute]:
    """The routes over a context."""
    answering = Answering(context)
    services = _encode(discovery())
    outcomes = context.metrics.counter("seriatim_feedback", "Feedback, by outcome.", ("outcome",))

    async def discover(request: Request) -> Response:
        await cds_client(request)
        return Response(services, media_type="application/json")

    async def call(request: Request) -> Response:
        client = await cds_client(request)
        service = service_of(request.path_params["service_id"])
        body = await json_body(request, context)
        return _json(await answering.answer(read_call(body, service), client.name))

    async def feedback(request: Request) -> Response:
        client = await cds_client(request)
        service = service_of(request.path_params["service_id"])
        body = await json_body(request, context)
        entries = read_feedback(body, service, answering.codes, client.name, context.clock())
        # committed and synced before the answer; the writing waits for the disk, not the loop
        await run_in_threadpool(context.store.record_feedback, entries)
        for outcome, count in summary_of(entries).items():
            outcomes.labels(outcome).inc(count)
        return Response(status_code=200)

    return [
        HookRoute("POST", "/{service_id}", call),
        HookRoute("POST", "/{service_id}/feedback", feedback),
        HookRoute("GET", "", discover),
        HookRoute("GET", "/", discover),
    ]


def _json(content: Any) -> Response:
    return Response(_encode(content), media_type="application/json")
