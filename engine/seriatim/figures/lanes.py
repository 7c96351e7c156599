"""One lane of the months: the words of a course, its bar, its marks and what it is linked to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.figures.headings import lines
from seriatim.figures.legend import mark_of
from seriatim.figures.lettering import width
from seriatim.figures.sheet import At
from seriatim.figures.wording import given, outcome, tooltip, who
from seriatim.render.courses import course_events, links
from seriatim.render.words import short

if TYPE_CHECKING:
    from seriatim.figures.people import Step
    from seriatim.figures.sheet import Scale, Sheet
    from seriatim.model.base import Certainty
    from seriatim.model.evidence import Case

BAR, LINE = 12.0, 16.0
SIGNS = 42.0
"""Room for the marks at the end of a bar."""
GUTTER = 28.0
"""Room for a linked course that is not cited, before or after the bars."""
MARGIN = 12.0
"""Left of the words: room for the line between two that are perhaps the same patient."""
UNKNOWN = 22.0
"""Width of the sign that stands for months that are not printed."""


Bar = tuple[At, float]
"""Where it ends, and how far down it lies."""


@dataclass(slots=True)
class Lanes:
    """The sheet, its scale and ticks, and how far down it is written."""

    sheet: Sheet
    scale: Scale
    ids: dict[str, str]
    ticks: tuple[int, ...]
    y: float = 0
    said: float = 0
    """How far down the months were last written."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A course, what came before and after it that is not cited, and its patient's own courses."""

    case: Case
    before: tuple[Step, Certainty] | None
    after: tuple[Step, Certainty] | None
    own: frozenset[str]

    @property
    def result(self) -> str:
        """`20 months, no response, no adverse event printed`."""
        return ", ".join(self.results)

    @property
    def results(self) -> tuple[str, str]:
        """The response, and what it cost, which stand below one another where it is narrow."""
        return outcome(self.case), course_events(self.case)

    @property
    def signs(self) -> float:
        """Pixels from the end of the bar to the words beside it."""
        eventless = self.case.adverse_events == ()
        return (28 if eventless else SIGNS) + (GUTTER if self.after else 0)


def write(lanes: Lanes, lane: Lane) -> None:
    """Words and bar of a course."""
    top = lanes.y
    end = At(lane.case.months or 0, 0 if lane.case.months is not None else UNKNOWN)
    room = lanes.sheet.width - lanes.scale.pixels(end.value) - end.dx - lane.signs
    beside = width(lane.result, "label") <= room
    _words(lanes, lane, beside=beside)
    middle = lanes.y + BAR / 2 + 8
    _bar(lanes, lane, (end, middle))
    if beside:
        lanes.sheet.text("label", At(end.value, end.dx + lane.signs), middle + 4, lane.result)
    lanes.y = middle + BAR / 2 + 10
    says = tooltip(lane.case, lanes.ids)
    lanes.sheet.target(lane.case.course, says, (8, lanes.sheet.width), top + 2, lanes.y - top - 4)


def _words(lanes: Lanes, lane: Lane, *, beside: bool) -> None:
    sheet, case = lanes.sheet, lane.case
    name = short(case.course, lanes.ids)
    indent = MARGIN + width(name, "strong") + 4
    sheet.text("strong", MARGIN, lanes.y + LINE, name)
    if indent > sheet.width / 4:
        lanes.y, indent = lanes.y + LINE, MARGIN
    linked = [
        said
        for each, said in zip(case.linked, links(case, lanes.ids), strict=True)
        if each.course not in lane.own
    ]
    if case.dose.printed is None:
        sheet.symbol("dose-unprinted", indent + 6, lanes.y + LINE - 4, 5)
        indent += 16
    texts = [f"{who(case)}, {given(case)}", *linked]
    if width("; ".join(texts), "label") <= sheet.width - indent:
        texts = ["; ".join(texts)]
    for text in texts if beside else [*texts, *_results(lane, sheet.width - indent)]:
        lanes.y = lines(sheet, "label", text, (indent, lanes.y, LINE))


def _results(lane: Lane, room: float) -> tuple[str, ...]:
    return (lane.result,) if width(lane.result, "label") <= room else lane.results


def _bar(lanes: Lanes, lane: Lane, bar: Bar) -> None:
    """The bar from its line at no months, and its marks."""
    (end, middle), sheet, case = bar, lanes.sheet, lane.case
    above, below = middle - BAR / 2, middle + BAR / 2
    if lanes.ticks:
        sheet.line("axis", (At(0), above - 4), (At(0), below + 4))
    mark = mark_of(case.response.level)
    if case.months is None:
        sheet.box("unknown", (At(0, 3), At(0, UNKNOWN - 3)), above, BAR, 2)
    else:
        sheet.box(mark.replace("mark", "bar"), (At(0), end), above, BAR, 2)
    sheet.symbol(mark, At(end.value, end.dx + 14), middle, 7.5)
    if case.adverse_events != ():
        event = "event" if case.adverse_events else "event-unprinted"
        sheet.symbol(event, At(end.value, end.dx + 31), middle, 5.5)
    _linked(lanes, lane, bar)


def _linked(lanes: Lanes, lane: Lane, bar: Bar) -> None:
    """The courses before and after that are linked but not cited here."""
    (end, middle), sheet = bar, lanes.sheet
    if lane.before:
        step, certainty = lane.before
        sheet.symbol(mark_of(step.level), MARGIN + 7, middle, 5.5)
        sheet.line(f"link-{certainty}", (MARGIN + 15, middle), (At(0, -1), middle))
    if lane.after:
        step, certainty = lane.after
        x = end.dx + lane.signs - GUTTER
        sheet.line(
            f"link-{certainty}", (At(end.value, x - 4), middle), (At(end.value, x + 5), middle)
        )
        sheet.symbol(mark_of(step.level), At(end.value, x + 14), middle, 5.5)
