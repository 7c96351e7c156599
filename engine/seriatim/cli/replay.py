"""`seriatim replay`: derives a saved report again and says what changed, if anything."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from seriatim.cli.files import name_of, read_bytes
from seriatim.cli.lookup import engine_at
from seriatim.cli.output import say, say_json
from seriatim.cli.problems import FINE, PROBLEMS, CannotRunError
from seriatim.errors import ProfileError
from seriatim.render.canvas import clean
from seriatim.render.changes import ABSENT, MOST_LISTED, Changes, is_report, result, summary
from seriatim.render.json import to_json
from seriatim.render.plain import plain

MAX_BYTES = 5_000_000
MOST_SHOWN = 40
LONGEST_VALUE = 120
MOST_DIGITS = 300


def replay(path: str, *, knowledge: str | None, form: str) -> int:
    """0 if the same report comes out, 1 if not."""
    data = read_bytes(path, MAX_BYTES)
    old = _report(data, name_of(path))
    engine = engine_at(knowledge)
    try:
        new = plain(engine.look_up(old["given"]))
    except ProfileError as error:
        reason = str(error).replace("\n", "; ")
        raise CannotRunError(f"{name_of(path)}: its profile is not understood: {reason}") from None
    changes = Changes.between(old, new)
    try:
        if form == "json":
            say_json(result(old, new, changes))
        else:
            say(_text(old, new, changes, exact=to_json(new).encode() == data))
    except RecursionError:
        raise CannotRunError(f"{name_of(path)}: not a report: nested too deeply") from None
    return PROBLEMS if changes.count else FINE


def _report(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(
            data.decode("utf-8-sig"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_believable,
            object_pairs_hook=_each_key_once,
        )
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CannotRunError(f"{name}: not a report in JSON: {reason}") from None
    if not is_report(found):
        raise CannotRunError(
            f"{name}: not a report of seriatim lookup --format json (no given and knowledge)"
        )
    return dict(found)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {clean(twice)[:LONGEST_VALUE]!r} stands twice")
    return found


def _believable(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"{text[:20]}… is a number of {len(text.lstrip('-')):,} digits")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def _text(old: dict[str, Any], new: dict[str, Any], changes: Changes, *, exact: bool) -> str:
    lines = [f"{summary(old, new, changes)}{', byte for byte' if exact else ''}"]
    for name, before, after in (
        ("knowledge", old["knowledge"].get("hash"), new["knowledge"]["hash"]),
        ("engine", old.get("engine"), new["engine"]),
    ):
        shown = before if isinstance(before, str) else _value(before)
        lines.append(f"{name}: {shown[:LONGEST_VALUE]}{'' if before == after else f' -> {after}'}")
    for path, before, after in changes.listed[:MOST_SHOWN]:
        lines += [path, f"  old: {_value(before)}", f"  new: {_value(after)}"]
    if changes.count > MOST_SHOWN:
        all_of_them = "all" if changes.count <= MOST_LISTED else f"the first {MOST_LISTED}"
        lines.append(f"and {changes.count - MOST_SHOWN:,} more; --format json lists {all_of_them}")
    return "".join(f"{clean(each)}\n" for each in lines)


def _value(value: Any) -> str:
    if value is ABSENT:
        return "(absent)"
    text = clean(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}\u2026"
