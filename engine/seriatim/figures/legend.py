"""The key of a figure: only what stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seriatim.figures.lettering import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.figures.people import Section, Step
    from seriatim.figures.sheet import Sheet

LINE = 22
SIGN = 22
GAP = 16
LINKED_EVENTS = "Adverse events of linked courses are not drawn; they stand in the rows."
SMALLER = ("event", "event-unprinted", "dose-unprinted")


class Entry(NamedTuple):
    """A sign and what it means; `kind` is mark, small, line or box."""

    look: str
    kind: str
    means: str


RESPONSES = (
    Entry("mark r-none", "mark", "no response"),
    Entry("mark r-partial", "mark", "partial"),
    Entry("mark r-complete", "mark", "complete"),
    Entry("mark r-unprinted", "mark", "response not printed"),
)
EVENTS = (
    Entry("event", "mark", "adverse event"),
    Entry("event-unprinted", "mark", "adverse events not printed"),
)


def mark_of(level: str | None) -> str:
    """The class of the mark of a response."""
    return f"mark r-{level or 'unprinted'}"


def event_of(step: Step) -> str | None:
    """The class of the mark of adverse events, if there is one to be drawn."""
    if step.case is None or step.case.adverse_events == ():
        return None
    return "event-unprinted" if step.case.adverse_events is None else "event"


def of_steps(steps: Iterable[Step]) -> Iterator[Entry]:
    """The responses and adverse events that occur, failures first."""
    found = {look for each in steps for look in (mark_of(each.level), event_of(each))}
    yield from (each for each in (*RESPONSES, *EVENTS) if each.look in found)


def left_out(sections: Iterable[Section]) -> str:
    """What is not drawn of courses that are only linked, if there are any."""
    steps = (step for each in sections for person in each.persons for step in person.steps)
    return LINKED_EVENTS if any(each.case is None for each in steps) else ""


def of_joints(sections: Iterable[Section]) -> Iterator[Entry]:
    """How courses of one patient are joined, and what is not counted."""
    everyone = [kin for section in sections for kin in section.kin]
    persons = [person for kin in everyone for person in kin]
    found = {joint for each in persons for joint in each.joints}
    if any(len(kin) > 1 for kin in everyone):
        found.add("probable")
    if "stated" in found:
        yield Entry("link-stated", "line", "same patient")
    if "probable" in found:
        yield Entry("link-probable", "line", "perhaps the same patient")
    if any(step.case is None for each in persons for step in each.steps):
        yield Entry("linked", "small", "small: linked course, not in these counts")


def write(sheet: Sheet, entries: Iterable[Entry], top: float) -> float:
    """Draws those entries from `top` down, as many to a line as there is room for.

    Gives the place below the last line.
    """
    x, y = 0.0, top
    for each in entries:
        wide = SIGN + width(each.means, "label")
        if x and x + wide > sheet.width:
            x, y = 0.0, y + LINE
        _sign(sheet, each, x, y + LINE / 2)
        sheet.text("label", x + SIGN, y + LINE / 2 + 4, each.means)
        x += wide + GAP
    return y + LINE


def _sign(sheet: Sheet, entry: Entry, x: float, y: float) -> None:
    if entry.kind == "line":
        sheet.line(entry.look, (x, y), (x + 16, y))
    elif entry.kind == "box":
        sheet.box(entry.look, (x + 1, x + 15), y - 7, 14, 4)
    elif entry.kind == "small":
        sheet.symbol(entry.look, x + 8, y, 4)
    else:
        sheet.symbol(entry.look, x + 8, y, 5 if entry.look in SMALLER else 7)
