"""Static tokens: long random text of which only the hash is kept.

A token has 256 random bits, so there is nothing to guess and nothing that a slow, salted hash
would protect; a fast one keeps callers from making the service work.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

from seriatim.service.auth.refusals import refused
from seriatim.service.clients import Client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.service.settings import StaticToken

PREFIX = "seriatim_"
_BYTES = 32


def new_token() -> tuple[str, str]:
    """A new token and its hash: the one for the client, the other for the settings."""
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    return token, digest(token)


def digest(token: str) -> str:
    """The hash that the settings hold."""
    return sha256(token.encode()).hexdigest()


def client_of(token: str, known: Sequence[StaticToken]) -> Client:
    """Whose token it is, in the same time whoever's it is; raises Problem 401."""
    given = digest(token)
    found = [each.name for each in known if hmac.compare_digest(given, each.sha256)]
    if not found:
        raise refused("token-unknown", "The token is none of the configured ones.")
    return Client(found[0], "rest")
