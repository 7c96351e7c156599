"""Puts the report together from the rules that hold."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seriatim.evidence.cases import course_cases
from seriatim.evidence.comparison import Compared, Patient, compare, patient_of, published
from seriatim.evidence.discrepancies import Discrepancies
from seriatim.evidence.findings import Findings, gather
from seriatim.evidence.labels import LabelBook
from seriatim.evidence.limits import Limits
from seriatim.evidence.questions import WHETHER, WHICH, Questions
from seriatim.evidence.statements import summary_of
from seriatim.evidence.trace import Tracer
from seriatim.inference.program import AskEffect, CautionEffect, CiteEffect, ConcludeEffect
from seriatim.model.base import holding
from seriatim.model.evidence import (
    Case,
    Caution,
    EvidenceReport,
    Finding,
    KnowledgeRef,
    Missing,
    SeriesRef,
    UnderstoodProfile,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.inference.normalise import Understood
    from seriatim.inference.program import GroundRule, Program
    from seriatim.inference.reference import Verdicts
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.base import Relation

EFFECTS = (ConcludeEffect, CiteEffect, CautionEffect, AskEffect)
OF_A_CLASS = {
    "prior therapies": "which drug of a class was tried before",
    "current therapies": "which drug of a class is being given",
}
"""What is asked where every therapy is known, though of some only the class."""
WHICH_OF_CLASS = "which drug of the class "
"""How a rule asks the same of one class, which is better."""
CONCERNS = {"safety": 0, "dose": 1, "stronger evidence": 2, "limits": 3}
"""What a caution concerns, the most pressing first."""


class Assembler:
    """Assembles reports over one knowledge base; what does not depend on a patient is kept."""

    def __init__(self, knowledge: KnowledgeBase, program: Program) -> None:
        self.knowledge = knowledge
        self.program = program
        self.cases = course_cases(knowledge)
        self.names = {each.id: each.name for each in knowledge.lexicon.concepts.values()}
        self._courses_of = _courses_of(knowledge)
        self.published = {
            id_: published(case, knowledge.lexicon, knowledge.courses[id_].order)
            for id_, case in self.cases.items()
        }
        self._fields = {id_: dict(case) for id_, case in self.cases.items()}
        self.findings = Findings(knowledge, self.cases)
        self.discrepancies = Discrepancies(knowledge)
        self.labels = LabelBook(knowledge)
        self.limits = Limits(knowledge)
        self.tracer = Tracer(program)
        self.questions = Questions(knowledge, program)
        self.reference = knowledge_ref(knowledge)
        self._cautions = _cautions(program)
        self._conclusions = _conclusions(program)

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
        by_kind: dict[type, list[GroundRule]] = {kind: [] for kind in EFFECTS}
        for rule in held:
            by_kind[type(rule.effect)].append(rule)
        concluded = self._concluded(by_kind[ConcludeEffect])
        patient = patient_of(
            understood.profile, concluded.get("failure", ()), self.knowledge.lexicon
        )
        asked = concluded.get("in_question", [])
        relation_of, drafts = gather(by_kind[CiteEffect])
        compared = {
            course: compare(patient, self.published[course], relation, self.names)
            for course, relation in relation_of.items()
        }
        findings = self.findings.build(relation_of, drafts, compared)
        cited = [course for finding in findings for course in finding.courses]
        cases = tuple(self._case(each, relation_of[each], compared[each]) for each in cited)
        fired, conclusions = self.tracer.explain(held, verdicts.true, understood.facts)
        dosed = _dosed(understood, asked)
        stronger = self.labels.stronger(
            by_kind[ConcludeEffect], patient.age, asked, dosed, patient.possible
        )
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
            cautions=self._cautions_of(by_kind[CautionEffect]),
            discrepancies=self.discrepancies.touching(cited),
            limits=self.limits.of(
                findings, cited, cases, self._not_asked(patient, asked, findings)
            ),
            missing=self._missing(by_kind[AskEffect], verdicts, understood),
            near_misses=self.tracer.near_misses(verdicts, understood.facts),
            conclusions=conclusions,
            fired=fired,
            given=given,
        )

    def _case(self, course: str, relation: Relation, compared: Compared) -> Case:
        fields = self._fields[course].copy()
        fields["relation"] = relation
        fields["matched_on"] = compared.matched
        fields["differs_on"] = compared.differs
        fields["unknown_on"] = compared.unknown
        return holding(Case, fields)

    # --- the rest -----------------------------------------------------------------------------

    def _not_asked(
        self, patient: Patient, asked: list[str], findings: Iterable[Finding]
    ) -> list[tuple[str, str, int]]:
        """Drugs with courses of the patient's diagnosis that were neither asked for nor shown."""
        known = {*asked, *(each.drug for each in findings)}
        return [
            (self.names[drug], self.names[diagnosis], n)
            for diagnosis in sorted(patient.diagnoses)
            for drug, n in self._courses_of.get(diagnosis, ())
            if drug not in known
        ]

    def _concluded(self, held: list[GroundRule]) -> dict[str, list[str]]:
        """By the name of a conclusion what it is said of, each once."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for rule in held:
            drawn = self._conclusions.get(rule.index)
            if drawn is not None:
                found[drawn[0]][drawn[1]] = None
        return {name: list(of) for name, of in found.items()}

    def _cautions_of(self, rules: list[GroundRule]) -> tuple[Caution, ...]:
        found = [self._cautions[rule.index] for rule in rules]
        return tuple(sorted(found, key=lambda each: CONCERNS[each.concerns]))

    def _missing(
        self, asking: list[GroundRule], verdicts: Verdicts, understood: Understood
    ) -> tuple[Missing, ...]:
        found = list(self.questions.missing(verdicts, understood.facts))
        asked = [each.effect.fact for each in asking if isinstance(each.effect, AskEffect)]
        found = _left_open(found, understood.profile, asked)
        for position, each in enumerate(found):
            if each.fact.startswith((WHICH, WHETHER)):
                found[position] = self._whole_question(each, understood.profile)
                return tuple(found)
        for rule in asking:
            effect = rule.effect
            if isinstance(effect, AskEffect):
                found.insert(0, Missing(fact=effect.fact, would_decide=(rule.rule.id,)))
        return tuple(found)

    def _whole_question(self, missing: Missing, profile: UnderstoodProfile) -> Missing:
        """Which diagnosis it is, of all that an open term could be.

        Rules turn only on those of which the library has something to say.
        """
        asked = set(missing.fact.partition(": ")[2].split(", "))
        asked.add(missing.fact.removeprefix(WHETHER))
        found: set[str] = set()
        for each in profile.diagnoses:
            could_be = [self.names[concept] for concept in each.could_be]
            if each.status == "active" and not asked.isdisjoint(could_be):
                found.update(could_be)
        if len(found) < 2:  # noqa: PLR2004 - one is no choice
            return missing
        names = ", ".join(sorted(found, key=str.casefold))
        return Missing.trusted(fact=f"{WHICH}{names}", would_decide=missing.would_decide)


def _left_open(found: list[Missing], profile: UnderstoodProfile, asked: list[str]) -> list[Missing]:
    """Of complete lists only which drug it was can be asked, of a class or with an event.

    Of a class it is not, where a rule has `asked` the same of one class.
    """
    instead: dict[str, str | None] = {}
    if profile.therapies is not None and profile.therapies_complete:
        of_one = any(each.startswith(WHICH_OF_CLASS) for each in asked)
        instead |= dict.fromkeys(OF_A_CLASS) if of_one else OF_A_CLASS
    if profile.adverse_events_complete and profile.adverse_events:
        events = {e.name for e in profile.adverse_events if e.with_drug is None and e.name}
        instead["adverse events so far"] = f"which drug {' and '.join(sorted(events))} came with"
    if not any(each.fact in instead for each in found):
        return found
    said: dict[str, dict[str, None]] = {}
    for each in found:
        fact = instead.get(each.fact, each.fact)
        if fact is not None:
            said.setdefault(fact, {}).update(dict.fromkeys(each.would_decide))
    return [Missing.trusted(fact=fact, would_decide=tuple(rules)) for fact, rules in said.items()]


def _dosed(understood: Understood, asked: list[str]) -> list[str] | None:
    """The drugs that were asked for, with courses or without; None if none was named."""
    considering = understood.profile.considering
    return (
        [*asked, *(each.concept for each in considering if each.concept)] if considering else None
    )


def _courses_of(knowledge: KnowledgeBase) -> dict[str, list[tuple[str, int]]]:
    """For each diagnosis the drugs that have courses of it, and how many."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for view in knowledge.courses.values():
        if view.diagnosis is not None:
            counts[view.diagnosis][view.course.drug] += 1
    return {diagnosis: sorted(drugs.items()) for diagnosis, drugs in counts.items()}


def _conclusions(program: Program) -> dict[int, tuple[str, str]]:
    """Of each rule that concludes something of a term: the conclusion's name and the term."""
    return {
        rule.index: (rule.effect.name, rule.effect.of[0])
        for rule in program.rules
        if isinstance(rule.effect, ConcludeEffect) and rule.effect.of
    }


def _cautions(program: Program) -> dict[int, Caution]:
    """The caution of each rule that has one."""
    return {
        rule.index: Caution.trusted(
            rule=rule.rule.id,
            text=rule.effect.text,
            concerns=rule.effect.concerns,
            courses=rule.effect.courses,
            source=rule.effect.source,
        )
        for rule in program.rules
        if isinstance(rule.effect, CautionEffect)
    }


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
                read=f"{each.document.read}, as extracted",
            )
            for each in knowledge.series.values()
        ),
    )
