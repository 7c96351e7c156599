"""The evidence table: a row for each cited course, what is printed beside what it was taken for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.render.courses import place, told_of
from seriatim.render.words import person, short
from seriatim.service.web.sheet_counts import row_events, row_links

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seriatim.model.evidence import (
        Case,
        CitedAmount,
        CitedDrug,
        CitedRegimen,
        CourseCase,
        UnderstoodProfile,
    )

LEVELS = {"none": 0, "partial": 1, "complete": 2, None: 3}
LAST = 1e9
_NUMBER = re.compile(r"([0-9]+)")
KEYS: dict[str, Callable[[Case], float | str]] = {
    "course": lambda case: case.course,
    "response": lambda case: LEVELS[case.response.level],
    "months": lambda case: LAST if case.months is None else case.months,
    "age": lambda case: LAST if case.age is None else case.age,
    "events": lambda case: LAST if case.adverse_events is None else len(case.adverse_events),
    "before": lambda case: LAST if case.previous is None else len(case.previous),
}
"""By what a table can be sorted, and the value that decides."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and, if it can be sorted by, the address that does it and how it is now."""

    key: str
    title: str
    href: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """A therapy of a row: its name, how it is printed if not so, and whether it is shared."""

    name: str
    printed: str
    shared: bool


_MARKS = str.maketrans({"\u2019": "'"})


def as_printed(printed: str | None, said: str) -> str:
    """The printed words, unless they say the same but for capitals or the form of a mark."""
    if printed is None or _plain(printed) == _plain(said):
        return ""
    return printed


def _plain(text: str) -> str:
    return text.translate(_MARKS).casefold().strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A course as shown; `keys` are what a table is sorted by.

    Empty are `diagnosis` under a heading that names it, and what is printed in the same words.
    """

    case: Case
    id: str
    person: str
    diagnosis: str
    diagnosis_printed: str
    dose: tuple[str, ...]
    before: tuple[Drug, ...] | None
    alongside: tuple[Drug, ...] | None
    links: tuple[str, ...]
    place: str
    events: str
    events_printed: str
    keys: dict[str, float | str]


def rows(
    own: Sequence[Case],
    ids: dict[str, str],
    courses: Mapping[str, CourseCase],
    by: UnderstoodProfile,
    sort: str,
) -> list[Row]:
    """The rows of a finding, failures first as the report has them, or sorted by a column.

    `courses` has those that `own` are linked with.
    """
    key = KEYS.get(sort.removeprefix("-"))
    if key is not None:
        own = sorted(own, key=lambda case: _natural(key(case)), reverse=sort.startswith("-"))
    several = len(set(map(_diagnosis, own))) > 1
    return [_row(each, ids, courses, by, several=several) for each in own]


def is_order(sort: str) -> bool:
    """Whether a table can be sorted so."""
    return sort.removeprefix("-") in KEYS


def _natural(value: float | str) -> list[tuple[float, str]]:
    """Row 10 comes after row 9."""
    if not isinstance(value, str):
        return [(value, "")]
    parts = _NUMBER.split(value)
    return [(float(each), "") if each.isdigit() else (-1.0, each) for each in parts]


def columns(sort: str, address: Callable[[str], str]) -> list[Column]:
    """The columns; `address` of a sort gives the page in that order."""
    titles = (
        ("course", "Course"),
        ("response", "Response"),
        ("months", "Months"),
        ("age", "Patient"),
        ("dose", "Dose"),
        ("events", "Adverse events"),
        ("before", "Therapies before"),
    )
    found = []
    for key, title in titles:
        if key not in KEYS:
            found.append(Column(key, title))
            continue
        order = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
        found.append(Column(key, title, address(f"-{key}" if sort == key else key), order))
    return found


def _row(
    case: Case,
    ids: dict[str, str],
    courses: Mapping[str, CourseCase],
    by: UnderstoodProfile,
    *,
    several: bool,
) -> Row:
    own = {each.concept for each in by.therapies or () if each.status == "past"}
    return Row(
        case,
        short(case.course, ids),
        person(case.age, case.sex, " ") or "age, sex ?",
        _diagnosis(case) if several else "",
        as_printed(case.diagnosis.printed, _diagnosis(case)),
        tuple(map(regimen, case.dose.regimens)),
        _drugs(case.previous, own),
        _drugs(case.concurrent, set()),
        (*told_of(case), *row_links(case, ids, courses)),
        place(case),
        row_events(case),
        as_printed(case.adverse_events_printed, row_events(case)) if case.adverse_events else "",
        {name: key(case) for name, key in KEYS.items()},
    )


def _diagnosis(case: Case) -> str:
    return case.diagnosis.name or f"{case.diagnosis.printed} as printed"


def _drugs(cited: Sequence[CitedDrug] | None, own: set[str | None]) -> tuple[Drug, ...] | None:
    if cited is None:
        return None
    return tuple(
        Drug(
            each.name,
            as_printed(each.printed, each.name),
            each.drug in own,
        )
        for each in cited
    )


# --- doses ----------------------------------------------------------------------------------------


def regimen(each: CitedRegimen) -> str:
    """`150 mg every 28 days`, `flare: 200 mg every 8 hours`; what is not printed is not said."""
    parts = [amount(each.amount, said=each.note is not None)] if each.amount else []
    if each.every:
        count, unit = each.every.count, each.every.unit.removesuffix("s")
        parts.append(f"every {unit}" if count == 1 else f"every {count:g} {unit}s")
    if each.as_needed:
        parts.append("as needed")
    said = " ".join(parts) or "as printed"
    if each.note:
        said += f" ({each.note})"
    return said if each.role == "maintenance" else f"{each.role}: {said}"


def amount(each: CitedAmount, *, said: bool) -> str:
    """`300–450 mg`; that a unit is not printed is told, unless a note has `said` so."""
    size = f"{each.low:g}" if each.low == each.high else f"{each.low:g}\u2013{each.high:g}"
    if each.unit:
        return f"{size} {each.unit}"
    return size if said else f"{size} (no unit printed)"
