"""The keys of an issuer: rotation, how often they are asked for, and what is not followed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from signing import jwks, private_key, public_jwk

from seriatim.service.auth import fetch as fetching
from seriatim.service.auth import keys
from seriatim.service.auth.fetch import FetchError, fetch
from seriatim.service.auth.jose import read_jwks
from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from canaries import Lines
    from conftest import Server

OLD, NEW = public_jwk("ES384", "old"), public_jwk("ES384", "new", 1)


@dataclass
class Issuer:
    """Gives a JWKS, counts how often, and can be away."""

    body: bytes = jwks(OLD)
    asked: int = 0
    is_away: bool = False
    now: float = 0.0

    async def load(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise FetchError("no answer")
        return self.body

    def source(self) -> keys.KeySource:
        return keys.KeySource("ehr", self.load, lambda: self.now)


async def slug_of(source: keys.KeySource, kid: str) -> str:
    try:
        return (await source.find(kid, "ES384")).kid
    except Problem as problem:
        return problem.slug


def test_keys_are_asked_for_once() -> None:
    async def run() -> None:
        issuer = Issuer()
        source = issuer.source()
        assert await asyncio.gather(*(slug_of(source, "old") for _ in range(50))) == ["old"] * 50
        assert issuer.asked == 1

    asyncio.run(run())


def test_a_new_key_is_found_and_the_old_one_forgotten() -> None:
    async def run() -> None:
        issuer = Issuer()
        source = issuer.source()
        assert await slug_of(source, "old") == "old"
        issuer.body, issuer.now = jwks(OLD, NEW), keys.APART
        assert [await slug_of(source, kid) for kid in ("new", "old")] == ["new", "old"]
        assert issuer.asked == 2
        issuer.body, issuer.now = jwks(NEW), keys.APART + keys.EARLY + 1
        assert await slug_of(source, "old") == "old"  # nobody waits for what is asked meanwhile
        await asyncio.sleep(0.01)
        assert issuer.asked == 3
        assert await slug_of(source, "old") == "key-unknown"
        assert await slug_of(source, "new") == "new"

    asyncio.run(run())


def test_a_key_taken_back_while_nobody_called_is_not_accepted_once_more() -> None:
    async def run() -> None:
        issuer = Issuer()
        source = issuer.source()
        assert await slug_of(source, "old") == "old"
        issuer.body, issuer.now = jwks(NEW), keys.FRESH
        assert await slug_of(source, "old") == "key-unknown"
        assert issuer.asked == 2

    asyncio.run(run())


def test_unknown_keys_do_not_make_us_ask_more_often() -> None:
    async def run() -> None:
        issuer = Issuer()
        source = issuer.source()
        for step in range(100):
            issuer.now = step * 0.9
            assert await slug_of(source, f"made-up-{step}") == "key-unknown"
        assert issuer.asked == 3  # at 0, 30 and 60 s
        await asyncio.gather(*(slug_of(source, f"other-{n}") for n in range(100)))
        assert issuer.asked == 3

    asyncio.run(run())


def test_an_issuer_that_is_away(log_lines: Lines) -> None:
    async def run() -> None:
        issuer = Issuer(is_away=True)
        source = issuer.source()
        assert await slug_of(source, "old") == "keys-unavailable"
        assert await slug_of(source, "old") == "keys-unavailable"
        assert issuer.asked == 1
        assert '"client":"ehr","reason":"no answer"' in log_lines.getvalue()
        issuer.is_away, issuer.now = False, keys.APART
        assert await slug_of(source, "old") == "old"
        issuer.is_away, issuer.now = True, keys.APART + keys.STALE - 1
        assert await slug_of(source, "old") == "old"
        issuer.now += 1
        assert await slug_of(source, "old") == "keys-unavailable"

    asyncio.run(run())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"keys": 5}', b"[" * 100_000, b"\xff", b"<html>", b"null"]
)
def test_what_is_no_jwks_changes_nothing(body: bytes) -> None:
    async def run() -> None:
        issuer = Issuer()
        source = issuer.source()
        assert await slug_of(source, "old") == "old"
        issuer.body, issuer.now = body, keys.APART
        assert await slug_of(source, "new") == "key-unknown"
        assert await slug_of(source, "old") == "old"

    asyncio.run(run())


def test_only_keys_that_can_be_used_are_taken() -> None:
    small = {"kty": "RSA", "kid": "small", "n": "AQAB" * 40, "e": "AQAB"}
    odd: list[Any] = [
        small,
        {"kty": "oct", "kid": "oct", "k": "c2VjcmV0"},
        {"kty": "EC", "kid": "curve", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "EC", "kid": "point", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "OKP", "kid": "x", "crv": "X25519", "x": "AA"},
        {"kty": 5, "kid": "kty"},
        {**OLD, "kid": 5},
        {**OLD, "use": "enc"},
        {"kid": "nothing"},
        "text",
        None,
    ]
    assert list(read_jwks(jwks(*odd, NEW))) == ["new"]


def test_of_a_private_key_only_the_public_part_is_taken() -> None:
    from jwt.algorithms import get_default_algorithms  # noqa: PLC0415

    whole = get_default_algorithms()["ES384"].to_jwk(private_key("ES384"), as_dict=True)
    (key,) = read_jwks(jwks({**whole, "kid": "mine"}))["mine"]
    assert not hasattr(key.material, "private_numbers")


async def _answer(send: Any, status: int, body: bytes, *more: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(more)})
    await send({"type": "http.response.body", "body": body})


def site(called: list[str]) -> Any:
    """Good keys, a redirect to them, an error, an endless and a slow answer."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for done in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{done}.complete"})
            return
        called.append(scope["path"])
        if scope["path"] == "/keys":
            await _answer(send, 200, jwks(OLD))
        elif scope["path"] == "/redirect":
            await _answer(send, 302, b"", (b"location", b"/keys"))
        elif scope["path"] == "/huge":
            await _answer(send, 200, b" " * 300_000)
        elif scope["path"] == "/slow":
            await asyncio.sleep(1)
            await _answer(send, 200, jwks(OLD))
        else:
            await _answer(send, 500, jwks(OLD))

    return app


def test_over_the_network(serve: Callable[[Any], Server], monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    url = serve(site(called)).url
    assert list(read_jwks(asyncio.run(fetch(f"{url}/keys")))) == ["old"]
    for path, why in (
        ("/redirect", "status 302"),
        ("/huge", "over 262,144 bytes"),
        ("/error", "status 500"),
    ):
        with pytest.raises(FetchError, match=why):
            asyncio.run(fetch(url + path))
    monkeypatch.setattr(fetching, "SECONDS", 0.1)
    with pytest.raises(FetchError, match="TimeoutError"):
        asyncio.run(fetch(f"{url}/slow"))
    assert called[:4] == ["/keys", "/redirect", "/huge", "/error"]


def test_nobody_is_there() -> None:
    with pytest.raises(FetchError, match="ConnectionRefusedError"):
        asyncio.run(fetch("http://127.0.0.1:9/keys"))
    # https is checked: nothing on loopback has a certificate that the system knows
    with pytest.raises(FetchError):
        asyncio.run(fetch("https://127.0.0.1:9/keys"))
