"""Findings: the cited courses of one drug in one relation, counted, with the groups within them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seriatim.evidence.counts import Counter
from seriatim.evidence.statements import finding_statement
from seriatim.inference.program import CiteEffect
from seriatim.kept import Kept
from seriatim.model.evidence import DiagnosisGroup, Finding, Subgroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.evidence.comparison import Compared
    from seriatim.inference.program import GroundRule
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.base import Relation
    from seriatim.model.evidence import CourseCase

RELATIONS: tuple[Relation, ...] = ("direct", "ambiguous", "indirect")
"""The strongest first: a course that is cited twice belongs to the first."""

Key = tuple[str, "Relation"]


@dataclass(slots=True)
class Gathered:
    """What is said of one finding: the rules, their reasons, and the groups they single out."""

    rules: dict[str, None] = field(default_factory=dict)
    because: dict[str, None] = field(default_factory=dict)
    groups: list[tuple[GroundRule, CiteEffect]] = field(default_factory=list)


def gather(held: Iterable[GroundRule]) -> tuple[dict[str, Relation], dict[Key, Gathered]]:
    """The strongest relation of each cited course, and what is said of each finding."""
    relation_of: dict[str, Relation] = {}
    found: dict[Key, Gathered] = defaultdict(Gathered)
    for rule in held:
        effect = rule.effect
        if not isinstance(effect, CiteEffect):
            continue
        said = found[effect.drug, effect.relation]
        said.rules[rule.rule.id] = None
        if effect.subgroup is None:
            said.because[effect.because] = None
        else:
            said.groups.append((rule, effect))
        rank = RELATIONS.index(effect.relation)
        for course in effect.courses:
            before = relation_of.get(course)
            if before is None or rank < RELATIONS.index(before):
                relation_of[course] = effect.relation
    return relation_of, found


class Findings:
    """Builds findings; one that has been built for the same courses and rules is kept."""

    def __init__(self, knowledge: KnowledgeBase, cases: Mapping[str, CourseCase]) -> None:
        self.knowledge = knowledge
        self.cases = cases
        self.counter = Counter(knowledge, cases)
        # findings depend on the courses and rules, not otherwise on the patient
        self._kept: Kept[Finding] = Kept()

    def build(
        self,
        relation_of: Mapping[str, Relation],
        gathered: Mapping[Key, Gathered],
        compared: Mapping[str, Compared],
    ) -> tuple[Finding, ...]:
        """Direct before ambiguous before indirect, then by drug; in each the failures first."""
        by_key: dict[Key, list[str]] = defaultdict(list)
        for course, relation in relation_of.items():
            by_key[self.cases[course].drug, relation].append(course)
        findings = []
        for key in sorted(by_key, key=lambda each: (RELATIONS.index(each[1]), each[0])):
            courses = tuple(sorted(by_key[key], key=lambda course: compared[course].key))
            findings.append(self._finding(key, courses, gathered[key], relation_of))
        return tuple(findings)

    def _finding(
        self,
        key: Key,
        courses: tuple[str, ...],
        said: Gathered,
        relation_of: Mapping[str, Relation],
    ) -> Finding:
        probable = tuple(
            tuple(each for each in effect.probable if relation_of.get(each, key[1]) == key[1])
            for _rule, effect in said.groups
        )
        groups = tuple(rule.index for rule, _effect in said.groups)
        mark = (key, courses, tuple(said.rules), tuple(said.because), groups, probable)
        return self._kept.get(mark, lambda: self._new(key, courses, said, probable))

    def _new(
        self,
        key: Key,
        courses: tuple[str, ...],
        said: Gathered,
        probable: tuple[tuple[str, ...], ...],
    ) -> Finding:
        drug, relation = key
        name = self.knowledge.lexicon.name(drug)
        groups = self._by_diagnosis(courses)
        counts = self.counter.count(courses)
        because = dict(said.because)
        if relation == "indirect" or not because:  # each group may be of another disease
            because |= {effect.because: None for _rule, effect in said.groups}
        only, of_courses = self._part(key, courses, said)
        origin = self._origin(courses)
        return Finding.trusted(
            **counts,
            drug=drug,
            name=name,
            relation=relation,
            statement=finding_statement(name, relation, groups, counts, origin, only, of_courses),
            origin=origin,
            rules=tuple(said.rules),
            because=tuple(because),
            by_diagnosis=groups,
            subgroups=self._subgroups(courses, said, probable),
            only=only,
            of_courses=of_courses,
        )

    def _part(
        self, key: Key, courses: tuple[str, ...], said: Gathered
    ) -> tuple[tuple[str, ...], int | None]:
        """The groups that a finding is made of, and of how many courses, if it is a part of them.

        Of another disease than the patient's it is always one.
        """
        if said.because:
            return (), None
        mine = {_diagnosed(self.cases[each]) for each in courses}
        every = [
            each for each in self.cases.values() if each.drug == key[0] and _diagnosed(each) in mine
        ]
        only = tuple(dict.fromkeys(effect.subgroup or "" for _rule, effect in said.groups))
        whole = len(every) == len(courses) and key[1] != "indirect"
        return ((), None) if whole else (only, len(every))

    def _origin(self, courses: Iterable[str]) -> str:
        """`one centre, no control group`: where the courses come from."""
        ids = dict.fromkeys(self.knowledge.courses[each].series for each in courses)
        studies = [self.knowledge.series[each].study for each in ids]
        control = {
            (True,): "with a control group",
            (False,): "no control group",
            (False, True): "not all with a control group",
        }[tuple(sorted({each.control_group for each in studies}))]
        if len(studies) > 1:
            return f"{len(studies)} series, {control}"
        centres = studies[0].centres
        return f"{'one centre' if centres == 1 else f'{centres} centres'}, {control}"

    def _by_diagnosis(self, courses: tuple[str, ...]) -> tuple[DiagnosisGroup, ...]:
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for course in courses:
            groups[_diagnosed(self.cases[course])].append(course)
        return tuple(
            DiagnosisGroup.trusted(
                **self.counter.count(tuple(found)), diagnosis=concept or name, name=name
            )
            for (concept, name), found in groups.items()
        )

    def _subgroups(
        self,
        courses: tuple[str, ...],
        said: Gathered,
        probable: tuple[tuple[str, ...], ...],
    ) -> tuple[Subgroup, ...]:
        found = []
        for (rule, effect), likely in zip(said.groups, probable, strict=True):
            inside = tuple(each for each in courses if each in effect.courses)
            if inside or likely:
                found.append(
                    Subgroup.trusted(
                        **self.counter.count(inside),
                        label=effect.subgroup or "",
                        rule=rule.rule.id,
                        because=effect.because,
                        probable_courses=likely,
                        probable_responses=tuple(self.cases[e].response.level for e in likely),
                    )
                )
        return tuple(found)


def _diagnosed(case: CourseCase) -> tuple[str, str]:
    """The concept of the printed diagnosis, empty if the term is open, and its name."""
    printed = case.diagnosis
    return printed.concept or "", printed.name or f"{printed.printed} as printed"
