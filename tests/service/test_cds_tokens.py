"""Every way in which the token of a CDS client is not accepted, each with its reason."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import Depends
from in_memory import KeptInMemory
from signing import (
    BASE,
    ISSUER,
    JKU,
    NOW,
    PROBE,
    bearer,
    claims,
    jwks,
    private_key,
    public_jwk,
    raw_token,
    token,
)

from seriatim.service.app import create_app
from seriatim.service.clients import Client, cds_client
from seriatim.service.settings import CdsClient, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Caller

    from seriatim.pipeline import Engine

    Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def jwks_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "jwks.json"
    path.write_bytes(
        jwks(
            public_jwk("ES384", "one"),
            public_jwk("RS384", "two"),
            public_jwk("ES256", "three"),
            public_jwk("EdDSA", "four"),
            {"kty": "oct", "kid": "five", "k": "c2VjcmV0"},
            {**public_jwk("RS384", "six"), "use": "enc"},
            {**public_jwk("RS384", "seven"), "alg": "RS256"},
        )
    )
    return path


@pytest.fixture(scope="module")
def store() -> KeptInMemory:
    return KeptInMemory()


@pytest.fixture(scope="module")
def settings(jwks_file: Path) -> Settings:
    client = CdsClient(name="ehr", iss=ISSUER, jku=JKU, jwks_file=str(jwks_file))
    return Settings(cds_clients=(client,), base_url=BASE)


@pytest.fixture(scope="module")
def ask(
    settings: Settings, engine: Engine, store: KeptInMemory, caller: Callable[..., Caller]
) -> Ask:
    """Calls an endpoint for CDS clients with a token, or with other headers."""
    app = create_app(
        settings, engine=engine, store=store, clock=lambda: datetime.fromtimestamp(NOW, UTC)
    )

    @app.get("/probe/cds")
    async def probe(client: Annotated[Client, Depends(cds_client)]) -> dict[str, str]:
        return {"name": client.name, "kind": client.kind}

    return lambda text="", headers=None, url="/probe/cds": caller(app).get(
        url, headers=headers or bearer(text)
    )


def refused(answer: Any, slug: str) -> str:
    """The detail of a refusal; the challenge of RFC 6750 says the same reason."""
    assert (answer.status_code, answer.json()["type"]) == (401, f"urn:seriatim:problem:{slug}")
    assert answer.headers["content-type"] == "application/problem+json"
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="seriatim"')
    assert (
        slug == "token-missing" or f'error="invalid_token", error_description="{slug}"' in challenge
    )
    return str(answer.json().get("detail", ""))


@pytest.mark.parametrize(("alg", "kid"), [("ES384", "one"), ("RS384", "two")])
def test_the_recommended_signatures_are_accepted(ask: Ask, alg: str, kid: str) -> None:
    answer = ask(token(alg, kid))
    assert (answer.status_code, answer.json()) == (200, {"name": "ehr", "kind": "cds"})


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [PROBE]},
        {"aud": ["https://other.example", PROBE]},
        {"header": {"jku": JKU}},
        {"header": {"typ": "jwt"}},
        {"exp": NOW - 29, "iat": NOW - 60},
        {"iat": NOW + 29, "exp": NOW + 100},
        {"iat": NOW + 0.5, "exp": NOW + 100.5},
        {"nbf": NOW},
        {"exp": NOW + 299},
    ],
)
def test_what_the_specification_allows_is_accepted(ask: Ask, changes: dict[str, Any]) -> None:
    assert ask(token(**changes)).status_code == 200


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("issuer-unknown", {"iss": "https://ehr.example/"}),
        ("issuer-unknown", {"iss": "https://evil.example"}),
        ("claim-missing", {"iss": None}),
        ("claim-malformed", {"iss": ""}),
        ("audience-wrong", {"aud": BASE}),
        ("audience-wrong", {"aud": f"{PROBE}/"}),
        ("audience-wrong", {"aud": f"{PROBE}?a=1"}),
        ("audience-wrong", {"aud": PROBE.upper()}),
        ("audience-wrong", {"aud": "https://evil.example/probe/cds"}),
        ("audience-wrong", {"aud": []}),
        ("claim-missing", {"aud": None}),
        ("token-expired", {"exp": NOW - 30, "iat": NOW - 60}),
        ("token-expired", {"exp": 1, "iat": 0}),
        ("claim-missing", {"exp": None}),
        ("issued-in-the-future", {"iat": NOW + 31, "exp": NOW + 60}),
        ("claim-missing", {"iat": None}),
        ("life-too-long", {"exp": NOW + 300}),
        ("life-too-long", {"exp": 2**39}),
        ("not-yet-valid", {"nbf": NOW + 31}),
        ("claim-missing", {"jti": None}),
        ("key-unknown", {"kid": "none"}),
        ("key-id-missing", {"kid": None}),
        ("key-id-missing", {"kid": "x" * 257}),
        ("signature-wrong", {"number": 1}),
        ("key-unknown", {"alg": "ES384", "kid": "two"}),
        ("algorithm-refused", {"alg": "ES256", "kid": "three"}),
        ("algorithm-refused", {"alg": "EdDSA", "kid": "four"}),
        ("key-unknown", {"alg": "RS384", "kid": "six"}),
        ("key-unknown", {"alg": "RS384", "kid": "seven"}),
        ("jku-refused", {"header": {"jku": "https://evil.example/jwks.json"}}),
        ("jku-refused", {"header": {"jku": ""}}),
        ("type-refused", {"header": {"typ": "JOSE"}}),
        ("type-refused", {"header": {"typ": ""}}),
    ],
)
def test_refused_by_what_it_says(ask: Ask, slug: str, changes: dict[str, Any]) -> None:
    refused(ask(token(**changes)), slug)


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("claim-malformed", {"exp": "1790000060"}),
        ("claim-malformed", {"exp": True}),
        ("claim-malformed", {"exp": -1}),
        ("claim-malformed", {"exp": NOW - 1, "iat": NOW - 1}),
        ("claim-malformed", {"exp": NOW - 2, "iat": NOW + 2}),
        ("claim-malformed", {"iat": [NOW]}),
        ("claim-malformed", {"exp": 2**70}),
        ("claim-malformed", {"aud": {"0": PROBE}}),
        ("claim-malformed", {"aud": [PROBE, 5]}),
        ("claim-malformed", {"jti": 5}),
        ("claim-malformed", {"jti": ""}),
        ("claim-malformed", {"jti": "x" * 513}),
        ("claim-malformed", {"iss": [ISSUER]}),
        ("token-malformed", {"header": {"crit": ["exp"]}}),
        ("token-malformed", {"header": {"crit": ["b64"], "b64": False}}),
    ],
)
def test_refused_by_its_types(ask: Ask, slug: str, changes: dict[str, Any]) -> None:
    header = {"alg": "ES384", "typ": "JWT", "kid": "one", **changes.pop("header", {})}
    refused(ask(signed(header, claims(**changes))), slug)


def signed(header: dict[str, Any], body: Any) -> str:
    """As `raw_token`, with a signature that is right."""
    from jwt.algorithms import get_default_algorithms  # noqa: PLC0415

    text = raw_token(header, body).rstrip(".")
    signature = get_default_algorithms()["ES384"].sign(text.encode(), private_key("ES384"))
    return raw_token(header, body, signature)


def test_without_a_signature(ask: Ask) -> None:
    for alg in ("none", "None", "NONE", "nOnE"):
        header = {"alg": alg, "typ": "JWT", "kid": "one"}
        refused(ask(raw_token(header, claims(), b"x")), "algorithm-refused")
    unsigned = raw_token({"alg": "none", "typ": "JWT", "kid": "one"}, claims())
    refused(ask(unsigned), "token-malformed")
    refused(ask(unsigned.rstrip(".")), "token-malformed")
    for alg in ("", None, 5, ["ES384"], {"ES384": 1}):
        refused(
            ask(raw_token({"alg": alg, "typ": "JWT", "kid": "one"}, claims(), b"x")),
            "algorithm-refused",
        )


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_public_key_is_no_secret(ask: Ask, jwks_file: Path, alg: str) -> None:
    """The classic confusion: HMAC with what everyone can read."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
    )

    public = private_key("ES384").public_key()
    form = PublicFormat.SubjectPublicKeyInfo
    for secret in (public.public_bytes(Encoding.PEM, form), jwks_file.read_bytes(), b"secret"):
        for kid in ("one", "five"):
            header = {"alg": alg, "typ": "JWT", "kid": kid}
            body = claims()
            text = raw_token(header, body).rstrip(".")
            digest = getattr(hashlib, f"sha{alg[2:]}")
            signature = hmac.new(secret, text.encode(), digest).digest()
            refused(ask(raw_token(header, body, signature)), "algorithm-refused")


