"""What figures say in words: taken from the report and from what every rendering says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import interval, responses
from seriatim.render.counting import events, months
from seriatim.render.courses import course_events, dose
from seriatim.render.words import listed, person, plural, short, short_ids, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.figures.people import Person, Section, Step
    from seriatim.model.base import Relation, Response
    from seriatim.model.evidence import Case, Counts, EvidenceReport, Share

__all__ = [
    "course_events", "events", "interval", "listed", "months", "person", "plural", "responses",
    "short", "short_ids", "upper_first",
]  # fmt: skip

NOT_PRINTED = "not printed"
RELATIONS: dict[Relation, str] = {
    "direct": "same diagnosis",
    "ambiguous": "may or may not be this patient's diagnosis",
    "indirect": "another diagnosis",
}
BETWEEN = "time between courses is not printed"


def level(response: Response | None) -> str:
    """`none`, or that it is not printed."""
    return response or NOT_PRINTED


def response(of: Response | None) -> str:
    """`no response`, `partial response`, or that it is not printed."""
    return f"{'no' if of == 'none' else of} response" if of else f"response {NOT_PRINTED}"


def duration(case: Case) -> str:
    """`20 months`, or that they are not printed."""
    return f"months {NOT_PRINTED}" if case.months is None else plural_of(case.months)


def plural_of(value: float) -> str:
    """`1 month`, `2.5 months`."""
    return f"{value:g} month{'' if value == 1 else 's'}"


def who(case: Case) -> str:
    """`woman of 30`, or that neither age nor sex is printed."""
    return person(case.age, case.sex) or f"age and sex {NOT_PRINTED}"


def diagnosis(case: Case) -> str:
    """The diagnosis as printed."""
    return case.diagnosis.printed


def given(case: Case) -> str:
    """The drug with its dose as printed and what was given alongside."""
    return f"{case.drug_name} {dose(case)}"


def outcome(case: Case) -> str:
    """`20 months, no response`."""
    level_said = {"none": "no response", None: f"response {NOT_PRINTED}"}
    return f"{duration(case)}, {level_said.get(case.response.level, case.response.level)}"


def tooltip(case: Case, ids: dict[str, str]) -> str:
    """One course in a line: what a link says."""
    parts = (who(case), given(case), outcome(case), course_events(case))
    return f"{ids[case.course]}: {'; '.join(parts)}"


def outside(step: Step, ids: dict[str, str]) -> str:
    """What is known of a linked course that is not counted."""
    return f"{short(step.course, ids)}: {step.drug}; {response(step.level)}; not in these counts"


def joint(certainty: str) -> str:
    """How sure it is that two courses are of one patient."""
    return "same patient" if certainty == "stated" else "perhaps the same patient"


def k_of_n(share: Share) -> str:
    """`2 of 4`."""
    return f"{share.k} of {share.n}"


def counted(counts: Counts) -> str:
    """`complete 2 of 4 (95% CI …), partial 1, none 1`, or that no response is printed."""
    if counts.outcomes.complete.n == 0:
        return f"response {NOT_PRINTED} in {plural(counts.n_courses, 'course')}"
    return responses(counts.outcomes)


def statements(report: EvidenceReport) -> str:
    """The sentences of the report that count."""
    return " ".join(each.statement for each in report.findings)


def switches(sections: Iterable[Section], ids: dict[str, str]) -> str:
    """Who had more than one course, in order and how surely, in a sentence."""
    everyone = [kin for section in sections for kin in section.kin]
    found = [chain(each, ids) for kin in everyone for each in kin if len(each.steps) > 1]
    found += [
        f"{', then '.join(_first(each, ids) for each in kin)}, {joint('probable')}"
        for kin in everyone
        if len(kin) > 1
    ]
    return f"More than one course: {'; '.join(found)}." if found else ""


def chain(person_: Person, ids: dict[str, str]) -> str:
    """`T1R9 anakinra (partial), then T2R4 canakinumab (none), same patient`."""
    said = [_step(each, ids) for each in person_.steps]
    sure = "probable" if "probable" in person_.joints else "stated"
    return f"{', then '.join(said)}, {joint(sure)}"


def _first(person_: Person, ids: dict[str, str]) -> str:
    return _step(next(each for each in person_.steps if each.case is not None), ids)


def _step(step: Step, ids: dict[str, str]) -> str:
    return f"{short(step.course, ids)} {step.drug} ({level(step.level)})"


def events_of(sections: Iterable[Section], ids: dict[str, str]) -> str:
    """Adverse events by drug and diagnosis, in a sentence."""
    found = [
        f"{finding.name} in {section.name}: {events(group, ids)}"
        for section in sections
        for finding, group in section.groups
    ]
    return f"Adverse events: {'; '.join(found)}."


def alternatives(
    report: EvidenceReport, sections: Sequence[Section], ids: dict[str, str]
) -> dict[str, str]:
    """What each figure shows, by its name."""
    drawn = plural(sum(len(each.persons) for each in sections), "patient")
    events_said, switched = events_of(sections, ids), switches(sections, ids)
    long = "; ".join(
        f"{finding.name} in {section.name}: {months(group.months)}"
        f", printed for {group.months.n} of {group.n_courses}"
        for section in sections
        for finding, group in section.groups
    )
    counts = statements(report)
    said = {
        "patients": (
            f"One mark for each of {drawn}, by response, failures first.",
            *(counts, events_said, switched),
        ),
        "months": (
            f"A bar for each course: its months on treatment as printed, and its response. {long}.",
            f"{upper_first(BETWEEN)}.",
            *(switched, events_said),
        ),
        "responses": (
            "The share with no, partial and complete response by drug and diagnosis.",
            "Each has its exact interval.",
            *(counts, events_said),
        ),
    }
    return {name: " ".join(filter(None, each)) for name, each in said.items()}
