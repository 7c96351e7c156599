"""Outermost: a request id, one log line, metrics and the security headers on every answer."""

from __future__ import annotations

import re
import uuid
from time import perf_counter
from typing import TYPE_CHECKING

import structlog

from seriatim.service import logs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from seriatim.service.context import Context

_UUID = re.compile(rb"[0-9a-fA-F]{8}(-?)(?:[0-9a-fA-F]{4}\1){3}[0-9a-fA-F]{12}\Z")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
GONE = 499
"""Logged when the caller left before there was an answer."""
_YEAR = 31_536_000

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""On every answer."""
UNLESS_SET = {"content-security-policy": CSP, "cache-control": "no-store"}
"""On every answer that does not bring its own; only what has no patient in it may be cached."""


class Record:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self.app = app
        self.metrics = context.metrics
        always = dict(ALWAYS)
        if (context.settings.base_url or "").startswith("https:"):
            always["strict-transport-security"] = f"max-age={_YEAR}"
        self.always = _raw(always)
        self.unless_set = _raw(UNLESS_SET)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = GONE

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._complete(message, scope, request_id)
            await send(message)

        started = perf_counter()
        self.metrics.in_flight.inc()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self.app(scope, receive, answer)
        finally:
            self.metrics.in_flight.dec()
            self._note(scope, status, perf_counter() - started)

    def _complete(
        self, message: Message, scope: Scope, request_id: str
    ) -> list[tuple[bytes, bytes]]:
        headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
        names = {name.lower() for name, _value in headers}
        headers += [each for each in self.unless_set if each[0] not in names]
        headers += self.always
        headers.append((b"x-request-id", request_id.encode()))
        if scope["method"] == "POST":  # a body came in: what goes out is about a patient
            headers = [each for each in headers if each[0].lower() != b"cache-control"]
            headers.append((b"cache-control", b"no-store"))
        return headers

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = route_of(scope)
        self.metrics.requests.labels(method, route, str(status)).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        logs.logger().info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            client=scope["state"].get("client", "unknown"),
        )


def route_of(scope: Scope) -> str:
    """The template of the route that was called, never the path itself."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "none"


def _request_id(scope: Scope) -> str:
    """The caller's, if it is a UUID: anything freer could carry a name into the logs."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return value.decode().lower() if _UUID.match(value) else str(uuid.uuid4())
    return str(uuid.uuid4())


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
