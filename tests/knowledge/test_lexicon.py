"""What people type means one concept, several, or nothing; never a guess."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.knowledge.codesystems import fold_code
from seriatim.knowledge.doubt import without_doubt
from seriatim.knowledge.lexicon import (
    Lexicon,
    Resolved,
    Unresolved,
    fold,
    names_of,
)
from seriatim.knowledge.load import load_knowledge

if TYPE_CHECKING:
    from seriatim.model.terms import Kind

ROOT = Path(__file__).resolve().parents[2]
DRUGS: tuple[Kind, ...] = ("drug", "class")
SLE, DISCOID = "systemic-lupus-erythematosus", "discoid-lupus-erythematosus"
SUBACUTE = "subacute-cutaneous-lupus-erythematosus"


@cache
def lexicon() -> Lexicon:
    return load_knowledge(ROOT).lexicon


def meaning(typed: str, *kinds: Kind) -> str | tuple[str, ...] | None:
    """The concept; of what it could be if it is open; the word `unresolved` otherwise."""
    found = lexicon().resolve(typed, *kinds)
    if isinstance(found, Unresolved):
        return "unresolved"
    return found.concept or found.could_be


@pytest.mark.parametrize(
    ("typed", "concept"),
    [
        ("adult-onset Still's disease", "adult-onset-still-disease"),
        ("Adult onset Still’s disease", "adult-onset-still-disease"),
        ("adult-onset-still-disease", "adult-onset-still-disease"),
        ("  aosd ", "adult-onset-still-disease"),
        ("Behçet's disease", "behcet-disease"),
        ("BEHCETS DISEASE", "behcet-disease"),
        ("Behc\u0327et\u00b4s disease", "behcet-disease"),
        ("Morbus Behçet’s syndrome", "behcet-disease"),
        ("Schnitzler's syndrome", "schnitzler-syndrome"),
        ("HIDS", "hyper-igd-syndrome"),
        ("hyper IgD syndrome", "hyper-igd-syndrome"),
        ("hyperimmunoglobulinaemia D and periodic fever syndrome", "hyper-igd-syndrome"),
        ("tumour necrosis factor receptor-associated periodic syndrome", "traps"),
        ("hyper-IgD syndrome (HIDS)", "hyper-igd-syndrome"),
        ("AOSD [M06.1]", "adult-onset-still-disease"),
        ("Sjögren's syndrome", "sjogren-syndrome"),
        ("sjogrens syndrome", "sjogren-syndrome"),
        ("Sweet’s syndrome", "sweet-syndrome"),
        ("Hibernian fever", "traps"),
        ("FMF", "familial-mediterranean-fever"),
        ("SSc", "systemic-sclerosis"),
        ("discoid lupus", "discoid-lupus-erythematosus"),
        ("\uff26\uff2d\uff26", "familial-mediterranean-fever"),
    ],
)
def test_names_of_diagnoses(typed: str, concept: str) -> None:
    assert meaning(typed, "diagnosis") == concept


@pytest.mark.parametrize(
    ("typed", "concept"),
    [
        ("Kineret", "anakinra"),
        ("ILARIS", "canakinumab"),
        ("MTX", "methotrexate"),
        ("6-mercaptopurine", "mercaptopurine"),
        ("6MP", "mercaptopurine"),
        ("ciclosporin", "cyclosporine"),
        ("sulphasalazine", "sulfasalazine"),
        ("indometacin", "indomethacin"),
        ("certolizumab", "certolizumab-pegol"),
        ("Mycophenylate mofetil", "mycophenolate-mofetil"),
        ("TNF blocker", "tnf-inhibitor"),
        ("tumour necrosis factor inhibitor", "tnf-inhibitor"),
        ("anti-IL-1", "il-1-inhibitor"),
        ("NSAIDs", "nsaid"),
    ],
)
def test_names_of_drugs_and_classes(typed: str, concept: str) -> None:
    assert meaning(typed, *DRUGS) == concept


@pytest.mark.parametrize(
    ("typed", "concept"),
    [
        ("neutropaenia", "neutropenia"),
        ("Neutropoenia", "neutropenia"),
        ("periorbital oedema", "periorbital-edema"),
        ("periorbital edema", "periorbital-edema"),
        ("light-headedness", "lightheadedness"),
        ("Hives", "urticaria"),
        ("HP:0001875", "neutropenia"),
    ],
)
def test_names_of_events(typed: str, concept: str) -> None:
    assert meaning(typed, "event") == concept


@pytest.mark.parametrize(
    ("typed", "kind", "concept"),
    [
        ("ICD-10-CM:M35.2", "diagnosis", "behcet-disease"),
        ("icd10:m35.2", "diagnosis", "behcet-disease"),
        ("ICD-10 (WHO):M35.2", "diagnosis", "behcet-disease"),
        ("http://hl7.org/fhir/sid/icd-10:M35.2", "diagnosis", "behcet-disease"),
        ("http://hl7.org/fhir/sid/icd-10:M34.1", "diagnosis", "systemic-sclerosis"),
        ("http://hl7.org/fhir/sid/icd-10-cm:M35.2", "diagnosis", "behcet-disease"),
        ("M35.2", "diagnosis", "behcet-disease"),
        (" m 35.2 ", "diagnosis", "behcet-disease"),
        ("MONDO:0007191", "diagnosis", "behcet-disease"),
        ("ORPHA:117", "diagnosis", "behcet-disease"),
        ("SNOMED CT: 310701003", "diagnosis", "behcet-disease"),
        ("310701003", "diagnosis", "behcet-disease"),
        ("ATC:L04AC08", "drug", "canakinumab"),
        ("RxNorm:853491", "drug", "canakinumab"),
        ("37CQ2C7X93", "drug", "canakinumab"),
    ],
)
def test_codes_with_their_system_and_bare(typed: str, kind: Kind, concept: str) -> None:
    assert meaning(typed, kind) == concept


@pytest.mark.parametrize(
    ("typed", "concept", "heading"),
    [
        ("M08.2", "systemic-juvenile-idiopathic-arthritis", None),
        ("M08.21", "systemic-juvenile-idiopathic-arthritis", "M08.2"),
        ("M08.212", "systemic-juvenile-idiopathic-arthritis", "M08.2"),
        ("ICD-10-CM:L40.54", "psoriatic-arthritis", "L40.5"),
        ("ICD-10-CM:L40.4", "psoriasis", "L40"),
        ("L40.0", "plaque-psoriasis", None),
        ("M32.14", "systemic-lupus-erythematosus", "M32"),
        ("M1A.0110", "gout", "M1A"),
    ],
)
def test_a_sub_code_means_its_narrowest_heading(
    typed: str, concept: str, heading: str | None
) -> None:
    found = lexicon().resolve(typed, "diagnosis")
    assert isinstance(found, Resolved)
    assert found.concept == concept
    assert found.how.startswith("under the " if heading else "ICD-10-CM")
    assert f"code {heading or typed}," in f"{found.how},"


@pytest.mark.parametrize(
    "typed", ["M08.01", "M08", "M04", "M04.19", "M35.21", "L88.1", "M06.99", "ATC:M32.14", "Z99.9"]
)
def test_a_heading_that_is_not_a_category_holds_nothing(typed: str) -> None:
    assert meaning(typed, "diagnosis") == "unresolved"


def test_m04_1_holds_all_periodic_fevers() -> None:
    found = lexicon().resolve("M04.1", "diagnosis")
    assert isinstance(found, Resolved)
    assert found.concept is None
    assert set(found.could_be) == {
        "familial-mediterranean-fever",
        "hyper-igd-syndrome",
        "mevalonate-kinase-deficiency",
        "mevalonic-aciduria",
        "traps",
    }
    assert found.why is not None
    assert "holds several diagnoses" in found.why


def test_m04_2_is_caps_and_may_be_narrower() -> None:
    found = lexicon().resolve("ICD-10-CM:M04.2", "diagnosis")
    assert isinstance(found, Resolved)
    assert found.concept == "cryopyrin-associated-periodic-syndrome"
    assert set(found.could_be) == {
        "cinca-nomid",
        "familial-cold-autoinflammatory-syndrome-1",
        "muckle-wells-syndrome",
    }


@pytest.mark.parametrize(
    ("typed", "could_be"),
    [
        (
            "SS",
            {"systemic-sclerosis", "schnitzler-syndrome", "sjogren-syndrome", "sweet-syndrome"},
        ),
        ("s.s.", None),
        ("Scleroderma", {"systemic-sclerosis", "localized-scleroderma"}),
        ("lupus", {SLE, DISCOID, SUBACUTE}),
        ("Lupus erythematosus", {SLE, DISCOID, SUBACUTE}),
        ("cutaneous lupus", {DISCOID, SUBACUTE}),
        ("M04.8", {"pfapa-syndrome", "dira", "papa-syndrome", "blau-syndrome"}),
    ],
)
def test_open_names_stay_open_with_the_reason(typed: str, could_be: set[str] | None) -> None:
    found = lexicon().resolve(typed, "diagnosis")
    if could_be is None:
        assert isinstance(found, Unresolved)
        return
    assert isinstance(found, Resolved)
    assert (found.concept, set(found.could_be)) == (None, could_be)
    assert found.why


@pytest.mark.parametrize(
    ("typed", "kinds", "says"),
    [
        ("anakinra", ("diagnosis",), "is a drug, not a diagnosis"),
        ("TNF inhibitor", ("diagnosis",), "is a drug class, not a diagnosis"),
        ("gout", DRUGS, "is a diagnosis, not a drug"),
        ("neutropenia", ("diagnosis",), "is an adverse event, not a diagnosis"),
        ("???", ("diagnosis",), "no letter or digit"),
        ("ICD-10-CM:Z00", ("diagnosis",), "no concept of the library has the ICD-10-CM code Z00"),
        ("29", ("diagnosis",), "write the system first"),
        ("103", DRUGS, "write the system first"),
    ],
)
def test_what_is_not_known_says_why(typed: str, kinds: tuple[Kind, ...], says: str) -> None:
    found = lexicon().resolve(typed, *kinds)
    assert isinstance(found, Unresolved)
    assert says in found.reason


def test_a_short_number_is_no_code_but_is_offered_as_one() -> None:
    found = lexicon().resolve("29", "diagnosis")
    assert isinstance(found, Unresolved)
    assert found.nearest == ("ORPHA:29",)
    assert meaning("ORPHA:29", "diagnosis") == "mevalonic-aciduria"


@pytest.mark.parametrize("typed", ["OMIM:117", "XYZ:M35.2", "ICD-9:117", "foo:72435"])
def test_a_code_of_another_system_is_not_read_as_ours(typed: str) -> None:
    assert meaning(typed, "diagnosis") == "unresolved"
    assert meaning(typed, "drug") == "unresolved"


@pytest.mark.parametrize(
    ("typed", "kinds", "near"),
    [
        ("Behcets desease", ("diagnosis",), "Behçet's disease"),
        ("anakinr", DRUGS, "anakinra"),
        ("methotrexat", DRUGS, "methotrexate"),
        ("schnizler syndrome", ("diagnosis",), "Schnitzler syndrome"),
    ],
)
def test_a_slip_is_offered_the_nearest_name(typed: str, kinds: tuple[Kind, ...], near: str) -> None:
    found = lexicon().resolve(typed, *kinds)
    assert isinstance(found, Unresolved)
    assert near in found.nearest


def test_a_name_with_another_number_is_not_offered() -> None:
    found = lexicon().resolve("IL-6 inhibitor", *DRUGS)
    assert isinstance(found, Unresolved)
    assert "interleukin-1 inhibitor" not in found.nearest


@pytest.mark.parametrize(
    "typed",
    [
        "anakinra (canakinumab)",
        "HIDS (TRAPS)",
        "HIDS (confirmed)",
        "anakinra or canakinumab",
        "not anakinra",
        "anakinraβ",
        "停 anakinra",
        "ana kinra",
        "BD",
    ],
)
def test_more_than_a_name_is_no_name(typed: str) -> None:
    assert meaning(typed, *DRUGS) == "unresolved"
    assert meaning(typed, "diagnosis") == "unresolved"


def test_every_name_and_code_finds_its_concept() -> None:
    for concept in lexicon().concepts.values():
        for name, _how in names_of(concept):
            assert meaning(name, concept.kind) == concept.id
        for code in concept.codes:
            full = f"{code.system}:{code.code.rpartition(':')[2]}"
            found = lexicon().resolve(full, concept.kind)
            if code.scope == "nearest":
                others = (each for each in (found,) if isinstance(each, Resolved))
                assert all(each.concept != concept.id for each in others)
            elif code.scope == "shared":
                assert isinstance(found, Resolved)
                assert concept.id in {found.concept, *found.could_be}
            else:
                assert isinstance(found, Resolved)
                assert found.concept == concept.id


def known_text() -> st.SearchStrategy[str]:
    """Names and codes as they are, in another case, cut, and run together with other text."""
    concepts = lexicon().concepts.values()
    names = [name for each in concepts for name, _how in names_of(each)]
    codes = [code.code for each in concepts for code in each.codes]
    known = st.sampled_from(sorted({*names, *codes}))
    return st.one_of(
        st.text(max_size=30),
        known,
        known.map(str.upper),
        known.map(lambda text: unicodedata.normalize("NFD", text)),
        st.tuples(known, st.text(max_size=3)).map("".join),
        known.flatmap(lambda text: st.integers(0, len(text)).map(lambda end: text[:end])),
        st.tuples(st.sampled_from(["ICD-10-CM:", "ORPHA:", "ATC:"]), known).map("".join),
    )


@settings(max_examples=500, deadline=None)
@given(data=st.data(), kinds=st.sampled_from([("diagnosis",), DRUGS, ("event",)]))
def test_what_is_resolved_was_named_and_nothing_else(
    data: st.DataObject, kinds: tuple[Kind, ...]
) -> None:
    typed = data.draw(known_text())
    found = lexicon().resolve(typed, *kinds)
    typed = without_doubt(typed.strip())
    if isinstance(found, Unresolved):
        assert found.reason
        return
    for concept_id in [found.concept] if found.concept else found.could_be:
        concept = lexicon().concepts[concept_id]
        assert concept.kind in kinds
        names = {fold(name) for name, _how in names_of(concept)}
        names |= {fold(e.name) for e in lexicon().ambiguous if concept_id in e.could_be}
        code = fold_code(typed)
        coded = any(
            code == fold_code(each.code)
            or (each.scope == "category" and code.startswith(fold_code(each.code)))
            for each in concept.codes
            if each.scope != "nearest"
        )
        assert coded or fold(typed) in names


@pytest.mark.parametrize(
    ("typed", "could_be"),
    [
        ("?Behçet's disease", ("behcet-disease",)),
        ("Behçet's disease?", ("behcet-disease",)),
        ("Behçet's disease (?)", ("behcet-disease",)),
        ("\uff1fBehçet", ("behcet-disease",)),
        ("query HIDS", ("hyper-igd-syndrome",)),
        ("Possible: HIDS", ("hyper-igd-syndrome",)),
        ("rule out possible HIDS", ("hyper-igd-syndrome",)),
        ("r/o AOSD", ("adult-onset-still-disease",)),
        ("AOSD (probable)", ("adult-onset-still-disease",)),
        ("AOSD - suspected", ("adult-onset-still-disease",)),
        ("ICD-10-CM:M35.2 ?", ("behcet-disease",)),
        ("?lupus", ("systemic-lupus-erythematosus", "discoid-lupus-erythematosus")),
    ],
)
def test_a_diagnosis_given_as_a_question_stays_open(typed: str, could_be: tuple[str, ...]) -> None:
    found = lexicon().resolve(typed, "diagnosis")
    assert isinstance(found, Resolved)
    assert found.concept is None
    assert set(could_be) <= set(found.could_be)
    assert found.typed == typed
    assert found.why


@pytest.mark.parametrize("typed", ["anakinra?", "possible anakinra", "?Kineret"])
def test_a_drug_or_an_event_cannot_be_given_as_a_question(typed: str) -> None:
    found = lexicon().resolve(typed, *DRUGS)
    assert isinstance(found, Unresolved)
    assert "given as a question" in found.reason
    assert found.nearest == ("anakinra",)


@pytest.mark.parametrize("name", ["TRAPS", "queryable", "Likelyhood"])
def test_a_word_of_doubt_is_a_whole_word(name: str) -> None:
    assert without_doubt(name) == name


@pytest.mark.parametrize("between", [" ", "?", " ,", "( "])
def test_a_text_that_is_longer_than_a_name_is_none(between: str) -> None:
    found = lexicon().resolve(f"behcets{between * 50_000}disease", "diagnosis")
    assert isinstance(found, Unresolved)
    assert "longer than the name" in found.reason
    assert len(found.reason) < 200


def test_no_name_of_the_library_reads_as_a_question() -> None:
    for concept in lexicon().concepts.values():
        for name, _how in names_of(concept):
            assert without_doubt(name) == name


def test_an_edition_that_lacks_a_code_is_not_answered_by_the_other() -> None:
    found = lexicon().resolve("ICD-10 (WHO):M04.1", "diagnosis")
    assert isinstance(found, Unresolved)
    assert "ICD-10 (WHO) code M04.1" in found.reason
    either = lexicon().resolve("ICD-10:M04.1", "diagnosis")
    assert isinstance(either, Resolved)
    assert "traps" in either.could_be


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("recurrent pericarditis", "diagnosis"), ("topical steroids", "class"), ("death", "event")],
)
def test_another_thing_of_a_like_name_is_not_offered(typed: str, kind: Kind) -> None:
    found = lexicon().resolve(typed, kind)
    assert isinstance(found, Unresolved)
    assert found.nearest == ()
