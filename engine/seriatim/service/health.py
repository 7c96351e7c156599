"""For whoever runs the service: is it alive, can it answer, and its metrics."""

from __future__ import annotations

import asyncio
import hmac
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from seriatim.model.profile import PatientProfile
from seriatim.service import logs
from seriatim.service.edge.address import is_forwarded
from seriatim.service.problems import Problem
from seriatim.service.settings import is_loopback

if TYPE_CHECKING:
    from seriatim.service.context import Context

_KEEP = 1.0
"""Seconds for which what was found stands, however often it is asked."""
_PATIENCE = 2.0
"""Seconds that the store may take to say how it is."""
_READ = ["GET", "HEAD"]
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


class Readiness:
    """Whether the engine answers as it did at start, and the store takes what it is given."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.profile = _known_profile(context)
        self.expected = context.engine.look_up(self.profile).report_id
        self._found: dict[str, str] = {}
        self._until = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def check(self) -> dict[str, str]:
        """Each part with `ok` or `failed`."""
        async with self._one_at_a_time:
            if monotonic() >= self._until:
                self._found = {"engine": self._engine(), "store": await self._store()}
                self._until = monotonic() + _KEEP
            return self._found

    def _engine(self) -> str:
        try:
            same = self.context.engine.look_up(self.profile).report_id == self.expected
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not ready
            logs.logger().error("engine_failed", **logs.failure(error))
            return "failed"
        return "ok" if same else "failed"

    async def _store(self) -> str:
        try:
            async with asyncio.timeout(_PATIENCE):
                healthy = await asyncio.to_thread(self.context.store.healthy)
        except Exception as error:  # noqa: BLE001 - as above
            logs.logger().error("store_failed", **logs.failure(error))
            return "failed"
        return "ok" if healthy else "failed"


def router(context: Context) -> APIRouter:
    """`/health/live`, `/health/ready` and `/metrics`."""
    routes = APIRouter(include_in_schema=False)
    readiness = Readiness(context)

    @routes.api_route("/health/live", methods=_READ)
    async def live() -> dict[str, Any]:
        return {"status": "live"}

    @routes.api_route("/health/ready", methods=_READ)
    async def ready() -> dict[str, Any]:
        found = await readiness.check()
        if failed := sorted(name for name, state in found.items() if state != "ok"):
            raise Problem(
                503,
                "not-ready",
                "The service cannot answer now",
                f"Failed: {', '.join(failed)}.",
                headers={"Retry-After": "5"},
            )
        return {"status": "ready", **found}

    @routes.api_route("/metrics", methods=_READ)
    async def metrics(request: Request) -> Response:
        _may_read(request, context)
        return Response(context.metrics.text(), media_type=EXPOSITION)

    return routes


def _known_profile(context: Context) -> PatientProfile:
    """A profile that the knowledge knows: the diagnosis of its first course."""
    for each in context.engine.cases.values():
        if each.diagnosis.concept:
            return PatientProfile.model_validate({"diagnoses": [each.diagnosis.concept]})
    return PatientProfile.model_validate({})


def _may_read(request: Request, context: Context) -> None:
    settings = context.settings
    if settings.metrics == "off":
        raise Problem(404, "not-found", "There is nothing here")
    if settings.metrics == "token":
        given = request.headers.get("authorization", "")
        digest = sha256(given.removeprefix("Bearer ").encode()).hexdigest()
        if not hmac.compare_digest(digest, settings.metrics_token or ""):
            raise Problem(
                401,
                "metrics-token-wanted",
                "The metrics are shown with their token only",
                "Send Authorization: Bearer with the token whose hash is metrics_token.",
                headers={"WWW-Authenticate": 'Bearer realm="seriatim"'},
            )
        return
    # behind a proxy on the same machine, everyone comes from loopback
    peer = request.client.host if request.client else ""
    proxied = is_loopback(settings.host) and not settings.is_private
    if proxied or is_forwarded(request.scope) or not is_loopback(peer):
        raise Problem(
            403,
            "metrics-on-loopback-only",
            "The metrics are shown to this machine only",
            "Set metrics to token, and metrics_token, to read them from elsewhere.",
        )
