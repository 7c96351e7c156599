"""Adverse events, allergies and observations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import RXNORM, bundle, coded, concept, condition, patient, request, resource

from seriatim.fhir.tables import tables
from seriatim.knowledge.lexicon import Unresolved, fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim import Engine
    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

LOINC = "http://loinc.org"


def events(reading: Reading) -> list[tuple[str, str | None]]:
    return [(each.event, each.with_drug) for each in reading.profile.adverse_events or ()]


def whys(reading: Reading) -> set[str]:
    return {each.why for each in reading.skipped}


# --- allergies ---------------------------------------------------------------------------------


def allergy(drug: dict[str, Any], *manifestations: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = resource("AllergyIntolerance", code=drug)
    if manifestations:
        made["reaction"] = [{"manifestation": list(manifestations)}]
    return made | more


def verified(status: str) -> dict[str, Any]:
    return {"verificationStatus": {"coding": [{"code": status}]}}


def test_a_reaction_is_an_event_with_the_drug(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    made = allergy(drug, coded(lexicon, "urticaria"), **verified("unconfirmed"))
    reading = reads([made])
    assert events(reading) == [("urticaria", "anakinra")]
    assert reading.profile.therapies is None
    shown = {each.field: each for each in reading.facts}
    assert shown["adverse_events[0]"].note == "not confirmed"
    assert shown["intolerance"].term == "anakinra"


def test_without_a_reaction_it_is_a_fact_and_no_event(reads: Reads, lexicon: Lexicon) -> None:
    reading = reads(
        [allergy(coded(lexicon, "anakinra"), type="intolerance", **verified("confirmed"))]
    )
    assert events(reading) == []
    assert reading.profile.adverse_events is None
    assert [(each.field, each.note) for each in reading.facts] == [
        ("intolerance", "recorded as intolerance")
    ]


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_what_is_not_so(status: str, reads: Reads, lexicon: Lexicon) -> None:
    made = allergy(coded(lexicon, "anakinra"), coded(lexicon, "urticaria"), **verified(status))
    reading = reads([made])
    assert events(reading) == []
    assert reading.facts == ()
    assert whys(reading) == {status.replace("-", " ")}


def test_a_reaction_to_something_else_is_no_event_of_a_drug(reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([allergy({"text": "Cashew nuts"}, coded(lexicon, "urticaria"))])
    assert events(reading) == []
    assert reading.unrecognised == {"AllergyIntolerance": 1}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Allergy to methotrexate", True),
        ("Methotrexate allergy", True),
        ("No known allergy to methotrexate", False),
        ("Family history of methotrexate allergy", False),
    ],
)
def test_the_words_of_a_list_of_allergies(text: str, *, known: bool, reads: Reads) -> None:
    reading = reads([allergy({"text": text})])
    assert [each.term for each in reading.facts] == (["methotrexate"] if known else [])


@pytest.mark.parametrize(
    "code",
    [
        {"text": "anakinra - tolerated"},
        {"text": "Anakinra (tolerated rechallenge)"},
        {"text": "No known allergy to anakinra"},
        {"text": "anakinra allergy?"},
        concept((RXNORM, "72435"), text="No known allergy to anakinra"),
        concept((RXNORM, "72435"), text="anakinra - tolerated"),
        concept((RXNORM, "72435"), text="canakinumab"),
        {
            "coding": [{"system": RXNORM, "code": "72435", "display": "anakinra"}],
            "text": "No known allergy to anakinra",
        },
        {"text": "No known allergy to E. coli protein"},
        {"text": "E. coli protein allergy?"},
    ],
)
def test_an_entry_that_says_that_it_is_not_so(code: dict[str, Any], reads: Reads) -> None:
    reading = reads([allergy(code, **verified("confirmed"))])
    assert reading.facts == ()
    assert reading.profile.observations == {}
    assert len(reading.skipped) + len(reading.unrecognised) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Anakinra intolerance",
        "anakinra - not tolerated",
        "Anakinra: rash",
        "Allergy to anakinra (finding)",
    ],
)
def test_an_entry_that_says_more_is_still_one(text: str, reads: Reads) -> None:
    reading = reads([allergy({"text": text})])
    assert [each.term for each in reading.facts] == ["anakinra"]


@pytest.mark.parametrize(
    "text",
    [
        "E. coli protein",
        "Allergy to E. coli protein",
        "E. coli proteins allergy",
        "Known hypersensitivity to Escherichia coli protein",
        "Escherichia coli proteins",
        "Allergy to Escherichia coli protein (finding)",
    ],
)
def test_the_words_of_a_list_of_allergies_beside_an_allergen(text: str, reads: Reads) -> None:
    reading = reads([allergy({"text": text}, **verified("confirmed"))])
    assert reading.profile.observations == {"hypersensitivity_e_coli_protein": True}


def test_a_drug_that_is_given_and_not_tolerated_is_a_conflict(
    reads: Reads, lexicon: Lexicon
) -> None:
    drug = coded(lexicon, "anakinra")
    reading = reads([allergy(drug), request(drug)])
    assert [each.statement for each in reading.conflicts] == [
        "Anakinra is being given and is listed as an allergy or intolerance."
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (verified("confirmed"), True),
        (verified("confirmed") | {"type": "allergy"}, True),
        (verified("confirmed") | {"type": "intolerance"}, False),
        (verified("confirmed") | {"clinicalStatus": {"coding": [{"code": "resolved"}]}}, False),
        (verified("unconfirmed"), False),
        ({}, False),
    ],
)
def test_a_confirmed_hypersensitivity_that_rules_ask_for(
    more: dict[str, Any], *, expected: bool, reads: Reads, engine: Engine, lexicon: Lexicon
) -> None:
    drug = coded(lexicon, "canakinumab")
    behcet = condition(coded(lexicon, "behcet-disease"))
    reading = reads(
        [patient(), behcet, allergy(drug, **more)], draft_orders=[request(drug, "draft")]
    )
    assert reading.profile.observations == (
        {"hypersensitivity_canakinumab": True} if expected else {}
    )
    cautions = {each.rule for each in engine.look_up(reading.profile).cautions}
    assert ("canakinumab-and-hypersensitivity" in cautions) == expected


# --- adverse events ----------------------------------------------------------------------------


def event(code: dict[str, Any], *suspects: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = resource("AdverseEvent", actuality="actual", event=code)
    return made | {"suspectEntity": list(suspects)} | more


def test_an_event_with_its_one_suspect(reads: Reads, lexicon: Lexicon) -> None:
    held = {"resourceType": "Medication", "id": "m", "code": coded(lexicon, "anakinra")}
    order = request(coded(lexicon, "canakinumab"))
    neutropenia = coded(lexicon, "neutropenia")
    one = event(neutropenia, {"instance": {"reference": "Medication/m"}})
    assert events(reads(bundle(held, one))) == [("neutropenia", "anakinra")]
    through = event(neutropenia, {"instance": {"reference": "MedicationRequest/medi-1"}})
    assert events(reads(bundle(order, through))) == [("neutropenia", "canakinumab")]
    both = event(neutropenia, *one["suspectEntity"], *through["suspectEntity"])
    assert events(reads(bundle(held, order, both))) == [("neutropenia", None)]
    unlikely = {"causality": [{"assessment": {"coding": [{"code": "Unlikely"}]}}]}
    cleared = event(neutropenia, one["suspectEntity"][0] | unlikely, *through["suspectEntity"])
    assert events(reads(bundle(held, order, cleared))) == [("neutropenia", "canakinumab")]
    stranger = event(neutropenia, {"instance": {"reference": "Device/1"}})
    assert events(reads(bundle(stranger))) == [("neutropenia", None)]


def test_a_potential_event_did_not_happen(reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([event(coded(lexicon, "neutropenia"), actuality="potential")])
    assert events(reading) == []
    assert whys(reading) == {"a potential event, which did not happen"}


def test_the_same_event_with_and_without_its_drug_is_one(reads: Reads, lexicon: Lexicon) -> None:
    held = {"resourceType": "Medication", "id": "m", "code": coded(lexicon, "anakinra")}
    neutropenia = coded(lexicon, "neutropenia")
    named = event(neutropenia, {"instance": {"reference": "Medication/m"}})
    bare = event(neutropenia) | {"id": "other"}
    assert events(reads(bundle(held, named, bare))) == [("neutropenia", "anakinra")]


# --- observations ------------------------------------------------------------------------------


def observation(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    code = {"coding": [{"system": LOINC, "code": "751-8"}]}
    made = resource("Observation", more.pop("number", 1), status="final", code=code)
    return made | {"effectiveDateTime": "2026-11-20T08:00:00Z"} | value | more


def quantity(value: Any, code: Any = "10*9/L", **more: Any) -> dict[str, Any]:
    unit = {"value": value, "code": code, "system": "http://unitsofmeasure.org"}
    return {"valueQuantity": unit | more}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (quantity(1.2), 1.2),
        (quantity(1.2, "10*3/uL"), 1.2),
        (quantity(900, "/uL"), 0.9),
        (quantity(0), 0.0),
        (quantity(1.2, None, unit="10^9/L"), 1.2),
        (quantity(1.2, None, unit="x10^9/L"), 1.2),
        (quantity(1.2, None, unit="K/uL"), 1.2),
        (quantity(1.2, "K/uL"), 1.2),
        (quantity(1200, None, unit="/\u00b5L"), 1.2),
    ],
)
def test_neutrophils(value: dict[str, Any], expected: float, reads: Reads) -> None:
    reading = reads([observation(value)])
    assert reading.profile.observations == {"neutrophils": pytest.approx(expected)}
    fact = reading.facts[-1]
    assert (fact.field, fact.how) == ("observations.neutrophils", "code")
    assert fact.matched == f"{LOINC}|751-8"
    assert fact.note == "3 days old"


@pytest.mark.parametrize(
    "made",
    [
        observation(quantity(1.2), status="preliminary"),
        observation(quantity(1.2), status="entered-in-error"),
        observation(quantity(1.2), effectiveDateTime="2026-01-01"),
        observation(quantity(1.2), effectiveDateTime="2027-01-01"),
        observation(quantity(1.2), effectiveDateTime=None),
        observation(quantity(1.2, "%")),
        observation(quantity(1.2, None)),
        observation(quantity("1.2")),
        observation(quantity(value=True)),
        observation(quantity(1e9)),
        observation(quantity(-1)),
        observation(quantity(1.2, comparator="<")),
        observation({"dataAbsentReason": {"text": "x"}}),
        observation(quantity(0.3), dataAbsentReason={"coding": [{"code": "error"}]}),
    ],
)
def test_values_that_are_not_taken_are_said(made: dict[str, Any], reads: Reads) -> None:
    reading = reads([made])
    assert reading.profile.observations == {}
    assert len(reading.skipped) == 1


def test_the_latest_value_counts_and_two_of_one_day_are_a_conflict(reads: Reads) -> None:
    new = observation(quantity(1.0))
    old = observation(quantity(5.0), number=2, effectiveDateTime="2026-11-01")
    assert reads([old, new]).profile.observations == {"neutrophils": 1.0}
    same = observation(quantity(5.0), number=3)
    reading = reads([new, same])
    assert reading.profile.observations == {}
    assert "Different values on one day" in reading.conflicts[0].statement


def test_a_bound_is_said_to_be_one(reads: Reads) -> None:
    reading = reads([observation(quantity(1.2, comparator="<"))])
    assert whys(reading) == {"neutrophil count: a bound, not a value"}


def test_the_later_of_one_day_counts(reads: Reads) -> None:
    early = observation(quantity(1.0))
    late = observation(quantity(5.0), number=2, effectiveDateTime="2026-11-20T18:00:00+00:00")
    for both in ([early, late], [late, early]):
        reading = reads(both)
        assert reading.profile.observations == {"neutrophils": 5.0}
        assert reading.conflicts == ()
    elsewhere = late | {"effectiveDateTime": "2026-11-20T09:00:00+02:00"}
    assert reads([early, elsewhere]).profile.observations == {"neutrophils": 1.0}
    for unclear in ("2026-11-20", "2026-11-20T18:00:00", "2026-11-20T08:00:00Z"):
        reading = reads([early, late | {"effectiveDateTime": unclear}])
        assert reading.profile.observations == {}
        assert "Different values on one day" in reading.conflicts[0].statement


LUMBAR = {"resourceType": "Specimen", "id": "s1", "type": {"text": "CSF"}}


@pytest.mark.parametrize(
    "more",
    [
        {"code": {"text": "Neutrophils"}, "specimen": {"display": "CSF"}},
        {"code": {"text": "Neutrophils"}, "specimen": {"reference": "#s1"}, "contained": [LUMBAR]},
        {"code": {"text": "Neutrophils"}, "bodySite": {"text": "Cerebrospinal fluid"}},
        {"code": concept((LOINC, "751-8"), text="Neutrophils in CSF")},
        {
            "code": {"text": "Synovial fluid analysis"},
            "component": [{"code": {"text": "Neutrophils"}} | quantity(0.3)],
        },
    ],
)
def test_what_is_counted_elsewhere_is_not_of_the_blood(more: dict[str, Any], reads: Reads) -> None:
    reading = reads([observation(quantity(0.3), **more)])
    assert reading.profile.observations == {}
    assert whys(reading) == {"neutrophil count: not of the blood"}


def test_a_specimen_of_blood_is_no_reason(reads: Reads) -> None:
    specimen = {"resourceType": "Specimen", "id": "s1", "type": {"text": "Venous blood"}}
    made = observation(quantity(0.3), specimen={"reference": "Specimen/s1"})
    reading = reads(bundle(made, specimen))
    assert reading.profile.observations == {"neutrophils": 0.3}
    assert whys(reading) == set()
    clearance = observation(
        quantity(50, "mL/min"), code={"text": "Creatinine clearance"}, specimen={"display": "Urine"}
    )
    assert reads([clearance]).profile.observations == {"creatinine_clearance": 50.0}


@pytest.mark.parametrize(
    "more",
    [
        {"dataAbsentReason": {"coding": [{"code": "error"}]}},
        {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]},
    ],
)
def test_a_part_that_has_no_value_or_another_meaning(more: dict[str, Any], reads: Reads) -> None:
    part = {"code": {"text": "Absolute neutrophil count"}} | quantity(2.5) | more
    reading = reads([observation({}, code={"text": "Blood count"}, component=[part])])
    assert reading.profile.observations == {}
    assert len(reading.skipped) == 1


def test_parts_of_a_panel(reads: Reads) -> None:
    part = {"code": {"text": "Absolute neutrophil count"}} | quantity(2.5)
    panel = observation({}, code={"text": "Blood count"}, component=[part])
    reading = reads([panel])
    assert reading.profile.observations == {"neutrophils": 2.5}
    assert reading.facts[-1].how == "text"


def test_others_are_not_asked_for(reads: Reads) -> None:
    reading = reads([observation(quantity(37), code={"text": "Body temperature"})])
    assert reading.unrecognised == {"Observation": 1}


def pregnancy(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return observation(value, code={"text": "Pregnancy status"}, **more)


def test_pregnancy(reads: Reads, engine: Engine) -> None:
    pregnant = pregnancy({"valueCodeableConcept": {"text": "Pregnant"}})
    reading = reads([patient(), pregnant])
    assert reading.profile.observations == {"pregnancy": True}
    assert "pregnancy" in {each.rule for each in engine.look_up(reading.profile).cautions}
    over = pregnancy({"valueBoolean": False}, number=2, effectiveDateTime="2026-11-22")
    later = reads([patient(), pregnant, over])
    assert later.profile.observations == {}
    assert whys(later) == {"pregnancy: not so when it was recorded; asked for anew"}
    male = reads([patient(sex="male"), pregnant])
    assert male.profile.observations == {}
    assert "does not go with sex male" in male.conflicts[0].statement


def test_pregnancy_as_a_condition(reads: Reads) -> None:
    code = {"coding": [{"system": "http://snomed.info/sct", "display": "Normal pregnancy"}]}
    made = condition(code, recordedDate="2026-10-01")
    assert reads([patient(), made]).profile.observations == {"pregnancy": True}
    for over in (
        condition(code, "resolved", recordedDate="2026-10-01"),
        condition(code),
        condition(code, recordedDate="2019-10-01"),
    ):
        assert reads([patient(), over]).profile.observations == {}


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://hl7.org/fhir/sid/icd-10-cm", "Z33.1"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "Z34.90"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "O09.512"),
        ("http://snomed.info/sct", "77386006"),
    ],
)
def test_pregnancy_as_a_code_of_a_condition(reads: Reads, system: str, code: str) -> None:
    made = condition({"coding": [{"system": system, "code": code}]}, recordedDate="2026-10-01")
    assert reads([patient(), made]).profile.observations == {"pregnancy": True}
    other = condition({"coding": [{"system": system, "code": "Z33.2"}]}, recordedDate="2026-10-01")
    assert reads([patient(), other]).profile.observations == {}


def test_a_value_that_is_not_of_the_patient(reads: Reads) -> None:
    reading = reads([observation(quantity(1.2), focus=[{"reference": "BodyStructure/fetus"}])])
    assert reading.profile.observations == {}
    assert whys(reading) == {"asked for, but about something else than the patient"}


def test_an_allergy_to_a_drug_under_consideration_is_said(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    reading = reads([allergy(drug)], draft_orders=[request(drug, "draft")])
    assert [each.statement for each in reading.conflicts] == [
        "Anakinra is under consideration and is listed as an allergy or intolerance."
    ]


def test_an_event_with_a_class_is_with_no_drug_that_is_known(
    reads: Reads, lexicon: Lexicon
) -> None:
    a_class = {"text": lexicon.name("tnf-inhibitor")}
    reading = reads([allergy(a_class, coded(lexicon, "urticaria"))])
    assert events(reading) == [("urticaria", None)]
    assert (
        "with a drug of the class TNF inhibitor" in reading.facts[-2].note + reading.facts[-1].note
    )
    stopped = request(a_class, "stopped", statusReason=coded(lexicon, "neutropenia"))
    assert events(reads([stopped])) == [("neutropenia", None)]


def test_what_the_vocabulary_says_of_records_can_be_read(engine: Engine, lexicon: Lexicon) -> None:
    systems = set(tables().systems.values())
    for name, kind in engine.knowledge.vocabulary.observations.items():
        records = kind.in_records
        if records is None:
            continue
        assert {each.system for each in records.codes} <= systems, name
        assert bool(records.units) == (kind.type == "number"), name
        assert not {fold(each) for each in records.yes} & {fold(each) for each in records.no}
        for state in records.states:
            found = lexicon.resolve(state, "diagnosis", "event")
            assert isinstance(found, Unresolved), f"{state} is a concept already"
