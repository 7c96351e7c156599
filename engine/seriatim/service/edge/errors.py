"""Turns whatever was raised into an answer; of what nobody expected, only type and place remain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from seriatim.service import logs, problems
from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from seriatim.service.context import Context


class Errors:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        del context
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through and answer for what was raised, if no answer has begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except ClientDisconnect:
            return
        except Problem as problem:
            found = problem
        except asyncio.CancelledError:
            if begun:
                raise
            # stopped for taking longer than a shutdown may: say so while there is a connection
            found = stopping()
        except Exception as error:  # noqa: BLE001 - the last resort of every request
            logs.logger().error("failed", **logs.failure(error))
            found = unexpected()
        if not begun:
            await problems.response(found, scope)(scope, receive, send)


def unexpected() -> Problem:
    """500, without any detail of what happened."""
    return Problem(
        500,
        "internal-error",
        "Something went wrong here",
        "Please report it with the request id, without identifiers of a patient.",
    )


def stopping() -> Problem:
    """503 to what was not finished when the service stopped."""
    return Problem(
        503,
        "stopping",
        "The service is stopping",
        "Send the request again in a moment.",
        headers={"Retry-After": "5", "Connection": "close"},
    )
