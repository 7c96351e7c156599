"""Lets callers in, or says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.service.clients import ANONYMOUS, Client

if TYPE_CHECKING:
    from starlette.requests import Request

    from seriatim.service.context import Context


class Gate:
    """Who may call what, as the settings have it."""

    def __init__(self, context: Context) -> None:
        self.context = context

    async def cds(self, request: Request) -> Client:
        """The CDS client that calls."""
        del request
        return ANONYMOUS

    async def rest(self, request: Request) -> Client:
        """The REST client that calls."""
        del request
        return ANONYMOUS
