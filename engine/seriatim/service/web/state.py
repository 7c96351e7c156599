r"""What is being asked, as the query of a URL: read from it and written to it. No identifiers.

The grammar, in which every part may be left out:

    age=30  unit=months  sex=female
    diagnosis=TERM …  history=TERM …  considering=DRUG …
    therapy=DRUG[:STATUS[:RESPONSE[:STOPPED]]] …  tried=nothing | more
    event=EVENT[:DRUG] …  had=nothing | more
    obs.NAME=yes | no | NUMBER …
    sort=COLUMN or -COLUMN

`…` stands for more of the same name. Within a therapy or an event `\` goes before a colon or a
backslash that belongs to a term. A form without scripts sends its rows as columns instead
(`columns`); `State.query` writes the grammar above for either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ROWS = 100
"""Rows of each list; more are refused."""
LONGEST = 200
"""Characters of a value, as of a term of a profile."""
OBSERVED = "obs."
THERAPY = ("past", "unknown", "unknown")
"""What a therapy says if it says nothing: its status, response and reason for stopping."""
EVENT = ("",)
TEXTS = ("age", "unit", "sex", "tried", "had", "sort")
LISTS = ("diagnosis", "history", "considering")


@dataclass(frozen=True, slots=True)
class Therapy:
    """A row of the form, each field as typed or chosen."""

    drug: str
    status: str = THERAPY[0]
    response: str = THERAPY[1]
    stopped: str = THERAPY[2]

    @property
    def is_empty(self) -> bool:
        """Whether it is a row that nobody touched."""
        return self == Therapy("")


@dataclass(frozen=True, slots=True)
class Event:
    """An adverse event and the drug it came with, as typed."""

    event: str
    drug: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it is a row that nobody touched."""
        return self == Event("")


@dataclass(frozen=True, slots=True)
class State:
    """What a form holds, as typed: nothing in it is known to mean anything yet."""

    age: str = ""
    unit: str = "years"
    sex: str = ""
    diagnoses: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    tried: str = ""
    events: tuple[Event, ...] = ()
    had: str = ""
    considering: tuple[str, ...] = ()
    observations: tuple[tuple[str, str], ...] = field(default=())
    sort: str = ""

    @property
    def asks(self) -> bool:
        """Whether there is anything to look up."""
        return self != State(unit=self.unit, sort=self.sort)

    @property
    def query(self) -> str:
        """The query of the URL; empty if nothing is asked."""
        return "&".join(f"{name}={quote_plus(text, safe=':')}" for name, text in self._pairs())

    def _pairs(self) -> Iterator[tuple[str, str]]:
        yield from _given("age", self.age)
        yield from _given("unit", "" if self.unit == "years" else self.unit)
        yield from _given("sex", self.sex)
        yield from (("diagnosis", each) for each in self.diagnoses)
        yield from (("history", each) for each in self.history)
        for row in self.therapies:
            parts = (row.drug, row.status, row.response, row.stopped)
            yield "therapy", joined(parts, THERAPY)
        yield from _given("tried", self.tried)
        yield from (("event", joined((row.event, row.drug), EVENT)) for row in self.events)
        yield from _given("had", self.had)
        yield from (("considering", each) for each in self.considering)
        yield from ((f"{OBSERVED}{name}", value) for name, value in self.observations)
        yield from _given("sort", self.sort)

    def observed(self, name: str) -> str:
        """What was entered for an observation, or nothing."""
        return next((value for each, value in self.observations if each == name), "")


def _given(name: str, text: str) -> Iterator[tuple[str, str]]:
    if text:
        yield name, text


# --- rows -----------------------------------------------------------------------------------------


def joined(parts: tuple[str, ...], usual: tuple[str, ...]) -> str:
    """`anakinra:past:none`: the parts without what is as usual at the end."""
    kept = len(parts)
    while kept > 1 and parts[kept - 1] == usual[kept - 2]:
        kept -= 1
    return ":".join(each.replace("\\", "\\\\").replace(":", "\\:") for each in parts[:kept])


def parted(text: str) -> list[str]:
    """The parts of a row; the inverse of `joined` but for what is left out at the end."""
    parts, escaped = [""], False
    for character in text:
        if character == ":" and not escaped:
            parts.append("")
        elif character == "\\" and not escaped:
            escaped = True
            continue
        else:
            parts[-1] += character
        escaped = False
    return [each.strip() for each in parts]
