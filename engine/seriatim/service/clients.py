"""Who calls: dependencies for the routers; the name is what is stored and logged as `client`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import Request  # noqa: TC002 - FastAPI reads the annotation at run time


@dataclass(frozen=True, slots=True)
class Client:
    """A caller that was let in; `name` is from the settings, never from the request."""

    name: str
    kind: Literal["cds", "rest", "anonymous"]


ANONYMOUS = Client("anonymous", "anonymous")


async def cds_client(request: Request) -> Client:
    """The CDS client that signed the request's JWT.

    Raises Problem 401 with the reason. If no authentication is configured (possible on loopback
    only) everyone is anonymous.
    """
    client: Client = await request.app.state.gate.cds(request)
    request.state.client = client.name
    return client


async def rest_client(request: Request) -> Client:
    """The owner of the request's bearer token.

    Raises Problem 401 or 403 with the reason. If no authentication is configured (possible on
    loopback only) everyone is anonymous.
    """
    client: Client = await request.app.state.gate.rest(request)
    request.state.client = client.name
    return client
