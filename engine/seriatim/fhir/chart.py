"""What the resources of one patient say, gathered before it is weighed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from seriatim.fhir.medications import Drugs
    from seriatim.fhir.names import Match, Names
    from seriatim.fhir.references import Index
    from seriatim.fhir.results import Conflict, Fact
    from seriatim.fhir.values import Day
    from seriatim.model.profile import Months

UseStatus = Literal["current", "past", "not-taken", "considering"]
Standing = Literal["active", "history", "refuted", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class DrugSeen:
    """A drug in one resource; `stopped` if the resource says so, not merely that it ended."""

    concept: str
    how: str
    matched: str
    resource: str
    status: UseStatus
    stopped: bool = False
    reason: tuple[str, str, str] | None = None
    """(what the reason means, how and by what it was recognised)."""
    when: Day | None = None
    months: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisSeen:
    """A diagnosis in one Condition; `term` is what the profile will say."""

    term: str
    match: Match
    resource: str
    standing: Standing
    when: Day | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class EventSeen:
    """An adverse event, and the one drug it came with if the resource says so."""

    concept: str
    drug: str | None
    how: str
    matched: str
    resource: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AllergySeen:
    """A drug in a list of allergies: the patient is said not to tolerate it."""

    concept: str
    how: str
    matched: str
    resource: str
    confirmed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ObservationSeen:
    """A value of an observation that rules ask for."""

    name: str
    value: float | bool
    how: str
    matched: str
    resource: str
    when: Day
    at: datetime | None = None
    """The moment, if it was given."""


class Chart:
    """Everything of one patient that was recognised, and counts of what was not."""

    def __init__(
        self,
        names: Names,
        index: Index,
        today: date,
    ) -> None:
        self.names = names
        self.asked = names.asked
        self.index = index
        self.today = today
        self.medications: dict[tuple[int, int], Drugs] = {}
        """Medications that were read, by identity and depth: many orders point to one."""
        self.age: float | Months | None = None
        self.sex: Literal["female", "male", "other", "unknown"] = "unknown"
        self.drugs: list[DrugSeen] = []
        self.diagnoses: list[DiagnosisSeen] = []
        self.events: list[EventSeen] = []
        self.allergies: list[AllergySeen] = []
        self.seen: list[ObservationSeen] = []
        self.facts: list[Fact] = []
        self.conflicts: list[Conflict] = []
        self.skipped: Counter[tuple[str, str]] = Counter()
        self.unrecognised: Counter[str] = Counter()

    def skip(self, resource: dict[str, Any], why: str) -> None:
        """Count a resource that says nothing that can be used."""
        self.skipped[resource["resourceType"], why] += 1

    def not_known(self, resource: dict[str, Any]) -> None:
        """Count a resource that names nothing the library knows."""
        self.unrecognised[resource["resourceType"]] += 1

    def add_event(self, seen: EventSeen) -> None:
        """Note an event; one that came with a class of drugs came with none that is known."""
        if seen.drug and self.names.lexicon.concepts[seen.drug].kind != "drug":
            note = f"with a drug of the class {self.name(seen.drug)}"
            seen = replace(seen, drug=None, note="; ".join(filter(None, (seen.note, note))))
        self.events.append(seen)

    def name(self, concept: str) -> str:
        """The preferred name."""
        return self.names.lexicon.name(concept)
