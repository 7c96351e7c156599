"""Where a request comes from; X-Forwarded-For is believed of configured proxies only."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.types import Scope

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MOST_HOPS = 20
_SUBNET = 64
"""Who has one IPv6 address has all of its /64."""
UNKNOWN = "unknown"
FORWARDING = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})
"""Headers that a proxy adds."""


class Addresses:
    """Tells the address of a caller, given the networks of trusted proxies."""

    def __init__(self, trusted: Sequence[str]) -> None:
        self.trusted: tuple[_Network, ...] = tuple(map(ipaddress.ip_network, trusted))

    def of(self, scope: Scope) -> str:
        """The nearest address that is no trusted proxy, as far as the proxies told."""
        found = _parse((scope.get("client") or ("",))[0])
        if found is None:
            return UNKNOWN
        for hop in _forwarded(scope) if self.trusted else ():
            if not self._is_trusted(found) or hop is None:
                break
            found = hop
        return str(found)

    def _is_trusted(self, address: _Address) -> bool:
        return any(address in each for each in self.trusted)


def is_forwarded(scope: Scope) -> bool:
    """Whether a proxy says that it passed the request on."""
    return any(name in FORWARDING for name, _value in scope["headers"])


@lru_cache(maxsize=4096)
def subnet(address: str) -> str:
    """What addresses are counted by: an IPv4 address, or the /64 of an IPv6 address."""
    found = _parse(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _SUBNET), strict=False))
    return address


def _forwarded(scope: Scope) -> Iterator[_Address | None]:
    """The hops of X-Forwarded-For, nearest first; None for what is no address."""
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = b",".join(lines).decode("latin-1").split(",") if lines else []
    for hop in reversed(hops[-_MOST_HOPS:]):
        yield _parse(_without_port(hop.strip()))


def _without_port(hop: str) -> str:
    """Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _parse(text: str) -> _Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return found.ipv4_mapped or found
    return found
