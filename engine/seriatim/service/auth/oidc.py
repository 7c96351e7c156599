"""REST clients with access tokens (JWT) of a configured OpenID Connect issuer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from seriatim.service.auth import claims as claim
from seriatim.service.auth import keys
from seriatim.service.auth.fetch import FetchError, fetch
from seriatim.service.auth.jose import take_apart, verify
from seriatim.service.auth.refusals import no_scope, refused
from seriatim.service.clients import Client
from seriatim.service.settings import is_safe_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.service.context import Context
    from seriatim.service.settings import Oidc

_TYPES = ("jwt", "at+jwt", "application/at+jwt", "")
"""RFC 9068 says at+jwt; issuers in use say JWT or nothing."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,50}\Z")


class OidcTokens:
    """Checks access tokens of one issuer."""

    def __init__(self, context: Context, oidc: Oidc) -> None:
        self.context, self.oidc = context, oidc
        self.source = keys.KeySource("oidc", self._load)

    async def client(self, text: str) -> Client:
        """The application that a token was given to; raises Problem 401, 403 or 503."""
        token = take_apart(text, self.oidc.algorithms, _TYPES)
        if claim.text(token.claims, "iss", 2000) != self.oidc.issuer:
            raise refused("issuer-unknown", "The issuer (iss) is not the configured one.")
        verify(token, await self.source.find(token.kid, token.alg))
        claim.check_audience(token.claims, [self.oidc.audience])
        now = self.context.clock().timestamp()
        claim.check_times(token.claims, now, self.context.settings.jwt_leeway)
        if self.oidc.scope and self.oidc.scope not in _scopes(token.claims):
            raise no_scope(self.oidc.scope)
        return Client(_name(token.claims), "rest")

    async def _load(self) -> bytes:
        """The issuer's keys, from where the settings or its discovery document say."""
        uri = self.oidc.jwks_uri
        if uri is None:
            address = self.oidc.issuer.rstrip("/") + "/.well-known/openid-configuration"
            uri = _keys_of(await fetch(address), self.oidc.issuer)
        return await fetch(uri)


def _keys_of(data: bytes, issuer: str) -> str:
    """Where a discovery document says that the keys are; it must be of this issuer."""
    try:
        document: Any = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FetchError("the discovery document is not JSON") from error
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise FetchError("the discovery document is of another issuer")
    uri = document.get("jwks_uri")
    if not isinstance(uri, str) or not is_safe_url(uri) or not _as_safe(uri, issuer):
        raise FetchError("the discovery document has no jwks_uri with https")
    return uri


def _as_safe(uri: str, issuer: str) -> bool:
    """An issuer elsewhere has no say over what is called on this machine without TLS."""
    return uri.startswith("https:") or issuer.startswith("http:")


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for name in ("scope", "scp"):
        given = claims.get(name, ())
        listed = given.split() if isinstance(given, str) else given
        if isinstance(listed, (list, tuple)):
            found.update(each for each in listed if isinstance(each, str))
    return found


def _name(claims: Mapping[str, Any]) -> str:
    """The application, never the person: `azp` or `client_id`, if it is a plain name."""
    for each in (claims.get("azp"), claims.get("client_id")):
        if isinstance(each, str) and _NAME.match(each):
            return f"oidc:{each}"
    return "oidc"
