"""From a profile as typed to facts: every term resolved, every assumption and conflict said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.errors import ProfileError, ProfileProblem
from seriatim.inference.conditions import GIVEN, NOTHING, SEXES
from seriatim.inference.facts import AtomIndex, Facts, FactSet, Interval
from seriatim.inference.measured import in_a_larger_unit, out_of_range
from seriatim.inference.terms import TermReader, known_fields
from seriatim.inference.therapies import KeptTherapies, TherapyReader
from seriatim.kept import Kept
from seriatim.knowledge.nearest import nearest
from seriatim.model.evidence import (
    UnderstoodDiagnosis,
    UnderstoodEvent,
    UnderstoodProfile,
    UnderstoodTerm,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.inference.program import Program
    from seriatim.knowledge.lexicon import Resolved
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import UnderstoodTherapy
    from seriatim.model.profile import PatientProfile
    from seriatim.model.rule import Observation

MAX_PROBLEMS = 20

FEW = 8
"""Diagnoses that are kept together; a longer list is read anew."""

KnownDiagnoses = tuple["tuple[UnderstoodDiagnosis, ...]", int, int]
"""Diagnoses as understood, and the bits that they make true and false."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A profile as understood, and the facts it gives."""

    profile: UnderstoodProfile
    facts: Facts


class Normaliser:
    """Turns profiles into facts over the atoms of one program."""

    def __init__(self, knowledge: KnowledgeBase, program: Program) -> None:
        self.knowledge = knowledge
        self.lexicon = knowledge.lexicon
        self.numbers = program.numbers
        self.index = AtomIndex(program)
        self.observed = {
            name: self.numbers.get(f"observation {name}")
            for name in knowledge.vocabulary.observations
        }
        self.not_of = {
            sex: [
                (name, self.index.bit("observation", name))
                for name, kind in knowledge.vocabulary.observations.items()
                if sex in kind.not_of
            ]
            for sex in (*SEXES, "unknown")
        }
        """Observations that cannot be made of a sex, each with its bit."""
        self.therapies = KeptTherapies()
        self.diagnoses: Kept[KnownDiagnoses] = Kept()

    def understand(self, profile: PatientProfile) -> Understood:
        """The facts of a profile.

        Raises ProfileError with every term that is not known and everything that cannot be.
        """
        return _Reading(self, profile).run()


