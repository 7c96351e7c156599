"""Ways of breaking FHIR: JSON of any shape, and resources with pieces changed, lost or doubled."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = st.sampled_from(
    [
        *("resourceType", "id", "entry", "resource", "fullUrl", "link", "relation", "code"),
        *("coding", "system", "display", "text", "status", "subject", "patient", "reference"),
        *("identifier", "value", "birthDate", "gender", "contained", "ingredient", "reaction"),
        *("itemReference", "medicationReference", "medicationCodeableConcept", "component"),
        *("effectiveDateTime", "effectivePeriod", "valueQuantity", "verificationStatus"),
        *("clinicalStatus", "statusReason", "suspectEntity", "instance", "manifestation"),
    ]
)
WORDS = st.sampled_from(
    [
        *("Bundle", "Patient", "Condition", "MedicationRequest", "MedicationStatement"),
        *("Medication", "Observation", "AllergyIntolerance", "AdverseEvent", "OperationOutcome"),
        *("active", "stopped", "completed", "final", "next", "refuted", "#m1", "Medication/m1"),
        *("Patient/p1", "urn:uuid:1", "http://snomed.info/sct", "http://loinc.org", "751-8"),
        *("http://hl7.org/fhir/sid/icd-10-cm", "M04.1", "M35.2", "anakinra", "Kineret 100 MG"),
        *("2020", "2020-02-30", "1996-11-23", "", " ", "\x00", "//", "a/b/c"),
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    WORDS,
    st.text(max_size=8),
    st.just(10**400),
    st.just("x" * 400),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(KEYS, st.text(max_size=4)), inner, max_size=6),
    ),
    max_leaves=25,
)


@st.composite
def mutated(draw: Callable[[st.SearchStrategy[Any]], Any], seeds: list[Any]) -> Any:
    """One of the seeds with up to six places changed."""
    data = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _each in range(draw(st.integers(1, 6))):
        places = _places(data)
        holder, key = draw(st.sampled_from(places))
        how = draw(st.sampled_from(["replace", "remove", "wrap", "double", "swap"]))
        if how == "remove":
            del holder[key]
        elif how == "wrap":
            holder[key] = [holder[key]]
        elif how == "double":
            holder[key] = [holder[key], copy.deepcopy(holder[key])]
        elif how == "swap":
            other, other_key = draw(st.sampled_from(places))
            holder[key] = copy.deepcopy(other[other_key])
        else:
            holder[key] = draw(JSON)
        if not _places(data):
            break
    return data


def _places(data: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    todo = [data]
    while todo and len(found) < 3000:
        each = todo.pop()
        keys = (
            each if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else ()
        )
        for key in keys:
            found.append((each, key))
            todo.append(each[key])
    return found
