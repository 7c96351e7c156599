"""The parts that every FHIR resource of an export is made of."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from seriatim.export.codes import LIBRARY, UCUM, coding, exact_codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.terms import Concept

Resource = dict[str, Any]
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_NAMESPACE = UUID(LIBRARY)


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource with the address that others name it by; the same for the same `name`."""

    name: str
    resource: Resource

    @property
    def url(self) -> str:
        """`urn:uuid:…`."""
        return address(self.name)

    def as_json(self) -> dict[str, Any]:
        """The entry of a Bundle."""
        return {"fullUrl": self.url, "resource": self.resource}


def address(name: str) -> str:
    """The address of what is called `name`: it stays the same in every export."""
    return f"urn:uuid:{uuid5(_NAMESPACE, name)}"


def entry(kind: str, name: str, said: Iterable[str], **fields: Any) -> Entry:
    """A resource of a kind with its narrative; fields that are None or empty are left out."""
    full = f"{name}#{kind}"
    kept = {key: value for key, value in fields.items() if value not in (None, [], "")}
    resource = {
        "resourceType": kind,
        "id": address(full).rpartition(":")[2],
        "text": narrative(said),
        **kept,
    }
    return Entry(full, resource)


def narrative(said: Iterable[str]) -> dict[str, str]:
    """Plain paragraphs as a FHIR Narrative."""
    paragraphs = "".join(f"<p>{escape(each, quote=False)}</p>" for each in said if each)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</div>'
    return {"status": "generated", "div": div}


def reference(to: Entry, display: str | None = None) -> dict[str, str]:
    """A reference to an entry of the same Bundle."""
    return {"reference": to.url, **({"display": display} if display else {})}


def text(said: str) -> dict[str, Any]:
    """A CodeableConcept in words alone."""
    return {"text": said}


def coded(concept: Concept, said: str) -> dict[str, Any]:
    """A CodeableConcept: the words, and the codes that mean exactly this concept."""
    codes = [coding(each) for each in exact_codes(concept)]
    return {**({"coding": codes} if codes else {}), "text": said}


def remarks(said: Iterable[str]) -> list[dict[str, str]]:
    """Notes of a resource."""
    return [{"text": each} for each in said if each]


def number(value: float) -> int | float:
    """150.0 as 150, so that no precision is shown that was not printed."""
    return int(value) if float(value).is_integer() else value


def quantity(value: float, unit: str, code: str) -> dict[str, Any]:
    """A value in a unit of UCUM."""
    return {"value": number(value), "unit": unit, "system": UCUM, "code": code}


def absent() -> dict[str, Any]:
    """Why a value is not there: it is not printed."""
    return {
        "coding": [{"system": ABSENT, "code": "unknown", "display": "Unknown"}],
        "text": "not printed",
    }
