"""What is offered: a service for each hook, what it asks clients to send, and the discovery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Hook = Literal["patient-view", "order-select", "order-sign"]

TOKEN = "{{context.patientId}}"  # noqa: S105 - a prefetch token, not a secret
PAGE = 200
"""Resources asked for on one page."""


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to know of the patient: a read or a type search, for prefetch and for fetching.

    `template` has the patient's id as TOKEN; `says` names it in a sentence to a clinician. Of a
    search for the `newest`, the first page is enough.
    """

    key: str
    template: str
    says: str
    newest: bool = False

    @property
    def resource(self) -> str:
        """The type that is read or searched."""
        return self.template.partition("?")[0].partition("/")[0]

    def path(self, patient: str) -> str:
        """Below the base of a server; `patient` must be a FHIR id, which needs no encoding.

        Raises ValueError without one: a server may take an empty parameter for everybody.
        """
        if not patient:
            raise ValueError("no patient is named")
        return self.template.replace(TOKEN, patient)


@dataclass(frozen=True, slots=True)
class Service:
    """A CDS service; ids differ by hook, as some clients know services by their id alone."""

    id: str
    hook: Hook
    title: str
    description: str

    @property
    def is_order(self) -> bool:
        """Whether its context brings draft orders."""
        return self.hook != "patient-view"


SERVICES = (
    Service(
        "seriatim-patient-view",
        "patient-view",
        "Published cases like this patient",
        "Cites the published courses of a case series that resemble this patient, with counts, "
        "exact intervals, failures and adverse events. Silent unless the record holds a diagnosis "
        "or a drug of the series. It cites; it never prescribes.",
    ),
    Service(
        "seriatim-order-select",
        "order-select",
        "Published cases for the selected drug",
        "When a drug of the library is selected: the published courses of it in this diagnosis, "
        "or in one line that there are none. It cites; it never prescribes.",
    ),
    Service(
        "seriatim-order-sign",
        "order-sign",
        "Published cases for the drug to be signed",
        "Before an order of a drug of the library is signed: the published courses of it in this "
        "diagnosis, or in one line that there are none. It cites; it never prescribes.",
    ),
)
BY_ID = {each.id: each for each in SERVICES}

USAGE = (
    "FHIR R4. Needs the conditions of the patient for patient-view, and draft orders for the order "
    "hooks; every other key makes the answer better and its absence is said on the card. What is "
    "not prefetched is read from fhirServer with the token of fhirAuthorization (patient/*.read), "
    "if the operator of this service has allowed that server. For a clinician to review; not for "
    "time-critical decisions."
)


def _search(key: str, resource: str, says: str) -> Query:
    return Query(key, f"{resource}?patient={TOKEN}&_count={PAGE}", says)


QUERIES = (
    Query("patient", f"Patient/{TOKEN}", "age and sex"),
    _search("conditions", "Condition", "diagnoses"),
    _search("medicationRequests", "MedicationRequest", "prescriptions"),
    _search("medicationStatements", "MedicationStatement", "medication statements"),
    _search("medicationAdministrations", "MedicationAdministration", "administrations of drugs"),
    _search("medicationDispenses", "MedicationDispense", "dispensed drugs"),
    _search("allergies", "AllergyIntolerance", "allergies and intolerances"),
    Query("adverseEvents", f"AdverseEvent?subject=Patient/{TOKEN}&_count={PAGE}", "adverse events"),
    # the newest are enough: what is older does not count as now
    Query(
        "observations",
        f"Observation?patient={TOKEN}&category=laboratory&_sort=-date&_count={PAGE}",
        "laboratory values",
        newest=True,
    ),
)
"""What is asked for, in order of weight."""

CONDITIONS = "conditions"
PATIENT = "patient"


def discovery() -> dict[str, Any]:
    """The answer to `GET /cds-services`."""
    prefetch = {each.key: each.template for each in QUERIES}
    return {
        "services": [
            {
                "hook": each.hook,
                "id": each.id,
                "title": each.title,
                "description": each.description,
                "prefetch": prefetch,
                "usageRequirements": USAGE,
            }
            for each in SERVICES
        ]
    }
