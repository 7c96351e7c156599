"""Small JSON documents from configured addresses: bounded in time and size, never redirected."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from urllib.parse import urlsplit

import httpx

from seriatim.service.settings import is_loopback

MOST_BYTES = 262_144
SECONDS = 5.0
_TIMES = httpx.Timeout(3.0, connect=2.0)


class FetchError(Exception):
    """A document could not be had; the text says why and quotes nothing of the answer."""


async def fetch(url: str) -> bytes:
    """The body of a 200 answer to GET; raises FetchError."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _fetch(url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise FetchError(f"no answer ({type(_first(error)).__name__})") from error


def _first(error: Exception) -> Exception:
    """What it began with: a refused connection, an unknown name, a wrong certificate.

    The HTTP client makes one kind of error of them, and unties some from their cause.
    """
    while isinstance(earlier := error.__cause__ or error.__context__, Exception):
        error = earlier
    return error


async def _fetch(url: str) -> bytes:
    here = is_loopback(urlsplit(url).hostname or "")
    verify = await asyncio.to_thread(_certificates) if url.startswith("https:") else True
    headers = {"accept": "application/json, application/jwk-set+json"}
    async with (
        httpx.AsyncClient(
            follow_redirects=False, timeout=_TIMES, trust_env=not here, verify=verify
        ) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code != httpx.codes.OK:
            raise FetchError(f"status {response.status_code}")
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise FetchError(f"over {MOST_BYTES:,} bytes")
        return body


@cache
def _certificates() -> ssl.SSLContext:
    """Of the system, or of SSL_CERT_FILE, as for FHIR servers; read once, not on the event loop.

    The HTTP client's own would be the public authorities alone, never a hospital's.
    """
    return ssl.create_default_context()
