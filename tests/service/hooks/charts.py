"""Charts of made-up patients in FHIR R4, some of them built from the rows of the series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import CourseCase

Resource = dict[str, Any]
SYSTEMS = {
    "SNOMED CT": "http://snomed.info/sct",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "RxNorm (IN)": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ATC": "http://www.whocc.no/atc",
}
PATIENT = "p-1"
ACTIVE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
            "code": "active",
        }
    ]
}


class Charts:
    """Builds resources from the concepts of the knowledge: no code is written down twice."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.lexicon = knowledge.lexicon

    def coded(self, concept: str) -> Resource:
        """A CodeableConcept with the first code that FHIR has a system for, and the name."""
        known = self.lexicon.concepts[concept]
        coding = [
            {"system": SYSTEMS[each.system], "code": each.code}
            for each in known.codes
            if each.system in SYSTEMS and each.scope == "exact"
        ]
        return {**({"coding": coding[:1]} if coding else {}), "text": known.name}

    def condition(self, concept: str, **more: Any) -> Resource:
        return {
            "resourceType": "Condition",
            "id": f"c-{concept}",
            "subject": {"reference": f"Patient/{PATIENT}"},
            "clinicalStatus": ACTIVE,
            "code": self.coded(concept),
            **more,
        }

    def drug(self, concept: str, **more: Any) -> Resource:
        """A MedicationRequest; active unless `more` says otherwise."""
        return {
            "resourceType": "MedicationRequest",
            "id": f"m-{concept}",
            "status": "active",
            "intent": "order",
            "subject": {"reference": f"Patient/{PATIENT}"},
            "medicationCodeableConcept": self.coded(concept),
            **more,
        }

    def failed(self, concept: str) -> Resource:
        """One that was stopped because it did not help."""
        return self.drug(concept, status="stopped", statusReason={"text": "lack of efficacy"})

    def draft(self, concept: str, **more: Any) -> Resource:
        return self.drug(concept, status="draft", id=f"draft-{concept}", **more)

    def adverse_event(self, event: str, drug: str) -> Resource:
        return {
            "resourceType": "AdverseEvent",
            "id": f"ae-{event}",
            "actuality": "actual",
            "subject": {"reference": f"Patient/{PATIENT}"},
            "event": {"text": self.lexicon.concepts[event].name},
            "suspectEntity": [{"instance": {"reference": f"MedicationRequest/m-{drug}"}}],
        }

    def of_row(self, case: CourseCase, *, year: int = 2026) -> dict[str, Resource]:
        """The prefetch of a patient as a row prints it: age, sex, diagnosis, prior therapies."""
        diagnosis = case.diagnosis.concept or case.diagnosis.could_be[0]
        prior = {each.drug for each in case.previous or ()}
        now = {each.drug for each in case.concurrent or ()} - prior
        return prefetch(
            patient(gender=case.sex, birthDate=f"{year - int(case.age or 40)}-01-01"),
            [self.condition(diagnosis)],
            [*map(self.failed, sorted(prior)), *map(self.drug, sorted(now))],
        )


def patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "id": PATIENT, "gender": "female", **more}


def bundle(*resources: Resource, **more: Any) -> Resource:
    entries = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def drafts(*orders: Resource) -> Resource:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": o} for o in orders],
    }


def prefetch(
    who: Resource | None, conditions: list[Resource], drugs: list[Resource], **more: Resource
) -> dict[str, Any]:
    """A whole prefetch: what is not given is an empty Bundle, which says that there is none."""
    return {
        "patient": who or patient(),
        "conditions": bundle(*conditions),
        "medicationRequests": bundle(*drugs),
        "medicationStatements": bundle(),
        "medicationAdministrations": bundle(),
        "medicationDispenses": bundle(),
        "allergies": bundle(),
        "adverseEvents": bundle(),
        "observations": bundle(),
        **more,
    }


def view(given: Any = None, **more: Any) -> Resource:
    """A patient-view call."""
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid4()),
        "context": {"userId": "Practitioner/u-1", "patientId": PATIENT},
        **({"prefetch": given} if given is not None else {}),
        **more,
    }


def order(hook: str, given: Any, *orders: Resource, **more: Any) -> Resource:
    """An order-select call, with the first order selected, or an order-sign call."""
    context: Resource = {
        "userId": "Practitioner/u-1",
        "patientId": PATIENT,
        "draftOrders": drafts(*orders),
    }
    if hook == "order-select":
        context["selections"] = [f"{orders[0]['resourceType']}/{orders[0]['id']}"]
    return {
        "hook": hook,
        "hookInstance": str(uuid4()),
        "context": context,
        **({"prefetch": given} if given is not None else {}),
        **more,
    }
