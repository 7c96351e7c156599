"""Therapies of a profile as facts: tried, being given, responses, reasons for stopping."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seriatim.errors import ProfileProblem
from seriatim.inference.terms import TermReader, known_fields
from seriatim.model.evidence import UnderstoodTherapy

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from seriatim.inference.facts import FactSet
    from seriatim.model.profile import PatientProfile, Therapy


class TherapyReader(TermReader):
    """Reads the therapies of one profile into `facts`."""

    def __init__(self, terms: TermReader, facts: FactSet) -> None:
        self.lexicon, self.problems, self.notes = terms.lexicon, terms.problems, terms.notes
        self.facts = facts
        self.index = facts.index

    def read(self, given: PatientProfile) -> tuple[UnderstoodTherapy, ...] | None:
        """The therapies as understood; None if nothing is known of any."""
        if given.therapies is None:
            return None
        understood = []
        entries: dict[str, list[Therapy]] = defaultdict(list)
        for index, each in enumerate(given.therapies):
            field = f"therapies[{index}].drug"
            found = self.settled(field, each.drug, "drug", "class")
            if found is None or found.concept is None:
                continue
            understood.append(
                UnderstoodTherapy.trusted(
                    **known_fields(found, self.lexicon),
                    status=each.status,
                    response=each.response,
                    stopped_because=each.stopped_because,
                    dose=each.dose,
                    months=each.months,
                )
            )
            self._never_and_had(field, entries[found.concept], each)
            entries[found.concept].append(each)
        self._facts(entries, given)
        return tuple(understood)

    def _never_and_had(self, field: str, before: list[Therapy], each: Therapy) -> None:
        said = each.response != "unknown" or each.stopped_because != "unknown"
        if each.status == "never" and said:
            self.problems.append(
                ProfileProblem(field, f"{each.drug} was never given, yet has a response or a stop")
            )
        if before and (before[0].status == "never") != (each.status == "never"):
            self.problems.append(
                ProfileProblem(field, f"{each.drug} is given as never tried and as tried")
            )

    def _facts(self, entries: dict[str, list[Therapy]], given: PatientProfile) -> None:
        unsure = 0
        for drug, listed in entries.items():
            name = self.lexicon.name(drug)
            responses = {each.response for each in listed} - {"unknown"}
            if len(responses) > 1:
                self.notes.append(
                    f"{name} is given with different responses "
                    f"({', '.join(sorted(responses))}); each is used."
                )
            for each in listed:
                if each.status == "past":
                    self.facts.add("tried", drug)
                elif each.status == "current":
                    self.facts.add("taking", drug)
                self.facts.add("response", drug, each.response)
                self.facts.add("stopped", drug, each.stopped_because)
            if listed[0].status != "never":
                unsure |= self._unsure(drug, listed, responses)
        unsure |= self._members_unsure(entries)
        named_never = {drug for drug, listed in entries.items() if listed[0].status == "never"}
        if not given.therapies_complete:
            self._close_only(named_never, entries)
            return
        if given.therapies:
            self.notes.append("Therapies that are not listed are taken as never given.")
        for kind in ("tried", "taking", "response", "stopped"):
            self.facts.close(kind, unsure)

    def _unsure(self, drug: str, listed: list[Therapy], responses: AbstractSet[str]) -> int:
        """Bits about a drug that was given that the profile leaves open."""
        bits = 0
        stops = {each.stopped_because for each in listed}
        if not responses and "no-response" not in stops:
            bits |= self.index.of_drug["response"][drug]
        past = any(each.status == "past" for each in listed)
        if past and stops == {"unknown"} and responses != {"complete"}:
            bits |= self.index.of_drug["stopped"][drug]
            if responses:
                no_response = self.index.bit("stopped", drug, "no-response")
                bits &= ~no_response
        return bits

    def _members_unsure(self, entries: dict[str, list[Therapy]]) -> int:
        """A class that was given leaves open which of its drugs it was."""
        bits = 0
        for each, listed in entries.items():
            if self.lexicon.concepts[each].kind != "class" or listed[0].status == "never":
                continue
            for drug in self.lexicon.members(each):
                for kind in ("tried", "taking"):
                    bits |= self.index.bit(kind, drug)
                bits |= self.index.of_drug["response"][drug] | self.index.of_drug["stopped"][drug]
        return bits

    def _close_only(self, never: set[str], entries: dict[str, list[Therapy]]) -> None:
        """An incomplete list leaves every drug open that it does not name."""
        self.notes.append("The list of therapies is not complete: others may have been given.")
        for drug, listed in entries.items():
            responses = {each.response for each in listed} - {"unknown"}
            bits = 0
            for kind in ("tried", "taking"):
                bits |= self.index.bit(kind, drug)
            bits |= self.index.of_drug["response"][drug] | self.index.of_drug["stopped"][drug]
            if drug not in never:
                bits &= ~self._unsure(drug, listed, responses)
            self.facts.false |= bits & ~self.facts.true
