"""FHIR resources as a server would send them, with codes from the knowledge alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.knowledge.library import CourseView

TODAY = date(2026, 11, 23)
URIS = {
    "SNOMED CT": "http://snomed.info/sct",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD-10 (WHO)": "http://hl7.org/fhir/sid/icd-10",
    "RxNorm (IN)": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ATC": "http://www.whocc.no/atc",
    "MONDO": "http://purl.obolibrary.org/obo/mondo.owl",
    "ORPHA": "http://www.orpha.net",
    "UNII": "http://fdasis.nlm.nih.gov",
    "HPO": "http://purl.obolibrary.org/obo/hp.owl",
}
RXNORM, ATC, ICD, SNOMED = (URIS[each] for each in ("RxNorm (IN)", "ATC", "ICD-10-CM", "SNOMED CT"))
REASONS = "http://terminology.hl7.org/CodeSystem/medicationrequest-status-reason"
STATUSES = "http://terminology.hl7.org/CodeSystem/condition"
PRODUCT = "99999999"
"""A product code, which the library does not know: it knows ingredients."""


def concept(*codings: tuple[str, str], text: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"coding": [{"system": uri, "code": code} for uri, code in codings]}
    return made | ({"text": text} if text else {})


def coded(lexicon: Lexicon, concept_id: str, *systems: str) -> dict[str, Any]:
    """A CodeableConcept of every code of a concept in these systems (all, if none is named)."""
    entry = lexicon.concepts[concept_id]
    codings = [
        (URIS[each.system], each.code)
        for each in entry.codes
        if each.scope in ("exact", "category") and (not systems or each.system in systems)
    ]
    return concept(*codings, text=entry.name)


def patient(years: int | None = 30, sex: str | None = "female", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"resourceType": "Patient", "id": "p1"}
    if years is not None:
        made["birthDate"] = (TODAY - timedelta(days=round(years * 365.25) + 90)).isoformat()
    if sex:
        made["gender"] = sex
    return made | more


def resource(kind: str, number: object = 1, **fields: Any) -> dict[str, Any]:
    subject = "patient" if kind == "AllergyIntolerance" else "subject"
    return {
        "resourceType": kind,
        "id": f"{kind[:4].lower()}-{number}",
        subject: {"reference": "Patient/p1"},
    } | fields


def condition(code: dict[str, Any], clinical: str | None = "active", **more: Any) -> dict[str, Any]:
    made = resource("Condition", more.pop("number", 1), code=code)
    if clinical:
        made["clinicalStatus"] = concept((f"{STATUSES}-clinical", clinical))
    verified = more.pop("verified", "confirmed")
    if verified:
        made["verificationStatus"] = concept((f"{STATUSES}-ver-status", verified))
    return made | more


def request(drug: dict[str, Any], status: str = "active", **more: Any) -> dict[str, Any]:
    made = resource("MedicationRequest", more.pop("number", 1), intent="order", status=status)
    return made | {"medicationCodeableConcept": drug} | more


def statement(drug: dict[str, Any], status: str = "active", **more: Any) -> dict[str, Any]:
    made = resource("MedicationStatement", more.pop("number", 1), status=status)
    return made | {"medicationCodeableConcept": drug} | more


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"https://fhir.example.org/r4/{each['resourceType']}/{each['id']}"}
        | {"resource": each}
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def of_course(view: CourseView, lexicon: Lexicon) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The patient of a course before it was given, as a Bundle, and its draft order.

    An open term of the row is sent as the first disease that it could mean.
    """
    course = view.course
    age = course.age.years if course.age else None
    made = [patient(int(age) if age is not None else None, course.sex.sex if course.sex else None)]
    means = course.diagnosis.concept or course.diagnosis.could_be[0]
    made.append(condition(coded(lexicon, means)))
    concurrent = course.concurrent.drugs if course.concurrent else ()
    previous = course.previous.drugs if course.previous else ()
    for number, drug in enumerate(concurrent):
        made.append(request(coded(lexicon, drug), number=f"c{number}", authoredOn="2026-06-01"))
    for number, drug in enumerate(previous):
        made.append(
            request(coded(lexicon, drug), "stopped", number=f"p{number}", authoredOn="2025-01-01")
        )
    draft = request(coded(lexicon, course.drug), "draft", number="draft")
    return bundle(*made), [draft]


