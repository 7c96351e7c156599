"""Cross-origin calls: an allow-list of origins, preflights included; never credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import Response

from seriatim.service import problems
from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from seriatim.service.context import Context

METHODS = ("GET", "POST")
HEADERS = ("authorization", "content-type", "accept", "if-none-match", "x-request-id")
EXPOSED = ("etag", "link", "retry-after", "www-authenticate", "x-request-id")
_SECONDS = 600


class Cors:
    """Pure ASGI middleware. Preflights are answered here: a browser sends them without a token."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self.app = app
        self.origins = frozenset(context.settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let the request through and tell who may read the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        allowed = origin in self.origins

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"vary", b"Origin")]
                if allowed:
                    message["headers"] += _for_origin(origin)
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            response = _preflight(headers) if allowed else problems.response(_refused(), scope)
            await response(scope, receive, answer)
            return
        await self.app(scope, receive, answer)


def _preflight(asked: Headers) -> Response:
    headers = {
        "access-control-allow-methods": ", ".join(METHODS),
        "access-control-allow-headers": ", ".join(HEADERS),
        "access-control-max-age": str(_SECONDS),
        "vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    if asked.get("access-control-request-private-network") == "true":
        headers["access-control-allow-private-network"] = "true"
    return Response(status_code=204, headers=headers)


def _for_origin(origin: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", ", ".join(EXPOSED).encode()),
    ]


def _refused() -> Problem:
    return Problem(
        403,
        "origin-not-allowed",
        "Pages of this origin may not call",
        "Add the page's origin to the setting cors_origins.",
    )
