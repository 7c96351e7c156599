"""The cells of a course as printed, and what no export can say because nothing prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seriatim.knowledge.library import CourseView, KnowledgeBase, LinkView
    from seriatim.model.series import Course, Regimen, TherapyCell


def quoted(printed: str) -> str:
    """The text in quotation marks."""
    return f"\u201c{printed}\u201d"


def cells(course: Course) -> list[tuple[str, str]]:
    """The name of each cell that is printed with its text; a list gives one for each line."""
    found = [
        ("age", course.age),
        ("sex", course.sex),
        ("diagnosis", course.diagnosis),
        ("dose", course.dose),
    ]
    named = [(name, each.printed) for name, each in found if each is not None]
    named += _lines("concurrent therapy", course.concurrent)
    named += _lines("previous therapy", course.previous)
    rest = [
        ("total duration in months", course.months),
        ("response", course.response),
        ("adverse events", course.adverse_events),
    ]
    return named + [(name, each.printed) for name, each in rest if each is not None]


def _lines(name: str, cell: TherapyCell | None) -> list[tuple[str, str]]:
    return [(name, line) for line in cell.printed] if cell else []


def place(view: CourseView, knowledge: KnowledgeBase) -> str:
    """`Gutierrez et al., …: Table 2 row 4, p. 208`-like."""
    return f"{knowledge.series[view.series].citation.short}: {view.course.at}"


def notes(view: CourseView, knowledge: KnowledgeBase) -> list[str]:
    """What stands beside the cells: why a term is open, units that are missing, links, remarks."""
    course = view.course
    why = course.diagnosis.why
    found = [f"Diagnosis printed as {course.diagnosis.printed!r}: {why}"] if why else []
    found += [
        f"{each.role}: {each.note}"
        for each in (course.dose.regimens if course.dose else ())
        if each.note
    ]
    found += [_link(each) for each in view.links]
    found += [
        f"{knowledge.lexicon.name(each.concept)} ({each.certainty}, {each.at}): {each.why}"
        for each in view.individual.also
    ]
    return [each for each in (*found, course.note) if each]


def _regimen(regimen: Regimen) -> str:
    """A remark on a regimen; that a unit is missing is said in any case."""
    no_unit = regimen.amount is not None and regimen.amount.unit is None
    said = regimen.note or ("no unit is printed" if no_unit else "")
    return f"Dose ({regimen.role}): {said}." if said else ""


def _link(link: LinkView) -> str:
    order = "after" if link.follows else "before"
    against = f" Against: {link.against}" if link.against else ""
    return f"Same patient as {link.course} ({link.certainty}, {order} it): {link.basis}{against}"


def not_held(view: CourseView) -> str:
    """What this record does not hold, for a reader who looks for it."""
    course = view.course
    missing = [
        name
        for name, cell in (
            ("age", course.age),
            ("sex", course.sex),
            ("dose", course.dose),
            ("concurrent therapy", course.concurrent),
            ("previous therapy", course.previous),
            ("total duration", course.months),
            ("response", course.response),
            ("adverse events", course.adverse_events),
        )
        if cell is None
    ]
    never = (
        "dates of treatment",
        "when the age was taken",
        "when response was judged",
        "onset, severity, outcome and cause of adverse events",
        "whether and why treatment ended",
    )
    return f"Not held here: {'; '.join((*missing, *never))}."
