"""One application for all tests of REST, over the shipped knowledge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.service.app import create_app
from seriatim.service.settings import Settings
from service.conftest import Caller, KeptInMemory

if TYPE_CHECKING:
    from fastapi import FastAPI

    from seriatim.pipeline import Engine

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def kept() -> KeptInMemory:
    return KeptInMemory()


@pytest.fixture(scope="session")
def rest_app(engine: Engine, kept: KeptInMemory) -> FastAPI:
    return create_app(Settings(), engine=engine, store=kept, clock=lambda: NOW)  # type: ignore[arg-type]


@pytest.fixture
def rest(rest_app: FastAPI) -> Caller:
    """Calls below `/api/v1`."""
    return Caller(rest_app)


@pytest.fixture
def description(rest: Caller) -> dict[str, Any]:
    return dict(rest.get("/api/v1/openapi.json").json())
