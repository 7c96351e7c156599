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
    from collections.abc import Iterable, Iterator, Mapping

    from seriatim.inference.program import Program
    from seriatim.knowledge.lexicon import Resolved
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import UnderstoodTherapy
    from seriatim.model.profile import AdverseEvent, PatientProfile
    from seriatim.model.rule import Observation

MAX_PROBLEMS = 20

FEW = 8
"""Diagnoses that are kept together; a longer list is read anew."""

KnownDiagnoses = tuple["tuple[UnderstoodDiagnosis, ...]", int, int]
"""Diagnoses as understood, and the bits that they make true and false."""
KnownEvent = tuple[UnderstoodEvent, int, int]
"""An event as understood, the bits that it makes true, and those that it leaves open."""
KnownDrugs = tuple["tuple[UnderstoodTerm, ...]", int]
"""Drugs in question as understood, and the bits that they make true."""


@dataclass(slots=True)  # one for each look-up: frozen ones take three times as long
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
        self.events: Kept[KnownEvent] = Kept()
        self.considering: Kept[KnownDrugs] = Kept()

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
            adverse_events_complete=events is not None and self.given.adverse_events_complete,
            considering=considering,
            observations=observations,
            notes=tuple(self.terms.notes),
            observed=tuple(self._observed(observations)),
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
        index = self.by.index
        self.facts.close(
            index.kinds("diagnosis", "diagnosis_within", "could_be", "history_of"),
            open_bits | index.bit("diagnosis", GIVEN),
        )

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
            key = (each.event, each.with_drug)
            known = self.by.events.known(key)
            if known is None:
                known = self._event(f"adverse_events[{index}]", each)
                if known is None:
                    continue
                self.by.events.keep(key, known)
            understood.append(known[0])
            self.facts.true |= known[1]
            unsure |= known[2]
        if self.given.adverse_events_complete:
            if understood:
                self.terms.notes.append(
                    "Adverse events that are not listed are taken as not having occurred."
                )
            self.facts.close(self.by.index.of_events, unsure)
        else:
            self.terms.notes.append(
                "The list of adverse events is not complete: there may have been others."
            )
        return tuple(understood)

    def _event(self, field: str, each: AdverseEvent) -> KnownEvent | None:
        """One event with a drug, or with none known; None if a term has a problem."""
        index, drug = self.by.index, None
        found = self.terms.settled(f"{field}.event", each.event, "event")
        if each.with_drug is not None:
            with_drug = self.terms.settled(f"{field}.with_drug", each.with_drug, "drug")
            if with_drug is None:
                return None
            drug = with_drug.concept
        if found is None or found.concept is None:
            return None
        event = UnderstoodEvent.trusted(**known_fields(found, self.by.lexicon), with_drug=drug)
        true = index.bit("had", found.concept)
        if drug is None:
            return event, true, index.masks["reacted_to"] | index.of_event[found.concept]
        true |= index.bit("had_with", found.concept, drug) | index.bit("reacted_to", drug)
        return event, true, 0

    def _considering(self) -> tuple[UnderstoodTerm, ...]:
        """The drugs in question; what is said of them alone is kept over profiles."""
        given = self.given.considering
        known = self.by.considering.known(given) if len(given) <= FEW else None
        if known is None:
            known = self._read_considering()
            if len(known[0]) == len(given) <= FEW:
                self.by.considering.keep(given, known)
        understood, true = known
        self.facts.true |= true
        self.facts.close(self.by.index.masks["considering"])
        return understood

    def _read_considering(self) -> KnownDrugs:
        bit = self.by.index.bit
        understood = []
        true = 0 if self.given.considering else bit("considering", NOTHING)
        for index, typed in enumerate(self.given.considering):
            found = self.terms.settled(f"considering[{index}]", typed, "drug", "class")
            if found is not None and found.concept is not None:
                understood.append(UnderstoodTerm.trusted(**known_fields(found, self.by.lexicon)))
                true |= bit("considering", found.concept)
        return tuple(understood), true

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

    def _observed(self, known: Mapping[str, bool | float | None]) -> Iterator[str]:
        """`active infection`, `pregnancy: no`, `creatinine clearance 20 mL/min`."""
        declared = self.by.knowledge.vocabulary.observations
        for name, value in known.items():
            kind = declared[name]
            if isinstance(value, bool):
                yield kind.says if value else f"{kind.says}: no"
            elif value is not None:
                yield " ".join(filter(None, (kind.says, f"{value:g}", kind.unit)))

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
            self.facts.close(self.by.index.masks["sex"])

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
