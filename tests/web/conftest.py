"""The pages: called in this process, served on loopback, and opened in a browser."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from papers import Papers

from seriatim.pipeline import Engine
from seriatim.service import logs
from seriatim.service.app import create_app
from seriatim.service.settings import Settings
from uvicorn_in_thread import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page

BASE = "http://127.0.0.1:8000"
CHROMIUM = shutil.which("chromium")


@dataclass
class Nothing:
    """A store that notes everything that it is given."""

    given: list[Any] = field(default_factory=list)
    shown_waiting: int = 0
    shown_dropped: int = 0
    shown_failures: int = 0

    def record_shown(self, shown: Any) -> bool:
        self.given.append(shown)
        return True

    def record_feedback(self, feedback: Any) -> int:
        self.given.append(feedback)
        return 0

    def healthy(self) -> bool:
        return True

    def close(self) -> None:
        pass


class Caller:
    """An httpx client whose calls are plain functions, over the ASGI application itself."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def request(self, method: str, url: str, **given: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, url, **given)

        # in a thread of its own: in this one the browser's loop may be running
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, call()).result()

    def get(self, url: str, **given: Any) -> httpx.Response:
        return self.request("GET", url, **given)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The shipped knowledge, compiled once."""
    return Engine.default()


@pytest.fixture(scope="session")
def store() -> Nothing:
    return Nothing()


@pytest.fixture(scope="session")
def log_lines() -> io.StringIO:
    """Every line that any test of the pages makes."""
    return io.StringIO()


@pytest.fixture(scope="module", autouse=True)
def logged(log_lines: io.StringIO) -> None:
    """Whichever tests came before in this process, lines go to `log_lines`."""
    logs.configure("debug", log_lines)


@pytest.fixture(scope="session")
def app(engine: Engine, store: Nothing) -> FastAPI:
    return create_app(Settings(), engine=engine, store=store)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Caller:
    """Calls the application without a socket; the lifespan is not run."""
    return Caller(app)


@pytest.fixture(scope="session")
def server(app: FastAPI) -> Iterator[Server]:
    """A real uvicorn over the application; `server.url` is its address."""
    found = Server(app)
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def http(server: Server) -> Iterator[httpx.Client]:
    """Calls the served pages as a browser without scripts would."""
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def papers(engine: Engine) -> Papers:
    """Makes sheets and letters without the service."""
    return Papers(engine)


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Browser]:
    """Debian's Chromium; without it, browser tests are skipped, but not where CI is set.

    One for each module: while it runs, no other test of this process could run a loop.
    """
    del server
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only with a browser

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of a new profile, at the size of a small laptop; it must log no error of a script."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    found = context.new_page()
    wrong: list[str] = []
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda said: wrong.append(said.text) if _is_wrong(said.text) else None)
    yield found
    context.close()
    assert wrong == []


def _is_wrong(said: str) -> bool:
    """Anything of the content security policy; a status of 4xx is no error of a script."""
    return "Content Security Policy" in said or "Refused to" in said
