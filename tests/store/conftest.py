"""An empty store on either database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from store_server import Server, binaries

from seriatim.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL server."""
    found = binaries()
    if found is None:
        reason = "PostgreSQL is not installed: no initdb on PATH or in /usr/lib/postgresql"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    running = Server(found)
    try:
        running.start()
        yield running
    finally:
        running.remove()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def postgresql_url(server: Server) -> str:
    return server.empty_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    made: str = request.getfixturevalue(f"{request.param}_url")
    return made


@pytest.fixture
def open_store() -> Iterator[Callable[..., Store]]:
    """Opens stores that are closed after the test."""
    opened: list[Store] = []

    def opening(url: str, *, migrate: bool = True, queue: int = 10_000) -> Store:
        opened.append(Store.open(url, migrate=migrate, queue=queue))
        return opened[-1]

    yield opening
    for each in opened:
        each.close(timeout=1)


@pytest.fixture
def store(url: str, open_store: Callable[..., Store]) -> Store:
    """An empty store on each kind of database."""
    return open_store(url)
