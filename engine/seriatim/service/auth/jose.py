"""A JWT taken apart, and its signature held against one public key.

The header is read once, here: what was checked is what is used. Only signatures with a public
key exist in this module, so a public key can never pass as the secret of an HMAC.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
import msgspec

from seriatim.service.auth.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_PART = re.compile(r"[A-Za-z0-9_-]+\Z")
_MOST_NAME = 256
_LEAST_RSA_BITS = 2048
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ALGORITHMS = {
    name: each
    for name, each in jwt.algorithms.get_default_algorithms().items()
    if name[:2] in ("ES", "RS", "PS") or name == "EdDSA"
}


@dataclass(frozen=True, slots=True)
class Token:
    """A JWT as given; nothing of it is to be believed before `verify`."""

    alg: str
    kid: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of a JWKS."""

    kid: str
    kty: str
    crv: str
    alg: str
    material: Any

    def suits(self, alg: str) -> bool:
        """Whether signatures of this algorithm may be checked with it."""
        if self.alg and self.alg != alg:
            return False
        if alg in _CURVES:
            return self.crv == _CURVES[alg]
        return self.kty == "RSA"


def take_apart(text: str, algorithms: Collection[str], types: Collection[str]) -> Token:
    """Read a JWT; raises Problem 401 if its form, `alg`, `typ` or `kid` is not accepted."""
    parts = text.split(".")
    if len(parts) != 3 or not all(map(_PART.match, parts)):  # noqa: PLR2004 - header, claims, signature
        raise refused("token-malformed", "A JWT has three parts in base64url.")
    header, claims = _object(parts[0], "header"), _object(parts[1], "claims")
    alg, kid, typ = header.get("alg"), header.get("kid"), header.get("typ")
    if not isinstance(alg, str) or alg not in algorithms or alg not in _ALGORITHMS:
        raise refused("algorithm-refused", f"alg must be one of {', '.join(algorithms)}.")
    if "crit" in header:
        raise refused("token-malformed", "Extensions (crit) are not understood.")
    if str(typ or "").lower() not in types:
        raise refused("type-refused", "typ must be JWT.")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MOST_NAME:
        raise refused("key-id-missing", "The header must name its key (kid).")
    signed = f"{parts[0]}.{parts[1]}".encode()
    return Token(alg, kid, header, claims, signed, _decode(parts[2], "signature"))


def verify(token: Token, key: Key) -> None:
    """Hold the signature against a key; raises Problem 401."""
    try:
        good = key.suits(token.alg) and _ALGORITHMS[token.alg].verify(
            token.signed, key.material, token.signature
        )
    except (ValueError, TypeError, jwt.PyJWTError):
        good = False
    if not good:
        raise refused("signature-wrong", "The signature does not fit the key.")


def read_jwks(data: bytes) -> dict[str, tuple[Key, ...]]:
    """The usable public keys of a JWKS by `kid`; others are passed over.

    Raises ValueError if it is no JWKS.
    """
    found: dict[str, tuple[Key, ...]] = {}
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("not JSON") from error
    for key in _keys(document):
        found[key.kid] = (*found.get(key.kid, ()), key)
    return found


def _keys(document: Any) -> Iterator[Key]:
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a JWKS: an object with keys is wanted")  # noqa: TRY004 - as msgspec
    for each in listed:
        if isinstance(each, dict) and (key := _key(each)) is not None:
            yield key


def _key(given: Mapping[str, Any]) -> Key | None:
    kid, kty, crv, alg = (given.get(name, "") for name in ("kid", "kty", "crv", "alg"))
    if not (isinstance(kid, str) and kid and isinstance(alg, str) and isinstance(crv, str)):
        return None
    if kty not in ("EC", "RSA", "OKP") or given.get("use", "sig") != "sig":
        return None
    public = {name: value for name, value in given.items() if name not in _PRIVATE}
    try:
        material = jwt.PyJWK(public, algorithm=_any_algorithm(kty, crv)).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if kty == "RSA" and material.key_size < _LEAST_RSA_BITS:
        return None
    return Key(kid, kty, crv, alg, material)


def _any_algorithm(kty: str, crv: str) -> str:
    """An algorithm that reads this kind of key; which may be used with it, `suits` tells."""
    if kty == "RSA":
        return "RS256"
    return next(alg for alg, curve in (*_CURVES.items(), ("EdDSA", crv)) if curve == crv)


def _object(part: str, what: str) -> Mapping[str, Any]:
    try:
        value = msgspec.json.decode(_decode(part, what))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise refused("token-malformed", f"The {what} of the JWT must be a JSON object.")
    return value


def _decode(part: str, what: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise refused("token-malformed", f"The {what} of the JWT is not base64url.") from None
