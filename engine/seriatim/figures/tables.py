"""The marks of a figure as rows of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import interval
from seriatim.figures.model import Table
from seriatim.figures.wording import NOT_PRINTED, RELATIONS, joint, k_of_n, level
from seriatim.render.courses import course_events, dose
from seriatim.render.words import listed, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seriatim.figures.people import Person, Section
    from seriatim.model.evidence import Case

COURSES = (
    "Course",
    "Individual",
    "Diagnosis as printed",
    "Drug",
    "Dose as printed, and with what",
    "Months",
    "Response",
    "Adverse events",
    "Matched on",
)
SHARES = ("Diagnosis", "Relation", "Drug", "Response", "k of n", "95% CI", "Courses")
LEVELS = ("none", "partial", "complete")
ELSEWHERE = "not cited here"


def courses(sections: Sequence[Section], ids: dict[str, str]) -> Table:
    """A row for each course that has a mark, patient by patient, linked ones beside them."""
    rows = [
        row for section in sections for person in section.persons for row in _person(person, ids)
    ]
    return Table(COURSES, tuple(dict.fromkeys(rows)))


def _person(person: Person, ids: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for at, step in enumerate(person.steps):
        if step.case is not None:
            yield _cited(step.case, ids)
            continue
        sure = person.joints[max(0, at - 1)] if at else person.joints[0]
        own = listed(short(each.course, ids) for each in person.cited)
        yield (
            f"{short(step.course, ids)} ({ELSEWHERE})",
            f"{joint(sure)} as {own}",
            *(ELSEWHERE, step.drug, ELSEWHERE, ELSEWHERE, level(step.level)),
            *(ELSEWHERE, "linked course only"),
        )


def _cited(case: Case, ids: dict[str, str]) -> tuple[str, ...]:
    return (
        ids[case.course],
        case.individual.rpartition("/")[2],
        case.diagnosis.printed,
        case.drug_name,
        dose(case),
        NOT_PRINTED if case.months is None else f"{case.months:g}",
        level(case.response.level),
        course_events(case),
        "; ".join(case.matched_on) or "nothing known",
    )


def shares(sections: Sequence[Section], ids: dict[str, str]) -> Table:
    """A row for each share that is drawn."""
    rows = [
        (
            *(section.name, RELATIONS[section.relation], finding.name, level(name)),
            *(k_of_n(share), interval(share).removeprefix("95% CI ")),
            ", ".join(short(each, ids) for each in group.courses),
        )
        for section in sections
        for finding, group in section.groups
        for name in LEVELS
        for share in [getattr(group.outcomes, name)]
    ]
    return Table(SHARES, tuple(rows))
