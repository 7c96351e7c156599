"""Months on treatment, course by course, with the switches from drug to drug."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from seriatim.figures import legend
from seriatim.figures.lanes import BAR, GUTTER, LINE, MARGIN, SIGNS, Lane, Lanes, write
from seriatim.figures.legend import Entry
from seriatim.figures.lettering import wrapped
from seriatim.figures.sheet import At, Scale, Sheet
from seriatim.figures.wording import BETWEEN, RELATIONS, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seriatim.figures.people import Person, Section

STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600)
"""Months between ticks: the divisions and multiples of a year."""
LEAST_TICK = 44.0


def draw(sections: Sequence[Section], ids: dict[str, str], across: float) -> Sheet:
    """The sheet for a width in CSS pixels."""
    persons = [each for section in sections for each in section.persons]
    longest = max((sum(case.months or 0 for case in each.cited) for each in persons), default=0)
    scale, ticks = _scale(persons, longest, across)
    lanes = Lanes(Sheet(across, scale), scale, ids, ticks)
    lanes.y = legend.write(lanes.sheet, _entries(persons), 0) + 10
    for each in sections:
        _section(lanes, each)
    _axis(lanes)
    lanes.sheet.height = round(lanes.y)
    return lanes.sheet


def _scale(
    persons: Sequence[Person], longest: float, across: float
) -> tuple[Scale, tuple[int, ...]]:
    """Where the bars go, and the months at which there is a tick."""
    before = GUTTER if any(each.steps[0].case is None for each in persons) else 0
    after = GUTTER if any(each.steps[-1].case is None for each in persons) else 0
    left, right = MARGIN + before, across - SIGNS - after
    most = max(2, int((right - left) / LEAST_TICK))
    step = next((each for each in STEPS if longest <= each * most), STEPS[-1])
    top = max(step, math.ceil(longest / step) * step)
    return Scale(0, top, left, right), tuple(range(0, top + 1, step)) if longest else ()


def _entries(persons: Sequence[Person]) -> Iterator[Entry]:
    steps = [step for each in persons for step in each.steps]
    yield from legend.of_steps(steps)
    cases = [case for each in persons for case in each.cited]
    if any(each.months is None for each in cases):
        yield Entry("unknown", "box", "months not printed")
    yield from legend.of_joints(persons)


def _axis(lanes: Lanes) -> None:
    for tick in lanes.ticks:
        lanes.sheet.text("small", At(tick), lanes.y + 9, f"{tick}", "middle")
    lanes.y += 14
    for line in wrapped(f"Months on treatment, as printed; {BETWEEN}.", "small", lanes.sheet.width):
        lanes.y += 15
        lanes.sheet.text("small", 0, lanes.y, line)
    lanes.y += 6


def _section(lanes: Lanes, section: Section) -> None:
    sheet = lanes.sheet
    sheet.line("section", (0, lanes.y), (sheet.width, lanes.y))
    title = f"{upper_first(section.name)} ({RELATIONS[section.relation]})"
    for line in wrapped(title, "head", sheet.width):
        lanes.y += 20
        sheet.text("head", 0, lanes.y, line)
    lanes.y += 6
    before: tuple[Person, float] | None = None
    for each in section.persons:
        top = lanes.y
        _person(lanes, each)
        if before and _perhaps_one(before[0], each):
            ends = (before[1] + LINE / 2, top + LINE)
            sheet.line("link-probable", (4, ends[0]), (4, ends[1]))
        before = (each, top)
    lanes.y += 4


def _perhaps_one(one: Person, other: Person) -> bool:
    return not {c.course for c in one.cited}.isdisjoint(s.course for s in other.steps)


def _person(lanes: Lanes, person: Person) -> None:
    """A lane for each course; one that follows begins where the one before it ended."""
    at, last = 0.0, None
    for lane in _lanes(lanes, person):
        middle = write(lanes, lane, at)
        if last is not None:
            lanes.sheet.line("link-stated", (At(at), last), (At(at), middle - BAR / 2))
        at += lane.case.months or 0
        last = middle + BAR / 2


def _lanes(lanes: Lanes, person: Person) -> Iterator[Lane]:
    own = {case.course for case in person.cited}
    shown = {step.course for step in person.steps if step.case is None}
    perhaps = {course for course in shown if course in lanes.ids}
    for number, step in enumerate(person.steps):
        if step.case is None:
            continue
        before, after = None, None
        if number and person.steps[number - 1].course in shown - perhaps:
            before = (person.steps[number - 1], person.joints[number - 1])
        if number + 1 < len(person.steps) and person.steps[number + 1].course in shown - perhaps:
            after = (person.steps[number + 1], person.joints[number])
        yield Lane(step.case, before, after, frozenset(own))
