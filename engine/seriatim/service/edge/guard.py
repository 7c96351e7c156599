"""Before anything is read: the Host of a private service, and how often an address may call."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from seriatim.service.edge.address import Addresses, subnet
from seriatim.service.edge.rates import Limit
from seriatim.service.problems import Problem
from seriatim.service.settings import is_loopback

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from seriatim.service.context import Context

PROBES = frozenset({"/health/live", "/health/ready"})
"""Never limited: whoever starts and stops the service asks them."""


class Guard:
    """Pure ASGI middleware; raises Problem."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self.app = app
        self.is_private = context.settings.is_private
        self.limit = Limit(context.settings.rate_address, "address")
        self.addresses = Addresses(context.settings.trusted_proxies)
        self.refused = context.metrics.refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or refuse it."""
        if scope["type"] == "http" and scope["path"] not in PROBES:
            self._check_host(scope)
            address = self.addresses.of(scope)
            scope.setdefault("state", {})["address"] = address
            try:
                self.limit.hit(subnet(address))
            except Problem:
                self.refused.labels("rate_address").inc()
                raise
        await self.app(scope, receive, send)

    def _check_host(self, scope: Scope) -> None:
        """A page whose name was pointed at loopback (DNS rebinding) has another Host."""
        if not self.is_private:
            return
        try:
            host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
        except ValueError:
            host = ""
        if not is_loopback(host):
            self.refused.labels("host").inc()
            raise Problem(
                421,
                "unexpected-host",
                "This service answers on loopback only",
                "Call it as localhost or 127.0.0.1, or set base_url and authentication.",
            )
