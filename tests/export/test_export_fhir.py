"""Courses as FHIR R4: valid, complete, and nothing that is not printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from export.invariants import broken, walk
from seriatim import load_knowledge
from seriatim.export import fhir_bundle

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase

COURSES = sorted(load_knowledge().courses)


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def one(knowledge: KnowledgeBase, course: str) -> dict[str, Any]:
    return fhir_bundle(knowledge, [knowledge.courses[f"nyu-2022-il1/{course}"]])


def drug_of(bundle: dict[str, Any]) -> dict[str, Any]:
    [found] = [each for each in resources(bundle, "MedicationStatement") if "identifier" in each]
    return found


@pytest.mark.parametrize("course", COURSES)
def test_each_course_is_valid(knowledge: KnowledgeBase, course: str) -> None:
    bundle = fhir_bundle(knowledge, [knowledge.courses[course]])
    read = Bundle.model_validate(bundle)
    assert broken(bundle) == []
    # what the library reads and writes again is what was given: nothing fell away
    assert json.loads(read.model_dump_json(exclude_none=True)) == bundle


def test_all_courses_together_are_valid(knowledge: KnowledgeBase) -> None:
    bundle = fhir_bundle(knowledge, knowledge.courses.values())
    Bundle.model_validate(bundle)
    assert broken(bundle) == []
    assert len(resources(bundle, "Patient")) == len(
        {each.individual_id for each in knowledge.courses.values()}
    )
    assert len(resources(bundle, "DocumentReference")) == 1
    assert sum("identifier" in e for e in resources(bundle, "MedicationStatement")) == len(COURSES)


def test_a_series_that_prints_little_is_valid(two_series: KnowledgeBase) -> None:
    views = [each for each in two_series.courses.values() if each.series == "invented-2024"]
    for view in views:
        bundle = fhir_bundle(two_series, [view])
        Bundle.model_validate(bundle)
        assert broken(bundle) == []
    bundle = fhir_bundle(two_series, [views[1]])
    assert "dosage" not in drug_of(bundle)
    assert resources(bundle, "List") == []
    assert resources(bundle, "AdverseEvent") == []
    absent = [e for e in resources(bundle, "Observation") if "dataAbsentReason" in e]
    assert {each["code"]["text"] for each in absent} == {
        "age as printed",
        "total duration of the therapy",
    }
    assert "gender" not in resources(bundle, "Patient")[0]


def test_the_invariants_can_fail(knowledge: KnowledgeBase) -> None:
    bundle = one(knowledge, "T1R9")
    [first, *_rest] = resources(bundle, "Observation")
    first["dataAbsentReason"] = {"text": "no"}
    resources(bundle, "List")[0]["emptyReason"] = {"text": "no"}
    drug_of(bundle)["subject"]["reference"] = "urn:uuid:0"
    found = " ".join(broken(bundle))
    assert "obs-6" in found
    assert "lst-1" in found
    assert "reference to nothing" in found


def test_an_open_term_is_text_without_a_code(knowledge: KnowledgeBase) -> None:
    for course in ("T1R12", "T2R7", "T2R8", "T2R9"):
        [condition] = resources(one(knowledge, course), "Condition")
        assert condition["code"] == {"text": "SS"}
        assert any("No reading is" in each["text"] for each in condition["note"])


def test_a_unit_that_is_not_printed_stays_missing(knowledge: KnowledgeBase) -> None:
    bundle = one(knowledge, "T2R7")
    [dosage] = drug_of(bundle)["dosage"]
    assert dosage["text"] == "150 q28 days"
    assert "doseAndRate" not in dosage
    assert dosage["timing"]["repeat"] == {"frequency": 1, "period": 28, "periodUnit": "d"}
    assert not [value for _path, key, value in walk(bundle) if key == "unit" and value == "mg"]
    assert any("no unit is printed" in each["text"] for each in drug_of(bundle)["note"])


def test_every_other_printed_amount_is_structured(knowledge: KnowledgeBase) -> None:
    bundle = fhir_bundle(knowledge, knowledge.courses.values())
    doses = [d for e in resources(bundle, "MedicationStatement") for d in e.get("dosage", ())]
    without = [each["text"] for each in doses if "doseAndRate" not in each]
    assert sorted(without) == ["100mg daily, tapering to PRN", "150 q28 days"]
    [ranged] = drug_of(one(knowledge, "T2R3"))["dosage"]
    assert [ranged["doseAndRate"][0]["doseRange"][end]["value"] for end in ("low", "high")] == [
        300,
        450,
    ]


def test_a_flare_dose_is_conditional(knowledge: KnowledgeBase) -> None:
    usual, flare = drug_of(one(knowledge, "T1R8"))["dosage"]
    assert "asNeededCodeableConcept" not in usual
    assert flare["asNeededCodeableConcept"] == {"text": "flare"}
    assert flare["timing"]["repeat"] == {"frequency": 1, "period": 8, "periodUnit": "h"}
    _usual, taper = drug_of(one(knowledge, "T1R11"))["dosage"]
    assert taper["asNeededBoolean"] is True


def test_failures_and_events_travel(knowledge: KnowledgeBase) -> None:
    bundle = fhir_bundle(knowledge, knowledge.courses.values())
    responses = [
        each["valueCodeableConcept"]["text"]
        for each in resources(bundle, "Observation")
        if "valueCodeableConcept" in each
    ]
    printed = [each.course.response.printed for each in knowledge.courses.values()]  # type: ignore[union-attr]
    assert sorted(responses) == sorted(printed)
    events = sum(len(e.course.adverse_events.events) for e in knowledge.courses.values())  # type: ignore[union-attr]
    assert len(resources(bundle, "AdverseEvent")) == events
    empty = [e for e in resources(bundle, "List") if e["code"]["text"] == "adverse events"]
    assert sum("emptyReason" in each for each in empty) == sum(
        not e.course.adverse_events.events  # type: ignore[union-attr]
        for e in knowledge.courses.values()
    )


def test_events_are_coded_only_exactly(knowledge: KnowledgeBase) -> None:
    [event] = resources(one(knowledge, "T1R7"), "AdverseEvent")
    assert event["event"] == {"text": "injection site reaction"}
    for kept in ("seriousness", "severity", "outcome", "date"):
        assert kept not in event
    codes = {
        coding["code"]
        for each in resources(fhir_bundle(knowledge, knowledge.courses.values()), "AdverseEvent")
        for coding in each["event"].get("coding", ())
    }
    assert not {"D70.2", "K85.30", "HP:0031964"} & codes


def test_every_code_is_one_of_the_terms(knowledge: KnowledgeBase) -> None:
    known = {
        code.code.rpartition(":")[2]
        for concept in knowledge.lexicon.concepts.values()
        for code in concept.codes
        if code.scope == "exact"
    }
    bundle = fhir_bundle(knowledge, knowledge.courses.values())
    codings = [
        coding
        for _p, key, value in walk(bundle)
        if key == "coding" and isinstance(value, list)
        for coding in value
    ]
    terminologies = [each for each in codings if "terminology.hl7.org" not in each["system"]]
    own = [each for each in terminologies if each["system"].startswith("urn:uuid:")]
    assert {each["code"] for each in own} == {
        "response-complete",
        "response-partial",
        "response-none",
    }
    for each in terminologies:
        assert each in own or each["code"].rpartition(":")[2] in known


def test_a_code_that_was_seen_in_a_copy_says_so(knowledge: KnowledgeBase) -> None:
    notes = " ".join(each["text"] for each in drug_of(one(knowledge, "T1R1"))["note"])
    assert "RxNorm:72435 (secondary" in notes
    assert "ATC:L04AC03 (verified" in notes


def test_no_patient_has_a_name_identifier_or_birth_date(knowledge: KnowledgeBase) -> None:
    bundle = fhir_bundle(knowledge, knowledge.courses.values())
    for each in resources(bundle, "Patient"):
        assert set(each) <= {"resourceType", "id", "text", "gender"}


def test_one_patient_of_two_courses_is_one_resource(knowledge: KnowledgeBase) -> None:
    views = [knowledge.courses[f"nyu-2022-il1/{each}"] for each in ("T1R9", "T2R4")]
    bundle = fhir_bundle(knowledge, views)
    assert len(resources(bundle, "Patient")) == 1
    assert len(resources(bundle, "Condition")) == 1
    notes = " ".join(
        each["text"] for e in resources(bundle, "MedicationStatement") for each in e["note"]
    )
    assert "Same patient as nyu-2022-il1/T2R4 (stated, before it)" in notes


def test_a_probable_diagnosis_is_unconfirmed(knowledge: KnowledgeBase) -> None:
    _printed, also = resources(one(knowledge, "T1R10"), "Condition")
    assert also["verificationStatus"]["coding"][0]["code"] == "unconfirmed"


def test_every_resource_of_a_course_has_its_place(knowledge: KnowledgeBase) -> None:
    bundle = one(knowledge, "T2R4")
    [provenance] = resources(bundle, "Provenance")
    targets = {each["reference"] for each in provenance["target"]}
    others = {
        each["fullUrl"]
        for each in bundle["entry"]
        if each["resource"]["resourceType"] not in {"Patient", "DocumentReference", "Provenance"}
    }
    assert targets == others
    assert "Table 2 row 4, p. 208" in provenance["entity"][0]["what"]["display"]
    assert "recorded" not in provenance


def test_cells_stand_as_printed(knowledge: KnowledgeBase) -> None:
    [row] = [e for e in resources(one(knowledge, "T2R4"), "Observation") if "component" in e]
    shown = [(each["code"]["text"], each["valueString"]) for each in row["component"]]
    assert ("diagnosis", "Behçet’s Disease†") in shown
    assert [said for name, said in shown if name == "previous therapy"][-2:] == [
        "Etanercept",
        "Anakinra",
    ]


def test_nothing_selected_is_an_empty_bundle(knowledge: KnowledgeBase) -> None:
    bundle = fhir_bundle(knowledge, [])
    assert bundle == {"resourceType": "Bundle", "type": "collection"}
    Bundle.model_validate(bundle)
