"""Puts the report together from the rules that hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seriatim.evidence.cases import course_cases
from seriatim.evidence.comparison import Compared, Patient, compare, patient_of
from seriatim.evidence.counts import Counter
from seriatim.evidence.discrepancies import Discrepancies
from seriatim.evidence.labels import LabelBook
from seriatim.evidence.limits import limits_of
from seriatim.evidence.statements import finding_statement, summary_of
from seriatim.evidence.trace import Tracer
from seriatim.inference.program import AskEffect, CautionEffect, CiteEffect, ConcludeEffect
from seriatim.model.evidence import (
    Case,
    Caution,
    DiagnosisGroup,
    EvidenceReport,
    Finding,
    KnowledgeRef,
    Missing,
    SeriesRef,
    Subgroup,
)

if TYPE_CHECKING:
    from seriatim.inference.normalise import Understood
    from seriatim.inference.program import GroundRule, Program
    from seriatim.inference.reference import Verdicts
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.base import Relation

REMEMBERED = 512
"""Findings that are kept: they depend on the courses and rules, not otherwise on the patient."""

RELATIONS: tuple[Relation, ...] = ("direct", "ambiguous", "indirect")


@dataclass(slots=True)
class _Draft:
    """A finding being gathered: what cites it, and the groups that rules single out."""

    rules: dict[str, None] = field(default_factory=dict)
    because: dict[str, None] = field(default_factory=dict)
    groups: list[tuple[GroundRule, CiteEffect]] = field(default_factory=list)


class Assembler:
    """Assembles reports over one knowledge base; what does not depend on a patient is kept."""

    def __init__(self, knowledge: KnowledgeBase, program: Program) -> None:
        self.knowledge = knowledge
        self.program = program
        self.cases = course_cases(knowledge)
        self._fields = {id_: dict(case) for id_, case in self.cases.items()}
        self._ids = {id_: id_.rpartition("/")[2] for id_ in self.cases}
        self.counter = Counter(knowledge, self.cases)
        self.discrepancies = Discrepancies(knowledge)
        self.labels = LabelBook(knowledge)
        self.tracer = Tracer(knowledge, program)
        self.reference = knowledge_ref(knowledge)
        self._findings_known: dict[tuple[object, ...], Finding] = {}

    def assemble(
        self,
        report_id: str,
        engine: str,
        given: dict[str, object],
        understood: Understood,
        verdicts: Verdicts,
    ) -> EvidenceReport:
        """The report for the rules that hold."""
        held = [self.program.rules[index] for index in verdicts.holds]
        concluded = _concluded(held)
        patient = patient_of(understood.profile, concluded["failure"])
        asked = concluded["in_question"]
        relation_of, drafts = self._gather(held)
        compared = {
            course: compare(
                patient,
                self.cases[course],
                relation,
                self.knowledge.lexicon,
                self.knowledge.courses[course].order,
            )
            for course, relation in relation_of.items()
        }
        findings = self._findings(relation_of, drafts, compared)
        cited = [course for finding in findings for course in finding.courses]
        cases = tuple(self._case(each, relation_of[each], compared[each]) for each in cited)
        fired, conclusions = self.tracer.explain(held, verdicts.true, understood.facts)
        stronger = self.labels.stronger(held, patient.age, asked)
        no_label = self.labels.silent(asked, patient)
        return EvidenceReport.trusted(
            report_id=report_id,
            engine=engine,
            knowledge=self.reference,
            profile=understood.profile,
            summary=summary_of(understood.profile, findings, stronger, no_label),
            stronger_evidence=stronger,
            no_label=no_label,
            findings=findings,
            cases=cases,
            cautions=_cautions(held),
            discrepancies=self.discrepancies.touching(cited),
            limits=limits_of(self.knowledge, findings, cases, self._not_asked(patient, asked)),
            missing=self._missing(held, verdicts, understood),
            near_misses=self.tracer.near_misses(verdicts, understood.facts),
            conclusions=conclusions,
            fired=fired,
            given=given,
        )

    # --- findings -----------------------------------------------------------------------------

    def _gather(
        self, held: list[GroundRule]
    ) -> tuple[dict[str, Relation], dict[tuple[str, Relation], _Draft]]:
        """The strongest relation of each cited course, and what is said of each finding."""
        relation_of: dict[str, Relation] = {}
        drafts: dict[tuple[str, Relation], _Draft] = defaultdict(_Draft)
        for rule in held:
            effect = rule.effects[0]
            if not isinstance(effect, CiteEffect):
                continue
            draft = drafts[effect.drug, effect.relation]
            draft.rules[rule.rule.id] = None
            if effect.subgroup is None:
                draft.because[effect.because] = None
            else:
                draft.groups.append((rule, effect))
            for course in effect.courses:
                before = relation_of.get(course)
                if before is None or RELATIONS.index(effect.relation) < RELATIONS.index(before):
                    relation_of[course] = effect.relation
        return relation_of, drafts

    def _findings(
        self,
        relation_of: dict[str, Relation],
        drafts: dict[tuple[str, Relation], _Draft],
        compared: dict[str, Compared],
    ) -> tuple[Finding, ...]:
        by_key: dict[tuple[str, Relation], list[str]] = defaultdict(list)
        for course, relation in relation_of.items():
            by_key[self.cases[course].drug, relation].append(course)
        findings = []
        for relation in RELATIONS:
            for drug in sorted(drug for drug, its in by_key if its == relation):
                courses = sorted(by_key[drug, relation], key=lambda c: compared[c].key)
                findings.append(
                    self._finding(drug, relation, tuple(courses), drafts[drug, relation])
                )
        return tuple(findings)

    def _finding(
        self, drug: str, relation: Relation, courses: tuple[str, ...], draft: _Draft
    ) -> Finding:
        key = (relation, courses, tuple(draft.rules), tuple(r.index for r, _e in draft.groups))
        known = self._findings_known.get(key)
        if known is None:
            if len(self._findings_known) >= REMEMBERED:
                self._findings_known.clear()
            known = self._new_finding(drug, relation, courses, draft)
            self._findings_known[key] = known
        return known

    def _new_finding(
        self, drug: str, relation: Relation, courses: tuple[str, ...], draft: _Draft
    ) -> Finding:
        name = self.knowledge.lexicon.name(drug)
        groups = self._by_diagnosis(courses)
        subgroups = tuple(self._subgroups(courses, draft))
        because = tuple(draft.because) or tuple(
            dict.fromkeys(effect.because for _rule, effect in draft.groups)
        )
        return Finding.trusted(
            **self.counter.count(courses),
            drug=drug,
            name=name,
            relation=relation,
            statement=finding_statement(name, relation, groups, self.counter.count(courses)),
            rules=tuple(draft.rules),
            because=because,
            by_diagnosis=groups,
            subgroups=subgroups,
        )

    def _by_diagnosis(self, courses: tuple[str, ...]) -> tuple[DiagnosisGroup, ...]:
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for course in courses:
            printed = self.cases[course].diagnosis
            key = (printed.concept or "", printed.name or f"{printed.printed} as printed")
            groups[key].append(course)
        return tuple(
            DiagnosisGroup.trusted(
                **self.counter.count(tuple(found)), diagnosis=concept or name, name=name
            )
            for (concept, name), found in groups.items()
        )

    def _subgroups(self, courses: tuple[str, ...], draft: _Draft) -> list[Subgroup]:
        found = []
        for rule, effect in draft.groups:
            inside = tuple(each for each in courses if each in effect.courses)
            elsewhere = [
                each
                for each in effect.probable
                if each in courses or effect.relation == "indirect"
            ]
            probable = tuple(each for each in elsewhere if each not in inside)
            if effect.relation == "indirect":
                probable = tuple(each for each in probable if each not in courses)
            if inside or probable:
                found.append(
                    Subgroup.trusted(
                        **self.counter.count(inside),
                        label=effect.subgroup or "",
                        rule=rule.rule.id,
                        because=effect.because,
                        probable_courses=probable,
                    )
                )
        return found

    def _case(self, course: str, relation: Relation, compared: Compared) -> Case:
        return Case.trusted(
            **self._fields[course],
            relation=relation,
            matched_on=compared.matched,
            differs_on=compared.differs,
            unknown_on=compared.unknown,
        )

    # --- the rest -----------------------------------------------------------------------------

    def _not_asked(self, patient: Patient, asked: list[str]) -> list[tuple[str, str, int]]:
        """Drugs with courses of the patient's diagnosis that were not asked for."""
        found = []
        for diagnosis in sorted(patient.diagnoses):
            counts: dict[str, int] = defaultdict(int)
            for view in self.knowledge.courses.values():
                if view.diagnosis == diagnosis and view.course.drug not in asked:
                    counts[view.course.drug] += 1
            name = self.knowledge.lexicon.name
            found += [(name(drug), name(diagnosis), n) for drug, n in sorted(counts.items())]
        return found

    def _missing(
        self, held: list[GroundRule], verdicts: Verdicts, understood: Understood
    ) -> tuple[Missing, ...]:
        found = list(self.tracer.missing(verdicts, understood.facts))
        known = {each.fact for each in found}
        for rule in held:
            effect = rule.effects[0]
            if isinstance(effect, AskEffect) and not any(
                fact.startswith("which diagnosis") for fact in known
            ):
                found.insert(0, Missing(fact=effect.fact, would_decide=(rule.rule.id,)))
        return tuple(found)


