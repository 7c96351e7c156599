"""What every answer carries, whatever was asked: headers, request ids, problems."""

from __future__ import annotations

import json
import re
import socket
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from canaries import GIVEN
from fastapi.responses import StreamingResponse
from in_memory import KeptInMemory

from seriatim.service.app import create_app
from seriatim.service.body import json_body
from seriatim.service.edge.record import ALWAYS, UNLESS_SET
from seriatim.service.problem_page import page
from seriatim.service.problems import Fault, Problem
from seriatim.service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from canaries import Lines
    from conftest import Caller, Server
    from fastapi import FastAPI, Request

    from seriatim.pipeline import Engine

ID = "6f1c3a52-8a0e-4c58-9a5b-0d3f5a0c9e11"
PAGE = "https://pages.example"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(cors_origins=(PAGE,), body_bytes=2048)


@pytest.fixture(scope="module")
def app(settings: Settings, engine: Engine) -> FastAPI:
    return with_probes(create_app(settings, engine=engine, store=KeptInMemory()))


def with_probes(app: FastAPI) -> FastAPI:
    """Endpoints that answer, fail in every way, and echo."""
    from fastapi import Request as Given  # noqa: PLC0415

    @app.get("/probe/ok/{name}")
    async def fine(name: str, number: int = 0) -> dict[str, Any]:
        return {"name": name, "number": number}

    @app.get("/probe/fails/{name}")
    async def fails(name: str) -> None:
        raise KeyError(f"no patient {name}")

    @app.get("/probe/problem")
    async def problem() -> None:
        raise Problem(412, "wanting", "Something is wanting", headers={"X-More": "1"})

    @app.get("/probe/broken")
    async def broken() -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"begun"
            raise KeyError(GIVEN)

        return StreamingResponse(body(), headers={"Cache-Control": "public, max-age=60"})

    async def echo(request: Request) -> Any:
        return await json_body(request, app.state.context)

    echo.__annotations__["request"] = Given
    app.post("/probe/echo")(echo)
    app.post("/cds-services/a/b/probe")(echo)
    return app


ASKED: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "fine": ("GET", "/probe/ok/x", {}, 200),
    "no such path": ("GET", "/nowhere", {}, 404),
    "no such method": ("DELETE", "/probe/ok/x", {}, 405),
    "no known method": ("BREW", "/probe/ok/x", {}, 405),
    "invalid parameter": ("GET", "/probe/ok/x?number=y", {}, 422),
    "unexpected error": ("GET", "/probe/fails/x", {}, 500),
    "problem": ("GET", "/probe/problem", {}, 412),
    "too long": ("POST", "/probe/echo", {"json": "x" * 2048}, 413),
    "not JSON": ("POST", "/probe/echo", {"content": b"x"}, 415),
    "bad JSON": (
        "POST",
        "/probe/echo",
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        400,
    ),
    "health": ("GET", "/health/live", {}, 200),
    "metrics": ("GET", "/metrics", {}, 200),
    "foreign host": ("GET", "/probe/ok/x", {"headers": {"Host": "evil.example"}}, 421),
    "foreign preflight": (
        "OPTIONS",
        "/probe/ok/x",
        {"headers": {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}},
        403,
    ),
}


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_may_be_a_page_says_on_what_that_depends(client: Caller, accept: str) -> None:
    found = client.get("/nowhere", headers={"Accept": accept})
    assert found.headers["content-type"].startswith("text/html") == (accept == "text/html")
    assert "Accept" in found.headers["vary"]


@pytest.mark.parametrize("name", ASKED)
def test_every_answer_carries_the_headers(client: Caller, name: str) -> None:
    method, url, given, status = ASKED[name]
    answer = client.request(method, url, **given)
    assert answer.status_code == status
    for header, value in {**ALWAYS, **UNLESS_SET}.items():
        assert answer.headers.get_list(header) == [value]
    assert len(answer.headers.get_list("x-request-id")) == 1
    assert "Origin" in answer.headers["vary"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["title"]
        assert re.fullmatch(r"urn:seriatim:problem:[a-z-]+", problem["type"])
        assert problem["request_id"] == answer.headers["x-request-id"]


def test_an_unexpected_error_tells_nothing_of_itself(client: Caller) -> None:
    answer = client.get(f"/probe/fails/{GIVEN}", headers={"X-Request-ID": ID})
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "urn:seriatim:problem:internal-error",
        "title": "Something went wrong here",
        "status": 500,
        "detail": "Please report it with the request id, without identifiers of a patient.",
        "request_id": ID,
    }