def of_every_kind(lexicon: Lexicon) -> dict[str, Any]:
    """A Bundle with every kind of resource that is read, each with all that is read of it."""
    anakinra, event = coded(lexicon, "anakinra"), coded(lexicon, "neutropenia")
    medication = {
        "resourceType": "Medication",
        "id": "m1",
        "status": "active",
        "form": {"text": "Injection"},
        "code": concept((RXNORM, "99999999"), text="a product"),
        "ingredient": [
            {"itemCodeableConcept": anakinra, "isActive": True},
            {"itemReference": {"reference": "Substance/s1"}},
        ],
    }
    substance = {"resourceType": "Substance", "id": "s1", "code": anakinra}
    contained = request({}, "stopped", number="c", statusReason=concept((REASONS, "sintol")))
    contained |= {
        "contained": [medication | {"id": "m2"}],
        "medicationReference": {"reference": "#m2"},
        "dosageInstruction": [{"route": {"text": "Subcutaneous"}}],
        "authoredOn": "2025-01-01T10:00:00Z",
    }
    del contained["medicationCodeableConcept"]
    dispense = resource(
        "MedicationDispense",
        status="completed",
        medicationReference={"reference": "Medication/m1", "display": "Kineret"},
        whenHandedOver="2026-11-01",
        daysSupply={"value": 30, "unit": "Day", "code": "d"},
    )
    dose = resource(
        "MedicationAdministration",
        status="stopped",
        statusReason=[event],
        medicationCodeableConcept=anakinra,
        effectivePeriod={"start": "2026-01-01"},
        dosage={"route": {"text": "Subcutaneous"}},
    )
    allergy = resource(
        "AllergyIntolerance",
        type="allergy",
        code=coded(lexicon, "canakinumab"),
        clinicalStatus=concept((f"{STATUSES}-clinical", "active")),
        verificationStatus=concept((f"{STATUSES}-ver-status", "confirmed")),
        reaction=[{"substance": anakinra, "manifestation": [event]}],
    )
    happened = resource(
        "AdverseEvent",
        actuality="actual",
        event=event,
        suspectEntity=[
            {
                "instance": {"reference": "MedicationDispense/medi-1"},
                "causality": [{"assessment": {"text": "x"}}],
            }
        ],
    )
    counted = resource(
        "Observation",
        status="final",
        code=concept(("http://loinc.org", "751-8")),
        effectiveDateTime="2026-11-20T08:00:00Z",
        valueQuantity={"value": 1.2, "unit": "10*9/L", "code": "10*9/L"},
        component=[
            {
                "code": {"text": "Pregnancy status"},
                "valueCodeableConcept": {"coding": [{"display": "Pregnant (finding)"}]},
            }
        ],
    )
    used = statement(
        {"text": "anakinra 100 MG Injection [Kineret]"},
        "completed",
        statusReason=[{"text": "ineffective"}],
        effectivePeriod={"start": "2025-01-01", "end": "2025-06-01"},
    )
    ill = condition(
        coded(lexicon, "behcet-disease"),
        category=[concept(("urn:x", "encounter-diagnosis"))],
        recordedDate="2020-01-01",
        abatementString="never",
        meta={"lastUpdated": "2026-01-01T00:00:00Z"},
    )
    born = patient(link=[{"type": "seealso"}], identifier=[{"system": "urn:x", "value": "1"}])
    parts = (
        medication,
        substance,
        contained,
        dispense,
        dose,
        allergy,
        happened,
        counted,
        used,
        ill,
    )
    return bundle(born, *parts) | {"link": [{"relation": "self"}]}


def product(text: str) -> dict[str, Any]:
    return {"coding": [{"system": RXNORM, "code": PRODUCT, "display": text}]}


def drugs(reading: Reading) -> list[tuple[str, str]]:
    return [(each.drug, each.status) for each in reading.profile.therapies or ()]


def whys(reading: Reading) -> set[str]:
    return {each.why for each in reading.skipped}
