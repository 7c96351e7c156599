"""Tolerant access to decoded JSON: a value of the wrong type is as good as none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ITEMS = 200
"""Items of one list of a resource that are read (codings, ingredients, reactions)."""
LONGEST_TEXT = 300
"""Longer text is prose, not the name of something."""
MOST_OF_KEY = 8
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?\Z", re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")


def text(value: Any) -> str:
    """The text without blanks around it; empty if it is anything else, or too long for a name."""
    return value.strip() if type(value) is str and len(value) <= LONGEST_TEXT else ""


def mapping(value: Any) -> dict[str, Any]:
    """The object; an empty one if it is anything else."""
    return value if type(value) is dict else {}


def items(value: Any) -> list[Any]:
    """The list, cut to `MOST_ITEMS`; one value alone counts as a list of it, as some servers do."""
    if type(value) is list:
        return value if len(value) <= MOST_ITEMS else value[:MOST_ITEMS]
    return [] if value is None else [value]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list."""
    for each in items(value):
        if type(each) is dict:
            yield each


def number(value: Any) -> float | None:
    """A finite number; JSON's true and false are none."""
    if type(value) not in (int, float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if isfinite(found) else None


def code_of(value: Any) -> str:
    """The code of a status: a plain string, or the first of a CodeableConcept.

    R4 has conditions' statuses as concepts; older servers still send plain strings.
    """
    if type(value) is str:
        return value.strip().lower()
    if type(value) is dict:
        coding = value.get("coding")
        if type(coding) is list and coding and type(coding[0]) is dict:  # as nearly every one is
            return text(coding[0].get("code")).lower()
        for each in objects(coding):
            return text(each.get("code")).lower()
    return ""


class Concept(NamedTuple):
    """A CodeableConcept: its (system, code) pairs, and its text before its displays."""

    codings: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]


NO_CONCEPT = Concept((), ())


def concept_of(value: Any) -> Concept:
    """What is readable of a CodeableConcept."""
    if type(value) is not dict:
        return NO_CONCEPT
    codings = []
    texts = [found] if (found := text(value.get("text"))) else []
    for coding in objects(value.get("coding")):
        system, code = text(coding.get("system")), text(coding.get("code"))
        if system and code:
            codings.append((system, code))
        if found := text(coding.get("display")):
            texts.append(found)
    return Concept(tuple(codings), tuple(texts))


def key_of(value: Any, ask: Any) -> tuple[Any, ...] | None:
    """`ask`, and everything that `concept_of` reads as it stands; equal for what reads the same.

    None if it is of an odd shape or has many codings. The parts may be of any type.
    """
    if type(value) is not dict:
        return None
    codings = value.get("coding", ())
    if type(codings) is list and len(codings) == 1 and type(only := codings[0]) is dict:
        return ask, value.get("text"), only.get("system"), only.get("code"), only.get("display")
    if type(codings) not in (list, tuple) or len(codings) > MOST_OF_KEY:
        return None
    parts = [ask, value.get("text")]
    for coding in codings:
        if type(coding) is not dict:
            return None
        parts += (coding.get("system"), coding.get("code"), coding.get("display"))
    return tuple(parts)


def label(resource: dict[str, Any]) -> str:
    """`Condition/abc`, or `Condition` alone if its id is none that FHIR allows."""
    found = resource.get("id")
    kind = resource["resourceType"]
    return f"{kind}/{found}" if type(found) is str and _ID.match(found) else str(kind)


@dataclass(frozen=True, slots=True)
class Day:
    """A date as precise as it was given: its first and its last possible day."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        """Whether the day itself was given."""
        return self.first == self.last


def day(value: Any) -> Day | None:
    """A FHIR date or dateTime; None if it is none."""
    match = _DATE.match(value.strip()) if type(value) is str and len(value) < 50 else None  # noqa: PLR2004 - no dateTime is longer
    if match is None:
        return None
    year, month, of_month = (int(each) if each else None for each in match.groups())
    try:
        first = date(year or 0, month or 1, of_month or 1)
    except ValueError:
        return None
    if of_month:
        return Day(first, first)
    return Day(first, _last_of(first.year, month or 12))


def moment(value: Any) -> datetime | None:
    """The moment of a dateTime or an instant; None if it has no time or no zone."""
    try:
        found = datetime.fromisoformat(value) if type(value) is str else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _last_of(year: int, month: int) -> date:
    if month == 12:  # noqa: PLR2004 - December
        return date(year, 12, 31)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


def period_end(period: Any) -> Day | None:
    """When a period ended, if it says so."""
    return day(mapping(period).get("end"))
