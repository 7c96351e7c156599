"""Answers as HTTP: bytes, validators, and what a cache may do with them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from starlette.responses import Response

from seriatim._version import __version__
from seriatim.service.rest.negotiation import MEDIA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

READ = {"Cache-Control": "private, no-cache", "Vary": "Accept"}
"""Of what depends on the knowledge alone: kept by its reader, and asked for again by its ETag."""
SHOWN = {"Cache-Control": "no-store", "Vary": "Accept"}
"""Of what was made for one patient."""


def etag(knowledge_hash: str, form: str, path: str, query: Sequence[tuple[str, str]]) -> str:
    """A strong validator: everything that the bytes of an answer depend on."""
    parts = (knowledge_hash, __version__, form, path, repr(sorted(query)))
    return f'"{sha256(chr(10).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


def is_current(request: Request, tag: str) -> bool:
    """Whether the client has these bytes already (RFC 9110, If-None-Match)."""
    given = ",".join(request.headers.getlist("if-none-match"))
    tags = [each.strip().removeprefix("W/") for each in given.split(",")]
    return "*" in tags or tag in tags


def not_modified(tag: str) -> Response:
    """304, with the headers that the 200 would have had."""
    return Response(status_code=304, headers={**READ, "ETag": tag})


def answer(request: Request, data: bytes, form: str, headers: Mapping[str, str]) -> Response:
    """200 with the bytes of a form; to HEAD the same without them."""
    media = MEDIA[form]
    kind = f"{media}; charset=utf-8" if media.startswith("text/") else media
    all_headers = {**headers, "Content-Type": kind}
    if request.method != "HEAD":
        return Response(data, headers=all_headers)
    return Response(headers={**all_headers, "Content-Length": str(len(data))})
