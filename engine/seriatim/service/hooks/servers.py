"""Which FHIR servers may be called, and which addresses on them: the allow-list is the gate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seriatim.service.reading import SettingsError
from seriatim.service.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 2000
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/\[\]]+\Z")
"""No user, query, fragment, percent sign, backslash, blank or anything beyond ASCII."""
_QUERY = re.compile(r"[!-~]*\Z")
NOT_PLAIN = (
    "is not a plain base URL: https, a host, and path segments of letters, digits, - . _ ~ "
    "without . and .. as segments"
)
_PORTS = {"http": 80, "https": 443}


def canonical(url: str) -> str | None:
    """A base URL in its one spelling without a slash at its end; None if it is not a safe one.

    https is wanted, except on loopback. What is refused here cannot mean two things to two
    readers: no dot segments, no empty segments, no encoding, no credentials.
    """
    if len(url) > LONGEST or not _PLAIN.match(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or not host or host.endswith("."):
        return None
    if parts.scheme == "http" and not is_loopback(host):
        return None
    path = parts.path.removesuffix("/")
    if any(each in ("", ".", "..") for each in path.split("/")[1:]):
        return None
    where = f"[{host}]" if ":" in host else host
    if port not in (None, _PORTS[parts.scheme]):
        where = f"{where}:{port}"
    return f"{parts.scheme}://{where}{path}"


class Servers:
    """The servers that the settings allow.

    Raises SettingsError for an address that could never match: better at the start than in silence.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        bases = {each: canonical(each) for each in allowed}
        odd = [each for each, base in bases.items() if base is None]
        if odd:
            raise SettingsError([f"fhir_servers: {each!r} {NOT_PLAIN}" for each in odd])
        self._bases = frozenset(base for base in bases.values() if base is not None)

    def base_of(self, url: str) -> str | None:
        """The base of an allowed server, spelled in the one way; None if it is not allowed."""
        base = canonical(url)
        return base if base in self._bases else None


def next_page(base: str, link: str) -> str | None:
    """The absolute address of a next page, if it is on the same server below the same base.

    A server may give it relative to its base.
    """
    address, mark, query = link.partition("?")
    if not _QUERY.match(query) or "#" in query or len(link) > LONGEST:
        return None
    if "://" not in address:
        if address.startswith("/"):
            return None  # the root of the server may be another service
        address = f"{base}/{address}" if address else base
    page = canonical(address)
    if page is None or not (page == base or page.startswith(f"{base}/")):
        return None
    return f"{page}{mark}{query}"
