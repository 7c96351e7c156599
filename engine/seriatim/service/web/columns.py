"""Rows as a plain form sends them: a column for each field, all of the same length."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from seriatim.service.web.state import Event, Therapy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

R = TypeVar("R")
OF_THERAPIES = ("drug", "status", "response", "stopped")
OF_EVENTS = ("had-event", "had-drug")
NAMES = (*OF_THERAPIES, *OF_EVENTS)
OF_ROWS = {
    "diagnosis": ("diagnosis",),
    "history": ("history",),
    "therapy": OF_THERAPIES,
    "event": OF_EVENTS,
    "considering": ("considering",),
}
"""The fields that a row of each list has in the form."""
LISTS = tuple(OF_ROWS)
ACTIONS = ("add", "remove", "ask")
"""What the buttons of a form send: `add=therapy`, `remove=therapy:1`, `ask=1`."""


def fits(given: Mapping[str, Sequence[str]], names: Sequence[str]) -> bool:
    """Whether the columns are equally long, so that no row is read from two."""
    return len({len(given.get(name, ())) for name in names}) == 1


def therapies(given: Mapping[str, Sequence[str]]) -> list[Therapy]:
    """The rows of the columns; a choice that was not made is as usual."""
    return _rows(given, OF_THERAPIES, _therapy)


def events(given: Mapping[str, Sequence[str]]) -> list[Event]:
    """The rows of the columns."""
    return _rows(given, OF_EVENTS, Event)


def _therapy(drug: str, status: str, response: str, stopped: str) -> Therapy:
    usual = Therapy(drug)
    return Therapy(
        drug, status or usual.status, response or usual.response, stopped or usual.stopped
    )


def _rows(
    given: Mapping[str, Sequence[str]], names: Sequence[str], make: Callable[..., R]
) -> list[R]:
    return [make(*row) for row in zip(*(given.get(name, ()) for name in names), strict=True)]
