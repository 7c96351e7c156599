"""The service in this process: as an ASGI application, and behind a real socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from canaries import Lines
from in_memory import BASE, KeptInMemory

from seriatim.pipeline import Engine
from seriatim.service import logs
from seriatim.service.app import create_app
from seriatim.service.settings import Settings
from uvicorn_in_thread import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The shipped knowledge, compiled once."""
    return Engine.default()


@pytest.fixture(scope="session", autouse=True)
def log_lines() -> Iterator[Lines]:
    """Every line that any test of the service makes; at the end, none may hold a canary."""
    lines = Lines()
    yield lines
    assert lines.found() == []


@pytest.fixture(scope="module", autouse=True)
def logged(log_lines: Lines) -> None:
    """Whichever tests came before in this process, lines go to `log_lines`."""
    logs.configure("debug", log_lines)


@pytest.fixture
def store() -> KeptInMemory:
    return KeptInMemory()


@pytest.fixture
def settings() -> Settings:
    """The defaults; a test module may override this fixture."""
    return Settings()


@pytest.fixture
def app(settings: Settings, engine: Engine, store: KeptInMemory) -> FastAPI:
    return create_app(settings, engine=engine, store=store)


class Caller:
    """An httpx client whose calls are plain functions, over the ASGI application itself."""

    def __init__(self, app: Any, base: str = BASE) -> None:
        self.app, self.base = app, base

    def request(self, method: str, url: str, **given: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            # as a server would: an exception that reached it is a 500, not the caller's
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return await client.request(method, url, **given)

        return asyncio.run(call())

    def get(self, url: str, **given: Any) -> httpx.Response:
        return self.request("GET", url, **given)

    def post(self, url: str, **given: Any) -> httpx.Response:
        return self.request("POST", url, **given)

    def options(self, url: str, **given: Any) -> httpx.Response:
        return self.request("OPTIONS", url, **given)


@pytest.fixture
def client(app: FastAPI) -> Caller:
    """Calls the application without a socket; the lifespan is not run."""
    return Caller(app)


@pytest.fixture(scope="session")
def caller() -> Callable[[Any], Caller]:
    """Calls an application of the test's own, as `client` does."""
    return Caller


@pytest.fixture
def serve() -> Iterator[Callable[[Any], Server]]:
    """Starts servers for applications of a test's own and stops them at its end."""
    started: list[Server] = []

    def start(app: Any) -> Server:
        started.append(Server(app))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def server(app: FastAPI, serve: Callable[[Any], Server]) -> Server:
    """A real uvicorn over the application; `server.url` is its address."""
    return serve(app)
