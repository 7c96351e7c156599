"""The CDS Hooks service over the shipped knowledge, and charts to send to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seriatim.service.app import create_app
from seriatim.service.settings import Settings
from service.hooks.calling import Caller, Hooks, Kept
from service.hooks.charts import Charts

if TYPE_CHECKING:
    from fastapi import FastAPI

    from seriatim.pipeline import Engine


@pytest.fixture(scope="session")
def one_app(engine: Engine) -> FastAPI:
    """Made once: the services keep nothing between calls."""
    return create_app(Settings(), engine=engine, store=Kept())


@pytest.fixture
def app(one_app: FastAPI) -> FastAPI:
    return one_app


@pytest.fixture
def store(one_app: FastAPI) -> Kept:
    """What the services store, empty at the start of each test."""
    kept: Kept = one_app.state.context.store
    kept.shown.clear()
    kept.feedback.clear()
    return kept


@pytest.fixture
def hooks(one_app: FastAPI, store: Kept) -> Hooks:
    return Hooks(Caller(one_app), store)


@pytest.fixture(scope="session")
def charts(engine: Engine) -> Charts:
    return Charts(engine.knowledge)
