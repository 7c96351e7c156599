"""The parts together: a real store, two processes' worth of services, and callers at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
from canaries import GIVEN
from fastapi import Depends, FastAPI, Response
from signing import BASE, ISSUER, NOW, PROBE, bearer, jwks, public_jwk, token

from seriatim.service import body
from seriatim.service.app import create_app
from seriatim.service.auth import keys
from seriatim.service.body import raw_body
from seriatim.service.clients import cds_client, rest_client
from seriatim.service.settings import CdsClient, Settings, StaticToken
from seriatim.store import Store, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from conftest import Caller, KeptInMemory, Server
    from fastapi import Request

    from seriatim.pipeline import Engine


def service(tmp_path: Path, engine: Engine) -> FastAPI:
    """One of several services over the same store."""
    keys = tmp_path / "jwks.json"
    keys.write_bytes(jwks(public_jwk("ES384", "one")))
    client = CdsClient(name="ehr", iss=ISSUER, jwks_file=str(keys))
    app = create_app(
        Settings(cds_clients=(client,), base_url=BASE),
        engine=engine,
        store=Store.open(f"sqlite:///{tmp_path}/store.sqlite", migrate=True),
        clock=lambda: datetime.fromtimestamp(NOW, UTC),
    )

    @app.get("/probe/cds", dependencies=[Depends(cds_client)])
    async def probe() -> None:
        pass

    return app


def test_a_token_used_at_one_worker_is_refused_by_all(
    tmp_path: Path, engine: Engine, caller: Callable[..., Caller]
) -> None:
    apps = [service(tmp_path, engine) for _ in range(2)]
    first, second = map(caller, apps)
    text = token()
    assert first.get("/probe/cds", headers=bearer(text)).status_code == 200
    for each in (second, first):
        answer = each.get("/probe/cds", headers=bearer(text))
        assert answer.json()["type"].endswith(":token-replayed")
    for app in apps:
        app.state.context.store.close()
    again = service(tmp_path, engine)
    answer = caller(again).get("/probe/cds", headers=bearer(text))
    assert answer.json()["type"].endswith(":token-replayed"), "a new start forgets nothing"
    again.state.context.store.close()


def test_of_many_at_once_one_is_let_in(
    tmp_path: Path, engine: Engine, serve: Callable[[Any], Server]
) -> None:
    servers = [serve(service(tmp_path, engine)) for _ in range(2)]
    text, found = token(), []

    def call(url: str) -> None:
        found.append(httpx.get(f"{url}/probe/cds", headers=bearer(text)).status_code)

    threads = [threading.Thread(target=call, args=[servers[n % 2].url]) for n in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(found) == [200] + [401] * 15
    other = httpx.get(f"{servers[0].url}/probe/cds", headers=bearer(token(aud=f"{PROBE}/x")))
    assert other.json()["type"].endswith(":audience-wrong")


def test_keys_are_changed_while_it_serves(
    engine: Engine,
    store: KeptInMemory,
    serve: Callable[[Any], Server],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A real client, service and issuer; the issuer's key set is replaced."""
    published = {"jwks": jwks(public_jwk("ES384", "old"))}
    issuer = FastAPI()

    @issuer.get("/jwks.json")
    async def current() -> Response:
        return Response(published["jwks"], media_type="application/jwk-set+json")

    jku = f"{serve(issuer).url}/jwks.json"
    client = CdsClient(name="ehr", iss=ISSUER, jku=jku)
    app = create_app(
        Settings(cds_clients=(client,), base_url=BASE),
        engine=engine,
        store=store,
        clock=lambda: datetime.fromtimestamp(NOW, UTC),
    )

    @app.get("/probe/cds", dependencies=[Depends(cds_client)])
    async def probe() -> None:
        pass

    url = f"{serve(app).url}/probe/cds"

    def reason(kid: str, number: int) -> str:
        text = token(kid=kid, number=number, header={"jku": jku})
        answer = httpx.get(url, headers=bearer(text))
        return "" if answer.status_code == 200 else answer.json()["type"].rpartition(":")[2]

    assert reason("old", 0) == ""
    published["jwks"] = jwks(public_jwk("ES384", "new", 1))
    assert reason("new", 1) == "key-unknown", "asked for too short a while ago"
    monkeypatch.setattr(keys, "APART", 0.0)
    source = app.state.gate._cds.sources[ISSUER]
    source._next_try = 0.0
    assert reason("new", 1) == ""
    assert reason("old", 0) == "key-unknown"
    assert reason("new", 0) == "signature-wrong"


def test_the_end_of_a_server_closes_its_store(
    app: FastAPI, store: KeptInMemory, serve: Callable[[Any], Server]
) -> None:
    server = serve(app)
    assert not store.is_closed
    server.stop()
    assert store.is_closed


def test_a_store_that_fails_is_503(app: FastAPI, client: Caller) -> None:
    @app.post("/probe/feedback")
    async def feedback() -> None:
        raise StoreError(f"no place for {GIVEN}")

    answer = client.post("/probe/feedback")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert GIVEN not in answer.text


def test_a_body_that_does_not_come(
    app: FastAPI, client: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastapi import Request as Given  # noqa: PLC0415

    async def echo(request: Request) -> int:
        return len(await raw_body(request, app.state.context))

    echo.__annotations__["request"] = Given
    app.post("/probe/echo")(echo)
    monkeypatch.setattr(body, "SECONDS", 0.05)

    async def never() -> Any:
        import asyncio  # noqa: PLC0415

        yield b"a"
        await asyncio.sleep(0.3)
        yield b"b"

    answer = client.post("/probe/echo", content=never())
    assert (answer.status_code, answer.json()["title"]) == (408, "The body came too slowly")


def test_published_knowledge_can_be_open_for_reading(
    engine: Engine, store: KeptInMemory, caller: Callable[..., Caller]
) -> None:
    known = StaticToken(name="ehr", sha256="0" * 64)
    settings = Settings(rest_tokens=(known,), open_reading=True, base_url="https://cds.example")
    app = create_app(settings, engine=engine, store=store)

    async def probe() -> None:
        pass

    app.api_route("/probe/rest", methods=["GET", "POST"], dependencies=[Depends(rest_client)])(
        probe
    )
    app.get("/probe/cds", dependencies=[Depends(cds_client)])(probe)
    client = caller(app)
    assert client.get("/probe/rest").status_code == 200
    assert client.get("/probe/rest", headers=bearer("wrong")).status_code == 401
    assert client.post("/probe/rest").status_code == 401
    assert client.get("/probe/cds").status_code == 401


def test_what_the_store_lost_can_be_seen(app: FastAPI, client: Caller) -> None:
    app.state.context.store.shown_dropped = 3
    assert "seriatim_shown_dropped 3.0" in client.get("/metrics").text
