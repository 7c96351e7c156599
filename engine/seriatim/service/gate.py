"""Lets callers in, or says why not; counts how often each may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.service import logs
from seriatim.service.auth.cds import CdsTokens
from seriatim.service.auth.oidc import OidcTokens
from seriatim.service.auth.refusals import bearer, no_token, refused
from seriatim.service.auth.static import PREFIX, client_of
from seriatim.service.clients import ANONYMOUS, Client
from seriatim.service.edge.rates import Limit
from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from seriatim.service.context import Context


class Gate:
    """Who may call what, as the settings have it.

    A side (CDS Hooks or REST) without any configured client is open to everyone only while
    neither side has one and the service cannot be reached from elsewhere; else it is closed.
    """

    def __init__(self, context: Context) -> None:
        settings = self.settings = context.settings
        self.refused = context.metrics.refused
        self.is_open = settings.is_open
        self.limit = Limit(settings.rate_client, "client")
        self._cds = CdsTokens(context) if settings.authenticates_cds else None
        self._oidc = OidcTokens(context, settings.oidc) if settings.oidc else None

    async def cds(self, request: Request) -> Client:
        """The CDS client that calls; raises Problem 401, 429 or 503."""
        return await self._admit(request, self._of_cds)

    async def rest(self, request: Request) -> Client:
        """The REST client that calls; raises Problem 401, 403, 429 or 503."""
        return await self._admit(request, self._of_rest)

    async def _admit(
        self, request: Request, find: Callable[[Request], Awaitable[Client]]
    ) -> Client:
        if self.is_open:
            return ANONYMOUS
        try:
            client = await find(request)
            if client is not ANONYMOUS:  # counted by address
                self.limit.hit(client.name)
        except Problem as problem:
            self.refused.labels(problem.slug).inc()
            address = request.scope["state"].get("address", "unknown")
            logs.logger().warning("refused", reason=problem.slug, address=address)
            raise
        return client

    async def _of_cds(self, request: Request) -> Client:
        if self._cds is None:
            raise no_token("No CDS client is configured (cds_clients).")
        return await self._cds.client(request)

    async def _of_rest(self, request: Request) -> Client:
        reads = request.method in ("GET", "HEAD") and "authorization" not in request.headers
        if reads and self.settings.open_reading:
            return ANONYMOUS
        if not self.settings.authenticates_rest:
            raise no_token("No REST client is configured (rest_tokens or oidc).")
        token = bearer(request)
        if token.startswith(PREFIX) or self._oidc is None:
            return client_of(token, self.settings.rest_tokens)
        if token.count(".") != 2:  # noqa: PLR2004 - header, claims, signature
            raise refused("token-malformed", "A JWT or one of this service's tokens is wanted.")
        return await self._oidc.client(token)
