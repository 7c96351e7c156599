"""One mark for each patient: shape and colour by response, failures first in each diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from seriatim.figures import legend
from seriatim.figures.headings import heading, lines
from seriatim.figures.legend import Entry, event_of, mark_of
from seriatim.figures.lettering import fitted
from seriatim.figures.sheet import Sheet
from seriatim.figures.wording import (
    NOT_PRINTED,
    counted,
    outside,
    short,
    tooltip,
    upper_first,
)
from seriatim.render.words import person as person_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seriatim.figures.people import Kin, Person, Section, Step

BIG, SMALL = 11.0, 6.0
"""Radii of the mark of a course of the answer, and of one that is linked to it."""
ROOM = {True: 78.0, False: 58.0}
"""Width of a course in a cell: counted here, or only linked."""
APART = {True: 20.0, False: 6.0}
"""Between cells: perhaps the same patient, or another."""
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
    yield from legend.of_joints(sections)


OUTLINES = {"direct": "outline", "ambiguous": "outline-open", "indirect": None}


def _section(grid: _Grid, section: Section) -> None:
    sheet = grid.sheet
    grid.y = heading(sheet, section, grid.y)
    for finding, group in section.groups:
        said = f"{upper_first(finding.name)}: {counted(group)}"
        grid.y = lines(sheet, "label", said, (0, grid.y, TEXT))
    grid.y += 10
    rows: dict[str, list[Kin]] = {}
    for kin in section.kin:
        rows.setdefault(_drugs(kin), []).append(kin)
    for drugs, members in rows.items():
        if len(section.groups) > 1:
            grid.y = lines(sheet, "strong", drugs, (0, grid.y, TEXT)) + 4
        _cells(grid, members, OUTLINES[section.relation])


def _drugs(kin: Kin) -> str:
    """`Canakinumab`, `Anakinra, then canakinumab` or `Anakinra, perhaps then canakinumab`."""
    each_one = (dict.fromkeys(case.drug_name for case in person.cited) for person in kin)
    return upper_first(", perhaps then ".join(", then ".join(drugs) for drugs in each_one))


# --- cells ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    """A patient's part of a row: the left and width, and the middle and room of each course."""

    person: Person
    left: float
    wide: float
    middles: tuple[tuple[float, float], ...]


def _cells(grid: _Grid, members: Sequence[Kin], outline: str | None) -> None:
    x = 0.0
    for kin in members:
        wide = sum(_wide(each, grid) + APART[True] for each in kin) - APART[True]
        if x and x + wide > grid.sheet.width:
            x, grid.y = 0.0, grid.y + CELL
        before: _Cell | None = None
        for person in kin:
            if before and x + _wide(person, grid) > grid.sheet.width:
                x, before, grid.y = 0.0, None, grid.y + CELL
            cell = _placed(grid, person, x)
            _draw(grid, cell, outline)
            if before:
                _perhaps(grid, before, cell, outline)
            before, x = cell, x + cell.wide + APART[True]
        x += APART[False] - APART[True]
    grid.y += CELL + 4


def _wide(person: Person, grid: _Grid) -> float:
    return min(grid.sheet.width, sum(ROOM[each.case is not None] for each in person.steps))


def _placed(grid: _Grid, person: Person, x: float) -> _Cell:
    rooms = [ROOM[each.case is not None] for each in person.steps]
    wide = _wide(person, grid)
    rooms = [each * wide / sum(rooms) for each in rooms]
    middles = [(x + sum(rooms[:at]) + room / 2, room) for at, room in enumerate(rooms)]
    return _Cell(person, x, wide, tuple(middles))


def _draw(grid: _Grid, cell: _Cell, outline: str | None) -> None:
    sheet, middle, steps = grid.sheet, grid.y + MIDDLE, cell.person.steps
    if outline:
        sheet.box(outline, (cell.left + 2, cell.left + cell.wide - 2), grid.y + 2, 42, 8)
    placed = list(zip(steps, cell.middles, strict=True))
    ends = [(x - _reach(step), x + _reach(step)) for step, (x, _room) in placed]
    for joint, (before, after) in zip(cell.person.joints, pairwise(ends), strict=True):
        sheet.line(f"link-{joint}", (before[1], middle), (after[0], middle))
    for step, (x, room) in placed:
        _step(grid, step, x, room)


def _perhaps(grid: _Grid, before: _Cell, after: _Cell, outline: str | None) -> None:
    """A line between two patients who are perhaps the same."""
    ends = (before.left + before.wide - 2, after.left + 2)
    if not outline:
        ends = (before.middles[-1][0] + BIG + 3, after.middles[0][0] - BIG - 3)
    middle = grid.y + MIDDLE
    grid.sheet.line("link-probable", (ends[0], middle), (ends[1], middle))


def _reach(step: Step) -> float:
    return (BIG if step.case is not None else SMALL) + 3


def _step(grid: _Grid, step: Step, centre: float, room: float) -> None:
    sheet, y = grid.sheet, grid.y
    sheet.symbol(mark_of(step.level), centre, y + MIDDLE, BIG if step.case else SMALL)
    name, ends = short(step.course, grid.ids), (centre - room / 2 + 1, centre + room / 2 - 1)
    if step.case is None:
        sheet.text("small", centre, y + 58, fitted(name, "small", room), "middle")
        sheet.text("small", centre, y + 72, fitted(step.drug, "small", room - 2), "middle")
        sheet.target(step.course, outside(step, grid.ids), ends, y, 76)
        return
    event = event_of(step)
    if event:
        sheet.symbol(event, centre + 21, y + 13, 5)
    sheet.text("strong", centre, y + 58, fitted(name, "strong", room), "middle")
    who = person_words(step.case.age, step.case.sex, " ") or f"age {NOT_PRINTED}"
    sheet.text("small", centre, y + 72, fitted(who, "small", room), "middle")
    sheet.target(step.course, tooltip(step.case, grid.ids), ends, y, 76)
