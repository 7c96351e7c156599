"""A status counts by all that it says, and what is refuted or unknown in it never counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import ICD, STATUSES, coded, concept, condition, patient, request, resource, whys

from seriatim.fhir.values import UNKNOWN, Statuses, code_of, said_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

BEHCET = "behcet-disease"
VERIFIED, CLINICAL = f"{STATUSES}-ver-status", f"{STATUSES}-clinical"
NOT_FHIR = "its status is none of FHIR's"
LOCAL = {"system": "urn:local", "code": "R2", "display": "Local"}


def coding(code: str, system: str = VERIFIED) -> dict[str, Any]:
    return {"system": system, "code": code}


def read_one(reads: Reads, lexicon: Lexicon, **statuses: Any) -> Reading:
    made = condition(coded(lexicon, BEHCET), **{"verified": None, **statuses})
    return reads([patient(), made])


def fields(reading: Reading) -> list[str]:
    return [each.field for each in reading.facts if each.field not in ("age", "sex")]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"coding": [LOCAL | {"display": "Refuted"}, coding("refuted")]}, "refuted"),
        ({"coding": [LOCAL, coding("entered-in-error")]}, "entered in error"),
        ({"text": "Refuted"}, "refuted"),
        ({"text": "Entered in Error"}, "entered in error"),
        ({"coding": [{"system": VERIFIED, "display": "Refuted"}], "text": "Refuted"}, "refuted"),
        ([{"coding": [coding("refuted")]}], "refuted"),
        (["refuted"], "refuted"),
        ({"coding": [coding("confirmed"), coding("refuted")]}, "refuted"),
        ({"coding": [coding("confirmed")], "text": "Refuted"}, "refuted"),
        ([{"coding": [coding("confirmed")]}, {"coding": [coding("refuted")]}], "refuted"),
        (coding("refuted"), "refuted"),
        ({"coding": [coding("ruled-out")]}, "refuted"),
        ({"coding": [coding("unknown")]}, NOT_FHIR),
        ({"text": "Reviewed by the team"}, NOT_FHIR),
        ({"coding": [{"system": VERIFIED}]}, NOT_FHIR),
        ({"coding": "confirmed"}, NOT_FHIR),
        ("x" * 400, NOT_FHIR),
        (7, NOT_FHIR),
    ],
)
def test_what_is_not_confirmed_in_any_way_is_left_out(
    said: Any, why: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = read_one(reads, lexicon, verificationStatus=said)
    assert reading.profile.diagnoses == ()
    assert fields(reading) == []
    assert whys(reading) == {why}


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ({"coding": [LOCAL, coding("provisional")]}, "provisional"),
        ({"coding": [coding("confirmed"), coding("differential")]}, "differential"),
        ({"coding": [coding("confirmed")], "text": "Unconfirmed"}, "unconfirmed"),
        ({"text": "Not confirmed"}, "unconfirmed"),
        ({"text": "Suspected"}, "unconfirmed"),
    ],
)
def test_what_is_suspected_in_any_way_is_shown_only(
    said: Any, note: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = read_one(reads, lexicon, verificationStatus=said)
    assert reading.profile.diagnoses == ()
    assert [(each.field, each.note) for each in reading.facts[2:]] == [("unconfirmed", note)]


@pytest.mark.parametrize(
    "said",
    [
        {"coding": [LOCAL, coding("confirmed")]},
        {"coding": [coding("confirmed") | {"display": "Confirmed"}], "text": "Confirmed by biopsy"},
        {"text": "Confirmed"},
        [{"coding": [coding("confirmed")]}],
        {},
        {"extension": [{"url": "urn:x", "valueCode": "unknown"}]},
        [],
        " ",
        None,
    ],
)
def test_what_is_confirmed_or_says_nothing_counts(
    said: Any, reads: Reads, lexicon: Lexicon
) -> None:
    reading = read_one(reads, lexicon, verificationStatus=said)
    assert [each.status for each in reading.profile.diagnoses] == ["active"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"coding": [LOCAL, coding("resolved", CLINICAL)]}, "history"),
        ({"text": "Resolved"}, "history"),
        ({"text": "In remission"}, "history"),
        ({"coding": [{"system": "urn:local", "display": "Inactive"}]}, "history"),
        ([{"coding": [coding("inactive", CLINICAL), coding("remission", CLINICAL)]}], "history"),
        ({"coding": [LOCAL, coding("active", CLINICAL)], "text": "Active problem"}, "active"),
        ({"text": "Active"}, "active"),
        ({"text": "smouldering"}, None),
        ({"coding": [LOCAL]}, None),
    ],
)
def test_all_that_a_clinical_status_says(
    said: Any, status: str | None, reads: Reads, lexicon: Lexicon
) -> None:
    reading = read_one(reads, lexicon, clinicalStatus=said)
    assert [each.status for each in reading.profile.diagnoses] == ([status] if status else [])
    assert whys(reading) == (set() if status else {NOT_FHIR})
    assert not any(each.note == "no clinical status" for each in reading.facts)


@pytest.mark.parametrize(
    "said",
    [{"coding": [LOCAL, coding("refuted")]}, {"text": "Provisional"}, {"text": "Verified by us"}],
)
def test_a_pregnancy_that_is_not_confirmed_is_none(said: Any, reads: Reads) -> None:
    made = condition(concept((ICD, "Z33.1")), recordedDate="2026-10-01", verificationStatus=said)
    reading = reads([patient(), made])
    assert reading.profile.observations == {}
    assert whys(reading) == {"a state that is over, unsure, undated or not recent"}


def allergy(lexicon: Lexicon, **more: Any) -> dict[str, Any]:
    return resource("AllergyIntolerance", code=coded(lexicon, "canakinumab")) | more


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"text": "Refuted"}, "refuted"),
        ({"coding": [LOCAL, coding("entered-in-error")]}, "entered in error"),
        ({"coding": [coding("confirmed"), coding("refuted")]}, "refuted"),
        ({"text": "Who knows"}, NOT_FHIR),
    ],
)
def test_an_allergy_that_is_refuted_in_any_way(
    said: Any, why: str, reads: Reads, lexicon: Lexicon
) -> None:
    drug = coded(lexicon, "canakinumab")
    made = [patient(), allergy(lexicon, verificationStatus=said)]
    reading = reads(made, draft_orders=[request(drug, "draft")])
    assert reading.conflicts == ()
    assert fields(reading) == ["considering[0]"]
    assert whys(reading) == {why}


@pytest.mark.parametrize(
    "over",
    [{"text": "Resolved"}, {"coding": [LOCAL, coding("inactive", CLINICAL)]}, {"text": "Unsure"}],
)
def test_an_allergy_that_is_over_is_no_hypersensitivity(
    over: Any, reads: Reads, lexicon: Lexicon
) -> None:
    confirmed = concept((VERIFIED, "confirmed"))
    made = allergy(lexicon, verificationStatus=confirmed, clinicalStatus=over)
    reading = reads([patient(), made])
    assert reading.profile.observations == {}
    assert whys(reading) == {"a hypersensitivity that is over, or an intolerance only"}


def event(lexicon: Lexicon, assessment: Any = None, **more: Any) -> dict[str, Any]:
    suspect = {
        "instance": {"display": "anakinra"},
        "causality": [{"assessment": assessment}] if assessment else [],
    }
    made = resource("AdverseEvent", actuality="actual", event=coded(lexicon, "neutropenia"))
    return made | {"suspectEntity": [suspect]} | more


@pytest.mark.parametrize("status", ["entered-in-error", "Entered in Error", ["entered-in-error"]])
def test_an_event_that_was_entered_in_error(status: Any, reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([event(lexicon, status=status)])
    assert reading.profile.adverse_events is None
    assert whys(reading) == {"entered in error"}


@pytest.mark.parametrize(
    "said",
    [
        {"text": "Unlikely"},
        {"coding": [{"code": "not-related"}]},
        {"coding": [LOCAL, {"display": "Not related"}]},
        {"coding": [{"code": "unrelated"}]},
    ],
)
def test_a_drug_that_is_acquitted_in_any_way(said: Any, reads: Reads, lexicon: Lexicon) -> None:
    (found,) = reads([event(lexicon, said)]).profile.adverse_events or ()
    assert found.with_drug is None
    (kept,) = reads([event(lexicon, {"text": "Probable"})]).profile.adverse_events or ()
    assert kept.with_drug == "anakinra"


def test_an_event_that_may_have_happened_by_its_second_code(reads: Reads, lexicon: Lexicon) -> None:
    actuality = {"coding": [LOCAL, {"code": "potential"}]}
    reading = reads([event(lexicon, actuality=actuality)])
    assert whys(reading) == {"a potential event, which did not happen"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (" Active ", "active"),
        ("On Hold", "on-hold"),
        (concept(("urn:x", "stopped")), "stopped"),
        ({"coding": [{"code": "active"}, {"code": "entered-in-error"}]}, "entered-in-error"),
        (["completed"], "completed"),
        ({"text": "Completed"}, "completed"),
        ({"coding": [{"display": "Stopped"}]}, "stopped"),
        (None, ""),
        ("", ""),
        ({}, ""),
        ([], ""),
        (7, UNKNOWN),
        ([[]], UNKNOWN),
        ("x" * 400, UNKNOWN),
        ({"coding": [{"system": "urn:x"}]}, UNKNOWN),
    ],
)
def test_the_code_of_a_status(value: Any, code: str) -> None:
    assert code_of(value) == code


def test_the_gravest_meaning_comes_first() -> None:
    statuses = Statuses({"bad": "b", "good": "g"})
    assert statuses.of([{"text": "good"}, {"text": "bad"}]) == "b"
    both = {"coding": [{"display": "Good", "code": "1"}], "text": "x"}
    assert said_of(both) == ["1", "x", "good"]


def test_statuses_that_are_kept_are_told_apart() -> None:
    statuses = Statuses({"bad": "b", "good": "g"})
    for _twice in range(2):
        assert statuses.of({}) == ""
        assert statuses.of({"coding": []}) == ""
        assert statuses.of({"code": "bad"}) == "b"
        assert statuses.of({"coding": [{}]}) == UNKNOWN
        assert statuses.of({"coding": [{"code": ["bad"]}], "text": "good"}) == "g"
        assert statuses.of({"text": "good" + " " * 400}) == UNKNOWN
        assert statuses.of({"text": "Good"}) == "g"


@pytest.mark.parametrize("status", ["entered-in-error", "draft", "cancelled", "unknown", "x", ""])
def test_what_names_nothing_known_is_counted_so_whatever_its_status(
    status: str, reads: Reads
) -> None:
    other = concept(text="Amlodipine 5 MG Oral Tablet")
    kinds = [f"Medication{kind}" for kind in ("Administration", "Dispense", "Request", "Statement")]
    drugs = [resource(kind, status=status, medicationCodeableConcept=other) for kind in kinds]
    toenail = condition(concept(text="Ingrowing toenail"), verified=status)
    reading = reads([patient(), toenail, *drugs])
    assert reading.unrecognised == dict.fromkeys(("Condition", *kinds), 1)
    assert whys(reading) == set()
    assert reading.conflicts == ()
