"""Whose record it is: one patient, and only what is said of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.references import Target, addresses, refers_to, target
from seriatim.fhir.results import Conflict
from seriatim.fhir.values import label, mapping, objects, text

if TYPE_CHECKING:
    from seriatim.fhir.shapes import Gathered

SUBJECT = {"AllergyIntolerance": "patient"}
"""Where a resource says whose it is; everywhere else it is `subject`."""
ANOTHER = "of another patient"
UNSAID = "does not say whose it is, and there are several patients"

Version = tuple[list[Target], dict[str, Any]]
"""A Patient resource with its addresses; several may be versions of one patient."""


class Subject:
    """The patient that the answer is about; `patients` are the versions of that one resource."""

    def __init__(self, gathered: Gathered, wanted: str | None, read: frozenset[str]) -> None:
        self.patients: list[dict[str, Any]] = []
        self.addresses: dict[Target, None] = {}
        self.conflict: Conflict | None = None
        self.alone = True
        """Whether nobody else is spoken of: then a resource without a subject is this patient's."""
        self._identifiers: set[tuple[str, str]] = set()
        self._choose(gathered, wanted, read)
        self._known: dict[str, str] = {}

    def why_not(self, resource: dict[str, Any]) -> str:
        """Why a resource is not of this patient; empty if it is."""
        given = resource.get(SUBJECT.get(resource["resourceType"], "subject"))
        value = given if type(given) is dict else {}
        reference = value.get("reference")
        if type(reference) is str and (known := self._known.get(reference)) is not None:
            return known
        named = refers_to(value)
        if named is None:
            return self._without_address(value)
        why = "" if any(named.may_be(each) for each in self.addresses) else ANOTHER
        self._known[str(reference)] = why
        return why

    def _without_address(self, value: dict[str, Any]) -> str:
        identifier = mapping(value.get("identifier"))
        pair = (text(identifier.get("system")), text(identifier.get("value")))
        if pair[1] and self._identifiers and pair not in self._identifiers:
            return ANOTHER
        return "" if self.alone or pair in self._identifiers else UNSAID

    def _choose(self, gathered: Gathered, wanted: str | None, read: frozenset[str]) -> None:
        groups = _groups(gathered)
        chosen = _wanted(groups, wanted, gathered)
        if chosen is None and not groups:
            chosen = self._from_subjects(gathered, read)
        elif chosen is None and len(groups) == 1:
            chosen = groups[0]
        elif chosen is None:
            self._unclear([label(each) for group in groups for _targets, each in group])
        self.alone = self.alone and (not groups or (len(groups) == 1 and chosen is groups[0]))
        for targets, patient in chosen or ():
            self.addresses.update(dict.fromkeys(targets))
            if patient:
                self.patients.append(patient)
                self._identifiers |= _identifiers(patient)
        if self.patients and not self.addresses:
            for targets, _patient in self._from_subjects(gathered, read) or ():
                self.addresses.update(dict.fromkeys(targets))

    def _from_subjects(self, gathered: Gathered, read: frozenset[str]) -> list[Version] | None:
        """Without a Patient, or with one that has no id, the one that all resources name."""
        found: list[Target] = []
        for resource in gathered.resources:
            if resource["resourceType"] in read:
                named = refers_to(resource.get(SUBJECT.get(resource["resourceType"], "subject")))
                if named and not any(named.may_be(each) for each in found):
                    found.append(named)
                    if len(found) > 1:
                        self._unclear([])
                        return None
        return [(found, {})]

    def _unclear(self, resources: list[str]) -> None:
        self.alone = False
        self.conflict = Conflict(
            "The data speak of several patients and do not say which one is meant; "
            "nothing was taken from them.",
            tuple(dict.fromkeys(resources))[:10],
        )


def _groups(gathered: Gathered) -> list[list[Version]]:
    """Patient resources, those that can be the same one together."""
    groups: list[list[Version]] = []
    by_id: dict[str, list[Version]] = {}
    for position, resource in enumerate(gathered.resources):
        if resource["resourceType"] != "Patient":
            continue
        found = addresses(resource, gathered.full_urls.get(position, ""))
        same = next((by_id[each.id] for each in found if each.id in by_id), None)
        if same is not None and _can_be(found, same):
            same.append((found, resource))
            continue
        group = [(found, resource)]
        groups.append(group)
        for each in found:
            by_id[each.id] = group
    return groups


def _can_be(found: list[Target], group: list[Version]) -> bool:
    return any(a.may_be(b) for a in found for targets, _patient in group for b in targets)


def _wanted(
    groups: list[list[Version]],
    wanted: str | None,
    gathered: Gathered,
) -> list[Version] | None:
    """The patient that was asked for, else the one that is itself a value of the prefetch."""
    if wanted:
        named = target(wanted) or Target("Patient", wanted)
        fits = [group for group in groups if _can_be([named], group)]
        return fits[0] if fits else [([Target("Patient", named.id, named.server)], {})]
    prefetched = {id(each) for each in gathered.prefetched}
    held = [group for group in groups if any(id(each) in prefetched for _targets, each in group)]
    return held[0] if len(held) == 1 else None


def _identifiers(patient: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (text(each.get("system")), text(each.get("value")))
        for each in objects(patient.get("identifier"))
        if text(each.get("value"))
    }
