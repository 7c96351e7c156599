"""What was read: a profile, and for each fact where it came from and how it was recognised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seriatim.errors import SeriatimError
from seriatim.pipeline import given_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seriatim.model.profile import PatientProfile

MOST_RESOURCES = 10
"""Resources that a fact or a conflict names; `count` says how many there were."""


class FhirError(SeriatimError):
    """Nothing in the data is FHIR; the text says what was found and what to send."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was recognised.

    `field` is its place in the profile (`diagnoses[0]`), or `intolerance` for one that a profile
    has no place for; `how` is one of `code`, `atc`, `ingredient`, `text` and `value`; `matched` is
    the code (`system|code`) or the name or phrase of the library that was found, never the
    patient's text.
    """

    field: str
    term: str
    resource: str
    how: str
    matched: str
    note: str = ""
    resources: tuple[str, ...] = ()
    count: int = 1

    def as_json(self) -> dict[str, Any]:
        """Plain data; what is empty is left out."""
        shown: dict[str, Any] = {
            "field": self.field,
            "term": self.term,
            "resource": self.resource,
            "how": self.how,
            "matched": self.matched,
        }
        if self.note:
            shown["note"] = self.note
        if self.count > 1:
            shown |= {"resources": list(self.resources), "count": self.count}
        return shown


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements of the record that cannot both be so, in plain words."""

    statement: str
    resources: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"statement": self.statement, "resources": list(self.resources)}


@dataclass(frozen=True, slots=True)
class Skipped:
    """Resources that were left out, and why."""

    resource_type: str
    count: int
    why: str

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"resource_type": self.resource_type, "count": self.count, "why": self.why}


@dataclass(frozen=True, slots=True)
class Reading:
    """What FHIR data says of one patient, without a name, a date of birth or another identifier.

    `unrecognised` counts, by resource type, those that were read but hold nothing the library
    knows; `resources` counts all that were seen; `incomplete` says that more was announced (a next
    page) or asked for in vain than is there.
    """

    profile: PatientProfile
    facts: tuple[Fact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unrecognised: Mapping[str, int] = field(default_factory=dict)
    resources: int = 0
    incomplete: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {
            "profile": given_of(self.profile),
            "facts": [each.as_json() for each in self.facts],
            "conflicts": [each.as_json() for each in self.conflicts],
            "skipped": [each.as_json() for each in self.skipped],
            "unrecognised": dict(self.unrecognised),
            "resources": self.resources,
            "incomplete": self.incomplete,
        }
