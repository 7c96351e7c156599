"""A FHIR server on loopback that does what real ones do, and what hostile ones would."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class FhirServer:
    """An ASGI application. `answers` maps `Condition` or `Medication/m` to what is said there.

    An answer is a resource, bytes, a (status, headers, body) triple, or a coroutine function of
    (send, receive) that does as it likes. What is not there is an empty Bundle, or 404 for a read.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    base: str = "/r4"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path = scope["path"].removeprefix(f"{self.base}/")
        query = scope["query_string"].decode()
        self.asked.append(f"{path}?{query}" if query else path)
        self.headers.append({key.decode(): value.decode() for key, value in scope["headers"]})
        answer = self.answers.get(self.asked[-1], self.answers.get(path))
        if answer is None:
            empty = {"resourceType": "Bundle", "type": "searchset"}
            answer = empty if "/" not in path else (404, {}, b"")
        if callable(answer):
            await answer(send, receive)
            return
        status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
        await start(send, status, headers)
        await send({"type": "http.response.body", "body": plain(body)})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})


def plain(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


async def start(send: Any, status: int = 200, headers: Any = None) -> None:
    given = {"content-type": "application/fhir+json", **(headers or {})}
    pairs = [(key.encode(), value.encode()) for key, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def gone(receive: Any) -> None:
    """When the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def stall(send: Any, receive: Any) -> None:
    """Begins an answer and never ends it."""
    await start(send)
    await gone(receive)


async def endless(send: Any, receive: Any) -> None:
    """A body that does not stop."""
    await start(send)
    await send({"type": "http.response.body", "body": b'{"a":"', "more_body": True})
    left = asyncio.create_task(gone(receive))
    while not left.done():
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        await asyncio.sleep(0)


def free_port() -> socket.socket:
    """A socket that listens on loopback."""
    return socket.create_server(("127.0.0.1", 0))


@contextmanager
def running(app: Any, listener: socket.socket | None = None) -> Iterator[str]:
    """Uvicorn over an application, in a thread, on a free port of loopback; its address."""
    config = uvicorn.Config(app, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with listener or free_port() as own:
        thread = threading.Thread(target=server.run, args=([own],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            thread.join(0.01)
        yield f"http://127.0.0.1:{own.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