def test_details_of_problems(client: Caller) -> None:
    assert client.request("DELETE", "/probe/ok/x").headers["allow"] == "GET"
    assert client.get("/probe/problem").headers["x-more"] == "1"
    invalid = client.get("/probe/ok/x", params={"number": GIVEN})
    (error,) = invalid.json()["errors"]
    assert error["pointer"] == "/query/number"
    assert GIVEN not in invalid.text


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("name", ["no such path", "foreign host", "invalid parameter", "problem"])
def test_a_browser_reads_the_same_words_on_a_page(client: Caller, name: str) -> None:
    method, url, given, status = ASKED[name]
    problem = client.request(method, url, **given).json()
    asked = {**given.get("headers", {}), **BROWSER}
    answer = client.request(method, url, headers=asked)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == UNLESS_SET["content-security-policy"]
    assert {"Accept", "Origin"} <= set(answer.headers.get_list("vary", split_commas=True))
    unknown = name == "no such path"
    title = "There is no page at this address" if unknown else problem["title"]
    assert f"<h1>{title}</h1>" in answer.text
    assert "it never prescribes" in answer.text
    assert problem.get("detail", "") in answer.text
    assert all(each["detail"] in answer.text for each in problem.get("errors", ()))
    assert answer.headers["x-request-id"] in answer.text
    assert "<style" not in answer.text
    assert "<script" not in answer.text


def test_on_a_page_text_is_text() -> None:
    faults = [Fault("/x", "'<b>' is not known", ("<i>",))]
    shown = page(Problem(404, "x", "No <such> page", "a & b", errors=faults), root='/"a')
    assert '<a href="/&quot;a/">' in shown
    assert not re.search("<b>|<i>|<such>| & ", shown)


def test_programs_are_never_answered_with_a_page(client: Caller) -> None:
    for url in ("/api/v1/nowhere", "/cds-services/nowhere"):
        assert "json" in client.get(url, headers=BROWSER).headers["content-type"]
    for accept in ("*/*", "application/json, text/html"):
        answer = client.get("/nowhere", headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/problem+json"


def test_errors_of_hooks_are_operation_outcomes(client: Caller) -> None:
    for answer in (
        client.get("/cds-services/nowhere/at/all"),
        client.post(
            "/cds-services/a/b/probe", content=b"{", headers={"Content-Type": "text/plain"}
        ),
        client.post("/cds-services/a/b/probe", json="x" * 2048),
    ):
        assert answer.headers["content-type"] == "application/fhir+json"
        outcome = answer.json()
        assert outcome["resourceType"] == "OperationOutcome"
        assert outcome["issue"][0]["severity"] == "error"
        assert answer.headers["x-request-id"] in outcome["issue"][0]["diagnostics"]
    assert [client.post("/cds-services/a/b/probe", json="x" * 2048).json()["issue"][0]["code"]] == [
        "too-long"
    ]


@pytest.mark.parametrize("given", [ID, ID.upper(), ID.replace("-", "")])
def test_a_request_id_is_taken_over(client: Caller, given: str) -> None:
    answer = client.get("/probe/ok/x", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == given.lower()


@pytest.mark.parametrize("given", ["", "1", GIVEN, f"{ID}\t", f"{ID}0", "a" * 5000, f"{ID},{ID}"])
def test_a_request_id_that_could_be_anything_is_replaced(client: Caller, given: str) -> None:
    found = client.get("/probe/ok/x", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found)
    assert found != given


def test_what_answers_a_body_is_never_stored(app: FastAPI, client: Caller) -> None:
    @app.post("/probe/cached")
    async def cached() -> Any:
        from fastapi.responses import JSONResponse  # noqa: PLC0415

        return JSONResponse({}, headers={"Cache-Control": "public, max-age=60"})

    app.get("/probe/cached")(cached)
    assert client.post("/probe/cached").headers.get_list("cache-control") == ["no-store"]
    assert client.get("/probe/cached").headers.get_list("cache-control") == ["public, max-age=60"]


def test_behind_https_browsers_are_told_to_stay(
    engine: Engine, store: KeptInMemory, caller: Callable[..., Caller]
) -> None:
    app = create_app(Settings(base_url="https://cds.example/s"), engine=engine, store=store)
    for url in ("/health/live", "/nowhere"):
        answer = caller(app).get(url)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_an_answer_that_breaks_off_ends_the_connection(server: Server) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{server.url}/probe/broken")
    assert httpx.get(f"{server.url}/probe/ok/x").status_code == 200


def test_a_body_without_a_length_is_bounded_too(server: Server) -> None:
    def parts() -> Any:
        yield b'"'
        for _ in range(100):
            yield b"x" * 100
        yield b'"'

    answer = httpx.post(
        f"{server.url}/probe/echo", content=parts(), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["title"]) == (413, "The body is too long")
    assert "Server" not in answer.headers


def test_a_caller_that_leaves_is_no_error(server: Server, log_lines: Lines) -> None:
    before = len(log_lines.lines())
    with socket.create_connection(server.socket.getsockname()) as connection:
        connection.sendall(
            b"POST /probe/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b'Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"begun'
        )
    end = time.monotonic() + 30
    while not (found := [json.loads(each) for each in log_lines.lines()[before:]]):
        assert time.monotonic() < end
        time.sleep(0.01)
    server.stop()
    assert [each["status"] for each in found if each["event"] == "request"] == [499]
    assert not [each for each in found if each["level"] == "error"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/FHIR+JSON;charset=UTF-8", 200),
        ("application/json+fhir", 200),
        ("application/json; charset=latin-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
def test_types_of_bodies(client: Caller, kind: str, status: int) -> None:
    answer = client.post("/probe/echo", content=b"[1]", headers={"Content-Type": kind})
    assert answer.status_code == status
    squeezed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.post("/probe/echo", content=b"[1]", headers=squeezed).status_code == 415
