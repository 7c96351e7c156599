"""REST: static tokens kept as hashes, and access tokens of an OpenID Connect issuer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import Depends
from in_memory import KeptInMemory
from signing import NOW, bearer, jwks, public_jwk, token

from seriatim.service.app import create_app
from seriatim.service.auth import oidc as oidc_module
from seriatim.service.auth.fetch import FetchError
from seriatim.service.auth.static import digest, new_token
from seriatim.service.clients import Client, cds_client, rest_client
from seriatim.service.settings import Oidc, Settings, StaticToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller

    from seriatim.pipeline import Engine

ISSUER = "https://login.example/realms/clinic"
MINE, HASH = new_token()
STATIC = Settings(
    rest_tokens=(
        StaticToken(name="other", sha256=digest("seriatim_other")),
        StaticToken(name="ehr", sha256=HASH),
    )
)
OIDC = Oidc(issuer=ISSUER, audience="seriatim", scope="lookup", algorithms=("ES384",))


@pytest.fixture(scope="module")
def ask(engine: Engine, caller: Callable[..., Caller]) -> Callable[..., Any]:
    """Calls an endpoint for REST clients of a service with the given settings.

    Services are kept, with the keys that they know, unless a `fresh` one is asked for.
    """
    kept: dict[Settings, Any] = {}

    def call(
        settings: Settings,
        headers: dict[str, str],
        url: str = "/probe/rest",
        *,
        fresh: bool = False,
    ) -> Any:
        if fresh or settings not in kept:
            kept[settings] = service(settings, engine)
        return caller(kept[settings]).get(url, headers=headers)

    return call


def service(settings: Settings, engine: Engine) -> Any:
    app = create_app(
        settings,
        engine=engine,
        store=KeptInMemory(),
        clock=lambda: datetime.fromtimestamp(NOW, UTC),
    )

    @app.get("/probe/rest")
    async def rest(client: Annotated[Client, Depends(rest_client)]) -> dict[str, str]:
        return {"name": client.name, "kind": client.kind}

    @app.get("/probe/cds")
    async def cds(client: Annotated[Client, Depends(cds_client)]) -> dict[str, str]:
        return {"name": client.name, "kind": client.kind}

    return app


def slug(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_a_static_token(ask: Callable[..., Any]) -> None:
    answer = ask(STATIC, bearer(MINE))
    assert (answer.status_code, answer.json()) == (200, {"name": "ehr", "kind": "rest"})
    assert ask(STATIC, {"authorization": f"bearer {MINE}"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "token-missing"),
        (bearer(HASH), "token-unknown"),
        (bearer(MINE[:-1]), "token-unknown"),
        (bearer(MINE.upper()), "token-unknown"),
        (bearer(f"{MINE} {MINE}"), "token-unknown"),
        (bearer("x" * 8193), "token-too-long"),
        ({"Authorization": f"Basic {MINE}"}, "token-malformed"),
        ({"Authorization": MINE}, "token-malformed"),
    ],
)
def test_no_static_token(ask: Callable[..., Any], headers: dict[str, str], expected: str) -> None:
    answer = ask(STATIC, headers)
    assert slug(answer) == (401, expected)
    assert answer.headers["www-authenticate"].startswith('Bearer realm="seriatim"')
    assert MINE not in answer.text


def test_new_tokens_are_long_and_differ() -> None:
    made = {new_token()[0] for _ in range(100)}
    assert len(made) == 100
    assert all(len(each) == len("seriatim_") + 43 for each in made)


def test_a_side_that_has_no_client_is_closed_once_the_other_has_one(
    ask: Callable[..., Any],
) -> None:
    answer = ask(STATIC, bearer(MINE), "/probe/cds")
    assert slug(answer) == (401, "token-missing")
    assert "cds_clients" in answer.json()["detail"]


def test_on_loopback_without_any_client_everyone_is_anonymous(ask: Callable[..., Any]) -> None:
    for url in ("/probe/rest", "/probe/cds"):
        assert ask(Settings(), {}, url).json() == {"name": "anonymous", "kind": "anonymous"}


class Site:
    """What the issuer has at which address."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages, self.asked = pages, []  # type: ignore[var-annotated]

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.pages:
            raise FetchError("status 404")
        page = self.pages[url]
        return page if isinstance(page, bytes) else json.dumps(page).encode()


DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
KEYS = "https://login.example/keys"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    found = Site(
        {
            DISCOVERY: {"issuer": ISSUER, "jwks_uri": KEYS},
            KEYS: jwks(public_jwk("ES384", "one")),
        }
    )
    monkeypatch.setattr(oidc_module, "fetch", found.fetch)
    return found


def access(**changes: Any) -> dict[str, str]:
    usual = {"iss": ISSUER, "aud": ["seriatim", "account"], "scope": "openid lookup", "azp": "ehr"}
    return bearer(token(**{**usual, **changes}))


def test_an_access_token(ask: Callable[..., Any], site: Site) -> None:
    answer = ask(Settings(oidc=OIDC), access(), fresh=True)
    assert (answer.status_code, answer.json()) == (200, {"name": "oidc:ehr", "kind": "rest"})
    assert site.asked == [DISCOVERY, KEYS]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"header": {"typ": "at+jwt"}}, "oidc:ehr"),
        ({"header": {"typ": ""}}, "oidc:ehr"),
        ({"aud": "seriatim"}, "oidc:ehr"),
        ({"scope": None, "scp": ["lookup"]}, "oidc:ehr"),
        ({"azp": None, "client_id": "viewer"}, "oidc:viewer"),
        ({"azp": "Doe, Jane (MRN 1)", "sub": "Jane"}, "oidc"),
        ({"exp": NOW + 86_400, "iat": None, "jti": None}, "oidc:ehr"),
    ],
)
@pytest.mark.usefixtures("site")
def test_access_tokens_of_other_issuers(
    ask: Callable[..., Any], changes: dict[str, Any], name: str
) -> None:
    answer = ask(Settings(oidc=OIDC), access(**changes))
    assert (answer.status_code, answer.json()["name"]) == (200, name)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iss": "https://login.example"}, (401, "issuer-unknown")),
        ({"aud": "account"}, (401, "audience-wrong")),
        ({"aud": None}, (401, "claim-missing")),
        ({"exp": NOW - 31}, (401, "token-expired")),
        ({"exp": None}, (401, "claim-missing")),
        ({"iat": NOW + 31}, (401, "issued-in-the-future")),
        ({"nbf": NOW + 31}, (401, "not-yet-valid")),
        ({"number": 1}, (401, "signature-wrong")),
        ({"kid": "none"}, (401, "key-unknown")),
        ({"alg": "RS384"}, (401, "algorithm-refused")),
        ({"header": {"typ": "logout+jwt"}}, (401, "type-refused")),
        ({"scope": "openid lookups"}, (403, "scope-missing")),
        ({"scope": None}, (403, "scope-missing")),
        ({"scope": {"lookup": 1}}, (403, "scope-missing")),
    ],
)
@pytest.mark.usefixtures("site")
def test_no_access_token(
    ask: Callable[..., Any], changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = ask(Settings(oidc=OIDC), access(**changes))
    assert slug(answer) == expected
    said = "insufficient_scope" if expected[0] == 403 else "invalid_token"
    assert f'error="{said}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "page",
    [
        {"issuer": "https://evil.example", "jwks_uri": KEYS},
        {"issuer": ISSUER, "jwks_uri": "http://login.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "http://127.0.0.1/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": 5},
        {"issuer": ISSUER},
        [],
        b"<html>",
    ],
)
def test_a_discovery_document_that_is_not_believed(
    ask: Callable[..., Any], site: Site, page: Any
) -> None:
    site.pages[DISCOVERY] = page
    answer = ask(Settings(oidc=OIDC), access(), fresh=True)
    assert slug(answer) == (503, "keys-unavailable")
    assert site.asked == [DISCOVERY]


@pytest.mark.usefixtures("site")
def test_both_kinds_of_token_at_once(ask: Callable[..., Any]) -> None:
    both = STATIC.model_copy(update={"oidc": OIDC.model_copy(update={"jwks_uri": KEYS})})
    assert ask(both, bearer(MINE)).json()["name"] == "ehr"
    assert ask(both, access()).json()["name"] == "oidc:ehr"
    assert slug(ask(both, bearer("neither"))) == (401, "token-malformed")
