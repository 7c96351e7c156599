"""Drugs: how they are recognised, what a status means, why one was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import (
    ATC,
    REASONS,
    RXNORM,
    bundle,
    coded,
    concept,
    patient,
    request,
    resource,
    statement,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

PRODUCT = "99999999"
"""A product code, which the library does not know: it knows ingredients."""


def product(text: str) -> dict[str, Any]:
    return {"coding": [{"system": RXNORM, "code": PRODUCT, "display": text}]}


def drugs(reading: Reading) -> list[tuple[str, str]]:
    return [(each.drug, each.status) for each in reading.profile.therapies or ()]


def whys(reading: Reading) -> set[str]:
    return {each.why for each in reading.skipped}


# --- which drug ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "how"), [("RxNorm (IN)", "code"), ("ATC", "atc"), ("UNII", "code")]
)
def test_each_code_system(system: str, how: str, reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([request(coded(lexicon, "anakinra", system) | {"text": "x"})])
    assert drugs(reading) == [("anakinra", "current")]
    assert reading.facts[-1].how == how


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anakinra 100 MG in 0.67 ML Prefilled Syringe [Kineret]", ["anakinra"]),
        ("0.67 ML Kineret 149 MG/ML Prefilled Syringe", ["anakinra"]),
        ("hydroxychloroquine sulfate 200 MG Oral Tablet", ["hydroxychloroquine"]),
        ("Ibuprofen 200 MG / Naproxen 220 MG Oral Tablet", ["ibuprofen", "naproxen"]),
        ("Anakinra", ["anakinra"]),
    ],
)
def test_a_product_by_the_words_of_its_name(text: str, expected: list[str], reads: Reads) -> None:
    reading = reads([request(product(text))])
    assert [each for each, _status in drugs(reading)] == expected
    assert {each.how for each in reading.facts} == {"text"}
    assert all(text not in each.matched for each in reading.facts)


@pytest.mark.parametrize(
    "text",
    [
        "Panakinrafen 100 MG Oral Tablet",  # part of a word
        "Amlodipine 5 MG Oral Tablet",
        "CAPS of something",  # an abbreviation of a disease
        "MTX",  # an abbreviation that has been mistaken before
        "",
    ],
)
def test_what_is_not_the_name_of_a_drug(text: str, reads: Reads) -> None:
    reading = reads([request(product(text))])
    assert drugs(reading) == []
    assert reading.unrecognised == {"MedicationRequest": 1}


@pytest.mark.parametrize(
    "text",
    [
        "stop anakinra",
        "no anakinra",
        "anakinra instead of canakinumab",
        "placebo for anakinra",
        "anakinra canakinumab",
    ],
)
def test_text_that_says_more_or_less_than_a_product(text: str, reads: Reads) -> None:
    reading = reads([request(product(text))])
    assert drugs(reading) == []
    assert whys(reading) <= {"its text says more than a name", "its text names several"}
    assert whys(reading)


@pytest.mark.parametrize(
    "text",
    [
        "Tacrolimus 0.1 % Topical Ointment",
        "Diclofenac Sodium 1 % Topical Gel",
        "Cyclosporine 0.5 MG/ML Ophthalmic Suspension",
    ],
)
def test_a_form_for_one_part_of_the_body_is_another_treatment(text: str, reads: Reads) -> None:
    reading = reads([request(product(text))])
    assert drugs(reading) == []
    assert whys(reading) == {"a form for one part of the body, which is another treatment"}


def test_the_route_says_so_too(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "tacrolimus", "RxNorm (IN)")
    topical = request(drug, dosageInstruction=[{"route": {"text": "Topical route"}}])
    assert drugs(reads([topical])) == []
    oral = request(drug, dosageInstruction=[{"route": {"text": "Oral route"}}])
    assert drugs(reads([oral])) == [("tacrolimus", "current")]


def test_an_atc_code_of_another_form_forbids_the_name(reads: Reads, lexicon: Lexicon) -> None:
    cream = next(
        (each.id, code.code, each.name)
        for each in lexicon.concepts.values()
        for code in each.codes
        if each.kind == "drug" and code.system == "ATC" and code.scope == "nearest"
    )
    made = concept((ATC, cream[1]), text=cream[2])
    assert drugs(reads([request(made)])) == []
    assert drugs(reads([request({"text": cream[2]})])) == [(cream[0], "current")]


def test_codes_of_two_drugs_are_left_out(reads: Reads, lexicon: Lexicon) -> None:
    mixed = coded(lexicon, "anakinra", "RxNorm (IN)")
    mixed["coding"] += coded(lexicon, "canakinumab", "ATC")["coding"]
    reading = reads([request(mixed)])
    assert drugs(reading) == []
    assert whys(reading) == {"its codes or names do not agree on the drug"}


# --- where the medication stands -----------------------------------------------------------


def medication(lexicon: Lexicon, **more: Any) -> dict[str, Any]:
    ingredient = coded(lexicon, "canakinumab", "RxNorm (IN)")
    return {
        "resourceType": "Medication",
        "id": "m1",
        "code": product("a product"),
        "ingredient": [{"itemCodeableConcept": ingredient}],
    } | more


def ordered(reference: str, **more: Any) -> dict[str, Any]:
    made = request({}, medicationReference={"reference": reference}, **more)
    del made["medicationCodeableConcept"]
    return made


def test_contained_by_reference_and_missing(reads: Reads, lexicon: Lexicon) -> None:
    held = medication(lexicon)
    contained = reads([ordered("#m1", contained=[held])])
    referred = reads(bundle(held, ordered("Medication/m1")))
    absolute = reads(bundle(held, ordered("https://fhir.example.org/r4/Medication/m1")))
    for reading in (contained, referred, absolute):
        assert drugs(reading) == [("canakinumab", "current")]
        assert reading.facts[-1].how == "ingredient"
    missing = reads([ordered("Medication/elsewhere")])
    assert drugs(missing) == []
    assert whys(missing) == {"its medication is not in the data"}
    elsewhere = reads(bundle(held, ordered("https://other.example.org/Medication/m1")))
    assert whys(elsewhere) == {"its medication is not in the data"}


def test_by_the_address_that_the_bundle_gives(reads: Reads, lexicon: Lexicon) -> None:
    held = medication(lexicon)
    del held["id"]
    data = {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "urn:uuid:0b5e7c1e-1111-4444-8888-3c5d9a000001", "resource": held},
            {"resource": ordered("urn:uuid:0b5e7c1e-1111-4444-8888-3c5d9a000001")},
        ],
    }
    assert drugs(reads(data)) == [("canakinumab", "current")]


def test_a_display_is_better_than_nothing(reads: Reads) -> None:
    made = ordered("Medication/elsewhere")
    made["medicationReference"]["display"] = "Kineret 100 MG/0.67 ML"
    reading = reads([made])
    assert drugs(reading) == [("anakinra", "current")]
    assert reading.facts[-1].how == "text"


def test_ingredients_by_reference_and_the_inactive_ones(reads: Reads, lexicon: Lexicon) -> None:
    substance = {
        "resourceType": "Substance",
        "id": "s1",
        "code": coded(lexicon, "anakinra", "UNII"),
    }
    held = medication(
        lexicon,
        ingredient=[
            {"itemReference": {"reference": "Substance/s1"}},
            {"itemCodeableConcept": coded(lexicon, "canakinumab"), "isActive": False},
        ],
    )
    reading = reads(bundle(substance, held, ordered("Medication/m1")))
    assert drugs(reading) == [("anakinra", "current")]


def test_a_medication_that_refers_to_itself(reads: Reads, lexicon: Lexicon) -> None:
    held = medication(lexicon, ingredient=[{"itemReference": {"reference": "Medication/m1"}}])
    assert drugs(reads(bundle(held, ordered("Medication/m1")))) == []


def test_an_order_without_a_medication(reads: Reads) -> None:
    made = request({})
    del made["medicationCodeableConcept"]
    reading = reads([made])
    assert whys(reading) == {"no medication"}


# --- what a status means -----------------------------------------------------------------------

ORDER = "MedicationRequest"
STATEMENT = "MedicationStatement"


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (ORDER, "active", "current"),
        (ORDER, "on-hold", "current"),
        (ORDER, "completed", "past"),
        (ORDER, "stopped", "past"),
        (ORDER, "cancelled", None),
        (ORDER, "entered-in-error", None),
        (ORDER, "draft", None),
        (ORDER, "unknown", None),
        (ORDER, "nonsense", None),
        (STATEMENT, "active", "current"),
        (STATEMENT, "on-hold", "current"),
        (STATEMENT, "completed", "past"),
        (STATEMENT, "stopped", "past"),
        (STATEMENT, "intended", None),
        (STATEMENT, "not-taken", None),
        (STATEMENT, "entered-in-error", None),
        (STATEMENT, "unknown", None),
        ("MedicationAdministration", "completed", "past"),
        ("MedicationAdministration", "in-progress", "current"),
        ("MedicationAdministration", "stopped", "past"),
        ("MedicationAdministration", "not-done", None),
        ("MedicationAdministration", "entered-in-error", None),
        ("MedicationDispense", "completed", "past"),
        ("MedicationDispense", "declined", None),
        ("MedicationDispense", "entered-in-error", None),
        ("MedicationDispense", None, None),
    ],
)
def test_status(
    kind: str, status: str | None, expected: str | None, reads: Reads, lexicon: Lexicon
) -> None:
    made = resource(kind, status=status, medicationCodeableConcept=coded(lexicon, "anakinra"))
    reading = reads([made])
    assert drugs(reading) == ([("anakinra", expected)] if expected else [])
    assert bool(reading.skipped) == (expected is None)
    assert all(each.response == "unknown" for each in reading.profile.therapies or ())
    assert reading.profile.therapies_complete is False


@pytest.mark.parametrize(
    "more", [{"doNotPerform": True}, {"intent": "proposal"}, {"intent": "plan"}]
)
def test_orders_that_give_nothing(more: dict[str, Any], reads: Reads, lexicon: Lexicon) -> None:
    assert drugs(reads([request(coded(lexicon, "anakinra"), **more)])) == []


def test_a_supply_that_lasts_until_today(reads: Reads, lexicon: Lexicon) -> None:
    made = resource(
        "MedicationDispense",
        status="completed",
        medicationCodeableConcept=coded(lexicon, "colchicine"),
        whenHandedOver="2026-11-01T10:00:00Z",
        daysSupply={"value": 30, "unit": "days"},
    )
    assert drugs(reads([made])) == [("colchicine", "current")]
    assert drugs(reads([made | {"whenHandedOver": "2026-01-01"}])) == [("colchicine", "past")]


def test_thirty_dispenses_are_one_therapy(reads: Reads, lexicon: Lexicon) -> None:
    made = [
        resource(
            "MedicationDispense",
            number,
            status="completed",
            medicationCodeableConcept=coded(lexicon, "colchicine"),
        )
        for number in range(30)
    ]
    reading = reads(bundle(*made))
    assert drugs(reading) == [("colchicine", "past")]
    assert (reading.facts[-1].count, len(reading.facts[-1].resources)) == (30, 10)


def test_active_and_stopped_at_once(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    reading = reads([request(drug), request(drug, "stopped", number=2)])
    assert drugs(reading) == [("anakinra", "current"), ("anakinra", "past")]
    assert [each.statement for each in reading.conflicts] == [
        "Anakinra is given as active and as stopped at once."
    ]
    assert reading.conflicts[0].resources == (
        "MedicationRequest/medi-1",
        "MedicationRequest/medi-2",
    )


def test_a_newer_order_is_a_change_and_no_conflict(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    old = request(drug, "stopped", number=2, authoredOn="2025-02-01")
    reading = reads([request(drug, authoredOn="2026-02-01"), old])
    assert drugs(reading) == [("anakinra", "current")]
    assert reading.conflicts == ()
    turned = reads([request(drug, authoredOn="2024-02-01"), old])
    assert len(turned.conflicts) == 1


def test_current_and_not_taken_is_a_conflict(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    reading = reads([request(drug), statement(drug, "not-taken")])
    assert drugs(reading) == [("anakinra", "current")]
    assert "as current and as not taken" in reading.conflicts[0].statement


# --- why it was stopped ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "means", "matched"),
    [
        (concept((REASONS, "sintol")), "intolerance", f"{REASONS}|sintol"),
        (concept((REASONS, "salg")), "intolerance", f"{REASONS}|salg"),
        (concept((REASONS, "surg")), "other", f"{REASONS}|surg"),
        ({"text": "Drug was INEFFECTIVE"}, "no-response", "ineffective"),
        ({"text": "lack of efficacy"}, "no-response", "lack of efficacy"),
        ({"text": "Adverse reaction to drug"}, "intolerance", "adverse reaction"),
        ({"text": "patient choice"}, "other", "patient choice"),
        ({"text": "no adverse reaction"}, "unknown", None),
        ({"text": "ineffective, and adverse reaction"}, "unknown", None),
        ({"text": "see the letter"}, "unknown", None),
        (concept((REASONS, "clarif")), "unknown", None),
        (concept(("urn:local", "sintol")), "unknown", None),
        (None, "unknown", None),
    ],
)
def test_the_reason_for_a_stop(
    reason: dict[str, Any] | None,
    means: str,
    matched: str | None,
    reads: Reads,
    lexicon: Lexicon,
) -> None:
    made = request(coded(lexicon, "anakinra"), "stopped", statusReason=reason)
    reading = reads([made])
    assert reading.profile.therapies is not None
    therapy = reading.profile.therapies[0]
    assert therapy.stopped_because == means
    assert therapy.response == "unknown"
    shown = [each.matched for each in reading.facts if each.field == "therapies[0].stopped_because"]
    assert shown == ([matched] if matched else [])


def test_reasons_on_what_goes_on_are_no_stop(reads: Reads, lexicon: Lexicon) -> None:
    paused = request(coded(lexicon, "anakinra"), "on-hold", statusReason={"text": "ineffective"})
    therapies = reads([paused]).profile.therapies
    assert therapies is not None
    assert therapies[0].stopped_because == "unknown"


def test_an_event_as_the_reason_is_an_event_with_the_drug(reads: Reads, lexicon: Lexicon) -> None:
    made = statement(
        coded(lexicon, "anakinra"), "stopped", statusReason=[coded(lexicon, "neutropenia")]
    )
    reading = reads([made])
    assert reading.profile.therapies is not None
    assert reading.profile.therapies[0].stopped_because == "intolerance"
    assert reading.profile.adverse_events is not None
    event = reading.profile.adverse_events[0]
    assert (event.event, event.with_drug) == ("neutropenia", "anakinra")


def test_a_stop_with_a_reason_is_kept_beside_a_new_order(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    old = request(
        drug, "stopped", number=2, authoredOn="2020", statusReason={"text": "ineffective"}
    )
    reading = reads([request(drug, authoredOn="2026-01"), old])
    assert drugs(reading) == [("anakinra", "current"), ("anakinra", "past")]
    assert reading.profile.therapies is not None
    assert reading.profile.therapies[1].stopped_because == "no-response"


# --- months ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "period", "months"),
    [
        ("stopped", {"start": "2025-01-01", "end": "2025-07-02"}, 6.0),
        ("active", {"start": "2026-08-23"}, 3.0),
        ("stopped", {"start": "2025-01-01"}, None),
        ("stopped", {"start": "2025", "end": "2026"}, None),
        ("stopped", {"start": "2026-01-01", "end": "2025-01-01"}, None),
        ("active", {"start": "2027-01-01"}, None),
    ],
)
def test_months_only_from_exact_days(
    status: str, period: dict[str, str], months: float | None, reads: Reads, lexicon: Lexicon
) -> None:
    made = statement(coded(lexicon, "anakinra"), status, effectivePeriod=period)
    therapies = reads([made]).profile.therapies
    assert therapies is not None
    assert therapies[0].months == months


# --- draft orders ------------------------------------------------------------------------------


def test_draft_orders_are_under_consideration(reads: Reads, lexicon: Lexicon) -> None:
    draft = request(coded(lexicon, "canakinumab"), "draft", number="d")
    untyped = {each: draft[each] for each in draft if each != "resourceType"}
    for orders in ([draft], bundle(draft), {"entry": [{"resource": draft}]}, [untyped], untyped):
        reading = reads([patient()], draft_orders=orders)
        assert reading.profile.considering == ("canakinumab",)
        assert reading.profile.therapies is None
        assert reading.facts[-1].field == "considering[0]"


def test_draft_orders_that_consider_nothing(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "canakinumab")
    empty = {"resourceType": "MedicationRequest", "status": "draft"}
    stopping = request(drug, "stopped")
    other = request(drug, "draft", subject={"reference": "Patient/other"})
    service = resource("ServiceRequest", status="draft")
    reading = reads([patient()], draft_orders=[empty, stopping, other, service, None, "x"])
    assert reading.profile.considering == ()
    assert {"no medication", "of another patient"} <= whys(reading)


def test_every_resource_of_a_drug_stands_in_its_facts(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "anakinra")
    done = [request(drug, "completed", number=each) for each in range(3)]
    failed = request(drug, "stopped", number="s", statusReason={"text": "ineffective"})
    reading = reads([request(drug, number="a"), *done])
    assert drugs(reading) == [("anakinra", "current")]
    assert reading.facts[-1].resource == "MedicationRequest/medi-a"
    assert reading.facts[-1].count == 4
    over = reads([failed, *done])
    assert drugs(over) == [("anakinra", "past")]
    assert over.facts[0].resource == "MedicationRequest/medi-s"
    assert over.facts[0].count == 4
