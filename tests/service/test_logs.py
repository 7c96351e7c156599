"""No patient in the logs: canaries are put wherever a request or an error can hold text."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from canaries import BIRTH, CANARIES, FAMILY, GIVEN, NUMBER, SECRET, Lines, patient
from fastapi import BackgroundTasks, Depends
from in_memory import KeptInMemory
from signing import bearer, raw_token, token

from seriatim.service import logs
from seriatim.service import server as service_server
from seriatim.service.app import create_app
from seriatim.service.clients import cds_client, rest_client
from seriatim.service.settings import CdsClient, Settings, StaticToken
from seriatim.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Caller, Server

    from seriatim.pipeline import Engine

NAME = f"{GIVEN} {FAMILY}"


class Fails(KeptInMemory):
    def healthy(self) -> bool:
        raise StoreError(f"could not store {NAME}")


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged by one test; configured as a process of its own would be."""
    before = structlog.get_config()
    found = Lines()
    logs.configure("debug", found)
    yield found
    structlog.configure(**before)
    assert found.lines()
    assert found.found() == []
    assert all(set(json.loads(each)) <= logs.FIELDS for each in found.lines())


def test_of_the_store_the_reason_is_told_in_fixed_words(lines: Lines) -> None:
    error = StoreError(f"the store cannot take {NAME}", why="the disk is full")
    logs.logger().error("store_failed", **logs.failure(error))
    for name, reason in (("seriatim.store", "the disk is full"), ("other", NAME)):
        logging.getLogger(name).warning("not for %s", NAME, extra={"reason": reason})
    told = [json.loads(each).get("reason") for each in lines.lines()]
    assert told == ["the disk is full", "the disk is full", None]


@pytest.fixture
def app(engine: Engine) -> Any:
    """Everyone is known by tokens; every way to fail quotes the patient."""
    settings = Settings(
        cds_clients=(CdsClient(name="ehr", iss="https://e", jku="http://127.0.0.1:9/keys"),),
        rest_tokens=(StaticToken(name="rest", sha256="0" * 64),),
    )
    app = create_app(settings, engine=engine, store=Fails())

    @app.api_route("/probe/fails/{name}", methods=["GET", "POST"])
    async def fails(name: str) -> None:
        raise LookupError(f"{name} {NAME} {NUMBER}")

    @app.get("/probe/thread/{name}")
    def in_a_thread(name: str) -> None:
        raise LookupError(name)

    @app.get("/probe/later/{name}")
    async def later(name: str, tasks: BackgroundTasks) -> None:
        async def task() -> None:
            raise LookupError(name)

        tasks.add_task(task)

    app.get("/probe/cds/{name}", dependencies=[Depends(cds_client)])(fails)
    app.get("/probe/rest/{name}", dependencies=[Depends(rest_client)])(fails)
    return app


def test_in_requests(app: Any, caller: Callable[..., Caller], lines: Lines) -> None:
    client = caller(app)
    headers = {
        "User-Agent": NAME,
        "Referer": f"https://ehr.example/{NUMBER}",
        "Cookie": f"session={SECRET}",
        "X-Request-ID": GIVEN,
        "X-Forwarded-For": NAME,
        "Origin": f"https://{GIVEN}.example",
        "traceparent": NUMBER,
        f"X-{FAMILY}": BIRTH,
    }
    for path in (f"/{NAME}", "/probe/fails/x", f"/probe/thread/{NAME}", "/health/ready"):
        client.get(f"{path}/{NUMBER}", params={"name": NAME, "born": BIRTH}, headers=headers)
        client.get(path, params={"name": NAME, "born": BIRTH}, headers=headers)
        client.post(path, json=patient(), headers=headers)
        client.post(path, content=f'{{"a": {NAME}'.encode(), headers=headers)
        client.request(GIVEN.upper(), path, headers={**headers, "Host": f"{GIVEN}.example"})
    client.get(f"/probe/later/{NAME}")
    client.options("/", headers={**headers, "Access-Control-Request-Method": GIVEN})
    events = [json.loads(each) for each in lines.lines()]
    assert {each["event"] for each in events} >= {"request", "failed", "store_failed"}
    failed = [each for each in events if each["event"] == "failed"]
    assert {each["error"] for each in failed} == {"builtins.LookupError"}
    assert all("test_logs.py:" in each["where"] for each in failed)
    assert all(each["request_id"] for each in events)


