"""Why someone was not let in, in the words of RFC 6750 and of RFC 9457."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES = 8192
"""A token of a CDS client has some 600 bytes, one of an OpenID issuer some 2,000."""


def refused(reason: str, detail: str) -> Problem:
    """401 for a token that was given; `reason` is the stable slug, `detail` plain ASCII."""
    challenge = f'Bearer realm="seriatim", error="invalid_token", error_description="{reason}"'
    return Problem(
        401, reason, "The token is not accepted", detail, headers={"WWW-Authenticate": challenge}
    )


def no_scope(scope: str) -> Problem:
    """403 for a token without the scope that is needed."""
    challenge = f'Bearer realm="seriatim", error="insufficient_scope", scope="{scope}"'
    return Problem(
        403,
        "scope-missing",
        "The token does not have the needed scope",
        f"The scope {scope} is needed.",
        headers={"WWW-Authenticate": challenge},
    )


def no_token(detail: str) -> Problem:
    """401 for a request without a token."""
    return Problem(
        401,
        "token-missing",
        "A token is needed",
        detail,
        headers={"WWW-Authenticate": 'Bearer realm="seriatim"'},
    )


def unavailable(detail: str, seconds: int) -> Problem:
    """503 if it cannot be told now whether a token is good."""
    return Problem(
        503,
        "keys-unavailable",
        "The token cannot be checked now",
        detail,
        headers={"Retry-After": str(seconds)},
    )


def bearer(request: Request) -> str:
    """The token of the one Authorization header; raises Problem 401."""
    given = request.headers.getlist("authorization")
    if not given:
        raise no_token("Send it as Authorization: Bearer.")
    if len(given) > 1:
        raise refused("token-malformed", "There is more than one Authorization header.")
    scheme, _, token = given[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise refused("token-malformed", "Authorization must be Bearer and a token.")
    if len(token) > MOST_BYTES:
        raise refused("token-too-long", f"A token may have {MOST_BYTES:,} bytes.")
    return token
