"""What each figure shows, in sentences with the counts of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.figures.wording import BETWEEN, joint, level
from seriatim.render.counting import events, months
from seriatim.render.words import plural, short, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.figures.people import Person, Section, Step
    from seriatim.model.evidence import EvidenceReport


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
            "A bar for each course: its months on treatment as printed, and its response.",
            f"{upper_first(long)}. {upper_first(BETWEEN)}.",
            *(switched, events_said),
        ),
        "responses": (
            "The share with no, partial and complete response by drug and diagnosis.",
            "Each has its exact interval.",
            *(counts, events_said),
        ),
    }
    return {name: " ".join(filter(None, each)) for name, each in said.items()}
