"""Therapies of a profile as facts: tried, being given, responses, reasons for stopping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.errors import ProfileProblem
from seriatim.inference.terms import TermReader, known_fields
from seriatim.kept import Kept
from seriatim.model.evidence import UnderstoodTherapy

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from seriatim.inference.facts import FactSet
    from seriatim.model.profile import PatientProfile, Therapy


class KeptTherapies:
    """What therapies mean, kept over profiles: by what was said of a drug, never by who said it."""

    def __init__(self) -> None:
        self.models: Kept[UnderstoodTherapy] = Kept(4096)
        self.bits: Kept[tuple[int, int]] = Kept(4096)


Entry = tuple[str, str, str]
"""One therapy with a drug as far as facts go: its status, response and reason for stopping."""


class TherapyReader(TermReader):
    """Reads the therapies of one profile into `facts`; `kept` outlives it."""

    def __init__(self, terms: TermReader, facts: FactSet, kept: KeptTherapies) -> None:
        self.lexicon, self.problems, self.notes = terms.lexicon, terms.problems, terms.notes
        self.facts = facts
        self.index = facts.index
        self.kept = kept

    def read(self, given: PatientProfile) -> tuple[UnderstoodTherapy, ...] | None:
        """The therapies as understood; None if nothing is known of any."""
        therapies = given.therapies
        if therapies is None:
            return None
        understood = []
        entries: dict[str, list[Entry]] = {}
        for index, each in enumerate(therapies):
            entry = each.status, each.response, each.stopped_because
            field = f"therapies[{index}].drug"
            known = self._understood(field, each, entry)
            if known is None or known.concept is None:
                continue
            understood.append(known)
            listed = entries.setdefault(known.concept, [])
            if listed or each.status == "never":
                self._never_and_had(field, listed, each)
            listed.append(entry)
        self._facts(entries, given)
        return tuple(understood)

    def _understood(self, field: str, each: Therapy, entry: Entry) -> UnderstoodTherapy | None:
        """A therapy as understood, kept unless it says something of one patient alone."""
        own = each.dose is not None or each.months is not None
        key = (each.drug, *entry)
        known = None if own else self.kept.models.known(key)
        if known is not None:
            return known
        found = self.settled(field, each.drug, "drug", "class")
        if found is None:
            return None
        known = UnderstoodTherapy.trusted(
            **known_fields(found, self.lexicon),
            status=each.status,
            response=each.response,
            stopped_because=each.stopped_because,
            dose=each.dose,
            months=each.months,
        )
        if not own:
            self.kept.models.keep(key, known)
        return known

    def _never_and_had(self, field: str, before: list[Entry], each: Therapy) -> None:
        said = each.response != "unknown" or each.stopped_because != "unknown"
        if each.status == "never" and said:
            self.problems.append(
                ProfileProblem(field, f"{each.drug} was never given, yet has a response or a stop")
            )
        if before and _never(before) != (each.status == "never"):
            self.problems.append(
                ProfileProblem(field, f"{each.drug} is given as never tried and as tried")
            )

    def _facts(self, entries: dict[str, list[Entry]], given: PatientProfile) -> None:
        unsure = 0
        for drug, listed in entries.items():
            if len(listed) > 1:
                self._different(drug, _responses(listed))
            key = (drug, *listed)
            known = self.kept.bits.known(key)
            if known is None:
                known = self._bits(drug, listed)
                self.kept.bits.keep(key, known)
            self.facts.true |= known[0]
            unsure |= known[1]
        if not given.therapies_complete:
            self._close_only(entries)
            return
        if given.therapies:
            self.notes.append("Therapies that are not listed are taken as never given.")
        self.facts.close(self.index.of_therapies, unsure)

    def _different(self, drug: str, responses: AbstractSet[str]) -> None:
        if len(responses) > 1:
            self.notes.append(
                f"{self.lexicon.name(drug)} is given with different responses "
                f"({', '.join(sorted(responses))}); each is used."
            )

    def _bits(self, drug: str, listed: list[Entry]) -> tuple[int, int]:
        """The bits that are true of a drug, and those that the profile leaves open."""
        bit = self.index.bit
        true = 0
        for status, response, stopped in listed:
            if status == "past":
                true |= bit("tried", drug)
            elif status == "current":
                true |= bit("taking", drug)
            true |= bit("response", drug, response) | bit("stopped", drug, stopped)
        if _never(listed):
            return true, 0
        return true, self._unsure(drug, listed) | self._members_unsure(drug)

    def _unsure(self, drug: str, listed: list[Entry]) -> int:
        """Bits about a drug that was given that the profile leaves open."""
        bits = 0
        responses = _responses(listed)
        stops = {stopped for _status, _response, stopped in listed}
        if not responses and "no-response" not in stops:
            bits |= self.index.of_drug["response"][drug]
        past = any(status == "past" for status, _response, _stopped in listed)
        if past and stops == {"unknown"} and responses != {"complete"}:
            bits |= self.index.of_drug["stopped"][drug]
            if responses:
                no_response = self.index.bit("stopped", drug, "no-response")
                bits &= ~no_response
        return bits

    def _members_unsure(self, drug: str) -> int:
        """A class that was given leaves open which of its drugs it was."""
        if self.lexicon.concepts[drug].kind != "class":
            return 0
        bits = 0
        for member in self.lexicon.members(drug):
            for kind in ("tried", "taking"):
                bits |= self.index.bit(kind, member)
            bits |= self.index.of_drug["response"][member] | self.index.of_drug["stopped"][member]
        return bits

    def _close_only(self, entries: dict[str, list[Entry]]) -> None:
        """An incomplete list leaves every drug open that it does not name."""
        self.notes.append("The list of therapies is not complete: others may have been given.")
        for drug, listed in entries.items():
            bits = 0
            for kind in ("tried", "taking"):
                bits |= self.index.bit(kind, drug)
            bits |= self.index.of_drug["response"][drug] | self.index.of_drug["stopped"][drug]
            if not _never(listed):
                bits &= ~self._unsure(drug, listed)
            self.facts.false |= bits & ~self.facts.true


def _never(listed: list[Entry]) -> bool:
    return listed[0][0] == "never"


def _responses(listed: list[Entry]) -> set[str]:
    return {response for _status, response, _stopped in listed} - {"unknown"}
