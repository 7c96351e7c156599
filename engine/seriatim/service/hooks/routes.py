"""The routes of CDS Hooks 2.0.1; errors become OperationOutcomes where all errors are rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from seriatim.service.body import json_body
from seriatim.service.clients import Client, cds_client
from seriatim.service.hooks.answering import Answering
from seriatim.service.hooks.call import read_call, service_of
from seriatim.service.hooks.feedback import read_feedback, summary_of
from seriatim.service.hooks.services import discovery

if TYPE_CHECKING:
    from seriatim.service.context import Context

Caller = Annotated[Client, Depends(cds_client)]
_encode = msgspec.json.Encoder().encode


def router(context: Context) -> APIRouter:
    """The routes over a context; CDS Hooks describes itself, so OpenAPI leaves them out."""
    answering = Answering(context)
    services = _encode(discovery())
    outcomes = context.metrics.counter("seriatim_feedback", "Feedback, by outcome.", ("outcome",))
    routes = APIRouter(prefix="/cds-services", include_in_schema=False)

    @routes.get("")
    @routes.get("/")
    async def discover(client: Caller) -> Response:
        del client
        return Response(services, media_type="application/json")

    @routes.post("/{service_id}")
    async def call(service_id: str, request: Request, client: Caller) -> Response:
        service = service_of(service_id)
        body = await json_body(request, context)
        return _json(await answering.answer(read_call(body, service), client.name))

    @routes.post("/{service_id}/feedback")
    async def feedback(service_id: str, request: Request, client: Caller) -> Response:
        service = service_of(service_id)
        body = await json_body(request, context)
        entries = read_feedback(body, service, answering.codes, client.name, context.clock())
        # committed and synced before the answer; the writing waits for the disk, not the loop
        await run_in_threadpool(context.store.record_feedback, entries)
        for outcome, count in summary_of(entries).items():
            outcomes.labels(outcome).inc(count)
        return Response(status_code=200)

    return routes


def _json(content: Any) -> Response:
    return Response(_encode(content), media_type="application/json")
