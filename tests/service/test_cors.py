"""Calls from web pages: an allow-list, preflights and what a page may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from in_memory import KeptInMemory

from seriatim.service.app import create_app
from seriatim.service.settings import Settings, StaticToken

if TYPE_CHECKING:
    from conftest import Caller
    from fastapi import FastAPI

    from seriatim.pipeline import Engine

PAGE, OTHER = "https://sandbox.example", "http://localhost:8080"
URL = "/cds-services"


@pytest.fixture(scope="module")
def app(engine: Engine) -> FastAPI:
    # with authentication: a browser sends no token with a preflight
    token = StaticToken(name="ehr", sha256="0" * 64)
    settings = Settings(cors_origins=(PAGE, OTHER), rest_tokens=(token,))
    return create_app(settings, engine=engine, store=KeptInMemory())


def preflight(client: Caller, origin: str, **more: str) -> tuple[int, dict[str, str]]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST", **more}
    headers["Access-Control-Request-Headers"] = "authorization, content-type"
    answer = client.options(URL, headers=headers)
    return answer.status_code, {
        name: value for name, value in answer.headers.items() if name.startswith("access-control")
    }


@pytest.mark.parametrize("origin", [PAGE, OTHER])
def test_a_preflight(client: Caller, origin: str) -> None:
    status, headers = preflight(client, origin)
    assert status == 204
    assert headers["access-control-allow-origin"] == origin
    assert headers["access-control-allow-methods"] == "GET, POST"
    assert {"authorization", "content-type"} <= set(
        headers["access-control-allow-headers"].split(", ")
    )
    assert "access-control-allow-credentials" not in headers
    assert "access-control-allow-private-network" not in headers


def test_a_page_of_the_internet_may_call_this_machine_if_it_is_allowed(client: Caller) -> None:
    asked = {"Access-Control-Request-Private-Network": "true"}
    headers = preflight(client, PAGE, **asked)[1]
    assert headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        f"{PAGE}.evil.example",
        f"{PAGE}:8443",
        PAGE.upper(),
        "http://sandbox.example",
        "*",
    ],
)
def test_other_pages_may_not(client: Caller, origin: str) -> None:
    assert preflight(client, origin) == (403, {})
    answer = client.get(URL, headers={"Origin": origin})
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_page_may_read_refusals(client: Caller) -> None:
    for method, url in (("GET", "/nowhere"), ("PUT", "/metrics")):
        answer = client.request(method, url, headers={"Origin": PAGE})
        assert answer.status_code in {404, 405}
        assert answer.headers["access-control-allow-origin"] == PAGE
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"www-authenticate", "etag", "retry-after", "x-request-id"} <= set(exposed)
        assert "Origin" in answer.headers["vary"]


def test_without_an_origin_nothing_is_said(client: Caller) -> None:
    answer = client.get("/health/live")
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"
