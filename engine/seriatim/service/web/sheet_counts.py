"""Counts, harms and links as the sheet and the letter say them: failures first, as on cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import responses
from seriatim.render.counting import events, failures_first, months
from seriatim.render.courses import course_events, links, place
from seriatim.render.words import listed, person, short, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.evidence import Case, Counts, CourseCase, Finding

_EVENTS = "Adverse events: "


def statement(finding: Finding) -> str:
    """The sentence of a finding with its counts in the order in which cards have them."""
    said = finding.statement
    groups = finding.by_diagnosis if len(finding.by_diagnosis) > 1 else (finding,)
    for each in groups:
        said = said.replace(responses(each.outcomes), failures_first(each.outcomes))
    return said


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
        return f"{said} {upper_first(_events(finding, ids))}."
    groups = finding.by_diagnosis
    each_one = (f"{each.name}: {_events(each, ids).removeprefix(_EVENTS)}" for each in groups)
    return f"{said} {_EVENTS}{'; '.join(each_one)}."


def _events(counts: Counts, ids: dict[str, str]) -> str:
    """That none is printed is no proof that there was none."""
    among = counts.any_adverse_event
    if among.k:
        return events(counts, ids)
    if among.n:
        return f"{_EVENTS}none printed in {among.n} of {among.n}"
    return f"{_EVENTS}not printed"


def row_events(case: CourseCase) -> str:
    """The adverse events of a row under a heading that names them."""
    return "none printed" if case.adverse_events == () else course_events(case)


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
