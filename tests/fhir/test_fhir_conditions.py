"""Which Conditions are diagnoses, and which are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import ICD, SNOMED, URIS, bundle, coded, concept, condition, patient

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon

    Reads = Callable[..., Reading]

BEHCET = "behcet-disease"


def said(reading: Reading) -> list[tuple[str, str]]:
    facts = {each.field: each.term for each in reading.facts}
    return [
        (facts[f"diagnoses[{index}]"], each.status)
        for index, each in enumerate(reading.profile.diagnoses)
    ]


def whys(reading: Reading) -> set[str]:
    return {each.why for each in reading.skipped}


@pytest.mark.parametrize(
    ("clinical", "status"),
    [
        ("active", "active"),
        ("recurrence", "active"),
        ("relapse", "active"),
        (None, "active"),
        ("inactive", "history"),
        ("remission", "history"),
        ("resolved", "history"),
    ],
)
def test_clinical_status(clinical: str | None, status: str, reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([patient(), condition(coded(lexicon, BEHCET), clinical)])
    assert said(reading) == [(BEHCET, status)]
    assert reading.facts[-1].resource == "Condition/cond-1"


@pytest.mark.parametrize("system", ["SNOMED CT", "ICD-10-CM", "MONDO", "ORPHA"])
def test_each_code_system(system: str, reads: Reads, lexicon: Lexicon) -> None:
    code = coded(lexicon, BEHCET, system) | {"text": "no name of anything"}
    assert len(code["coding"]) == 1
    reading = reads([condition(code)])
    assert said(reading) == [(BEHCET, "active")]
    fact = reading.facts[-1]
    assert (fact.how, fact.matched) == (
        "code",
        f"{code['coding'][0]['system']}|{code['coding'][0]['code']}",
    )


@pytest.mark.parametrize("verified", ["refuted", "entered-in-error"])
def test_what_is_not_so_never_counts(verified: str, reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([condition(coded(lexicon, BEHCET), verified=verified)])
    assert said(reading) == []
    assert reading.facts == ()
    assert whys(reading) == {verified.replace("-", " ")}


@pytest.mark.parametrize("verified", ["provisional", "differential", "unconfirmed"])
def test_what_is_suspected_is_shown_but_not_asserted(
    verified: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = reads([condition(coded(lexicon, BEHCET), verified=verified)])
    assert said(reading) == []
    assert [(each.field, each.term, each.note) for each in reading.facts] == [
        ("unconfirmed", BEHCET, verified)
    ]


def test_a_status_that_fhir_does_not_have_is_left_alone(reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([condition(coded(lexicon, BEHCET), "smouldering")])
    assert said(reading) == []
    assert whys(reading) == {"its status is none of FHIR's"}


def test_a_condition_that_ended_is_history(reads: Reads, lexicon: Lexicon) -> None:
    made = condition(coded(lexicon, BEHCET), None, abatementDateTime="2020")
    assert said(reads([made])) == [(BEHCET, "history")]
    never = condition(coded(lexicon, BEHCET), None, abatementBoolean=False)
    assert said(reads([never])) == [(BEHCET, "active")]


def test_a_code_of_several_diseases_stays_open(reads: Reads, engine: Any) -> None:
    reading = reads([condition(concept((ICD, "M04.1")))])
    assert [each.term for each in reading.profile.diagnoses] == ["ICD-10-CM:M04.1"]
    understood = engine.look_up(reading.profile).profile.diagnoses[0]
    assert understood.concept is None
    assert "traps" in understood.could_be


def test_a_name_beside_it_settles_which_of_them(reads: Reads) -> None:
    text = "Tumor necrosis factor receptor associated periodic syndrome"
    reading = reads([condition(concept((ICD, "M04.1"), text=text))])
    assert said(reading) == [("traps", "active")]
    assert reading.facts[-1].how == "text"


def test_a_name_that_its_code_does_not_hold_contradicts_it(reads: Reads) -> None:
    reading = reads([condition(concept((ICD, "M04.1"), text="psoriasis"))])
    assert reading.profile.diagnoses == ()
    assert "and called psoriasis; none was taken" in reading.conflicts[0].statement


def test_a_settled_diagnosis_explains_the_wider_code(reads: Reads, lexicon: Lexicon) -> None:
    reading = reads(
        [
            condition(coded(lexicon, "traps", "MONDO")),
            condition(concept((ICD, "M04.1")), number=2),
        ]
    )
    assert said(reading) == [("traps", "active")]
    assert reading.facts[-1].count == 2


def test_codes_of_two_diseases_are_a_conflict(reads: Reads, lexicon: Lexicon) -> None:
    mixed = coded(lexicon, BEHCET, "SNOMED CT")
    mixed["coding"] += coded(lexicon, "psoriasis", "SNOMED CT")["coding"]
    reading = reads([condition(mixed)])
    assert said(reading) == []
    assert "Behçet's disease and psoriasis" in reading.conflicts[0].statement
    assert reading.conflicts[0].resources == ("Condition/cond-1",)


@pytest.mark.parametrize(
    "text",
    [
        "Family history of Behçet's disease",
        "Rule out Behçet's disease",
        "No evidence of psoriasis",
        "History of psoriasis (situation)",
        "Psoriasis of the scalp, mild",
    ],
)
def test_a_diagnosis_among_other_words_is_not_taken(text: str, reads: Reads) -> None:
    reading = reads([condition({"text": text})])
    assert said(reading) == []
    assert whys(reading) == {"its text mentions a diagnosis of the library among other words"}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("BEHCETS DISEASE", BEHCET),
        ("Psoriasis (disorder)", "psoriasis"),
        ("AOSD", "adult-onset-still-disease"),
    ],
)
def test_a_whole_name_is_taken(text: str, term: str, reads: Reads) -> None:
    reading = reads([condition({"coding": [{"system": "urn:local", "display": text}]})])
    assert said(reading) == [(term, "active")]
    assert reading.facts[-1].how == "text"


def test_confirmed_and_refuted_is_a_conflict(reads: Reads, lexicon: Lexicon) -> None:
    code = coded(lexicon, BEHCET)
    undated = [condition(code), condition(code, number=2, verified="refuted")]
    reading = reads(undated)
    assert said(reading) == [(BEHCET, "active")]
    assert [each.statement for each in reading.conflicts] == [
        "Behçet's disease is both asserted and refuted."
    ]
    undated[0]["recordedDate"], undated[1]["recordedDate"] = "2019-01-01", "2021-05"
    later = reads(undated)
    assert said(later) == []
    assert later.conflicts == reading.conflicts


def test_the_same_diagnosis_many_times_is_one(reads: Reads, lexicon: Lexicon) -> None:
    made = [condition(coded(lexicon, BEHCET), number=each) for each in range(30)]
    made.append(condition(coded(lexicon, BEHCET), "resolved", number=99))
    reading = reads(bundle(patient(), *made))
    assert said(reading) == [(BEHCET, "active")]
    fact = reading.facts[-1]
    assert fact.count == 31
    assert len(fact.resources) == 10


def test_statuses_as_plain_strings_of_older_servers(reads: Reads, lexicon: Lexicon) -> None:
    old = condition(coded(lexicon, BEHCET)) | {
        "clinicalStatus": "resolved",
        "verificationStatus": "confirmed",
    }
    assert said(reads([old])) == [(BEHCET, "history")]


def test_an_extension_that_changes_the_meaning(reads: Reads, lexicon: Lexicon) -> None:
    made = condition(coded(lexicon, BEHCET), modifierExtension=[{"url": "urn:x"}])
    reading = reads([made])
    assert said(reading) == []
    assert whys(reading) == {"an extension changes its meaning"}


def test_a_finding_is_not_an_adverse_event_by_itself(reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([condition(coded(lexicon, "neutropenia"))])
    assert reading.profile.adverse_events is None
    assert whys(reading) == {
        "a finding that is known as an adverse event; that it was one here is not said"
    }


def test_the_tag_of_a_situation_is_no_diagnosis(reads: Reads) -> None:
    code = {"coding": [{"system": SNOMED, "code": "1", "display": "Psoriasis (situation)"}]}
    assert said(reads([condition(code)])) == []


def test_family_history_and_other_kinds_are_not_read(reads: Reads, lexicon: Lexicon) -> None:
    family = {
        "resourceType": "FamilyMemberHistory",
        "patient": {"reference": "Patient/p1"},
        "condition": [{"code": coded(lexicon, BEHCET)}],
    }
    reading = reads([patient(), family])
    assert said(reading) == []
    assert [(each.resource_type, each.why) for each in reading.skipped] == [
        ("FamilyMemberHistory", "not of a kind that is read")
    ]


@pytest.mark.parametrize("text", ["SS", "ss", "traps", "Traps", "sle", "Pg", "gpp (disorder)"])
def test_an_abbreviation_that_may_be_another_word_is_not_taken(text: str, reads: Reads) -> None:
    reading = reads([condition({"text": text})])
    assert said(reading) == []
    assert [(each.count, each.why) for each in reading.skipped] == [(1, "an abbreviation alone")]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("AOSD", "adult-onset-still-disease"),
        ("HIDS", "hyper-igd-syndrome"),
        ("TRAPS (disorder)", "traps"),
        ("SchS", "schnitzler-syndrome"),
        ("behcet", BEHCET),
        ("Behçet", BEHCET),
    ],
)
def test_an_abbreviation_of_one_disease_as_it_is_written(
    text: str, term: str, reads: Reads
) -> None:
    assert said(reads([condition({"text": text})])) == [(term, "active")]


def test_a_code_or_a_name_beside_an_abbreviation_counts(reads: Reads, lexicon: Lexicon) -> None:
    code = coded(lexicon, "systemic-sclerosis")
    assert said(reads([condition(code | {"text": "SS"})])) == [("systemic-sclerosis", "active")]
    named = {"text": "SS", "coding": [{"display": "Schnitzler syndrome"}]}
    assert said(reads([condition(named)])) == [("schnitzler-syndrome", "active")]
    open_ = reads([condition(concept((ICD, "M04.1"), text="traps"))])
    assert [each.term for each in open_.profile.diagnoses] == ["ICD-10-CM:M04.1"]


def test_a_code_without_its_dot_is_the_same_code(reads: Reads) -> None:
    for code in ("M352", "m352", "M35.2"):
        reading = reads([condition(concept((ICD, code)))])
        assert said(reading) == [(BEHCET, "active")]
    reading = reads([condition(concept((ICD, "M041")))])
    assert [each.term for each in reading.profile.diagnoses] == ["ICD-10-CM:M04.1"]
    assert said(reads([condition(concept((SNOMED, "M352")))])) == []


@pytest.mark.parametrize("code", ["M35.2", "M352"])
def test_a_code_of_the_who_edition(code: str, reads: Reads) -> None:
    reading = reads([condition(concept((URIS["ICD-10 (WHO)"], code)))])
    assert said(reading) == [(BEHCET, "active")]
    assert reading.conflicts == ()


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Behçet's syndrome [Behçet's disease]", BEHCET),
        ("Behcet's disease (Behcet's syndrome)", BEHCET),
        ("Adult-onset Still's disease (AOSD)", "adult-onset-still-disease"),
    ],
)
def test_a_name_and_another_of_it_in_brackets(text: str, term: str, reads: Reads) -> None:
    assert said(reads([condition({"text": text})])) == [(term, "active")]


@pytest.mark.parametrize(
    "text",
    [
        "Behçet's syndrome [psoriasis]",
        "Behçet's disease [family history]",
        "Behçet's disease (suspected)",
        "scleroderma [SS]",
        "TRAPS (traps and other bait)",
    ],
)
def test_a_name_and_anything_else_in_brackets_is_not_taken(text: str, reads: Reads) -> None:
    assert said(reads([condition({"text": text})])) == []


@pytest.mark.parametrize(
    "text", ["?Behçet's disease", "Behçet's disease (?)", "possible Behçet's disease", "r/o BD"]
)
def test_a_text_in_doubt_is_no_diagnosis(text: str, reads: Reads) -> None:
    reading = reads([condition({"text": text})])
    assert said(reading) == []
    assert reading.facts == ()


@pytest.mark.parametrize("text", ["?Behçet's disease", "suspected Behçet syndrome"])
def test_a_code_whose_text_is_in_doubt_is_suspected(
    text: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = reads([condition(coded(lexicon, BEHCET) | {"text": text})])
    assert said(reading) == []
    assert [(each.field, each.term, each.note) for each in reading.facts] == [
        ("unconfirmed", BEHCET, "given as a question")
    ]


def test_doubt_about_something_else_leaves_a_code_as_it_is(reads: Reads, lexicon: Lexicon) -> None:
    code = coded(lexicon, BEHCET) | {"text": "Behçet's disease with uveitis?"}
    assert said(reads([condition(code)])) == [(BEHCET, "active")]


@pytest.mark.parametrize("text", ["Adult-onset Still's disease", "?adult-onset Still's disease"])
def test_a_text_that_names_another_disease_than_its_code(
    text: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = reads([condition(coded(lexicon, BEHCET, "ICD-10-CM") | {"text": text})])
    assert said(reading) == []
    conflict = reading.conflicts[0]
    both = "coded as Behçet's disease and called adult-onset Still's disease"
    assert conflict.statement == f"One diagnosis is {both}; none was taken from it."
    assert conflict.resources == ("Condition/cond-1",)
    assert whys(reading) == {"its text names another diagnosis than its code"}


@pytest.mark.parametrize(
    ("of", "text"),
    [("adult-onset-still-disease", "Still's disease"), (BEHCET, "a disease of nobody")],
)
def test_a_wider_name_is_no_contradiction(
    of: str, text: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = reads([condition(coded(lexicon, of, "MONDO") | {"text": text})])
    assert not reading.conflicts
    assert said(reading) == [(of, "active")]
