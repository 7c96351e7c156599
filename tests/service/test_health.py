"""Alive, ready, and the metrics: who may read them, and that their labels are bounded."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from canaries import GIVEN
from prometheus_client.parser import text_string_to_metric_families
from signing import bearer

from seriatim.service import health
from seriatim.service.app import create_app
from seriatim.service.auth.static import new_token
from seriatim.service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller, KeptInMemory
    from fastapi import FastAPI

    from seriatim.pipeline import Engine

Make = Any


@pytest.fixture
def make(engine: Engine, store: KeptInMemory, caller: Callable[..., Caller]) -> Make:
    return lambda **given: caller(create_app(Settings(**given), engine=engine, store=store))


def test_alive_and_ready(client: Caller) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    ready = {"status": "ready", "engine": "ok", "store": "ok"}
    assert client.get("/health/ready").json() == ready


def test_not_ready_without_a_store(client: Caller, store: KeptInMemory) -> None:
    store.is_healthy = False
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["detail"]) == (503, "Failed: store.")
    assert client.get("/health/live").status_code == 200
    store.is_healthy = True
    assert client.get("/health/ready").status_code == 503, "asked again within a second"


def test_a_store_that_hangs_is_not_waited_for(
    client: Caller, store: KeptInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event  # noqa: PLC0415

    release = Event()
    monkeypatch.setattr(health, "_PATIENCE", 0.05)
    monkeypatch.setattr(store, "healthy", lambda: release.wait(0.3))
    assert client.get("/health/ready").status_code == 503


def test_not_ready_if_the_engine_answers_otherwise(engine: Engine, app: FastAPI) -> None:
    context = app.state.context
    other = SimpleNamespace(cases=engine.cases, look_up=engine.look_up)
    readiness = health.Readiness(replace(context, engine=other))  # type: ignore[arg-type]

    def fails(_profile: Any) -> Any:
        raise KeyError(GIVEN)

    for broken in (lambda _profile: SimpleNamespace(report_id="another"), fails):
        other.look_up = broken  # type: ignore[assignment]
        assert readiness._engine() == "failed"
    other.look_up = engine.look_up
    assert readiness._engine() == "ok"


def test_metrics_count_by_route_and_never_by_path(client: Caller) -> None:
    for number in range(30):
        client.get(f"/nowhere/{GIVEN}/{number}")
        client.request(f"M{number}", "/health/live")
    client.get("/health/live")
    text = client.get("/metrics").text
    assert GIVEN not in text
    found = {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "seriatim_requests_total"
    }
    assert found["GET", "none", "404"] == 30
    assert found["OTHER", "/health/live", "405"] == 30
    assert found["GET", "/health/live", "200"] == 1
    assert "seriatim_request_seconds_bucket" in text


def test_metrics_on_loopback_only(make: Make) -> None:
    client = make()
    assert client.get("/metrics").status_code == 200
    for header in ("X-Forwarded-For", "Forwarded", "Via"):
        assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403
    proxied = make(base_url="https://cds.example")
    assert proxied.get("/metrics").status_code == 403


def test_metrics_with_their_token(make: Make) -> None:
    token, digest = new_token()
    client = make(metrics="token", metrics_token=digest, base_url="https://cds.example")
    assert client.get("/metrics", headers=bearer(token)).status_code == 200
    for wrong in ({}, bearer(digest), bearer(token[:-1])):
        answer = client.get("/metrics", headers=wrong)
        assert (answer.status_code, "www-authenticate" in answer.headers) == (401, True)


def test_metrics_can_be_off(make: Make) -> None:
    assert make(metrics="off").get("/metrics").status_code == 404
