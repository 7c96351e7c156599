"""One file for each kind of resource that is read, and the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.kinds import (
    adverse_event,
    allergy_intolerance,
    condition,
    medication_administration,
    medication_dispense,
    medication_request,
    medication_statement,
    observation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir.chart import Chart

HANDLERS: dict[str, Callable[[Chart, dict[str, Any]], None]] = {
    "AdverseEvent": adverse_event.read,
    "AllergyIntolerance": allergy_intolerance.read,
    "Condition": condition.read,
    "MedicationAdministration": medication_administration.read,
    "MedicationDispense": medication_dispense.read,
    "MedicationRequest": medication_request.read,
    "MedicationStatement": medication_statement.read,
    "Observation": observation.read,
}
POINTED_TO = frozenset(
    {
        "Medication",
        "Substance",
        "Specimen",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
    }
)
"""Kinds that others refer to for the drug, or the material, they are about."""
SUPPORTING = frozenset({"Patient", "Medication", "Substance", "Specimen"})
"""Kinds that are read only through others."""
