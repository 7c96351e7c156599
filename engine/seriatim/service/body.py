"""The body of a request as JSON: bounded in bytes and depth, strict, and without double names."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec

from seriatim.service.problems import Fault, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from seriatim.service.context import Context

SECONDS = 30.0
"""How long a body may take to arrive."""
_CONTENT = bytes(each for each in range(256) if each not in b'{}[]:"')
_ONE_KIND = bytes.maketrans(b"[]", b"{}")
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


async def json_body(request: Request, context: Context) -> Any:
    """The decoded body.

    Raises Problem: 415 if it is not said to be JSON, 413 if it is too long, 400 if it is not
    strict UTF-8 JSON, is nested too deeply or gives a name twice in one object.
    """
    _check_type(request)
    return decode_json(await raw_body(request, context), depth=context.settings.json_depth)


async def raw_body(request: Request, context: Context) -> bytes:
    """The bytes of the body; raises Problem 413 once there are too many, 408 if they are slow."""
    limit = context.settings.body_bytes
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and (len(stated) > 18 or int(stated) > limit):  # noqa: PLR2004 - digits
        raise too_long(limit)
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(request, limit)
    except TimeoutError:
        raise _too_slow() from None


async def _read(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_long(limit)
        parts.append(part)
    return b"".join(parts)


def decode_json(data: bytes, *, depth: int) -> Any:
    """Strict JSON of bounded depth; raises Problem 400."""
    try:
        value = _decode(data)
    except RecursionError:
        raise _too_deep(depth) from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise _not_json(data, error) from None
    structure = _structure(data)
    if not _is_shallow(structure, depth):
        raise _too_deep(depth)
    if structure.count(b":") != _names(value):
        raise _doubled(data)
    return value


def too_long(limit: int) -> Problem:
    """413, naming the limit."""
    return Problem(
        413,
        "body-too-long",
        "The body is too long",
        f"At most {limit:,} bytes are read (setting body_bytes).",
        headers={"Connection": "close"},
    )


def _too_slow() -> Problem:
    return Problem(
        408,
        "body-too-slow",
        "The body came too slowly",
        f"It must be there within {SECONDS:g} seconds.",
        headers={"Connection": "close"},
    )


def _check_type(request: Request) -> None:
    given = request.headers.get("content-type", "")
    kind, *parameters = (part.strip().lower() for part in given.split(";"))
    major, _, minor = kind.partition("/")
    is_json = major == "application" and (minor == "json" or minor.endswith(("+json", "json+fhir")))
    charset = [part for part in parameters if part.startswith("charset=")]
    if not is_json or any(part[8:].strip('"') not in ("utf-8", "utf8") for part in charset):
        raise Problem(
            415,
            "not-json",
            "The body is not said to be JSON",
            "Send Content-Type: application/json, in UTF-8.",
            headers={"Accept": "application/json, application/fhir+json"},
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded", "The body is compressed", "Send it without Content-Encoding.")


def _structure(data: bytes) -> bytes:
    """Only the brackets (all as braces) and colons outside strings; of valid JSON."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(data.translate(_ONE_KIND, _CONTENT).split(b'"')[::2])


def _names(value: Any) -> int:
    """How many names a decoded value has: one that stood twice is counted once."""
    plain = _encode(value)
    return plain.count(b'":') if b"\\" not in plain else _structure(plain).count(b":")


def _is_shallow(structure: bytes, depth: int) -> bool:
    """Take the innermost brackets away, level by level: much faster than to walk the values."""
    left = structure.replace(b":", b"")
    for _level in range(depth):
        if not left:
            return True
        left = left.replace(b"{}", b"")
    return not left


def _too_deep(depth: int) -> Problem:
    return Problem(
        400,
        "too-deep",
        "The JSON is nested too deeply",
        f"At most {depth} levels are read (setting json_depth).",
    )


def _not_json(data: bytes, error: Exception) -> Problem:
    try:
        text = data.decode()
    except UnicodeDecodeError as bad:
        return _invalid(f"Byte {bad.start} is not UTF-8.")
    try:
        json.loads(text)
    except json.JSONDecodeError as bad:
        return _invalid(f"{bad.msg} at line {bad.lineno}, column {bad.colno}.")
    except (RecursionError, ValueError):
        pass
    # `error` may quote nothing of the body: msgspec gives positions only
    return _invalid(f"{str(error)[:120]}.")


def _invalid(detail: str) -> Problem:
    return Problem(400, "not-valid-json", "The body is not valid JSON", detail)


def _doubled(data: bytes) -> Problem:
    found: list[str] = []

    def look(pairs: Sequence[tuple[str, Any]]) -> None:
        names = [name for name, _value in pairs]
        found.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)

    json.loads(data, object_pairs_hook=look)
    return Problem(
        400,
        "name-twice",
        "A name stands twice in one object",
        "Two readers of such JSON may see two different patients; send each name once.",
        errors=[Fault("", f"{name[:80]!r} stands twice") for name in found[:20]],
    )
