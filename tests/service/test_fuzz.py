"""Made-up headers, tokens and bodies: an answer below 500, always, and with its headers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import Depends, Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_memory import BASE, KeptInMemory
from signing import ISSUER, NOW, claims, jwks, public_jwk, raw_token, token

from seriatim.service.app import create_app
from seriatim.service.auth.static import digest
from seriatim.service.body import json_body
from seriatim.service.clients import cds_client, rest_client
from seriatim.service.settings import CdsClient, Oidc, Settings, StaticToken

if TYPE_CHECKING:
    from pathlib import Path

    from seriatim.pipeline import Engine

Send = Any
FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
headers_of_a_token = st.fixed_dictionaries(
    {},
    optional={
        name: json_values | st.sampled_from(["ES384", "none", "HS384", "one", "JWT", "b64"])
        for name in ("alg", "kid", "typ", "jku", "crit", "b64", "jwk")
    },
)
claims_of_a_token = st.fixed_dictionaries(
    {},
    optional={
        name: json_values | st.sampled_from([ISSUER, NOW, NOW + 60, f"{BASE}/probe/cds"])
        for name in ("iss", "aud", "exp", "iat", "nbf", "jti", "scope", "azp")
    },
)
text_of_a_header = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=60
)


@pytest.fixture(scope="module")
def send(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Send:
    """Sends one request to a service with everything configured."""
    keys: Path = tmp_path_factory.mktemp("keys") / "jwks.json"
    keys.write_bytes(jwks(public_jwk("ES384", "one")))
    chosen = Settings(
        cds_clients=(CdsClient(name="ehr", iss=ISSUER, jwks_file=str(keys)),),
        rest_tokens=(StaticToken(name="a", sha256=digest("seriatim_a")),),
        oidc=Oidc(issuer=ISSUER, audience="x", jwks_uri="http://127.0.0.1:9/keys"),
        trusted_proxies=("127.0.0.1",),
        base_url=BASE,
        rate_client="1000000/hour",
        rate_address="1000000/hour",
    )
    app = create_app(
        chosen,
        engine=engine,
        store=KeptInMemory(),
        clock=lambda: datetime.fromtimestamp(NOW, UTC),
    )

    @app.post("/probe/echo")
    async def echo(request: Request) -> Any:
        return {"read": await json_body(request, app.state.context) is not None}

    async def fine() -> None:
        pass

    for kind, dependency in (("cds", cds_client), ("rest", rest_client)):
        app.get(f"/probe/{kind}", dependencies=[Depends(dependency)])(fine)

    def call(method: str, url: str, **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, url, **more)

        answer = asyncio.run(run())
        assert answer.status_code < 500 or answer.json()["type"].endswith(":keys-unavailable")
        assert answer.headers["x-content-type-options"] == "nosniff"
        return answer

    return call


@FEW
@given(header=headers_of_a_token, body=claims_of_a_token, signature=st.binary(max_size=100))
def test_made_up_tokens(send: Send, header: Any, body: Any, signature: bytes) -> None:
    text = raw_token(header, body, signature)
    for kind in ("cds", "rest"):
        answer = send("GET", f"/probe/{kind}", headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code in {401, 503}


@FEW
@given(changes=claims_of_a_token)
def test_signed_tokens_with_made_up_claims(send: Send, changes: Any) -> None:
    """The signature is right: only what is exactly as it must be is let in."""
    from test_cds_tokens import signed  # noqa: PLC0415

    body = {**claims(), **changes}
    text = signed({"alg": "ES384", "typ": "JWT", "kid": "one"}, body)
    answer = send("GET", "/probe/cds", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code in {200, 401}
    if answer.status_code == 200:
        assert body["iss"] == ISSUER
        assert f"{BASE}/probe/cds" in body["aud"]
        assert 0 < body["exp"] - body["iat"] <= 300
        assert isinstance(body["jti"], str)


@FEW
@given(text=st.text(max_size=200).map(lambda each: each.encode("utf-8")))
def test_made_up_authorization(send: Send, text: bytes) -> None:
    clean = text.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
    for kind in ("cds", "rest"):
        for value in (clean, b"Bearer " + clean):
            answer = send("GET", f"/probe/{kind}", headers={"Authorization": value})
            assert answer.status_code == 401


@FEW
@given(data=st.data())
def test_one_character_of_a_token_changed(send: Send, data: st.DataObject) -> None:
    text = token()
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("Aa0_-."))
    changed = text[:at] + other + text[at + 1 :]
    answer = send("GET", "/probe/cds", headers={"Authorization": f"Bearer {changed}"})
    # the last character before a point may carry bits that mean nothing
    same = changed == text or text[at + 1] == "."
    assert answer.status_code == 401 or same


@FEW
@given(
    names=st.dictionaries(
        st.sampled_from(
            [
                "Host",
                "Origin",
                "Forwarded",
                "X-Request-ID",
                "X-Forwarded-For",
                "Content-Type",
                "Content-Length",
                "Content-Encoding",
                "Access-Control-Request-Method",
            ]
        ),
        text_of_a_header,
    ),
    method=st.sampled_from(["GET", "POST", "OPTIONS", "PUT", "HEAD", "BREW"]),
    path=st.text(max_size=40),
)
def test_made_up_headers_and_paths(
    send: Send, names: dict[str, str], method: str, path: str
) -> None:
    headers = {name: value.encode("latin-1") for name, value in names.items()}
    for url in ("/probe/echo", "/cds-services", f"/{quote(path)}"):
        send(method, url, headers=headers)


@FEW
@given(body=st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_made_up_bodies(send: Send, body: bytes) -> None:
    answer = send("POST", "/probe/echo", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 400}
