"""From whatever a client sends (Bundle, list, prefetch, NDJSON) to its resources, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from seriatim.fhir.results import FhirError
from seriatim.fhir.values import items, objects, text

COMMON = frozenset(
    {"AllergyIntolerance", "Claim", "Condition", "DiagnosticReport", "Encounter"}
    | {"ExplanationOfBenefit", "Immunization", "Medication", "MedicationAdministration"}
    | {"MedicationDispense", "MedicationRequest", "MedicationStatement", "Observation"}
    | {"Procedure"}
)
"""Kinds that need no further look: a resource, and nothing that holds resources."""
MOST_NESTED = 5
"""Bundles within Bundles within prefetch values; deeper ones are left out."""


class Gathered:
    """The resources of one answer, and what stood where a resource should have been."""

    def __init__(self, *, drafts: bool = False) -> None:
        self.drafts = drafts
        """Whether these are draft orders: some clients send them without a type."""
        self.resources: list[dict[str, Any]] = []
        self.full_urls: dict[int, Any] = {}
        """By the identity of a resource: the address a Bundle gives it, as it stands there."""
        self.prefetched: list[dict[str, Any]] = []
        """Patients that are themselves a value of a prefetch: the patient the call is about."""
        self.skipped: Counter[tuple[str, str]] = Counter()
        self.incomplete = False
        self.is_fhir = False

    def add(self, value: Any, depth: int = 0) -> None:
        """Take a value of any shape."""
        if type(value) is dict:
            self._object(value, depth, "")
        elif type(value) is list:
            self._all(value, depth)
        elif value is None:
            self.skipped["prefetch", "no value"] += 1
            self.incomplete = True
        else:
            self.skipped["(not FHIR)", "not a JSON object"] += 1

    def _object(self, value: dict[str, Any], depth: int, full_url: Any) -> None:
        kind = value.get("resourceType")
        if kind == "Bundle" or (kind is None and type(value.get("entry")) is list):
            self._bundle(value, depth)
        elif kind == "OperationOutcome":
            self.is_fhir = True
            self.skipped["OperationOutcome", "the server answered with an error instead"] += 1
            self.incomplete = True
        elif type(kind) is str and kind.isalpha() and len(kind) <= 40:  # noqa: PLR2004 - a name
            self.is_fhir = True
            if full_url:
                self.full_urls[id(value)] = full_url
            self.resources.append(value)
        elif kind is None and self.drafts:
            self.resources.append({**value, "resourceType": "MedicationRequest"})
        elif kind is None and depth == 0:
            self._prefetch(value)
        else:
            self.skipped["(not FHIR)", "a resource without a type"] += 1

    def _prefetch(self, value: dict[str, Any]) -> None:
        for each in value.values():
            if type(each) is dict and each.get("resourceType") == "Patient":
                self.prefetched.append(each)
            if each is None or type(each) in (dict, list):
                self.add(each, 1)
            else:
                self.skipped["(not FHIR)", "not a JSON object"] += 1

    def _all(self, value: Iterable[Any], depth: int) -> None:
        if depth > MOST_NESTED:
            self.skipped["(not FHIR)", "nested too deeply"] += 1
            return
        for each in value:
            self.add(each, depth + 1)

    def _bundle(self, bundle: dict[str, Any], depth: int) -> None:
        self.is_fhir = True
        if depth > MOST_NESTED:
            self.skipped["Bundle", "nested too deeply"] += 1
            return
        if any(text(each.get("relation")) == "next" for each in objects(bundle.get("link"))):
            self.skipped["Bundle", "more pages follow that are not here"] += 1
            self.incomplete = True
        entries = bundle.get("entry")
        for entry in entries if type(entries) is list else items(entries):
            resource = entry.get("resource") if type(entry) is dict else None
            if type(resource) is not dict:
                self.skipped["Bundle", "an entry without a resource"] += 1
                continue
            kind = resource.get("resourceType")
            if type(kind) is str and kind in COMMON:
                if url := entry.get("fullUrl"):
                    self.full_urls[id(resource)] = url
                self.resources.append(resource)
            else:
                self._object(resource, depth + 1, entry.get("fullUrl"))


def gather(data: Any) -> Gathered:
    """The resources of `data`.

    Raises FhirError if there is no FHIR in it at all.
    """
    gathered = Gathered()
    if isinstance(data, Mapping):
        gathered.add(dict(data))
    elif isinstance(data, Iterable) and not isinstance(data, str | bytes):
        for each in data:
            gathered.add(each, 1)
    else:
        raise FhirError(f"{_shown(data)} is not FHIR: send a Bundle, a list of resources or NDJSON")
    if not gathered.is_fhir and (gathered.skipped or not data):
        _refuse(data, gathered)
    return gathered


def _refuse(data: Any, gathered: Gathered) -> None:
    """A prefetch of nulls, or an empty one, is FHIR with nothing in it; anything else is not."""
    if set(gathered.skipped) <= {("prefetch", "no value")}:
        return
    raise FhirError(
        f"{_shown(data)} holds no FHIR: no value in it has a resourceType; "
        "send a Bundle, a list of resources, a prefetch or NDJSON"
    )


def _shown(data: Any) -> str:
    names = {dict: "a JSON object", list: "a list", str: "text", bytes: "bytes", type(None): "null"}
    return names.get(type(data), f"a {type(data).__name__}")
