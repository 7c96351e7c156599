"""What a token claims, held against the time and against who it is for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from seriatim.service.auth.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_MOST_NAME = 512


def text(claims: Mapping[str, Any], name: str, most: int = _MOST_NAME) -> str:
    """A claim that must be there as text; raises Problem 401."""
    found = claims.get(name)
    if found is None:
        raise refused("claim-missing", f"The claim {name} is missing.")
    if not isinstance(found, str) or not 0 < len(found) <= most:
        raise refused(
            "claim-malformed", f"The claim {name} must be text of 1 to {most} characters."
        )
    return found


def time(claims: Mapping[str, Any], name: str) -> float:
    """A claim that must be there as seconds since 1970; raises Problem 401."""
    found = claims.get(name)
    if found is None:
        raise refused("claim-missing", f"The claim {name} is missing.")
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found):
        raise refused("claim-malformed", f"The claim {name} must be a number of seconds.")
    if not 0 <= found < 2**40:
        raise refused("claim-malformed", f"The claim {name} is no time.")
    return float(found)


def check_audience(claims: Mapping[str, Any], accepted: Collection[str]) -> None:
    """`aud`, a string or a list of strings, must hold one that is accepted; raises Problem 401."""
    found = claims.get("aud")
    if found is None:
        raise refused("claim-missing", "The claim aud is missing.")
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise refused("claim-malformed", "The claim aud must be text or a list of texts.")
    if not set(listed) & set(accepted):
        expected = " or ".join(accepted)
        raise refused("audience-wrong", f"The claim aud must be {expected}, exactly.")


def check_times(
    claims: Mapping[str, Any], now: float, leeway: float, max_life: float | None = None
) -> float:
    """`exp`, `iat` and, if given, `nbf`; the end of the token, leeway included.

    Without `max_life`, `iat` may be missing. Raises Problem 401.
    """
    end = time(claims, "exp")
    if end + leeway <= now:
        raise refused("token-expired", "The token has expired.")
    if max_life is not None or "iat" in claims:
        begin = time(claims, "iat")
        if begin > now + leeway:
            raise refused("issued-in-the-future", "The token was issued in the future (iat).")
        if end <= begin:
            raise refused("claim-malformed", "The claim exp must be after iat.")
        if max_life is not None and end - begin > max_life:
            raise refused("life-too-long", f"A token may live {max_life:g} seconds (exp - iat).")
    if "nbf" in claims and time(claims, "nbf") > now + leeway:
        raise refused("not-yet-valid", "The token is not valid yet (nbf).")
    return end + leeway
