"""Counts, harms and links as the sheet and the letter say them: failures first, as on cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.counting import events, months
from seriatim.render.courses import course_events, links, place
from seriatim.render.words import listed, person, short, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.evidence import Case, CourseCase, Finding


def failures(cases: Iterable[Case], ids: dict[str, str]) -> str:
    """Every course without response by name; empty if there is none."""
    found = [
        f"{short(each.course, ids)} ({', '.join(filter(None, _brief(each)))})"
        for each in cases
        if each.response.level == "none"
    ]
    return f"No response: {listed(found)}." if found else ""


def _brief(case: Case) -> tuple[str, ...]:
    return (
        person(case.age, case.sex, " "),
        "" if case.months is None else f"{case.months:g} months",
        place(case),
    )


def harms(finding: Finding, ids: dict[str, str]) -> str:
    """Months and adverse events; those of unlike diagnoses one by one."""
    said = f"Duration: {months(finding.months)}."
    if len(finding.by_diagnosis) == 1:
        return f"{said} {upper_first(events(finding, ids))}."
    groups = finding.by_diagnosis
    each_one = (f"{each.name}: {events(each, ids)}" for each in groups)
    return f"{said} Adverse events: {'; '.join(each_one)}."


def row_events(case: CourseCase) -> str:
    """The adverse events of a row under a heading that names them."""
    return "none (printed)" if case.adverse_events == () else course_events(case)


def row_links(
    case: CourseCase, ids: dict[str, str], courses: Mapping[str, CourseCase]
) -> Iterable[str]:
    """`same patient: T1R9 anakinra partial; neutropenia, transaminitis`.

    What the same patient had with another drug is not to be missed because only the link is cited.
    """
    for each, said in zip(case.linked, links(case, ids), strict=True):
        other = courses[each.course]
        harmed = other.adverse_events is None or other.adverse_events
        yield f"{said}; {course_events(other)}" if harmed else said
