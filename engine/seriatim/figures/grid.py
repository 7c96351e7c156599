"""One mark for each patient: shape and colour by response, failures first in each diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.figures import legend
from seriatim.figures.legend import Entry, event_of, mark_of
from seriatim.figures.lettering import fitted, wrapped
from seriatim.figures.sheet import Sheet
from seriatim.figures.wording import (
    NOT_PRINTED,
    RELATIONS,
    counted,
    outside,
    short,
    tooltip,
    upper_first,
)
from seriatim.render.words import person as person_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seriatim.figures.people import Person, Section, Step

BIG, SMALL = 11.0, 6.0
"""Radii of the mark of a course of the answer, and of one that is linked to it."""
ROOM = {True: 78.0, False: 38.0}
"""Width of a course in a cell: cited, or only linked."""
CELL = 82.0
TEXT = 18.0
MIDDLE = 23.0
"""Of the marks, below the top of a cell."""


@dataclass(slots=True)
class _Grid:
    """The sheet, and how far down it is written."""

    sheet: Sheet
    ids: dict[str, str]
    y: float = 0


def draw(sections: Sequence[Section], ids: dict[str, str], across: float) -> Sheet:
    """The sheet for a width in CSS pixels."""
    grid = _Grid(Sheet(across), ids)
    grid.y = legend.write(grid.sheet, _entries(sections), 0) + 10
    for each in sections:
        _section(grid, each)
    grid.sheet.height = round(grid.y)
    return grid.sheet


def _entries(sections: Sequence[Section]) -> Iterator[Entry]:
    persons = [each for section in sections for each in section.persons]
    yield from legend.of_steps([step for each in persons for step in each.steps])
    outlines = {OUTLINES[each.relation] for each in sections}
    if "outline" in outlines:
        yield Entry("outline", "box", "same diagnosis as here")
    if "outline-open" in outlines:
        yield Entry("outline-open", "box", "may be this diagnosis")
    yield from legend.of_joints(persons)


OUTLINES = {"direct": "outline", "ambiguous": "outline-open", "indirect": None}


def _section(grid: _Grid, section: Section) -> None:
    sheet = grid.sheet
    sheet.line("section", (0, grid.y), (sheet.width, grid.y))
    title = f"{upper_first(section.name)} ({RELATIONS[section.relation]})"
    _lines(grid, "head", title, 20)
    for finding, group in section.groups:
        _lines(grid, "label", f"{upper_first(finding.name)}: {counted(group)}", TEXT)
    grid.y += 10
    rows: dict[str, list[Person]] = {}
    for each in section.persons:
        rows.setdefault(_drugs(each), []).append(each)
    for drugs, persons in rows.items():
        if len(rows) > 1:
            _lines(grid, "strong", drugs, TEXT)
            grid.y += 4
        _cells(grid, persons, OUTLINES[section.relation])


def _lines(grid: _Grid, look: str, text: str, height: float) -> None:
    for line in wrapped(text, look, grid.sheet.width):
        grid.y += height
        grid.sheet.text(look, 0, grid.y, line)


def _drugs(person: Person) -> str:
    """`Canakinumab`, or `Anakinra, then canakinumab`."""
    cited = [each.drug_name for each in person.cited]
    return upper_first(", then ".join(dict.fromkeys(cited)))


# --- cells ----------------------------------------------------------------------------------------


def _cells(grid: _Grid, persons: Sequence[Person], outline: str | None) -> None:
    x = 0.0
    for each in persons:
        wide = sum(ROOM[step.case is not None] for step in each.steps)
        if x and x + wide > grid.sheet.width:
            x, grid.y = 0.0, grid.y + CELL
        _cell(grid, each, x, wide, outline)
        x += wide + 6
    grid.y += CELL + 6


def _cell(grid: _Grid, person: Person, x: float, wide: float, outline: str | None) -> None:
    sheet, middle = grid.sheet, grid.y + MIDDLE
    places = []
    left = x
    for step in person.steps:
        room = ROOM[step.case is not None]
        places.append((step, left + room / 2, room))
        left += room
    if outline:
        sheet.box(outline, (x + 2, x + wide - 2), grid.y + 2, 42, 8)
    for joint, before, after in zip(person.joints, places, places[1:], strict=False):
        ends = (before[1] + _reach(before[0]), after[1] - _reach(after[0]))
        sheet.line(f"link-{joint}", (ends[0], middle), (ends[1], middle))
    for step, centre, room in places:
        _step(grid, step, centre, room)


def _reach(step: Step) -> float:
    return (BIG if step.case is not None else SMALL) + 3


def _step(grid: _Grid, step: Step, centre: float, room: float) -> None:
    sheet, y = grid.sheet, grid.y
    sheet.symbol(mark_of(step.level), centre, y + MIDDLE, BIG if step.case else SMALL)
    name, ends = short(step.course, grid.ids), (centre - room / 2 + 1, centre + room / 2 - 1)
    if step.case is None:
        sheet.text("small", centre, y + 58, fitted(name, "small", room), "middle")
        sheet.target(step.course, outside(step, grid.ids), ends, y, 74)
        return
    event = event_of(step)
    if event:
        sheet.symbol(event, centre + 21, y + 13, 5)
    sheet.text("strong", centre, y + 58, fitted(name, "strong", room), "middle")
    who = person_words(step.case.age, step.case.sex, " ") or f"age {NOT_PRINTED}"
    sheet.text("small", centre, y + 72, fitted(who, "small", room), "middle")
    sheet.target(step.course, tooltip(step.case, grid.ids), ends, y, 76)