def test_in_tokens(app: Any, caller: Callable[..., Caller], lines: Lines) -> None:
    client = caller(app)
    header = {"alg": "ES384", "typ": "JWT", "kid": GIVEN}
    for text in (
        SECRET,
        f"{SECRET}.{GIVEN}.{FAMILY}",
        raw_token({"alg": NAME}, {"sub": NAME}, b"x"),
        raw_token(header, {"iss": f"https://{GIVEN}"}, b"x"),
        raw_token(header, {"iss": "https://e", "jti": NUMBER, "aud": NAME}, b"x"),
        token(kid=GIVEN, iss="https://e", jti=NUMBER),
    ):
        for kind in ("cds", "rest"):
            assert client.get(f"/probe/{kind}/{NAME}", headers=bearer(text)).status_code in {
                401,
                503,
            }
    events = {json.loads(each)["event"] for each in lines.lines()}
    assert events >= {"request", "refused", "keys_unavailable"}


def test_in_libraries_threads_and_tasks(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    import sys  # noqa: PLC0415

    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    logs.catch_the_rest()
    try:
        _fail()
    except LookupError:
        logging.getLogger("httpx").exception("no %s", NAME)
    logging.getLogger(f"sqlalchemy.{GIVEN}").error("no %s", NAME)
    logging.getLogger("httpx").info("HTTP Request: GET https://ehr.example/Patient/%s", NUMBER)
    logging.getLogger(GIVEN).error(NAME)
    logging.getLogger("py.warnings").warning("%s", NAME)
    thread = threading.Thread(target=_fail, name=NAME)
    thread.start()
    thread.join()

    class Odd:
        def __del__(self) -> None:
            _fail()

    Odd()
    gc.collect()

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(service_server._uncaught)
        task = asyncio.create_task(_later(), name=NAME)
        await asyncio.sleep(0)
        del task
        gc.collect()
        await asyncio.sleep(0)

    asyncio.run(main())
    found = [json.loads(each) for each in lines.lines()]
    assert {"library", "thread_failed", "unraisable", "task_failed"} <= {e["event"] for e in found}


def _fail() -> None:
    raise LookupError(NAME)


async def _later() -> None:
    _fail()


def test_fields_that_nobody_foresaw_are_left_out(lines: Lines) -> None:
    logs.logger().info("request", status=200, body=patient(), path=f"/{NAME}", error_text=NAME)
    logs.logger().info("request", status=LookupError(NAME))
    first, second = map(json.loads, lines.lines())
    assert set(first) == {"event", "status", "level", "time"}
    assert second["status"] == "LookupError"


def test_a_reader_that_has_gone_stops_no_request(app: Any, caller: Callable[..., Caller]) -> None:
    class Gone(Lines):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError(text)

    before = structlog.get_config()
    logs.configure("debug", Gone())
    assert caller(app).get("/health/live").status_code == 200
    structlog.configure(**before)


def test_nothing_is_traced(app: Any) -> None:
    """FastAPI can send spans, and errors with their texts, to a collector of the machine."""
    config = app._native_telemetry.config
    assert not any(config[each] for each in ("tracing", "metrics", "logs", "auto_configure"))
    assert not app._native_telemetry.enabled()


def test_in_what_is_no_http(app: Any, serve: Callable[[Any], Server], lines: Lines) -> None:
    server = serve(app)
    for sent in (
        f"{NAME}\r\n\r\n",
        f"GET /{NUMBER} HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\n{NAME}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: {NAME}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: {NAME * 3000}\r\n\r\n",
        f"POST /probe/fails/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n\r\n{NAME}",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ):
        with socket.create_connection(server.socket.getsockname(), timeout=5) as connection:
            connection.sendall(sent.encode())
            connection.settimeout(0.3)
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                answer = b""
        assert not any(each.encode() in answer for each in CANARIES)
    server.stop()
    assert '"library"' in lines.getvalue()
