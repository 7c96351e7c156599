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
    """A course of a patient; `case` is None if it is linked to one here but not counted here."""

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


Kin = tuple[Person, ...]
"""One patient; or several who are perhaps the same, earlier first."""


@dataclass(frozen=True, slots=True)
class Section:
    """One diagnosis in one relation to the patient: its counts by drug, and its patients."""

    relation: Relation
    name: str
    groups: tuple[tuple[Finding, DiagnosisGroup], ...]
    kin: tuple[Kin, ...]

    @property
    def persons(self) -> tuple[Person, ...]:
        """Every patient once."""
        return tuple(person for kin in self.kin for person in kin)


def sections(report: EvidenceReport) -> tuple[Section, ...]:
    """Direct before ambiguous before indirect; in each the diagnoses as the report has them.

    A patient with courses in several sections stands once, in the first.
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
    own: dict[tuple[Relation, str], list[list[Case]]] = defaultdict(list)
    for each in _by_individual(report.cases):
        own[where[each[0].course]].append(each)
    return tuple(
        Section(key[0], key[1], tuple(found), _kin(own[key])) for key, found in groups.items()
    )


def _by_individual(cases: Iterable[Case]) -> list[list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for each in cases:
        found[each.individual].append(each)
    return list(found.values())


def _kin(individuals: Sequence[list[Case]]) -> tuple[Kin, ...]:
    """Failures first; who is perhaps the same patient stands together."""
    here = {case.course for own in individuals for case in own}
    left = sorted((_person(own, here) for own in individuals), key=lambda each: each.worst)
    found: list[Kin] = []
    while left:
        kin = [left.pop(0)]
        for person in kin:  # grows while it is gone through
            near = [each for each in left if _linked(person, each)]
            left = [each for each in left if each not in near]
            kin += near
        found.append(tuple(sorted(kin, key=lambda each: _follows(each, here))))
    return tuple(found)


def _linked(one: Person, other: Person) -> bool:
    courses = {case.course for case in other.cited}
    return any(link.course in courses for case in one.cited for link in case.linked)


def _follows(person: Person, here: set[str]) -> int:
    """How many courses of others here came before this patient's."""
    return sum(
        link.follows and link.course in here for case in person.cited for link in case.linked
    )


def _person(own: Sequence[Case], here: set[str]) -> Person:
    """The courses of one individual and those linked to them elsewhere, earlier ones first."""
    order = sorted(own, key=lambda case: sum(link.follows for link in case.linked))
    before, after = _others(order, here, follows=True), _others(order, here, follows=False)
    steps = [
        *(_elsewhere(each) for each in before),
        *(Step(each.course, each.drug_name, each.response.level, each) for each in order),
        *(_elsewhere(each) for each in after),
    ]
    within: list[Certainty] = ["stated"] * (len(order) - 1)
    joints = [*(each.certainty for each in before), *within, *(each.certainty for each in after)]
    return Person(own[0].individual, tuple(steps), tuple(joints))


def _others(own: Sequence[Case], here: set[str], *, follows: bool) -> list[CitedLink]:
    """Courses that one of these followed, or that came after, each once."""
    found = {
        link.course: link
        for case in own
        for link in case.linked
        if link.course not in here and link.follows == follows
    }
    return list(found.values())


def _elsewhere(link: CitedLink) -> Step:
    return Step(link.course, link.drug, link.response, None)
