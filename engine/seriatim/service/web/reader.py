"""Reads the query of a URL, whatever stands in it: a state, and everything that is wrong."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote_to_bytes

from seriatim.knowledge.nearest import nearest
from seriatim.render.canvas import NOT_TEXT
from seriatim.service.web import columns
from seriatim.service.web.faults import Fault
from seriatim.service.web.state import (
    LISTS,
    LONGEST,
    MOST_ROWS,
    OBSERVED,
    TEXTS,
    THERAPY,
    Event,
    State,
    Therapy,
    parted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 65_536
"""Of a query that is read at all."""
MOST_PAIRS = 1_000
MOST_FAULTS = 20
MOST_OF_A_ROW = 8 * LONGEST + 3
"""Characters of a row with four terms, if every one of them were escaped."""
R = TypeVar("R")
Row = TypeVar("Row", Therapy, Event)
ROWS = ("therapy", "event")
NAMES = (*TEXTS, *LISTS, *ROWS, *columns.NAMES, *columns.ACTIONS)
PLACES = {"diagnosis": "diagnoses", "history": "history", "considering": "considering"}
"""The field of `State` for each list."""
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_OBSERVATION = re.compile(r"[a-z][a-z0-9_]{0,60}\Z")


@dataclass(frozen=True, slots=True)
class Read:
    """A query as read.

    `is_plain` says that the state was written in the one grammar, so that the address is as it
    should be shown; `added` is the list for which another row was asked, `asked` whether the form
    was sent.
    """

    state: State
    faults: tuple[Fault, ...] = ()
    is_plain: bool = True
    added: str = ""
    asked: bool = False


def read(query: bytes) -> Read:
    """The state of a query; nothing that can stand in one is raised."""
    return _Reader().read(query)


@dataclass(slots=True)
class _Reader:
    faults: list[Fault] = field(default_factory=list)

    def read(self, query: bytes) -> Read:
        entries = query.count(b"&") + 1
        if len(query) > MOST_BYTES or entries > MOST_PAIRS:
            said = f"It holds {entries:,} entries in {len(query):,} bytes; nothing of it was read."
            most = f"At most {MOST_ROWS} rows of each list can be looked up at once."
            return Read(State(), (Fault("", "Address", f"The address is too long. {said} {most}"),))
        given = self._values(query)
        plain = not any(name in given for name in (*columns.NAMES, *columns.ACTIONS))
        _take_out(given)
        return Read(
            self._state(given),
            tuple(self.faults[:MOST_FAULTS]),
            plain,
            _added(given),
            "ask" in given,
        )

    # --- names and values -----------------------------------------------------------------------

    def _values(self, query: bytes) -> dict[str, list[str]]:
        """Every name that is known, with its values in order, decoded and clean."""
        given: dict[str, list[str]] = {}
        for pair in query.split(b"&"):
            name_raw, _equals, value_raw = pair.partition(b"=")
            name = unquote_to_bytes(name_raw.replace(b"+", b" ")).decode("utf-8", "replace")
            if not name and not value_raw:
                continue
            if name not in NAMES and not self._is_observation(name):
                self._unknown(name)
            else:
                given.setdefault(name, []).append(self._value(name, value_raw))
        return given

    def _is_observation(self, name: str) -> bool:
        return name.startswith(OBSERVED) and bool(_OBSERVATION.match(name[len(OBSERVED) :]))

    def _unknown(self, name: str) -> None:
        shown = _clean(name)[:40]
        near = nearest(name[:40], [*TEXTS, *LISTS, *ROWS])
        text = f"{shown!r} is nothing that a look-up asks for; it was not used."
        if near:
            text += f" Perhaps {' or '.join(near)} was meant."
        self._fault("", "Address", text)

    def _value(self, name: str, raw: bytes) -> str:
        if _BROKEN.search(raw):
            self._fault("", "Address", f"What stands at {name} was cut off or copied wrongly.")
        data = unquote_to_bytes(raw.replace(b"+", b" "))
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._fault(
                "", "Address", f"What stands at {name} was copied wrongly: it is not UTF-8."
            )
            text = data.decode("utf-8", "replace")
        if (cleaned := _clean(text)) != text:
            self._fault("", "Address", f"What stands at {name} has characters that cannot be seen.")
        kept = cleaned.strip()
        most = MOST_OF_A_ROW if name in ROWS else LONGEST
        if len(kept) > most:
            said = f"What stands at {name} has {len(kept):,} characters; at most {most} are read."
            self._fault("", "Address", said)
        return kept[:most].strip()

    # --- fields ---------------------------------------------------------------------------------

    def _state(self, given: dict[str, list[str]]) -> State:
        texts: dict[str, Any] = {
            name: self._one(name, given[name]) for name in TEXTS if name in given
        }
        lists: dict[str, Any] = {
            PLACES[name]: self._bounded(name, tuple(filter(None, given[name])))
            for name in LISTS
            if name in given
        }
        observations = [
            (name[len(OBSERVED) :], self._one(name, values))
            for name, values in given.items()
            if name.startswith(OBSERVED)
        ]
        return State(
            **{name: text for name, text in texts.items() if text},
            **lists,
            therapies=self._bounded("therapy", _touched(self._therapies(given))),
            events=self._bounded("event", _touched(self._events(given))),
            observations=tuple((name, value) for name, value in sorted(observations) if value),
        )

    def _one(self, name: str, values: list[str]) -> str:
        if len(set(values)) > 1:
            self._fault(
                "", "Address", f"{name} stands there {len(values)} times with other values."
            )
        return values[0]

    def _bounded(self, name: str, rows: Iterable[R]) -> tuple[R, ...]:
        found = tuple(rows)
        if len(found) > MOST_ROWS:
            said = f"{len(found):,} rows of {name} are given; at most {MOST_ROWS} are looked up."
            self._fault("", "Address", said)
        return found[:MOST_ROWS]

    def _therapies(self, given: dict[str, list[str]]) -> Iterator[Therapy]:
        for text in filter(None, given.get("therapy", ())):
            parts = self._parts("therapy", text, 4)
            usual = ("", *THERAPY)
            filled = [each or other for each, other in zip(parts, usual, strict=False)]
            yield Therapy(*filled)
        if columns.fits(given, columns.OF_THERAPIES):
            yield from columns.therapies(given)
        else:
            self._torn("therapies")

    def _events(self, given: dict[str, list[str]]) -> Iterator[Event]:
        for text in filter(None, given.get("event", ())):
            yield Event(*self._parts("event", text, 2))
        if columns.fits(given, columns.OF_EVENTS):
            yield from columns.events(given)
        else:
            self._torn("adverse events")

    def _parts(self, name: str, text: str, most: int) -> list[str]:
        parts = parted(text)
        if len(parts) > most:
            said = f"{name} has {len(parts)} parts; at most {most} are read (\\: is a plain colon)."
            self._fault("", "Address", said)
        if any(len(each) > LONGEST for each in parts):
            self._fault("", "Address", f"A part of {name} has more than {LONGEST} characters.")
        return [each[:LONGEST].strip() for each in parts[:most]]

    def _torn(self, what: str) -> None:
        text = f"The rows of the {what} do not fit together: some have fields that others lack."
        self._fault("", "Address", text)

    def _fault(self, place: str, label: str, text: str) -> None:
        fault = Fault(place, label, text)
        if len(self.faults) < MOST_FAULTS and fault not in self.faults:
            self.faults.append(fault)


def _touched(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows without those that nobody touched."""
    return (each for each in rows if not each.is_empty)


# --- the buttons of the form ----------------------------------------------------------------------


def _added(given: dict[str, list[str]]) -> str:
    name = given.get("add", [""])[-1]
    return name if name in columns.LISTS else ""


def _take_out(given: dict[str, list[str]]) -> None:
    """Take the row out that `remove=therapy:1` names."""
    name, _colon, number = given.get("remove", [""])[-1].partition(":")
    if not (number.isascii() and number.isdigit()):
        return
    for each in columns.OF_ROWS.get(name, ()):
        if int(number[:4]) < len(given.get(each, ())):
            del given[each][int(number[:4])]


def _clean(text: str) -> str:
    """The text without what cannot be seen, or could hide or reorder what is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(each) in NOT_TEXT else each for each in text)
