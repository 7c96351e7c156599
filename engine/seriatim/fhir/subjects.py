"""Whose record it is: one patient, and only what is said of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.references import Target, addresses, base_of, refers_to, target
from seriatim.fhir.results import Conflict
from seriatim.fhir.values import items, label, mapping, objects, text

if TYPE_CHECKING:
    from seriatim.fhir.shapes import Gathered

FIELDS = ("subject", "patient")
"""Where a resource says whose it is; which of them depends on its kind, and not all keep to it."""
ANOTHER = "of another patient"
UNREADABLE = "whose it is cannot be read as this patient"
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
        self._full_urls = gathered.full_urls
        self._choose(gathered, wanted, read)
        self._elsewhere = self._on_other_servers(gathered)
        """By the identity of a resource: its server, if that is another than the patient's."""
        self._known: dict[str, str] = {}

    def why_not(self, resource: dict[str, Any]) -> str:
        """Why a resource is not of this patient; empty if it is."""
        subject = resource.get("subject")
        if type(subject) is dict and not self._elsewhere and "patient" not in resource:
            reference = subject.get("reference")  # as nearly every one is
            if type(reference) is str and (known := self._known.get(reference)) is not None:
                return known
        given = _given(resource)
        if not given:
            return "" if self.alone else UNSAID
        base = self._elsewhere.get(id(resource), "")
        return next((why for each in given if (why := self._why_not(each, base))), "")

    def _why_not(self, value: dict[str, Any], base: str) -> str:
        reference = value.get("reference")
        if not reference:
            pair = _identifier(value.get("identifier"))
            known = self._identifiers if pair[1] else ()
            return "" if pair in known else ANOTHER if known else UNREADABLE
        named = refers_to(value, base)
        if named is None:
            return UNREADABLE
        why = "" if any(named.may_be(each) for each in self.addresses) else ANOTHER
        if not base:
            self._known[reference] = why
        return why

    def _on_other_servers(self, gathered: Gathered) -> dict[int, str]:
        server = next((each.server for each in self.addresses if each.server), "")
        if not server:
            return {}
        start, depth = f"{server}/", server.count("/") + 2
        odd = {
            key: url
            for key, url in gathered.full_urls.items()
            if type(url) is not str or not url.startswith(start) or url.count("/") != depth
        }
        listed = gathered.resources if odd else ()
        return {id(each): base_of(each, odd[id(each)]) for each in listed if id(each) in odd}

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
        named: list[Target] = []
        identified: set[tuple[str, str]] = set()
        for resource in gathered.resources:
            for given in _given(resource) if resource["resourceType"] in read else ():
                base = base_of(resource, self._full_urls.get(id(resource)))
                if found := refers_to(given, base):
                    _note(named, found)
                elif not given.get("reference"):
                    identified.add(_identifier(given.get("identifier")))
                if len(named) > 1:
                    self._unclear([])
                    return None
        identified = {each for each in identified if each[1]}
        if not named and not self.patients and len(identified) > 1:
            self._unclear([])
            return None
        if not named and not self.patients:
            self._identifiers = identified
        return [(named, {})]

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
    for resource in gathered.resources:
        if resource["resourceType"] != "Patient":
            continue
        found = addresses(resource, gathered.full_urls.get(id(resource)))
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
        groups = [group for group in groups if _can_be([named], group)]
        if len(groups) < 2:  # noqa: PLR2004 - two of one id are of different servers
            return groups[0] if groups else [([Target("Patient", named.id, named.server)], {})]
    prefetched = {id(each) for each in gathered.prefetched}
    held = [group for group in groups if any(id(each) in prefetched for _targets, each in group)]
    return held[0] if len(held) == 1 else None


def _given(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """All that a resource says of whose it is; what is no Reference is one that cannot be read."""
    found: list[dict[str, Any]] = []
    for name in FIELDS:
        for each in items(resource.get(name)):
            if type(each) is dict:
                found += [each] if each else []
            elif each not in (None, ""):
                found.append({"reference": each})
    return found


def _note(named: list[Target], found: Target) -> None:
    """Add what is named, unless it may be what was named before; the fuller address is kept."""
    for position, each in enumerate(named):
        if found.may_be(each):
            named[position] = found if found.server else each
            return
    named.append(found)


def _identifier(value: Any) -> tuple[str, str]:
    given = mapping(value)
    return text(given.get("system")), text(given.get("value"))


def _identifiers(patient: dict[str, Any]) -> set[tuple[str, str]]:
    found = {_identifier(each) for each in objects(patient.get("identifier"))}
    return {each for each in found if each[1]}
