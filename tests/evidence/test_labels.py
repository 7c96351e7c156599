"""Stronger evidence: which label names what, for whom, and which do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from seriatim import Engine
    from seriatim.model.evidence import StrongerEvidence

# diagnosis: jurisdictions whose label names it, by drug, from cases/labels/ by hand
NAMED = {
    "adult-onset-still-disease": {"anakinra": {"EU and UK"}, "canakinumab": {"US"}},
    "systemic-juvenile-idiopathic-arthritis": {"anakinra": {"EU and UK"}, "canakinumab": {"US"}},
    "still-disease": {"anakinra": {"EU and UK"}, "canakinumab": {"US"}},
    "familial-mediterranean-fever": {"anakinra": {"EU and UK"}, "canakinumab": {"US"}},
    "traps": {"canakinumab": {"US"}},
    "hyper-igd-syndrome": {"canakinumab": {"US"}},
    "mevalonate-kinase-deficiency": {"canakinumab": {"US"}},
    "cinca-nomid": {"anakinra": {"EU and UK", "US"}},
    "muckle-wells-syndrome": {"anakinra": {"EU and UK"}, "canakinumab": {"US"}},
    "familial-cold-autoinflammatory-syndrome-1": {
        "anakinra": {"EU and UK"},
        "canakinumab": {"US"},
    },
    "rheumatoid-arthritis": {"anakinra": {"EU and UK", "US"}},
    "gout": {"canakinumab": {"US"}},
    "dira": {"anakinra": {"US"}},
    "behcet-disease": {},
    "discoid-lupus-erythematosus": {},
    "systemic-lupus-erythematosus": {},
    "schnitzler-syndrome": {},
    "systemic-sclerosis": {},
    "psoriasis": {},
    "plaque-psoriasis": {},
    "hidradenitis-suppurativa": {},
    "pyoderma-gangrenosum": {},
    "pfapa-syndrome": {},
}


@pytest.mark.parametrize("diagnosis", NAMED)
def test_each_label_names_it_or_is_said_not_to(engine: Engine, diagnosis: str) -> None:
    report = engine.look_up({"diagnoses": [diagnosis]})
    sure: dict[str, set[str]] = {}
    for each in report.stronger_evidence:
        if each.holds == "yes":
            sure.setdefault(each.drug, set()).add(each.jurisdiction)
    assert sure == NAMED[diagnosis]
    silent = {(each.drug, place) for each in report.no_label for place in each.jurisdictions}
    said_if = {(each.drug, each.jurisdiction) for each in report.stronger_evidence}
    everywhere = {("anakinra", "EU and UK"), ("anakinra", "US"), ("canakinumab", "US")}
    assert silent == everywhere - said_if
    assert not report.findings or report.summary[0].startswith(("The ", "No label seen"))


def test_labels_stand_before_any_course(engine: Engine) -> None:
    report = engine.look_up({"diagnoses": ["AOSD"]})
    kinds = ["label" if "label" in each else "courses" for each in report.summary]
    assert kinds == sorted(kinds, reverse=True)


@pytest.mark.parametrize("considering", ["anakinra", "canakinumab", "rilonacept"])
def test_a_label_is_said_whichever_drug_is_weighed(engine: Engine, considering: str) -> None:
    report = engine.look_up({"diagnoses": ["AOSD"], "considering": [considering]})
    drugs = [each.drug for each in report.stronger_evidence]
    assert sorted(drugs) == ["anakinra", "canakinumab"]
    if considering in drugs:
        assert drugs[0] == considering


@pytest.mark.parametrize(
    ("age", "applies"),
    [
        (None, {"anakinra": None, "canakinumab": None}),
        ({"months": 7.9}, {"anakinra": False, "canakinumab": False}),
        ({"months": 8}, {"anakinra": True, "canakinumab": False}),
        ({"months": 23.9}, {"anakinra": True, "canakinumab": False}),
        (2, {"anakinra": True, "canakinumab": True}),
        (50, {"anakinra": True, "canakinumab": True}),
    ],
)
def test_the_age_a_label_begins_at(engine: Engine, age: Any, applies: dict[str, Any]) -> None:
    report = engine.look_up({"age": age, "diagnoses": ["SJIA"]})
    assert {each.drug: each.applies_to_age for each in report.stronger_evidence} == applies
    for each in report.stronger_evidence:
        assert ("younger than that" in each.statement) is (each.applies_to_age is False)


def test_every_label_has_its_date_and_asks_to_check(engine: Engine) -> None:
    for diagnosis in NAMED:
        for each in engine.look_up({"diagnoses": [diagnosis]}).stronger_evidence:
            assert re.search(r"as of \d{4}-\d\d-\d\d", each.statement)
            assert "check the current label" in each.statement
            assert each.rules


def test_an_open_term_says_each_diagnosis_under_which_the_label_holds(engine: Engine) -> None:
    report = engine.look_up({"diagnoses": ["CAPS"], "considering": ["canakinumab"]})
    [found] = [each for each in report.stronger_evidence if each.drug == "canakinumab"]
    assert found.holds == "if"
    assert "familial cold autoinflammatory syndrome 1 or Muckle-Wells syndrome" in found.statement
    assert not [each for each in report.no_label if each.drug == "canakinumab"]


def test_a_settled_indication_hides_the_same_one_under_a_condition(engine: Engine) -> None:
    report = engine.look_up({"diagnoses": ["M04.1", "TRAPS"]})
    traps = [each for each in report.stronger_evidence if each.diagnosis == "traps"]
    assert [each.holds for each in traps] == ["yes"]


def test_doses_of_a_label_have_their_own_dates(engine: Engine) -> None:
    report = engine.look_up({"diagnoses": ["AOSD"], "considering": ["canakinumab"]})
    [found] = [each for each in report.stronger_evidence if each.drug == "canakinumab"]
    assert found.doses
    assert all(re.search(r"\((as of \d{4}|date of the copy)", each) for each in found.doses)


def stronger(engine: Engine, **profile: Any) -> tuple[StrongerEvidence, ...]:
    return engine.look_up(profile).stronger_evidence


@pytest.mark.parametrize("age", [None, 9])
def test_a_dose_of_adults_is_shown_for_a_known_adult_only(engine: Engine, age: int | None) -> None:
    profile = {"diagnoses": ["rheumatoid arthritis"], "considering": ["anakinra"]}
    shown = "100 mg daily"
    (adult,) = (e for e in stronger(engine, age=40, **profile) if e.jurisdiction == "US")
    assert any(shown in each for each in adult.doses)
    (open_,) = (e for e in stronger(engine, age=age, **profile) if e.jurisdiction == "US")
    assert open_.doses
    assert not any(shown in each for each in open_.doses)


def test_doses_by_weight_have_every_band_whatever_the_age(engine: Engine) -> None:
    found = [e for e in stronger(engine, diagnoses=["TRAPS"]) if e.drug == "canakinumab"]
    (dose,) = (each for e in found if e.jurisdiction == "US" for each in e.doses)
    assert "2 mg/kg" in dose
    assert "40 kg and under" in dose


def test_doses_only_of_drugs_that_are_asked_for(engine: Engine) -> None:
    profile = {"age": 30, "diagnoses": ["TRAPS"]}
    drugs = {e.drug for e in stronger(engine, **profile) if e.doses}
    assert "canakinumab" in drugs
    asked = stronger(engine, considering=["anakinra"], **profile)
    assert [e for e in asked if e.drug == "canakinumab"]
    assert not [e for e in asked if e.drug == "canakinumab" and e.doses]


def test_a_label_that_is_not_for_this_age_says_so_first(engine: Engine) -> None:
    found = stronger(engine, age=1, diagnoses=["AOSD"], considering=["canakinumab"])
    assert any(e.statement.startswith("Not for this age: the US label") for e in found)
