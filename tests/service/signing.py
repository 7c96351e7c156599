"""Issuers of tokens for the tests: their keys, their JWKS and tokens right but for one thing."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

NOW = 1_790_000_000
"""The time at which every token of the tests is judged."""
ISSUER = "https://ehr.example"
JKU = "https://ehr.example/jwks.json"
BASE = "http://127.0.0.1:8000"
PROBE = f"{BASE}/probe/cds"

_MAKE = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RS384": lambda: rsa.generate_private_key(65537, 2048),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def private_key(alg: str, number: int = 0) -> Any:
    """A key for an algorithm; the same each time it is asked for."""
    return _made(alg, number)


@cache
def _made(alg: str, number: int) -> Any:
    del number
    return _MAKE[alg]()


def public_jwk(alg: str, kid: str, number: int = 0) -> dict[str, Any]:
    key = private_key(alg, number).public_key()
    found: dict[str, Any] = get_default_algorithms()[alg].to_jwk(key, as_dict=True)
    return {**found, "kid": kid, "use": "sig"}


def jwks(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": list(keys or [public_jwk("ES384", "one")])}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Claims that are accepted but for the changes; a change to None takes the claim out."""
    usual = {
        "iss": ISSUER,
        "aud": PROBE,
        "iat": NOW - 1,
        "exp": NOW + 60,
        "jti": str(uuid4()),
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def token(
    alg: str = "ES384",
    kid: str | None = "one",
    number: int = 0,
    *,
    header: Any = None,
    **changes: Any,
) -> str:
    """A signed token; `header` adds to its header, `changes` are of the claims."""
    head = {"typ": "JWT", "kid": kid, **(header or {})}
    head = {name: value for name, value in head.items() if value is not None}
    return jwt.encode(claims(**changes), private_key(alg, number), algorithm=alg, headers=head)


def raw_token(header: dict[str, Any], body: Any, signature: bytes = b"") -> str:
    """A token of any form at all."""
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}
