"""Months on treatment, course by course, with the switches from drug to drug."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from seriatim.figures import legend
from seriatim.figures.headings import heading, lines
from seriatim.figures.lanes import GUTTER, LINE, MARGIN, SIGNS, Lane, Lanes, write
from seriatim.figures.legend import Entry
from seriatim.figures.sheet import At, Scale, Sheet
from seriatim.figures.wording import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seriatim.figures.people import Kin, Person, Section

STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600)
"""Months between ticks: the divisions and multiples of a year."""
LEAST_TICK = 44.0
TICK = 6.0
FAR, TOO_FAR = 480.0, 860.0
"""Pixels after which the months are written once more: where a diagnosis ends, half a screen;
within one, where they would look like its end, only if they are out of sight."""


def draw(sections: Sequence[Section], ids: dict[str, str], across: float) -> Sheet:
    """The sheet for a width in CSS pixels."""
    persons = [each for section in sections for each in section.persons]
    longest = max((case.months or 0 for each in persons for case in each.cited), default=0)
    scale, ticks = _scale(persons, longest, across)
    lanes = Lanes(Sheet(across, scale), scale, ids, ticks)
    lanes.y = legend.write(lanes.sheet, _entries(sections), 0) + 10
    for each in sections:
        _section(lanes, each)
    _axis(lanes, legend.left_out(sections))
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


def _entries(sections: Sequence[Section]) -> Iterator[Entry]:
    persons = [each for section in sections for each in section.persons]
    steps = [step for each in persons for step in each.steps]
    yield from legend.of_steps(steps)
    cases = [case for each in persons for case in each.cited]
    if any(each.dose.printed is None for each in cases):
        yield Entry("dose-unprinted", "mark", "dose not printed")
    if any(each.months is None for each in cases):
        yield Entry("unknown", "box", "months not printed")
    yield from legend.of_joints(sections)


def _again(lanes: Lanes, far: float) -> None:
    """The months once more, if the last ones are further above than that."""
    if lanes.y - lanes.said > far:
        _ticks(lanes)


def _ticks(lanes: Lanes) -> None:
    lanes.y += TICK
    for tick in lanes.ticks:
        lanes.sheet.line("axis", (At(tick), lanes.y - TICK), (At(tick), lanes.y - 2))
        lanes.sheet.text("small", At(tick), lanes.y + 11, f"{tick}", "middle")
    lanes.y += 16
    lanes.said = lanes.y


def _axis(lanes: Lanes, left_out: str) -> None:
    _ticks(lanes)
    note = f"Months on treatment, as printed, each course from its own start; {BETWEEN}."
    lanes.y = lines(lanes.sheet, "small", f"{note} {left_out}".strip(), (0, lanes.y, 15))
    lanes.y += 6


def _section(lanes: Lanes, section: Section) -> None:
    _again(lanes, FAR)
    lanes.y = heading(lanes.sheet, section, lanes.y) + 6
    for number, kin in enumerate(section.kin):
        if number:
            _again(lanes, TOO_FAR)
        _kin(lanes, kin)
    lanes.y += 4


def _kin(lanes: Lanes, kin: Kin) -> None:
    """The lanes of a patient, or of several who are perhaps the same, joined on the left."""
    places = [(_person(lanes, each), lanes.y) for each in kin]
    for (before, _end), (after, _other_end) in pairwise(places):
        _joined(lanes, "probable", before[-1], after[0])


def _joined(lanes: Lanes, certainty: str, above: float, below: float) -> None:
    """Two lanes of one patient, or perhaps of one, as a bracket has it."""
    look, sheet = f"link-{certainty}", lanes.sheet
    sheet.line(look, (3, above), (3, below))
    for end in (above, below):
        sheet.line(look, (3, end), (9, end))


def _person(lanes: Lanes, person: Person) -> list[float]:
    """A lane for each course, joined on the left; gives where each begins.

    Every bar begins at no months: when a course began after the one before it is not printed.
    """
    tops: list[float] = []
    for lane in _lanes(person):
        tops.append(lanes.y + LINE / 2 + 4)
        write(lanes, lane)
        if len(tops) > 1:
            _joined(lanes, "stated", tops[-2], tops[-1])
    return tops


def _lanes(person: Person) -> Iterator[Lane]:
    own = frozenset(case.course for case in person.cited)
    steps, joints = person.steps, person.joints
    for number, step in enumerate(steps):
        if step.case is None:
            continue
        before = after = None
        if number and steps[number - 1].case is None:
            before = (steps[number - 1], joints[number - 1])
        if number + 1 < len(steps) and steps[number + 1].case is None:
            after = (steps[number + 1], joints[number])
        yield Lane(step.case, before, after, own)
