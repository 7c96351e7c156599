"""CDS clients: a JWT for each request, as CDS Hooks 2.0.1 has it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seriatim.service import logs
from seriatim.service.auth import claims as claim
from seriatim.service.auth import keys
from seriatim.service.auth.jose import take_apart, verify
from seriatim.service.auth.refusals import bearer, refused, unavailable
from seriatim.service.clients import Client
from seriatim.store import StoreError

if TYPE_CHECKING:
    from starlette.requests import Request

    from seriatim.service.auth.jose import Token
    from seriatim.service.context import Context
    from seriatim.service.settings import CdsClient

_RETRY = 5
_PATIENCE = 5.0
"""Seconds that the store may take to note a token."""


class CdsTokens:
    """Tells which configured CDS client signed a request."""

    def __init__(self, context: Context) -> None:
        self.context = context
        settings = context.settings
        self.clients = {each.iss: each for each in settings.cds_clients}
        self.sources = {each.iss: _source(each) for each in settings.cds_clients}

    async def client(self, request: Request) -> Client:
        """The client; raises Problem 401 with the reason, 503 if it cannot be told now."""
        settings = self.context.settings
        token = take_apart(bearer(request), settings.jwt_algorithms, ("jwt",))
        known = self._issuer(token)
        verify(token, await self.sources[known.iss].find(token.kid, token.alg))
        path = request.scope["path"]
        claim.check_audience(token.claims, [base + path for base in settings.base_urls])
        now = self.context.clock()
        end = claim.check_times(
            token.claims, now.timestamp(), settings.jwt_leeway, settings.jwt_max_life
        )
        jti = claim.text(token.claims, "jti")
        await self._use_once(known.iss, jti, datetime.fromtimestamp(end, UTC), now)
        return Client(known.name, "cds")

    def _issuer(self, token: Token) -> CdsClient:
        """Whom the token claims to be from; its `jku` is compared and never called."""
        known = self.clients.get(claim.text(token.claims, "iss", 2000))
        if known is None:
            raise refused("issuer-unknown", "The issuer (iss) is none of the configured ones.")
        if "jku" in token.header and (known.jku is None or token.header["jku"] != known.jku):
            raise refused("jku-refused", "The header's jku is not the configured one.")
        return known

    async def _use_once(self, issuer: str, jti: str, end: datetime, now: datetime) -> None:
        """Note the token for all workers, until it ends; raises Problem 401 if it was noted."""
        try:
            async with asyncio.timeout(_PATIENCE):
                first = await asyncio.to_thread(self.context.store.first_use, issuer, jti, end, now)
        except (StoreError, TimeoutError) as error:
            logs.logger().error("store_failed", **logs.failure(error))
            raise unavailable("Whether it was used before cannot be told.", _RETRY) from None
        if not first:
            raise refused("token-replayed", "A token with this jti was used before.")


def _source(client: CdsClient) -> keys.KeySource:
    if client.jwks_file:
        return keys.KeySource(client.name, keys.from_file(client.jwks_file))
    return keys.KeySource(client.name, keys.from_url(client.jku or ""))
