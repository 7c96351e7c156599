"""One mark for each patient: shape and colour by response, failures first in each diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from seriatim.evidence.statements import failures_first
from seriatim.figures import legend
from seriatim.figures.headings import heading, lines
from seriatim.figures.legend import Entry, event_of, mark_of
from seriatim.figures.lettering import fitted
from seriatim.figures.sheet import Sheet
from seriatim.figures.wording import outside, tooltip
from seriatim.render.words import person as person_words
from seriatim.render.words import upper_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seriatim.figures.people import Kin, Person, Section, Step
    from seriatim.model.evidence import Case

BIG, SMALL = 11.0, 6.0
"""Radii of the mark of a course of the answer, and of one that is linked to it."""
COUNTED, WITH_SERIES, LINKED = 78.0, 96.0, 58.0
APART = {True: 20.0, False: 6.0}
"""Between cells: perhaps the same patient, or another."""
CELL = 82.0
ASIDE = 21.0
"""From the middle of a mark to that of its adverse events."""
TEXT = 18.0
MIDDLE = 23.0
"""Of the marks, below the top of a cell."""


@dataclass(slots=True)
class _Grid:
    """The sheet, and how far down it is written."""

    sheet: Sheet
    ids: dict[str, str]
    several: bool
    """Whether more than one series is cited, so that each course says which it is of."""
    y: float = 0

    @property
    def cell(self) -> float:
        """Height of a row of cells."""
        return CELL + (14 if self.several else 0)

    def room(self, step: Step) -> float:
        """Width of a course: counted here, or only linked."""
        if step.case is None:
            return LINKED
        return WITH_SERIES if self.several else COUNTED


def draw(sections: Sequence[Section], ids: dict[str, str], across: float) -> Sheet:
    """The sheet for a width in CSS pixels."""
    several = len({each.rpartition("/")[0] for each in ids}) > 1
    grid = _Grid(Sheet(across), ids, several=several)
    grid.y = legend.write(grid.sheet, _entries(sections), 0) + 10
    for each in sections:
        _section(grid, each)
    if said := legend.left_out(sections):
        grid.y = lines(grid.sheet, "small", said, (0, grid.y, 15)) + 6
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
        said = f"{upper_first(finding.name)}: {failures_first(group.outcomes)}"
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
            x, grid.y = 0.0, grid.y + grid.cell
        before: _Cell | None = None
        for person in kin:
            if before and x + _wide(person, grid) > grid.sheet.width:
                x, before, grid.y = 0.0, None, grid.y + grid.cell
            cell = _placed(grid, person, x)
            _draw(grid, cell, outline)
            if before:
                _perhaps(grid, before, cell, outline)
            before, x = cell, x + cell.wide + APART[True]
        x += APART[False] - APART[True]
    grid.y += grid.cell + 4


def _wide(person: Person, grid: _Grid) -> float:
    return min(grid.sheet.width, sum(map(grid.room, person.steps)))


def _placed(grid: _Grid, person: Person, x: float) -> _Cell:
    rooms = [grid.room(each) for each in person.steps]
    wide = _wide(person, grid)
    rooms = [each * wide / sum(rooms) for each in rooms]
    middles = [(x + sum(rooms[:at]) + room / 2, room) for at, room in enumerate(rooms)]
    return _Cell(person, x, wide, tuple(middles))


def _draw(grid: _Grid, cell: _Cell, outline: str | None) -> None:
    sheet, middle, steps = grid.sheet, grid.y + MIDDLE, cell.person.steps
    if outline:
        sheet.box(outline, _framed(cell), grid.y + 2, 42, 8)
    placed = list(zip(steps, cell.middles, strict=True))
    ends = [(x - _reach(step), x + _reach(step)) for step, (x, _room) in placed]
    for joint, (before, after) in zip(cell.person.joints, pairwise(ends), strict=True):
        sheet.line(f"link-{joint}", (before[1], middle), (after[0], middle))
    for at, (step, (x, room)) in enumerate(placed):
        first_of_several = at == 0 and len(placed) > 1
        _step(grid, step, (x, room), aside=-ASIDE if first_of_several else ASIDE)


def _framed(cell: _Cell) -> tuple[float, float]:
    """The left and right of what is surely of one patient: who is only perhaps stands outside."""
    steps, joints = cell.person.steps, cell.person.joints
    cited = [at for at, step in enumerate(steps) if step.case is not None]
    first, last = cited[0], cited[-1]
    while first and joints[first - 1] == "stated":
        first -= 1
    while last < len(joints) and joints[last] == "stated":
        last += 1
    (left, before), (right, after) = cell.middles[first], cell.middles[last]
    return left - before / 2 + 2, right + after / 2 - 2


def _perhaps(grid: _Grid, before: _Cell, after: _Cell, outline: str | None) -> None:
    """A line between two patients who are perhaps the same."""
    ends = (before.left + before.wide - 2, after.left + 2)
    if not outline:
        ends = (before.middles[-1][0] + BIG + 3, after.middles[0][0] - BIG - 3)
    middle = grid.y + MIDDLE
    grid.sheet.line("link-probable", (ends[0], middle), (ends[1], middle))


def _reach(step: Step) -> float:
    return (BIG if step.case is not None else SMALL) + 3


def _step(grid: _Grid, step: Step, place: tuple[float, float], *, aside: float) -> None:
    """A course in its middle and room; what was adverse `aside`, away from a link."""
    sheet, y, case, (centre, room) = grid.sheet, grid.y, step.case, place
    series, _, row = step.course.rpartition("/")
    sheet.symbol(mark_of(step.level), centre, y + MIDDLE, BIG if case else SMALL)
    event = event_of(step)
    if event:
        sheet.symbol(event, centre + aside, y + 13, 5)
    below = _who(case) if case else step.drug
    said = [("strong" if case else "small", row), ("small", below)]
    said += [("small", series)] if grid.several else []
    for number, (look, text) in enumerate(said):
        sheet.text(look, centre, y + 58 + 14 * number, fitted(text, look, room - 2), "middle")
    says = tooltip(case, grid.ids) if case else outside(step, grid.ids)
    sheet.target(
        step.course, says, (centre - room / 2 + 1, centre + room / 2 - 1), y, grid.cell - 6
    )


def _who(case: Case) -> str:
    return person_words(case.age, case.sex, " ") or "age, sex ?"
