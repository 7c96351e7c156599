"""From a profile as typed to facts: every term resolved, every assumption and conflict said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.errors import ProfileError, ProfileProblem
from seriatim.inference.conditions import NOTHING, SEXES
from seriatim.knowledge.lexicon import Unresolved
from seriatim.knowledge.nearest import nearest
from seriatim.model.evidence import (
    UnderstoodDiagnosis,
    UnderstoodEvent,
    UnderstoodProfile,
    UnderstoodTerm,
    UnderstoodTherapy,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.inference.program import Program
    from seriatim.knowledge.lexicon import Resolved
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.profile import PatientProfile, Therapy
    from seriatim.model.terms import Kind

Interval = tuple[float, float]
"""What is known of a number: its lowest and highest possible value."""

MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Facts:
    """Atoms as bit sets: `true` and `false`; in neither is unknown. `numbers` by index."""

    true: int
    false: int
    numbers: tuple[Interval | None, ...]


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
        self.bits: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
        self.masks: dict[str, int] = defaultdict(int)
        for atom, index in program.atoms.items():
            self.bits[atom[0]][atom[1:]] = 1 << index
            self.masks[atom[0]] |= 1 << index
        self.of_drug = self._by_drug()

    def _by_drug(self) -> dict[str, dict[str, int]]:
        """For the atoms about a drug's response, its stop and its events: their bits by drug."""
        found: dict[str, dict[str, int]] = {}
        for name, position in (("response", 0), ("stopped", 0), ("had_with", 1)):
            found[name] = defaultdict(int)
            for args, bit in self.bits[name].items():
                found[name][args[position]] |= bit
        return found

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
        self.true = 0
        self.false = 0
        self.problems: list[ProfileProblem] = []
        self.notes: list[str] = []

    def run(self) -> Understood:
        diagnoses = self._diagnoses()
        therapies = self._therapies()
        events = self._events()
        considering = self._considering()
        observations = self._observations()
        self._sex()
        if self.problems:
            raise ProfileError(self.problems[:MAX_PROBLEMS])
        profile = UnderstoodProfile.trusted(
            age=self.given.age_years,
            sex=self.given.sex,
            diagnoses=diagnoses,
            therapies=therapies,
            therapies_complete=self.given.therapies_complete,
            adverse_events=events,
            considering=considering,
            observations=observations,
            notes=tuple(self.notes),
        )
        facts = Facts(self.true, self.false & ~self.true, self._numbers(therapies, observations))
        return Understood(profile, facts)

    # --- terms --------------------------------------------------------------------------------

    def _term(self, field: str, typed: str, *kinds: Kind) -> Resolved | None:
        found = self.by.lexicon.resolve(typed, *kinds)
        if isinstance(found, Unresolved):
            self.problems.append(ProfileProblem(field, found.reason, found.nearest))
            return None
        return found

    def _known(self, found: Resolved) -> dict[str, object]:
        lexicon = self.by.lexicon
        return {
            "given": found.typed,
            "concept": found.concept,
            "name": lexicon.name(found.concept) if found.concept else None,
            "could_be": found.could_be,
            "recognised_by": found.how,
            "why": found.why,
        }

    def _set(self, name: str, *args: str) -> None:
        self.true |= self.by.bits[name].get(args, 0)

    def _close(self, name: str, except_for: int = 0) -> None:
        """What was not said of a kind is false, apart from the bits of `except_for`."""
        self.false |= self.by.masks[name] & ~self.true & ~except_for

    # --- diagnoses ----------------------------------------------------------------------------

    def _diagnoses(self) -> tuple[UnderstoodDiagnosis, ...]:
        understood = []
        open_bits = 0
        settled: set[str] = set()
        for index, each in enumerate(self.given.diagnoses):
            found = self._term(f"diagnoses[{index}]", each.term, "diagnosis")
            if found is None:
                continue
            understood.append(
                UnderstoodDiagnosis.trusted(
                    **self._known(found), status=each.status, since=each.since
                )
            )
            if each.status == "history":
                for concept in (found.concept, *found.could_be):
                    self._set("history_of", concept or "")
                continue
            if found.concept:
                self._set("diagnosis", found.concept)
                settled.add(found.concept)
                for concept in (found.concept, *self.by.lexicon.ancestors[found.concept]):
                    self._set("diagnosis_within", concept)
            for concept in found.could_be:
                if concept not in settled:
                    self._set("could_be", concept)
                    open_bits |= self._open(concept)
        for concept in settled:
            self.true &= ~self.by.bits["could_be"].get((concept,), 0)
        if understood:
            self._close("diagnosis", open_bits)
            self._close("diagnosis_within", open_bits)
            self._close("could_be")
            self._close("history_of")
        return tuple(understood)

    def _open(self, concept: str) -> int:
        """Bits that are left open if a diagnosis is only possible."""
        bits = self.by.bits["diagnosis"].get((concept,), 0)
        for each in (concept, *self.by.lexicon.ancestors[concept]):
            bits |= self.by.bits["diagnosis_within"].get((each,), 0)
        return bits

    # --- therapies ----------------------------------------------------------------------------

    def _therapies(self) -> tuple[UnderstoodTherapy, ...] | None:
        if self.given.therapies is None:
            return None
        understood = []
        entries: dict[str, list[Therapy]] = defaultdict(list)
        for index, each in enumerate(self.given.therapies):
            field = f"therapies[{index}].drug"
            found = self._term(field, each.drug, "drug", "class")
            if found is None:
                continue
            understood.append(
                UnderstoodTherapy.trusted(
                    **self._known(found),
                    status=each.status,
                    response=each.response,
                    stopped_because=each.stopped_because,
                    dose=each.dose,
                    months=each.months,
                )
            )
            if found.concept is None:
                self.problems.append(ProfileProblem(field, found.why or "an ambiguous name"))
                continue
            self._never_and_had(field, entries[found.concept], each)
            entries[found.concept].append(each)
        self._therapy_facts(entries)
        return tuple(understood)

    def _never_and_had(self, field: str, before: list[Therapy], each: Therapy) -> None:
        said = each.response != "unknown" or each.stopped_because != "unknown"
        if each.status == "never" and said:
            self.problems.append(
                ProfileProblem(field, f"{each.drug} was never given, yet has a response or a stop")
            )
        if any((other.status == "never") != (each.status == "never") for other in before):
            self.problems.append(
                ProfileProblem(field, f"{each.drug} is given as never tried and as tried")
            )

    def _therapy_facts(self, entries: dict[str, list[Therapy]]) -> None:
        unsure = 0
        for drug, listed in entries.items():
            name = self.by.lexicon.name(drug)
            responses = {each.response for each in listed} - {"unknown"}
            if len(responses) > 1:
                self.notes.append(
                    f"{name} is given with different responses "
                    f"({', '.join(sorted(responses))}); each is used."
                )
            for each in listed:
                if each.status == "past":
                    self._set("tried", drug)
                elif each.status == "current":
                    self._set("taking", drug)
                self._set("response", drug, each.response)
                self._set("stopped", drug, each.stopped_because)
            if listed[0].status != "never":
                unsure |= self._unsure(drug, listed, responses)
        unsure |= self._members_unsure(entries)
        named_never = {drug for drug, listed in entries.items() if listed[0].status == "never"}
        if not self.given.therapies_complete:
            self._close_only(named_never, entries)
            return
        if self.given.therapies:
            self.notes.append("Therapies that are not listed are taken as never given.")
        for kind in ("tried", "taking", "response", "stopped"):
            self._close(kind, unsure)

    def _unsure(self, drug: str, listed: list[Therapy], responses: set[str]) -> int:
        """Bits about a drug that was given that the profile leaves open."""
        bits = 0
        if not responses:
            bits |= self.by.of_drug["response"][drug]
        stops = {each.stopped_because for each in listed}
        past = any(each.status == "past" for each in listed)
        if past and stops == {"unknown"} and responses != {"complete"}:
            bits |= self.by.of_drug["stopped"][drug]
            if responses:
                no_response = self.by.bits["stopped"].get((drug, "no-response"), 0)
                bits &= ~no_response
        return bits

    def _members_unsure(self, entries: dict[str, list[Therapy]]) -> int:
        """A class that was given leaves open which of its drugs it was."""
        bits = 0
        for each in entries:
            if self.by.lexicon.concepts[each].kind != "class":
                continue
            for drug in self.by.lexicon.members(each):
                for kind in ("tried", "taking"):
                    bits |= self.by.bits[kind].get((drug,), 0)
                bits |= self.by.of_drug["response"][drug] | self.by.of_drug["stopped"][drug]
        return bits

    def _close_only(self, never: set[str], entries: dict[str, list[Therapy]]) -> None:
        """An incomplete list leaves every drug open that it does not name."""
        self.notes.append("The list of therapies is not complete: others may have been given.")
        for drug, listed in entries.items():
            responses = {each.response for each in listed} - {"unknown"}
            bits = 0
            for kind in ("tried", "taking"):
                bits |= self.by.bits[kind].get((drug,), 0)
            bits |= self.by.of_drug["response"][drug] | self.by.of_drug["stopped"][drug]
            if drug not in never:
                bits &= ~self._unsure(drug, listed, responses)
            self.false |= bits & ~self.true

    # --- events, drugs in question, observations ----------------------------------------------

    def _events(self) -> tuple[UnderstoodEvent, ...] | None:
        if self.given.adverse_events is None:
            return None
        understood = []
        unsure = 0
        for index, each in enumerate(self.given.adverse_events):
            found = self._term(f"adverse_events[{index}].event", each.event, "event")
            drug = None
            if each.with_drug is not None:
                drug = self._term(f"adverse_events[{index}].with_drug", each.with_drug, "drug")
            if found is None or found.concept is None:
                continue
            understood.append(
                UnderstoodEvent.trusted(
                    **self._known(found), with_drug=drug.concept if drug else None
                )
            )
            self._set("had", found.concept)
            if drug and drug.concept:
                self._set("had_with", found.concept, drug.concept)
            elif each.with_drug is None:
                for args, bit in self.by.bits["had_with"].items():
                    unsure |= bit if args[0] == found.concept else 0
        self._close("had")
        self._close("had_with", unsure)
        return tuple(understood)

    def _considering(self) -> tuple[UnderstoodTerm, ...]:
        understood = []
        for index, typed in enumerate(self.given.considering):
            field = f"considering[{index}]"
            found = self._term(field, typed, "drug", "class")
            if found is None:
                continue
            if found.concept is None:
                self.problems.append(ProfileProblem(field, found.why or "an ambiguous name"))
                continue
            understood.append(UnderstoodTerm.trusted(**self._known(found)))
            self._set("considering", found.concept)
        if not self.given.considering:
            self._set("considering", NOTHING)
        self._close("considering")
        return tuple(understood)

    def _observations(self) -> dict[str, bool | float | None]:
        declared = self.by.knowledge.vocabulary.observations
        given: dict[str, bool | float | None] = dict(self.given.observations)
        if self.given.pregnancy is not None:
            said = None if self.given.pregnancy == "unknown" else self.given.pregnancy
            if given.get("pregnancy") not in (None, said):
                self.problems.append(
                    ProfileProblem("pregnancy", "differs from observations.pregnancy")
                )
            given["pregnancy"] = said
        for name, value in given.items():
            field = f"observations.{name}"
            kind = declared.get(name)
            if kind is None:
                self.problems.append(
                    ProfileProblem(
                        field, "no rule asks for this observation", nearest(name, declared)
                    )
                )
            elif value is None:
                continue
            elif kind.type == "yes-no":
                if not isinstance(value, bool):
                    self.problems.append(ProfileProblem(field, f"{value} is not true or false"))
                bit = self.by.bits["observation"].get((name,), 0)
                self.true |= bit if value else 0
                self.false |= 0 if value else bit
            elif problem := _out_of_range(value, kind.low, kind.high, kind.unit):
                self.problems.append(ProfileProblem(field, problem))
        return {name: given[name] for name in sorted(given)}

    def _sex(self) -> None:
        if self.given.sex in SEXES:
            self._set("sex", self.given.sex)
            self._close("sex")

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
            tried = len({each.concept for each in therapies if each.status == "past"})
            most = float(tried) if self.given.therapies_complete else 10_000.0
            numbers[self.by.numbers["tried_count"]] = (float(tried), most)
        for name, value in observations.items():
            index = self.by.numbers.get(f"observation {name}")
            if index is not None and value is not None:
                numbers[index] = (float(value), float(value))
        return tuple(numbers)


def _out_of_range(
    value: bool | float, low: float | None, high: float | None, unit: str | None
) -> str | None:
    if isinstance(value, bool):
        return f"{str(value).lower()} is not a number"
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        return f"{value:g} is not between {low:g} and {high:g} {unit or ''}".rstrip()
    return None


