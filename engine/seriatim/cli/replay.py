"""`seriatim replay`: derives a saved report again and says what changed, if anything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from seriatim.cli.files import name_of, read_bytes
from seriatim.cli.lookup import engine_at
from seriatim.cli.output import say, say_json
from seriatim.cli.problems import FINE, PROBLEMS, CannotRunError
from seriatim.errors import ProfileError
from seriatim.render.canvas import clean
from seriatim.render.json import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 5_000_000
MOST_SHOWN = 40
MOST_LISTED = 200
LONGEST_VALUE = 120
_ABSENT = object()
_OF_THE_KNOWLEDGE = ("$.knowledge", "$.report_id")


@dataclass(slots=True)
class Changes:
    """The first of them with both values, how many there are, and whether the answer is among them.

    A report of millions of items differs in millions of places; nobody reads them all.
    """

    listed: list[tuple[str, Any, Any]] = field(default_factory=list)
    count: int = 0
    answer: bool = False

    @classmethod
    def between(cls, old: Any, new: Any) -> Changes:
        """What differs."""
        found = cls()
        for each in compare(old, new):
            found.count += 1
            found.answer = found.answer or not each[0].startswith(_OF_THE_KNOWLEDGE)
            if found.count <= MOST_LISTED:
                found.listed.append(each)
        return found


def replay(path: str, *, knowledge: str | None, form: str) -> int:
    """0 if the same report comes out, 1 if not."""
    data = read_bytes(path, MAX_BYTES)
    old = _report(data, name_of(path))
    engine = engine_at(knowledge)
    try:
        new = engine.look_up(old["given"]).model_dump(mode="json", by_alias=True)
    except ProfileError as error:
        reason = str(error).replace("\n", "; ")
        raise CannotRunError(f"{name_of(path)}: its profile is not understood: {reason}") from None
    changes = Changes.between(old, new)
    try:
        if form == "json":
            say_json(_result(old, new, changes))
        else:
            say(_text(old, new, changes, exact=to_json(new).encode() == data))
    except RecursionError:
        raise CannotRunError(f"{name_of(path)}: not a report: nested too deeply") from None
    return PROBLEMS if changes.count else FINE


def _report(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(
            data.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CannotRunError(f"{name}: not a report in JSON: {reason}") from None
    knowledge = found.get("knowledge") if isinstance(found, dict) else None
    if not isinstance(knowledge, dict) or not isinstance(found.get("given"), dict):
        raise CannotRunError(
            f"{name}: not a report of seriatim lookup --format json (no given and knowledge)"
        )
    return dict(found)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def compare(old: Any, new: Any, path: str = "$") -> Iterator[tuple[str, Any, Any]]:
    """Every JSON path whose value differs; what is not there is None and said to be absent."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(each for each in new if each not in old)]:
            inner = f"{path}.{key}" if str(key).isidentifier() else f"{path}[{json.dumps(key)}]"
            yield from compare(old.get(key, _ABSENT), new.get(key, _ABSENT), inner)
    elif isinstance(old, list) and isinstance(new, list):
        for at in range(max(len(old), len(new))):
            before = old[at] if at < len(old) else _ABSENT
            after = new[at] if at < len(new) else _ABSENT
            yield from compare(before, after, f"{path}[{at}]")
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def _summary(old: dict[str, Any], new: dict[str, Any], changes: Changes) -> str:
    before, after = old["knowledge"].get("hash"), new["knowledge"]["hash"]
    if not changes.count:
        return "identical"
    if before != after:
        return f"knowledge changed, {'the answer too' if changes.answer else 'not the answer'}"
    return "answer changed, although the knowledge is the same"


def _result(old: dict[str, Any], new: dict[str, Any], changes: Changes) -> dict[str, Any]:
    return {
        "result": _summary(old, new, changes),
        "knowledge": {"old": old["knowledge"].get("hash"), "new": new["knowledge"]["hash"]},
        "engine": {"old": old.get("engine"), "new": new["engine"]},
        "changes": [
            {
                "path": path,
                **({"old": before} if before is not _ABSENT else {}),
                **({"new": after} if after is not _ABSENT else {}),
            }
            for path, before, after in changes.listed
        ],
        "more": changes.count - len(changes.listed),
    }


def _text(old: dict[str, Any], new: dict[str, Any], changes: Changes, *, exact: bool) -> str:
    lines = [f"{_summary(old, new, changes)}{', byte for byte' if exact else ''}"]
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
    if value is _ABSENT:
        return "(absent)"
    text = clean(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}\u2026"
