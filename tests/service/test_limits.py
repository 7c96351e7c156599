"""How often one may call, whose address counts, and that counting takes bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import Depends
from signing import bearer

from seriatim.service.app import create_app
from seriatim.service.auth.static import digest
from seriatim.service.clients import rest_client
from seriatim.service.edge.address import Addresses, subnet
from seriatim.service.edge.rates import BoundedStorage, Limit
from seriatim.service.problems import Problem
from seriatim.service.settings import Settings, StaticToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller, KeptInMemory, Server

    from seriatim.pipeline import Engine


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def limit(rate: str, clock: Clock, most: int = 100) -> Limit:
    return Limit(rate, "client", BoundedStorage(most, clock))


def wait(limited: Limit, key: str) -> int:
    """Seconds to wait; 0 if the call was let through."""
    try:
        limited.hit(key)
    except Problem as problem:
        return int(problem.headers["Retry-After"]) if problem.status == 429 else -1
    return 0


def test_a_rate_holds_for_each_key_and_begins_anew() -> None:
    clock = Clock()
    limited = limit("3/minute", clock)
    assert [wait(limited, "a") for _ in range(4)] == [0, 0, 0, 60]
    assert wait(limited, "b") == 0
    clock.now += 45.5
    assert wait(limited, "a") == 15
    clock.now += 14.5
    assert [wait(limited, "a") for _ in range(4)] == [0, 0, 0, 60]


def test_memory_is_bounded() -> None:
    clock = Clock()
    storage = BoundedStorage(100, clock)
    limited = Limit("2/minute", "client", storage)
    for number in range(10_000):
        assert wait(limited, f"key-{number}") == 0
    assert storage.reset() == 100
    assert storage.reset() == 0


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "expected"),
    [
        ((), "203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        (("10.0.0.0/8",), "203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        (("10.0.0.0/8",), "10.0.0.1", [], "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["6.6.6.6", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["'; drop"], "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        (("10.0.0.0/8",), "10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        (("10.0.0.0/8",), "10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (("10.0.0.0/8",), "::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        (("::1/128",), "::1", ["198.51.100.1"], "198.51.100.1"),
        ((), "", [], "unknown"),
    ],
)
def test_whose_address_counts(
    trusted: tuple[str, ...], peer: str, forwarded: list[str], expected: str
) -> None:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    scope: dict[str, Any] = {"client": (peer, 1) if peer else None, "headers": headers}
    assert Addresses(trusted).of(scope) == expected


def test_a_long_list_of_hops_is_not_followed_to_its_end() -> None:
    hops = ", ".join(["6.6.6.6"] + ["10.0.0.2"] * 10_000)
    scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", hops.encode())]}
    assert Addresses(("10.0.0.0/8",)).of(scope) == "10.0.0.2"


def test_who_has_one_address_of_a_subnet_has_all() -> None:
    assert subnet("2001:db8::1") == subnet("2001:db8::ffff:1") != subnet("2001:db8:0:1::1")
    assert subnet("198.51.100.1") != subnet("198.51.100.2")


@pytest.fixture
def limited_app(engine: Engine, store: KeptInMemory) -> Any:
    tokens = tuple(StaticToken(name=name, sha256=digest(f"seriatim_{name}")) for name in "ab")
    settings = Settings(rest_tokens=tokens, rate_client="2/hour", rate_address="6/hour")
    app = create_app(settings, engine=engine, store=store)

    async def probe() -> None:
        pass

    app.get("/probe/rest", dependencies=[Depends(rest_client)])(probe)
    return app


def test_clients_and_addresses_are_limited(limited_app: Any, caller: Callable[..., Caller]) -> None:
    call = caller(limited_app)

    def status(path: str, name: str = "") -> int:
        return call.get(path, headers=bearer(f"seriatim_{name}") if name else {}).status_code

    assert [status("/probe/rest", "a") for _ in range(3)] == [200, 200, 429]
    assert [status("/probe/rest", "b"), status("/probe/rest")] == [200, 401]
    assert [status("/nowhere") for _ in range(3)] == [404, 429, 429]
    answer = call.get("/probe/rest", headers=bearer("seriatim_b"))
    assert answer.status_code == 429
    assert 3500 <= int(answer.headers["retry-after"]) <= 3600
    assert answer.json()["detail"].startswith("One address may send 6 per 1 hour")
    assert [status("/health/live"), status("/health/ready")] == [200, 200]


def test_over_the_network(limited_app: Any, serve: Callable[[Any], Server]) -> None:
    url = serve(limited_app).url
    with httpx.Client() as client:
        forged = [
            client.get(f"{url}/nowhere", headers={"X-Forwarded-For": f"198.51.100.{n}"})
            for n in range(8)
        ]
    assert [each.status_code for each in forged] == [404] * 6 + [429] * 2
