"""What no setting can tell alone: whether they make a service that may be started together."""

from __future__ import annotations

import ipaddress
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from seriatim.service.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.service.settings import Settings

Finding = tuple[tuple[str, ...], str]
"""The settings that it is about, the first to be named first, and what is wrong with them."""

NEEDS_AUTHENTICATION = (
    "the service can be reached from elsewhere, and nobody is configured who may call it: set "
    "cds_clients (CDS Hooks), rest_tokens (made by `seriatim serve --new-token NAME`) or oidc "
    "(REST), or listen on 127.0.0.1 only, without base_url and trusted_proxies"
)
NEEDS_BASE_URL = (
    "base_url is needed to listen on anything but loopback: the https address by which clients "
    "call, served by a proxy that ends TLS"
)


def unsound(settings: Settings) -> Iterator[Finding]:
    """Everything that is wrong with the settings together."""
    yield from _reach(settings)
    yield from _clients(settings)
    yield from _metrics(settings)
    for network in map(ipaddress.ip_network, settings.trusted_proxies):
        if network.prefixlen == 0:
            yield ("trusted_proxies",), f"{network} would believe everyone"


def _reach(settings: Settings) -> Iterator[Finding]:
    if not settings.is_private and not (settings.authenticates_cds or settings.authenticates_rest):
        yield _why_reachable(settings), NEEDS_AUTHENTICATION
    if not is_loopback(settings.host) and settings.base_url is None:
        yield ("base_url", "host"), NEEDS_BASE_URL


def _why_reachable(settings: Settings) -> tuple[str, ...]:
    authentication = ("cds_clients", "rest_tokens", "oidc")
    if not is_loopback(settings.host):
        return ("host", *authentication)
    return ("trusted_proxies" if settings.trusted_proxies else "base_url", *authentication)


def _clients(settings: Settings) -> Iterator[Finding]:
    for each in settings.cds_clients:
        if each.jku is None and each.jwks_file is None:
            yield ("cds_clients",), f"{each.name}: jku or jwks_file is needed"
        if each.jwks_file is not None and (trouble := _trouble(each.jwks_file)):
            yield ("cds_clients",), f"{each.name}: jwks_file {each.jwks_file}: {trouble}"
    for what, given in (
        ("name", [each.name for each in settings.cds_clients]),
        ("iss", [each.iss for each in settings.cds_clients]),
    ):
        for twice in _doubled(given):
            yield ("cds_clients",), f"the {what} {twice} stands twice"
    for twice in _doubled([each.name for each in settings.rest_tokens]):
        yield ("rest_tokens",), f"the name {twice} stands twice"
    for twice in _doubled([each.sha256 for each in settings.rest_tokens]):
        names = [each.name for each in settings.rest_tokens if each.sha256 == twice]
        yield ("rest_tokens",), f"{' and '.join(names)} have one token, so only one would be named"


def _trouble(path: str) -> str:
    """Why a file is no JWKS with a key that can be used; empty if it is."""
    from seriatim.service.auth.jose import read_jwks  # noqa: PLC0415 - if there is one

    try:
        keys = read_jwks(Path(path).read_bytes())
    except OSError as error:
        return f"cannot be read: {error.strerror or 'unreadable'}"
    except ValueError:
        return 'is no JWKS: {"keys": [...]} is wanted'
    return "" if keys else "has no public key with a kid that can be used"


def _metrics(settings: Settings) -> Iterator[Finding]:
    if settings.metrics == "token" and settings.metrics_token is None:
        yield ("metrics_token", "metrics"), "metrics_token is needed if metrics is token"


def _doubled(given: list[str]) -> list[str]:
    return [each for each, count in Counter(given).items() if count > 1]