def test_a_key_in_the_token_is_not_used(ask: Ask) -> None:
    other = public_jwk("ES384", "one", 1)
    text = token(number=1, header={"jwk": other, "x5c": ["MIIB"], "x5u": "https://evil.example"})
    refused(ask(text), "signature-wrong")


def test_changed_after_signing(ask: Ask) -> None:
    head, _body, signature = token().split(".")
    other = token(jti="another").split(".")[1]
    refused(ask(f"{head}.{other}.{signature}"), "signature-wrong")
    refused(ask(f"{head}.{other}.{signature[:-8]}"), "signature-wrong")
    refused(ask(f"{head}.{other}.{'A' * len(signature)}"), "signature-wrong")


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({"X-Nothing": "1"}, "token-missing"),
        ({"Authorization": "Basic YTpi"}, "token-malformed"),
        ({"Authorization": "Bearer"}, "token-malformed"),
        ({"Authorization": "Bearer  "}, "token-malformed"),
        ({"Authorization": "Bearer a.b"}, "token-malformed"),
        ({"Authorization": "Bearer a.b.c.d.e"}, "token-malformed"),
        ({"Authorization": "Bearer ä.ö.ü".encode()}, "token-malformed"),
        ({"Authorization": "Bearer !.!.!"}, "token-malformed"),
        ({"Authorization": "Bearer A.A.A"}, "token-malformed"),
        ({"Authorization": "Bearer bnVsbA.bnVsbA.bnVsbA"}, "token-malformed"),
        ({"Authorization": f"Bearer {'W1tb' * 1500}.e30.e30"}, "token-malformed"),
        ({"Authorization": f"Bearer {'a' * 8193}"}, "token-too-long"),
    ],
)
def test_refused_by_its_form(ask: Ask, headers: dict[str, str], slug: str) -> None:
    refused(ask(headers=headers), slug)


