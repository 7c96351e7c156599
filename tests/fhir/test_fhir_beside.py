"""What stands beside a code may deny it, doubt it, or be about somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fhir_charts import ICD, URIS, coded, concept, condition, patient, whys

from seriatim.fhir.kinds.condition import DENIED, OF_THE_PAST
from seriatim.fhir.names import names_for
from seriatim.knowledge.lexicon import names_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading
    from seriatim.knowledge.lexicon import Lexicon
    from seriatim.pipeline import Engine

    Reads = Callable[..., Reading]

BEHCET = "behcet-disease"
DOUBTED = [
    "Behçet's disease ruled out",
    "Behçet's disease excluded",
    "Behçet's disease (excluded)",
    "No history of Behçet disease",
    "No evidence of Behçet's disease",
    "Not Behçet's disease",
    "Behçet's disease - not confirmed",
    "Behçet's disease never confirmed",
    "Behçet's disease: no",
    "Without Behçet's disease",
    "Family history of Behçet's disease",
    "FH: Behçet's disease",
    "F/H Behçet",
    "Mother: Behçet's disease",
    "Father's Behçet's disease",
    "Screening for Behçet's disease",
    "Behçet's disease vs Crohn's",
    "Behçet's disease or Crohn's disease",
    "Behçet-like disease",
    "Non-Behçet uveitis",
    "R/O Behçet's disease with uveitis",
    "?Behçet's disease with uveitis",
    "Behçet's disease? with uveitis",
    "Possible Behçet's disease, under review",
    "Ruled out",
    "Not confirmed",
    "Mother has it",
]
PAST = [
    "Behçet's disease, resolved",
    "Behçet's disease (resolved)",
    "History of Behçet's disease",
    "Past history of Behçet's disease",
    "H/o Behçet's",
    "Behçet's disease, history of",
]
ORDINARY = [
    "Behçet's disease, active",
    "Behçet syndrome (HCC)",
    "Behçet's disease NOS",
    "Behçet's disease, not otherwise specified",
    "Behçet's disease, not elsewhere classified",
    "Behçet's disease, not responding to colchicine",
    "Behçet's disease, no uveitis",
    "Behçet's disease with no eye involvement",
    "Behçet's disease with a family history of psoriasis",
    "Behçet's disease without ocular disease",
    "Behçet's disease, previously treated with anakinra",
    "Behçet's disease with uveitis?",
    "Morbus Adamantiades",
]


def beside(lexicon: Lexicon, text: str, where: str) -> dict[str, Any]:
    code = coded(lexicon, BEHCET, "ICD-10-CM")
    if where == "text":
        return code | {"text": text}
    del code["text"]
    return {"coding": [code["coding"][0] | {"display": text}]}


@pytest.mark.parametrize("where", ["text", "display"])
@pytest.mark.parametrize("text", DOUBTED)
def test_a_code_beside_which_it_is_denied(
    text: str, where: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = reads([patient(), condition(beside(lexicon, text, where))])
    assert reading.profile.diagnoses == ()
    said = [(each.field, each.term, each.note) for each in reading.facts[2:]]
    assert said == [("unconfirmed", BEHCET, DENIED)]


@pytest.mark.parametrize("text", PAST)
def test_a_code_beside_which_it_is_of_the_past(text: str, reads: Reads, lexicon: Lexicon) -> None:
    reading = reads([condition(beside(lexicon, text, "text"))])
    assert [each.status for each in reading.profile.diagnoses] == ["history"]
    assert reading.facts[-1].note == OF_THE_PAST
    unsure = condition(beside(lexicon, text, "text"), verified="provisional")
    assert reads([unsure]).profile.diagnoses == ()


@pytest.mark.parametrize("where", ["text", "display"])
@pytest.mark.parametrize("text", ORDINARY)
def test_a_code_beside_ordinary_words(
    text: str, where: str, reads: Reads, lexicon: Lexicon
) -> None:
    reading = reads([condition(beside(lexicon, text, where))])
    assert [each.status for each in reading.profile.diagnoses] == ["active"]


def test_a_name_beside_which_it_is_denied(reads: Reads) -> None:
    code = {"coding": [{"display": "Behçet's disease"}], "text": "No evidence of Behçet's disease"}
    reading = reads([condition(code)])
    assert reading.profile.diagnoses == ()
    assert [each.field for each in reading.facts] == ["unconfirmed"]


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("M32.10", "Systemic lupus erythematosus, organ or system involvement unspecified"),
        ("M05.79", "Rheumatoid arthritis with factor, without organ or systems involvement"),
        ("M1A.9XX0", "Chronic gout, unspecified, without tophus (tophi)"),
        ("M08.20", "Still's disease with systemic onset"),
    ],
)
def test_a_title_of_a_code_that_is_not_of_the_library(code: str, title: str, reads: Reads) -> None:
    reading = reads([condition(concept((ICD, code), text=title))])
    assert [each.status for each in reading.profile.diagnoses] == ["active"]


def test_no_name_or_title_speaks_against_its_code(engine: Engine, lexicon: Lexicon) -> None:
    says = names_for(engine.knowledge).beside.says
    for each in lexicon.concepts.values():
        if each.kind == "diagnosis":
            for name, _how in names_of(each):
                assert says(name) == "", name
            for code in each.codes:
                assert says(code.display or "") == "", code


def test_a_title_may_hold_any_word(engine: Engine) -> None:
    names = names_for(engine.knowledge)
    made = type(names.beside)(names.tables.beside, ["some disease"], ["Family some disease, no"])
    assert made.says("family some disease NO") == ""
    assert made.says("family some disease") == "denied"


PREGNANT = (ICD, "Z33.1")


@pytest.mark.parametrize(
    "code",
    [
        concept(PREGNANT, text="Not pregnant"),
        concept(PREGNANT, text="Possible pregnancy"),
        concept(PREGNANT, text="History of pregnancy"),
        concept(PREGNANT, text="Pregnant?"),
        {"text": "?pregnant"},
        {"text": "Pregnancy?"},
        {"text": "Pregnant", "coding": [{"display": "Pregnancy ruled out"}]},
    ],
)
def test_a_pregnancy_in_doubt(code: dict[str, Any], reads: Reads) -> None:
    reading = reads([patient(), condition(code, recordedDate="2026-10-01")])
    assert reading.profile.observations == {}
    assert whys(reading) == {"a state that is over, unsure, undated or not recent"}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("Z33.1", "Pregnant state, incidental"),
        ("Z34.90", "Encounter for supervision of normal pregnancy, unspecified"),
        ("O09.90", "Supervision of high risk pregnancy, unspecified"),
        ("O09.10", "Supervision of pregnancy with history of ectopic pregnancy"),
        ("O09.29", "Supervision of pregnancy with other poor reproductive or obstetric history"),
    ],
)
def test_a_pregnancy_by_its_title(code: str, text: str, reads: Reads) -> None:
    made = condition(concept((ICD, code), text=text), recordedDate="2026-10-01")
    assert reads([patient(), made]).profile.observations == {"pregnancy": True}


def test_a_code_of_another_system_is_denied_alike(reads: Reads, lexicon: Lexicon) -> None:
    code = coded(lexicon, BEHCET, "SNOMED CT") | {"text": "Behçet's disease ruled out"}
    assert code["coding"][0]["system"] == URIS["SNOMED CT"]
    assert reads([condition(code)]).profile.diagnoses == ()
