"""States that are one click away: a name that was meant, a fact that is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.service.web.state import Event, State, Therapy

_LISTS = {"diagnosis": "diagnoses", "history": "history", "considering": "considering"}
_ROWS = {
    "drug": ("therapies", "drug"),
    "status": ("therapies", "status"),
    "response": ("therapies", "response"),
    "stopped": ("therapies", "stopped"),
    "had-event": ("events", "event"),
    "had-drug": ("events", "drug"),
}


def corrected(state: State, place: str, text: str) -> State | None:
    """The state with the field `place` (its id in the page) set; None if there is no such field."""
    if place in {"age", "unit", "sex", "tried", "had"}:
        changed: dict[str, Any] = {place: text}
        return replace(state, **changed)
    if place.startswith("obs-"):
        return observed(state, place[4:], text)
    kind, _dash, number = place.rpartition("-")
    if not number.isdigit():
        return None
    if kind in _LISTS:
        name = _LISTS[kind]
        return _replaced(state, name, int(number), text)
    if kind in _ROWS:
        name, part = _ROWS[kind]
        rows: Sequence[Therapy | Event] = getattr(state, name)
        if int(number) < len(rows):
            row: Any = rows[int(number)]
            return _replaced(state, name, int(number), replace(row, **{part: text}))
    return None


def observed(state: State, name: str, text: str) -> State:
    """The state with an observation."""
    kept = dict(state.observations) | {name: text}
    return replace(state, observations=tuple(sorted(kept.items())))


def _replaced(state: State, name: str, at: int, value: Any) -> State | None:
    rows = getattr(state, name)
    if at >= len(rows):
        return None
    changed: dict[str, Any] = {name: (*rows[:at], value, *rows[at + 1 :])}
    return replace(state, **changed)
