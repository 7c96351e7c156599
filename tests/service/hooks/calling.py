"""Calls the CDS services as a client would, and holds every answer against the specification."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from service.hooks.invariants import assert_valid_outcome, assert_valid_response

BASE = "http://127.0.0.1:8000"


@dataclass
class Kept:
    """A store that keeps what it is given, for a test to look at."""

    shown: list[Any] = field(default_factory=list)
    feedback: list[Any] = field(default_factory=list)

    def record_shown(self, shown: Any) -> None:
        self.shown.append(shown)

    def record_feedback(self, feedback: Any) -> None:
        self.feedback.extend(feedback)

    def healthy(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Caller:
    """Posts to an ASGI application as if there were a server around it."""

    app: Any

    def post(self, url: str, **given: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.post(url, **given)

        return asyncio.run(call())


@dataclass
class Hooks:
    """Calls the services; every answer is held against the specification."""

    client: Any
    store: Any

    def post(self, body: Any, service: str | None = None) -> httpx.Response:
        """As a client would; anything that is not bytes is sent as JSON."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        name = service or f"seriatim-{body['hook']}"
        answer = self.client.post(
            f"/cds-services/{name}", content=sent, headers={"Content-Type": "application/json"}
        )
        if answer.status_code != 200:
            assert 400 <= answer.status_code < 500, answer.text
            assert_valid_outcome(answer.json())
        return answer

    def cards(self, body: Any) -> list[dict[str, Any]]:
        """The cards of a call that must be answered."""
        answer = self.post(body)
        assert answer.status_code == 200, answer.text
        return assert_valid_response(answer.json())

    def refusal(self, body: Any, status: int, service: str | None = None) -> str:
        """The text of a call that must be refused."""
        answer = self.post(body, service)
        assert answer.status_code == status, answer.text
        return "\n".join(assert_valid_outcome(answer.json()))
