"""Stronger evidence: what labels say of the patient's diagnosis, before any case is shown."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from seriatim.evidence.statements import not_named
from seriatim.inference.program import ConcludeEffect
from seriatim.kept import Kept
from seriatim.model.evidence import NoLabel, StrongerEvidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from seriatim.evidence.comparison import Patient
    from seriatim.inference.program import GroundRule
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.label import Indication, Label, LabelDose

LABELLED = ("labelled", "labelled_if")
"""The conclusions that a label names the diagnosis, surely or under a condition."""
CHECK_CURRENT = "check the current label, which may restrict it further"
"""Of an indication its words, age and weight are given, not every condition that a label sets."""
ADULT = 18
"""Years; the age from which the labels that were read speak of adults."""


class LabelBook:
    """The labels of the library, by drug."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.by_drug: dict[str, list[Label]] = defaultdict(list)
        for label in knowledge.labels:
            self.by_drug[label.drug].append(label)
        self._ages = sorted(
            {
                each.age_from_months
                for label in knowledge.labels
                for each in label.indications
                if each.age_from_months is not None
            }
        )
        self._stronger_kept: Kept[tuple[StrongerEvidence, ...]] = Kept()
        self._silent_kept: Kept[tuple[NoLabel, ...]] = Kept()

    def stronger(
        self,
        rules: Iterable[GroundRule],
        age: float | None,
        asked: Sequence[str],
        dosed: Collection[str] | None = None,
        possible: Collection[str] = (),
    ) -> tuple[StrongerEvidence, ...]:
        """The indications behind the conclusions `labelled` and `labelled_if`.

        Drugs that are asked for come first; an indication that surely applies hides the same one
        under a condition. Doses are given of the drugs in `dosed`, of all if that is None. Of the
        diagnoses in `possible`, which an open term may mean, those are named that a label covers by
        a wider one.
        """
        labelled = [
            (rule.rule.id, rule.effect)
            for rule in rules
            if isinstance(rule.effect, ConcludeEffect) and rule.effect.name in LABELLED
        ]
        if not labelled:
            return ()
        said = tuple((id_, effect.name, *effect.of) for id_, effect in labelled)
        doses_of = None if dosed is None else frozenset(dosed)
        meant = tuple(sorted(possible))
        key = (said, self._age_group(age), tuple(asked), doses_of, meant)
        return self._stronger_kept.get(
            key, lambda: self._stronger(labelled, age, asked, doses_of, meant)
        )

    def _age_group(self, age: float | None) -> tuple[int, bool] | None:
        """Ages for which every label says the same."""
        return None if age is None else (bisect_right(self._ages, age * 12), age < ADULT)

    def _stronger(
        self,
        labelled: Iterable[tuple[str, ConcludeEffect]],
        age: float | None,
        asked: Sequence[str],
        doses_of: frozenset[str] | None,
        possible: Sequence[str],
    ) -> tuple[StrongerEvidence, ...]:
        pairs: dict[tuple[str, str], tuple[bool, list[str]]] = {}
        for rule_id, effect in labelled:
            pair = (effect.of[0], effect.of[1])
            sure, ids = pairs.get(pair, (False, []))
            pairs[pair] = (sure or effect.name == "labelled", [*ids, rule_id])
        found = []
        for drug in sorted({drug for drug, _diagnosis in pairs}):
            for label in self.by_drug[drug]:
                for indication in label.indications:
                    named = [each for each in indication.diagnoses if (drug, each) in pairs]
                    certain = self._narrowest([each for each in named if pairs[drug, each][0]])
                    if named:
                        ids = [rule for each in certain or named for rule in pairs[drug, each][1]]
                        meant = certain or self._with_narrower(named, possible)
                        shown = label.doses if doses_of is None or drug in doses_of else ()
                        found.append(
                            self._evidence(
                                label, indication, meant, age, ids, shown, sure=bool(certain)
                            )
                        )
        return tuple(
            sorted(
                found, key=lambda e: (e.drug not in asked, e.holds == "if", e.drug, e.jurisdiction)
            )
        )

    def _narrowest(self, diagnoses: list[str]) -> list[str]:
        ancestors = self.knowledge.lexicon.ancestors
        return [d for d in diagnoses if not any(d in ancestors[other] for other in diagnoses)]

    def _with_narrower(self, named: list[str], possible: Sequence[str]) -> list[str]:
        ancestors = self.knowledge.lexicon.ancestors
        covered = [p for p in possible if p not in named and set(ancestors[p]) & set(named)]
        return [*named, *covered]

    def _evidence(
        self,
        label: Label,
        indication: Indication,
        diagnoses: Sequence[str],
        age: float | None,
        rules: list[str],
        shown: Sequence[LabelDose],
        *,
        sure: bool,
    ) -> StrongerEvidence:
        applies = None
        if age is not None and indication.age_from_months is not None:
            applies = age * 12 >= indication.age_from_months
        doses = tuple(
            _dose(each, age) for each in shown if not set(diagnoses).isdisjoint(each.diagnoses)
        )
        return self._worded(label, indication, diagnoses, applies, rules, doses, sure=sure)

    def _worded(
        self,
        label: Label,
        indication: Indication,
        diagnoses: Sequence[str],
        applies: bool | None,  # noqa: FBT001 - three-valued
        rules: list[str],
        doses: tuple[str, ...],
        *,
        sure: bool,
    ) -> StrongerEvidence:
        name = self.knowledge.lexicon.name(label.drug)
        diagnosis = diagnoses[0]
        meant = " or ".join(self.knowledge.lexicon.name(each) for each in diagnoses)
        condition = "" if sure else f", if the diagnosis is {meant}"
        population = f" ({indication.population})" if indication.population else ""
        section = f", section {indication.section}" if indication.section else ""
        too_young = "; the patient is younger than that" if applies is False else ""
        the = "Not for this age: the" if applies is False else "The"
        return StrongerEvidence.trusted(
            drug=label.drug,
            name=name,
            diagnosis=diagnosis,
            diagnosis_name=meant,
            holds="yes" if sure else "if",
            jurisdiction=label.jurisdiction,
            says=indication.says,
            population=indication.population,
            applies_to_age=applies,
            doses=doses,
            as_of=label.source.as_of,
            section=indication.section,
            source=label.source.address or label.source.title or label.id,
            statement=(
                f"{the} {label.jurisdiction} label of {name} names {indication.says}{population}"
                f"{condition}{too_young} (as of {label.source.as_of}{section}; {CHECK_CURRENT})."
            ),
            rules=tuple(dict.fromkeys(rules)),
        )

    def silent(self, drugs: Iterable[str], patient: Patient) -> tuple[NoLabel, ...]:
        """For each drug and diagnosis the jurisdictions whose label, as read, does not name it."""
        diagnoses = tuple(sorted(patient.diagnoses or patient.possible))
        asked = tuple(drugs)
        return self._silent_kept.get((asked, diagnoses), lambda: self._all_silent(asked, diagnoses))

    def _all_silent(self, drugs: Iterable[str], diagnoses: Iterable[str]) -> tuple[NoLabel, ...]:
        found = []
        for drug in drugs:
            for diagnosis in diagnoses:
                labels = [each for each in self.by_drug[drug] if not self._names(each, diagnosis)]
                if labels:
                    found.append(self._no_label(drug, diagnosis, labels))
        return tuple(found)

    def _names(self, label: Label, diagnosis: str) -> bool:
        """Whether it names the diagnosis, a wider one or, which is said with an if, a narrower."""
        lexicon = self.knowledge.lexicon
        covered = {diagnosis, *lexicon.ancestors[diagnosis], *lexicon.descendants[diagnosis]}
        return any(covered & set(each.diagnoses) for each in label.indications)

    def _no_label(self, drug: str, diagnosis: str, labels: list[Label]) -> NoLabel:
        name = self.knowledge.lexicon.name(drug)
        diagnosis_name = self.knowledge.lexicon.name(diagnosis)
        labels_read = tuple(f"{each.jurisdiction} {each.source.as_of}" for each in labels)
        elsewhere = len(labels) < len(self.by_drug[drug])
        return NoLabel.trusted(
            drug=drug,
            name=name,
            diagnosis=diagnosis,
            diagnosis_name=diagnosis_name,
            jurisdictions=tuple(each.jurisdiction for each in labels),
            labels=labels_read,
            named_elsewhere=elsewhere,
            statement=not_named(
                diagnosis_name, f"{name} ({', '.join(labels_read)})", elsewhere=elsewhere
            ),
        )


def _dose(dose: LabelDose, age: float | None) -> str:
    """A dose with its date; unless the patient is known to be grown up, only if it goes by weight.

    One that does not might be an adult's.
    """
    trust = f", {dose.source.trust}" if dose.source.trust else ""
    dated = f"({_dated(dose.source.as_of)}{trust})"
    if age is None and not dose.by_weight:
        return f"not shown: the age is not given, and this may be a dose of adults {dated}"
    if age is not None and age < ADULT and not dose.by_weight:
        return f"for children not read; doses of children may go by body weight {dated}"
    return f"{dose.dose} {dated}"


def _dated(as_of: str) -> str:
    return f"as of {as_of}" if as_of != "unknown" else "date of the copy unknown"
