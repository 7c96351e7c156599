"""Drugs: which one a resource is about, by code, by reference and by the words of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import ATC, bundle, coded, concept, drugs, product, request, whys

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

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