def _concluded(held: list[GroundRule]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for rule in held:
        effect = rule.effects[0]
        if isinstance(effect, ConcludeEffect) and effect.of and effect.of[0] not in (
            found[effect.name]
        ):
            found[effect.name].append(effect.of[0])
    return found


def _cautions(held: list[GroundRule]) -> tuple[Caution, ...]:
    found = []
    for rule in held:
        effect = rule.effects[0]
        if isinstance(effect, CautionEffect):
            found.append(
                Caution.trusted(
                    rule=rule.rule.id,
                    text=effect.text,
                    concerns=effect.concerns,
                    courses=effect.courses,
                    source=effect.source,
                )
            )
    order = {"safety": 0, "dose": 1, "stronger evidence": 2, "limits": 3}
    return tuple(sorted(found, key=lambda each: order[each.concerns]))


def knowledge_ref(knowledge: KnowledgeBase) -> KnowledgeRef:
    """Version, hash and series of the knowledge."""
    return KnowledgeRef(
        version=knowledge.library.version,
        hash=knowledge.hash,
        series=tuple(
            SeriesRef(
                id=each.id,
                hash=each.document.sha256,
                status=each.status,
                citation=each.citation.short,
                read=each.document.read,
            )
            for each in knowledge.series.values()
        ),
    )
