"""Counts, harms and links as the sheet and the letter say them: failures first, as on cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.counting import events, months
from seriatim.render.courses import course_events, links, place, shared
from seriatim.render.words import listed, person, plural, short, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.evidence import Case, CourseCase, Finding, UnderstoodProfile


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
    """Months and adverse events; those of several diagnoses stand with their counts."""
    said = f"Duration: {months(finding.months)}."
    if len(finding.by_diagnosis) > 1:
        return said
    return f"{said} {upper_first(events(finding, ids))}."


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


def prior(case: CourseCase, profile: UnderstoodProfile) -> str:
    """`2 of 3 prior therapies shared: a, b; not shared: c`, each by name.

    Where nothing is known of this patient's therapies, or nothing was tried, only their names.
    """
    if not case.previous:
        return shared(case, profile)
    before = {each.drug: each.name for each in case.previous}
    past, current = (
        {each.concept for each in profile.therapies or () if each.status == status}
        for status in ("past", "current")
    )
    if not past | current:
        return f"after {', '.join(before.values())}"
    both = [name for drug, name in before.items() if drug in past]
    now = [name for drug, name in before.items() if drug in current - past]
    other = [name for drug, name in before.items() if drug not in past | current]
    said = [f"{len(both)} of {plural(len(before), 'prior therapy', 'prior therapies')} shared"]
    said[0] += f": {', '.join(both)}" if both else ""
    said += [f"given now: {', '.join(now)}"] if now else []
    said += [f"not shared: {', '.join(other)}"] if other else []
    return "; ".join(said)
