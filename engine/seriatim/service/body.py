"""The body of a request as JSON: bounded in bytes and depth, strict, and without double names."""

from __future__ import annotations

import asyncio
import gc
import json
from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import jiter
from starlette.concurrency import run_in_threadpool

from seriatim.service.problems import Fault, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request

    from seriatim.service.context import Context

SECONDS = 30.0
"""How long a body may take to arrive."""
BIG = 1_000_000
"""Bytes from which a body is decoded beside the loop."""
FEW_PARTS, MOST_PARTS = 200_000, 1_000_000
"""So many brackets, and so many colons, are read in any body, and in none more."""
BYTES_OF_A_PART = 12
"""Between the two, bytes that there must be to each; FHIR has some 19 to a colon."""
DEEPEST = 200
"""Levels that are read; FHIR has some ten."""
_TWICE, _DEEP = "Detected duplicate key", "recursion limit exceeded"
"""How the decoder begins what it says of either; a text of its own would still be a refusal."""
_decode = partial(jiter.from_json, cache_mode="all", catch_duplicate_keys=True, allow_inf_nan=False)
"""Short texts are kept and shared: codes, systems and dates stand in a record again and again."""


async def json_body(request: Request, context: Context) -> Any:
    """The decoded body.

    Raises Problem: 415 if it is not said to be JSON, 413 if it is too long or has too many parts,
    400 if it is not strict UTF-8 JSON, is nested too deeply or gives a name twice in one object.
    """
    _check_type(request)
    data = await raw_body(request, context)
    if len(data) > BIG:
        return await run_in_threadpool(decode_json, data)
    return decode_json(data)


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


def decode_json(data: bytes) -> Any:
    """Strict JSON of bounded depth; raises Problem 400, or 413 if it has too many parts."""
    _check_parts(data)
    try:
        with _collector_paused(len(data)):
            return _decode(data)
    except ValueError as error:
        said = str(error)
    if said.startswith(_DEEP):
        raise _too_deep()
    raise _doubled(data, said) if said.startswith(_TWICE) else _not_json(data, said)


def _check_parts(data: bytes) -> None:
    """Few bytes of brackets or of names keep the decoder, and so every other call, for seconds.

    What stands in strings is counted too: it is a bound before decoding, not a count of values.
    """
    if len(data) <= FEW_PARTS:
        return
    limit = min(max(len(data) // BYTES_OF_A_PART, FEW_PARTS), MOST_PARTS)
    found = {"brackets": data.count(b"[") + data.count(b"{"), "colons": data.count(b":")}
    for what, count in found.items():
        if count > limit:
            raise Problem(
                413,
                "too-many-parts",
                "The body has too many parts",
                f"It has {count:,} {what}; of a body of its length at most {limit:,} are read.",
            )


@contextmanager
def _collector_paused(size: int) -> Iterator[None]:
    """Decoding makes no garbage; to look for some again and again takes most of the time."""
    pause = size > BIG // 10 and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()


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
            "Send Content-Type: application/json, or application/fhir+json for FHIR, in UTF-8.",
            headers={"Accept": "application/json, application/fhir+json"},
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded", "The body is compressed", "Send it without Content-Encoding.")


def _too_deep() -> Problem:
    return Problem(
        400,
        "too-deep",
        "The JSON is nested too deeply",
        f"At most {DEEPEST} levels are read.",
    )


def _not_json(data: bytes, said: str) -> Problem:
    try:
        text = data.decode()
    except UnicodeDecodeError as bad:
        return _invalid(f"Byte {bad.start} is not UTF-8.")
    try:
        if len(data) <= BIG:
            json.dumps(json.loads(text), ensure_ascii=False).encode()
    except json.JSONDecodeError as bad:
        return _invalid(f"{bad.msg} at line {bad.lineno}, column {bad.colno}.")
    except UnicodeEncodeError:
        return _invalid("An escape \\ud800 to \\udfff stands without the other half of its pair.")
    except (RecursionError, ValueError):
        pass
    # it quotes nothing of the body: the decoder gives positions only
    return _invalid(f"{said[:120]}.")


def _invalid(detail: str) -> Problem:
    return Problem(400, "not-valid-json", "The body is not valid JSON", detail)


def _doubled(data: bytes, said: str) -> Problem:
    """400, with the names; of a big body without, as to look again would take too long.

    What stands after the name has not been read: if that is no JSON, then this is what is wrong.
    """
    found: list[str] = []

    def look(pairs: Sequence[tuple[str, Any]]) -> None:
        names = Counter(name for name, _value in pairs)
        found.extend(name for name, count in names.items() if count > 1)

    try:
        if len(data) <= BIG:
            json.loads(data, object_pairs_hook=look)
    except RecursionError:
        found.clear()
    except ValueError:
        return _not_json(data, said)
    return Problem(
        400,
        "name-twice",
        "A name stands twice in one object",
        "Two readers of such JSON may see two different patients; send each name once.",
        errors=[Fault("", f"{name[:80]!r} stands twice") for name in found[:20]],
    )
