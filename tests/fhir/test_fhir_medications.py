"""Drugs: which one a resource is about, by code, by reference and by the words of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import (
    ATC,
    RXNORM,
    bundle,
    coded,
    concept,
    drugs,
    patient,
    product,
    request,
    resource,
    statement,
    whys,
)

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


# --- what its own text says --------------------------------------------------------------------

NOT_TAKEN = [
    "anakinra contraindicated",
    "No anakinra: contraindicated",
    "anakinra not given",
    "anakinra refused",
    "declined anakinra",
    "hold anakinra",
    "anakinra withheld",
    "don't give anakinra",
    "anakinra cessation",
    "?anakinra",
    "anakinra?",
    "considering anakinra",
    "planned anakinra",
    "discuss anakinra",
    "anakinra-free",
    "anti-anakinra",
    "anakinra antibody test",
    "anakinra level",
    "anakinra education",
    "anakinra (refused)",
    "anakinra (REFUSED) 100 mg",
    "anakinra 100 MG Injection [refused]",
    "refused 100 mg / anakinra 100 mg",
    "d/c anakinra",
]
PRODUCTS = [
    ("anakinra 100 MG in 0.67 ML Prefilled Syringe [Kineret]", "anakinra"),
    ("Anakinra 100 mg/0.67 mL SC daily", "anakinra"),
    ("ANAKINRA INJ", "anakinra"),
    ("Kineret 100mg/0.67ml solution for injection pre-filled syringes (Sobi Ltd)", "anakinra"),
    ("Kineret 100 mg/0,67 ml Injektionslösung in einer Fertigspritze", "anakinra"),
    ("Anakinra 100 mg s.c. every 12 hours", "anakinra"),
    ("anakinra (KINERET) 100 mg/0.67 mL injection, preservative-free", "anakinra"),
    ("anakinra 100 mg daily for Still's disease", "anakinra"),
    ("Product containing anakinra (medicinal product)", "anakinra"),
    ("adalimumab 40 MG/0.8 ML Auto-Injector [Amjevita]", "adalimumab"),
    ("ADALIMUMAB 40 MG UNDER THE SKIN Q2W", "adalimumab"),
    ("Methotrexate (MTX) 15 mg PO weekly", "methotrexate"),
    ("methotrexate (RHEUMATREX) 2.5 mg tablet", "methotrexate"),
    ("Diclofenac 75 MG / Misoprostol 0.2 MG Oral Tablet [Arthrotec 75/200]", "diclofenac"),
    ("TOFACITINIB ER 11 MG TABLET,EXTENDED RELEASE 24 HR", "tofacitinib"),
]


@pytest.mark.parametrize("text", NOT_TAKEN)
@pytest.mark.parametrize("code", [None, "72435"])
def test_text_that_says_that_it_is_not_taken(text: str, code: str | None, reads: Reads) -> None:
    made = concept((RXNORM, code), text=text) if code else {"text": text}
    reading = reads([request(made)], draft_orders=[request(made, "draft", number="d")])
    assert drugs(reading) == []
    assert reading.profile.considering == ()
    assert whys(reading) == {"its text says more than a name"}


@pytest.mark.parametrize("text", ["anakinra awaiting funding", "kinder anakinra", "pre anakinra"])
def test_text_alone_with_any_other_word_says_more(text: str, reads: Reads) -> None:
    reading = reads([request({"text": text})])
    assert drugs(reading) == []
    assert whys(reading) == {"its text says more than a name"}


@pytest.mark.parametrize(("text", "drug"), PRODUCTS)
def test_text_of_a_product(text: str, drug: str, reads: Reads, lexicon: Lexicon) -> None:
    assert drugs(reads([request({"text": text})])) == [(drug, "current")]
    made = coded(lexicon, drug, "RxNorm (IN)", "UNII") | {"text": text}
    assert drugs(reads([request(made)])) == [(drug, "current")]


@pytest.mark.parametrize(
    "text", ["x", "Kineret", "IL-1 inhibitor", "Inj.-Lsg. i.e. Fertigspr.", "Anakinra Fertigspr."]
)
def test_text_beside_a_code_that_takes_nothing_away(text: str, reads: Reads) -> None:
    assert drugs(reads([request(concept((RXNORM, "72435"), text=text))])) == [
        ("anakinra", "current")
    ]


def displayed(text: str) -> dict[str, Any]:
    return {"coding": [{"system": RXNORM, "code": "72435", "display": text}]}


@pytest.mark.parametrize(
    "made",
    [
        concept((RXNORM, "72435"), text="canakinumab 150 mg"),
        concept((RXNORM, "72435"), text="adalimumab 40 mg"),
        concept((RXNORM, "72435"), text="anakinra / canakinumab"),
        displayed("canakinumab"),
        displayed("anakinra") | {"text": "Ilaris"},
    ],
)
def test_a_code_and_a_text_of_two_drugs(made: dict[str, Any], reads: Reads) -> None:
    for kind in (request, statement):
        reading = reads([kind(made)])
        assert drugs(reading) == []
        assert whys(reading) == {"its codes or names do not agree on the drug"}
        assert len(reading.conflicts) == 1
        assert "gives its drug as" in reading.conflicts[0].statement
    assert reads([], draft_orders=[request(made, "draft")]).profile.considering == ()


def test_a_medication_and_what_is_said_of_it(reads: Reads, lexicon: Lexicon) -> None:
    anakinra = coded(lexicon, "anakinra", "RxNorm (IN)") | {"text": "canakinumab 150 mg"}
    differs = medication(lexicon, code=anakinra, ingredient=[])
    called = medication(lexicon, code={"text": "anakinra 100 mg"})
    held = medication(lexicon)
    other = ordered("Medication/m1")
    other["medicationReference"]["display"] = "anakinra"
    beside = ordered("Medication/m1") | {
        "medicationCodeableConcept": coded(lexicon, "anakinra", "ATC")
    }
    charts = (
        [differs, ordered("Medication/m1")],
        [called, ordered("Medication/m1")],
        [held, other],
        [held, beside],
    )
    for chart in charts:
        reading = reads(bundle(*chart))
        assert drugs(reading) == []
        assert whys(reading) == {"its codes or names do not agree on the drug"}
        assert [each.statement for each in reading.conflicts] == [
            "One resource gives its drug as anakinra and as canakinumab; none was taken from it."
        ]


def test_a_medication_that_is_called_the_same(reads: Reads, lexicon: Lexicon) -> None:
    held = medication(lexicon, code={"text": "Ilaris 150 mg"})
    made = ordered("Medication/m1")
    made["medicationReference"]["display"] = "canakinumab 150 mg, subcutaneous"
    assert drugs(reads(bundle(held, made))) == [("canakinumab", "current")]
    doubted = ordered("Medication/m1")
    doubted["medicationReference"]["display"] = "canakinumab refused"
    assert whys(reads(bundle(held, doubted))) == {"its text says more than a name"}


# --- R5 ----------------------------------------------------------------------------------------


def test_shapes_of_r5(reads: Reads, lexicon: Lexicon) -> None:
    drug = coded(lexicon, "canakinumab")
    named = resource("MedicationRequest", status="active", medication={"concept": drug})
    held = medication(lexicon, ingredient=[{"item": {"concept": drug}}])
    substance = {"resourceType": "Substance", "id": "s1", "code": drug}
    deeper = medication(
        lexicon, ingredient=[{"item": {"reference": {"reference": "Substance/s1"}}}]
    )
    referred = named | {"medication": {"reference": {"reference": "Medication/m1"}}}
    me = patient()
    for chart in ([me, named], [me, held, referred], [me, deeper, substance, referred]):
        assert drugs(reads(bundle(*chart))) == [("canakinumab", "current")]
        draft = reads(bundle(*chart[:-1]), draft_orders=[chart[-1] | {"status": "draft"}])
        assert draft.profile.considering == ("canakinumab",)


def test_an_empty_concept_beside_a_reference(reads: Reads, lexicon: Lexicon) -> None:
    made = ordered("Medication/m1") | {"medicationCodeableConcept": {}}
    assert drugs(reads(bundle(medication(lexicon), made))) == [("canakinumab", "current")]
    missing = ordered("Medication/x") | {"medicationCodeableConcept": coded(lexicon, "anakinra")}
    assert drugs(reads([missing])) == [("anakinra", "current")]