def test_two_tokens_are_no_token(ask: Ask) -> None:
    pair = [("Authorization", f"Bearer {token()}"), ("Authorization", f"Bearer {token()}")]
    refused(ask(headers=pair), "token-malformed")


def test_a_token_is_accepted_once(ask: Ask, store: KeptInMemory) -> None:
    text = token()
    assert ask(text).status_code == 200
    refused(ask(text), "token-replayed")
    refused(ask(token(jti=claims_of(text)["jti"])), "token-replayed")
    assert store.seen[ISSUER, claims_of(text)["jti"]].timestamp() == NOW + 60 + 30


def claims_of(text: str) -> dict[str, Any]:
    import jwt  # noqa: PLC0415

    found: dict[str, Any] = jwt.decode(text, options={"verify_signature": False})
    return found


def test_a_token_that_is_refused_does_not_use_up_its_jti(ask: Ask) -> None:
    refused(ask(token(jti="mine", number=1)), "signature-wrong")
    refused(ask(token(jti="mine", aud="https://x.example")), "audience-wrong")
    assert ask(token(jti="mine")).status_code == 200


def test_the_host_header_does_not_choose_the_audience(ask: Ask) -> None:
    headers = {**bearer(token(aud="http://localhost:1/probe/cds")), "Host": "localhost:1"}
    detail = refused(ask(headers=headers), "audience-wrong")
    assert PROBE in detail


def test_without_a_store_nobody_is_let_in(ask: Ask, store: KeptInMemory) -> None:
    store.is_healthy = False
    answer = ask(token())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    store.is_healthy = True
    assert ask(token()).status_code == 200


def test_a_configured_subset_of_signatures(
    settings: Settings, engine: Engine, store: KeptInMemory, caller: Callable[..., Caller]
) -> None:
    chosen = settings.model_copy(update={"jwt_algorithms": ("ES256", "EdDSA")})
    app = create_app(
        chosen, engine=engine, store=store, clock=lambda: datetime.fromtimestamp(NOW, UTC)
    )

    @app.get("/probe/cds", dependencies=[Depends(cds_client)])
    async def probe() -> None:
        pass

    assert caller(app).get("/probe/cds", headers=bearer(token("ES256", "three"))).status_code == 200
    assert caller(app).get("/probe/cds", headers=bearer(token("EdDSA", "four"))).status_code == 200
    refused(caller(app).get("/probe/cds", headers=bearer(token())), "algorithm-refused")
