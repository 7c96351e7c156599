"""Who is drawn: the cited courses by diagnosis and by patient, with the courses linked to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.model.base import Certainty, Relation, Response
    from seriatim.model.evidence import Case, CitedLink, DiagnosisGroup, EvidenceReport, Finding

WORST_FIRST: tuple[Response | None, ...] = ("none", "partial", "complete", None)


@dataclass(frozen=True, slots=True)
class Step:
    """A course of a patient; `case` is None if it is linked to one but not itself cited."""

    course: str
    drug: str
    level: Response | None
    case: Case | None


@dataclass(frozen=True, slots=True)
class Person:
    """A patient: courses in their order as far as links give it.

    `joints[i]` is how sure it is that step i and step i + 1 are of one patient.
    """

    individual: str
    steps: tuple[Step, ...]
    joints: tuple[Certainty, ...]

    @property
    def cited(self) -> tuple[Case, ...]:
        """The courses of this answer."""
        return tuple(each.case for each in self.steps if each.case is not None)

    @property
    def worst(self) -> int:
        """Failures come first among equals."""
        return min(WORST_FIRST.index(each.response.level) for each in self.cited)


@dataclass(frozen=True, slots=True)
class Section:
    """One diagnosis in one relation to the patient: its counts by drug, and its patients."""

    relation: Relation
    name: str
    groups: tuple[tuple[Finding, DiagnosisGroup], ...]
    persons: tuple[Person, ...]


def sections(report: EvidenceReport) -> tuple[Section, ...]:
    """Direct before ambiguous before indirect; in each the diagnoses as the report has them.

    A patient with courses in several stands once, in the first.
    """
    groups: dict[tuple[Relation, str], list[tuple[Finding, DiagnosisGroup]]] = defaultdict(list)
    for finding in report.findings:
        for group in finding.by_diagnosis:
            groups[finding.relation, group.name].append((finding, group))
    where = {
        course: key
        for key, found in groups.items()
        for _finding, group in found
        for course in group.courses
    }
    persons: dict[tuple[Relation, str], list[Person]] = defaultdict(list)
    for own in _by_individual(report.cases):
        persons[where[own[0].course]].append(_person(own))
    return tuple(
        Section(key[0], key[1], tuple(found), _together(persons[key]))
        for key, found in groups.items()
    )


def _by_individual(cases: Iterable[Case]) -> list[list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for each in cases:
        found[each.individual].append(each)
    return list(found.values())


def _person(own: Sequence[Case]) -> Person:
    """The courses of one individual and those linked to them, earlier ones first."""
    names = {each.course for each in own}
    order = sorted(own, key=lambda case: sum(link.follows for link in case.linked))
    before, after = _others(order, names, follows=True), _others(order, names, follows=False)
    steps = [
        *(_linked(each) for each in before),
        *(Step(each.course, each.drug_name, each.response.level, each) for each in order),
        *(_linked(each) for each in after),
    ]
    within: list[Certainty] = ["stated"] * (len(order) - 1)
    joints = [*(each.certainty for each in before), *within, *(each.certainty for each in after)]
    return Person(own[0].individual, tuple(steps), tuple(joints))


def _others(own: Sequence[Case], names: set[str], *, follows: bool) -> list[CitedLink]:
    """Courses outside that a course followed, or that came after it, each once."""
    found = {
        link.course: link
        for case in own
        for link in case.linked
        if link.course not in names and link.follows == follows
    }
    return list(found.values())


def _linked(link: CitedLink) -> Step:
    return Step(link.course, link.drug, link.response, None)


def _together(persons: Iterable[Person]) -> tuple[Person, ...]:
    """Failures first; who is perhaps the same patient stands next to that one, earlier first."""
    left = sorted(persons, key=lambda each: each.worst)
    placed: list[Person] = []
    while left:
        first = left.pop(0)
        linked = {each.course for each in first.steps}
        kin = [each for each in left if linked & {case.course for case in each.cited}]
        left = [each for each in left if each not in kin]
        placed += sorted([first, *kin], key=_is_later)
    return tuple(placed)


def _is_later(person: Person) -> bool:
    return any(
        link.follows and link.certainty == "probable"
        for case in person.cited
        for link in case.linked
    )
