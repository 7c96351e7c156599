"""What differs between a saved report and the one that comes out now, path by path."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LISTED = 200
ABSENT = object()
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


def compare(old: Any, new: Any, path: str = "$") -> Iterator[tuple[str, Any, Any]]:
    """Every JSON path whose value differs; what is not there is ABSENT."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(each for each in new if each not in old)]:
            inner = f"{path}.{key}" if str(key).isidentifier() else f"{path}[{json.dumps(key)}]"
            yield from compare(old.get(key, ABSENT), new.get(key, ABSENT), inner)
    elif isinstance(old, list) and isinstance(new, list):
        for at in range(max(len(old), len(new))):
            before = old[at] if at < len(old) else ABSENT
            after = new[at] if at < len(new) else ABSENT
            yield from compare(before, after, f"{path}[{at}]")
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def is_report(found: Any) -> bool:
    """Whether decoded JSON has what a replay needs of a report."""
    return (
        isinstance(found, dict)
        and isinstance(found.get("knowledge"), dict)
        and isinstance(found.get("given"), dict)
    )


def summary(old: dict[str, Any], new: dict[str, Any], changes: Changes) -> str:
    """In a few words, whether the knowledge or the answer changed."""
    before, after = old["knowledge"].get("hash"), new["knowledge"]["hash"]
    if not changes.count:
        return "identical"
    if before != after:
        return f"knowledge changed, {'the answer too' if changes.answer else 'not the answer'}"
    return "answer changed, although the knowledge is the same"


def result(old: dict[str, Any], new: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """All of it as plain data."""
    return {
        "result": summary(old, new, changes),
        "knowledge": {"old": old["knowledge"].get("hash"), "new": new["knowledge"]["hash"]},
        "engine": {"old": old.get("engine"), "new": new["engine"]},
        "changes": [
            {
                "path": path,
                **({"old": before} if before is not ABSENT else {}),
                **({"new": after} if after is not ABSENT else {}),
            }
            for path, before, after in changes.listed
        ],
        "more": changes.count - len(changes.listed),
    }