class _Reading:
    """One profile being read."""

    def __init__(self, by: Normaliser, profile: PatientProfile) -> None:
        self.by = by
        self.given = profile
        self.facts = FactSet(by.index)
        self.terms = TermReader(by.lexicon)

    def run(self) -> Understood:
        diagnoses = self._diagnoses()
        therapies = TherapyReader(self.terms, self.facts, self.by.therapies).read(self.given)
        events = self._events()
        considering = self._considering()
        observations = self._observations()
        self._sex()
        if self.terms.problems:
            raise ProfileError(self.terms.problems[:MAX_PROBLEMS])
        profile = UnderstoodProfile.trusted(
            age=self.given.age_years,
            sex=self.given.sex,
            diagnoses=diagnoses,
            therapies=therapies,
            therapies_complete=self.given.therapies_complete,
            adverse_events=events,
            considering=considering,
            observations=observations,
            notes=tuple(self.terms.notes),
        )
        numbers = self._numbers(therapies, observations)
        true = self.facts.true
        return Understood(profile, Facts(true, self.facts.false & ~true, numbers))

    # --- diagnoses ----------------------------------------------------------------------------

    def _diagnoses(self) -> tuple[UnderstoodDiagnosis, ...]:
        """The diagnoses as understood; what is said of them alone is kept over profiles."""
        given = self.given.diagnoses
        if len(given) > FEW or any(each.since is not None for each in given):
            return self._read_diagnoses()
        key = tuple((each.term, each.status) for each in given)
        known = self.by.diagnoses.known(key)
        if known is not None:
            understood, self.facts.true, self.facts.false = known
            return understood
        understood = self._read_diagnoses()
        if not self.terms.problems:
            self.by.diagnoses.keep(key, (understood, self.facts.true, self.facts.false))
        return understood

    def _read_diagnoses(self) -> tuple[UnderstoodDiagnosis, ...]:
        understood = []
        active: list[Resolved] = []
        for index, each in enumerate(self.given.diagnoses):
            found = self.terms.term(f"diagnoses[{index}]", each.term, "diagnosis")
            if found is None:
                continue
            understood.append(
                UnderstoodDiagnosis.trusted(
                    **known_fields(found, self.by.lexicon), status=each.status, since=each.since
                )
            )
            if each.status == "active":
                active.append(found)
            else:
                for concept in (found.concept, *found.could_be):
                    self.facts.add("history_of", concept or "")
        if understood:
            self._active(active)
        if active:
            self.facts.add("diagnosis", GIVEN)
        else:
            self.facts.false |= self.by.index.bit("diagnosis", GIVEN)
        return tuple(understood)

    def _active(self, diagnoses: list[Resolved]) -> None:
        """What is stated is so; what a term could mean is open; the rest is not so."""
        settled = {each.concept for each in diagnoses if each.concept}
        possible = {concept for each in diagnoses for concept in each.could_be} - settled
        for concept in settled:
            self.facts.add("diagnosis", concept)
            for each in (concept, *self.by.lexicon.ancestors[concept]):
                self.facts.add("diagnosis_within", each)
        open_bits = 0
        for concept in possible:
            self.facts.add("could_be", concept)
            open_bits |= self._open(concept)
        self.facts.close("diagnosis", open_bits | self.by.index.bit("diagnosis", GIVEN))
        self.facts.close("diagnosis_within", open_bits)
        self.facts.close("could_be")
        self.facts.close("history_of")

    def _open(self, concept: str) -> int:
        """Bits that are left open if a diagnosis is only possible."""
        bits = self.by.index.bit("diagnosis", concept)
        for each in (concept, *self.by.lexicon.ancestors[concept]):
            bits |= self.by.index.bit("diagnosis_within", each)
        return bits

    # --- events, drugs in question, observations ----------------------------------------------

    def _events(self) -> tuple[UnderstoodEvent, ...] | None:
        if self.given.adverse_events is None:
            return None
        understood = []
        unsure = 0
        for index, each in enumerate(self.given.adverse_events):
            found = self.terms.term(f"adverse_events[{index}].event", each.event, "event")
            drug = None
            if each.with_drug is not None:
                drug = self.terms.term(f"adverse_events[{index}].with_drug", each.with_drug, "drug")
            if found is None or found.concept is None:
                continue
            understood.append(
                UnderstoodEvent.trusted(
                    **known_fields(found, self.by.lexicon), with_drug=drug.concept if drug else None
                )
            )
            self.facts.add("had", found.concept)
            if drug and drug.concept:
                self.facts.add("had_with", found.concept, drug.concept)
                self.facts.add("reacted_to", drug.concept)
            elif each.with_drug is None:
                unsure |= self.by.index.masks["reacted_to"]
                unsure |= self.by.index.of_event[found.concept]
        if self.given.adverse_events_complete:
            if understood:
                self.terms.notes.append(
                    "Adverse events that are not listed are taken as not having occurred."
                )
            self.facts.close("had")
            self.facts.close("had_with", unsure)
            self.facts.close("reacted_to", unsure)
        else:
            self.terms.notes.append(
                "The list of adverse events is not complete: there may have been others."
            )
        return tuple(understood)

    def _considering(self) -> tuple[UnderstoodTerm, ...]:
        understood = []
        for index, typed in enumerate(self.given.considering):
            field = f"considering[{index}]"
            found = self.terms.settled(field, typed, "drug", "class")
            if found is None or found.concept is None:
                continue
            understood.append(UnderstoodTerm.trusted(**known_fields(found, self.by.lexicon)))
            self.facts.add("considering", found.concept)
        if not self.given.considering:
            self.facts.add("considering", NOTHING)
        self.facts.close("considering")
        return tuple(understood)

    def _observations(self) -> dict[str, bool | float | None]:
        declared = self.by.knowledge.vocabulary.observations
        given: dict[str, bool | float | None] = dict(self.given.observations)
        if self.given.pregnancy is not None:
            said = None if self.given.pregnancy == "unknown" else self.given.pregnancy
            if given.get("pregnancy") not in (None, said):
                self.terms.problems.append(
                    ProfileProblem("pregnancy", "differs from observations.pregnancy")
                )
            given["pregnancy"] = said
        for name, bit in self.by.not_of[self.given.sex]:
            if given.get(name) is None:
                self.facts.false |= bit
        for name, value in given.items():
            if name not in declared:
                reason, near = "no rule asks for this observation", nearest(name, declared)
                self.terms.problems.append(ProfileProblem(f"observations.{name}", reason, near))
            elif value is not None:
                self._observation(name, value, declared[name])
        return {
            name: float(value) if type(value) is int else value
            for name, value in sorted(given.items())
        }

    def _observation(self, name: str, value: float, kind: Observation) -> None:
        """One observation; a yes or no is an atom, a number goes among the numbers."""
        problem = None
        if kind.type == "number":
            problem = out_of_range(value, kind)
            if problem is None and (other := in_a_larger_unit(value, kind)):
                self.terms.notes.append(f"{kind.says}: {value:g} is read in {kind.unit}; {other}.")
        elif not isinstance(value, bool):
            problem = f"{value} is not true or false"
        elif value and self.given.sex in kind.not_of:
            problem = f"does not go with sex {self.given.sex}"
        elif value:
            self.facts.add("observation", name)
        else:
            self.facts.false |= self.by.index.bit("observation", name)
        if problem:
            self.terms.problems.append(ProfileProblem(f"observations.{name}", problem))

    def _sex(self) -> None:
        sex = self.given.sex
        if sex in SEXES:
            self.facts.add("sex", sex)
            self.facts.close("sex")

    # --- numbers ------------------------------------------------------------------------------

    def _numbers(
        self,
        therapies: Iterable[UnderstoodTherapy] | None,
        observations: dict[str, bool | float | None],
    ) -> tuple[Interval | None, ...]:
        numbers: list[Interval | None] = [None] * len(self.by.numbers)
        age = self.given.age_years
        if age is not None:
            numbers[self.by.numbers["age"]] = (age, age)
        if therapies is not None:
            tried = len({each.concept for each in therapies if each.status != "never"})
            most = float(tried) if self.given.therapies_complete else 10_000.0
            numbers[self.by.numbers["tried_count"]] = (float(tried), most)
        for name, value in observations.items():
            index = self.by.observed.get(name)
            if index is not None and value is not None:
                numbers[index] = (float(value), float(value))
        return tuple(numbers)
