"""When a card is a warning, and what its line says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.service.hooks.catalogue import Catalogue
from service.hooks.charts import Charts, bundle, order, prefetch, view

if TYPE_CHECKING:
    from seriatim.pipeline import Engine
    from service.hooks.calling import Hooks

ORDERS = ("order-select", "order-sign")
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
PREGNANT: dict[str, Any] = {"id": "c-pregnancy", "code": {"text": "Pregnancy"}}


def pregnant(charts: Charts, diagnosis: str, *drugs: dict[str, Any]) -> dict[str, Any]:
    state = charts.condition("psoriasis", recordedDate=f"{YESTERDAY}", **PREGNANT)
    return prefetch(None, [charts.condition(diagnosis), state], list(drugs))


def allergy(name: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "a-1",
        "patient": {"reference": "Patient/p-1"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": {"text": name},
        **more,
    }


@pytest.mark.parametrize("drug", ["anakinra", "canakinumab", "rilonacept"])
@pytest.mark.parametrize("hook", ORDERS)
def test_a_caution_that_names_no_drug_warns_of_the_one_that_is_ordered(
    hooks: Hooks, charts: Charts, hook: str, drug: str
) -> None:
    given = pregnant(charts, "behcet-disease")
    (card,) = hooks.cards(order(hook, given, charts.draft(drug)))
    assert card["indicator"] == "warning"
    assert card["summary"].startswith(f"Caution: pregnancy. {drug.capitalize()}")
    assert "**Caution**\n\n- Safety: The patient is pregnant." in card["detail"]


def test_a_caution_that_names_no_drug_warns_of_the_one_that_is_given(
    hooks: Hooks, charts: Charts
) -> None:
    """Also where no course is cited; of a drug that is neither given nor ordered it is told."""
    given = pregnant(charts, "behcet-disease", charts.drug("anakinra"))
    anakinra, canakinumab = hooks.cards(view(given))
    assert anakinra["indicator"] == "warning"
    assert anakinra["summary"].startswith("Caution: pregnancy. Anakinra in Behçet's disease: no")
    assert canakinumab["indicator"] == "info"
    assert "- Safety: The patient is pregnant." in canakinumab["detail"]
    (alone,) = hooks.cards(
        view(pregnant(charts, "rheumatoid-arthritis", charts.drug("canakinumab")))
    )
    assert alone["summary"].startswith("Caution: pregnancy. Canakinumab: no published course")
    assert hooks.cards(view(pregnant(charts, "rheumatoid-arthritis"))) == []


def test_a_caution_about_another_drug_does_not_warn_of_this_one(
    hooks: Hooks, charts: Charts
) -> None:
    """Rilonacept is ordered too, and has brought about an event; of canakinumab nothing is said."""
    given = prefetch(
        None,
        [charts.condition("behcet-disease")],
        [charts.drug("rilonacept", status="stopped")],
        adverseEvents=bundle(charts.adverse_event("neutropenia", "rilonacept")),
    )
    orders = [charts.draft("canakinumab"), charts.draft("rilonacept")]
    cards = {
        each["summary"].removeprefix("Caution: ")[:4]: each
        for each in hooks.cards(order("order-sign", given, *orders))
    }
    assert cards["Cana"]["indicator"] == "info"
    assert [each["indicator"] for each in cards.values()].count("warning") == 1


def test_a_failure_is_said_in_the_line_beside_another_caution(hooks: Hooks, charts: Charts) -> None:
    given = pregnant(charts, "behcet-disease", charts.failed("anakinra"))
    (card,) = hooks.cards(order("order-sign", given, charts.draft("anakinra")))
    assert card["summary"].startswith("Caution: pregnancy. Anakinra (failed here) in Behçet's")
    del given["conditions"]["entry"][1]
    (card,) = hooks.cards(order("order-sign", given, charts.draft("anakinra")))
    assert card["summary"].startswith("Caution: the drug in question brought no response here. ")
    assert "(failed here)" not in card["summary"]


def test_the_line_names_a_caution_however_long_its_name(hooks: Hooks, charts: Charts) -> None:
    given = prefetch(
        None, [charts.condition("behcet-disease")], [], allergies=bundle(allergy("E. coli protein"))
    )
    (card,) = hooks.cards(order("order-sign", given, charts.draft("anakinra")))
    assert card["summary"] == (
        "Caution: anakinra with known hypersensitivity to proteins from E. coli. "
        "Anakinra: no response 0 of 2, partial 2, complete 0"
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "Anakinra is being given; no row has it together with canakinumab.",
            "anakinra canakinumab",
        ),
        ("More infections were seen with etanercept.", "etanercept"),
        ("A TNF inhibitor is under consideration.", ""),
    ],
)
def test_the_drugs_that_a_text_names(engine: Engine, text: str, named: str) -> None:
    assert Catalogue(engine.knowledge).named(text) == set(named.split())


# --- what the record says of it -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("anakinra", "known hypersensitivity to anakinra or a component"),
        ("E. coli protein", "known hypersensitivity to proteins from E. coli"),
    ],
)
def test_an_old_allergy_is_told_in_words_and_without_an_age(
    hooks: Hooks, charts: Charts, name: str, says: str
) -> None:
    listed = bundle(allergy(name, recordedDate="2009-04-01"))
    given = prefetch(None, [charts.condition("behcet-disease")], [], allergies=listed)
    (card,) = hooks.cards(order("order-sign", given, charts.draft("anakinra")))
    assert f"{says} (AllergyIntolerance/a-1, by text)" in card["detail"]
    assert "days old" not in card["detail"]
    assert "hypersensitivity\\_" not in card["detail"]


def test_a_value_is_told_in_words_with_its_age(hooks: Hooks, charts: Charts) -> None:
    """And so is an earlier one that was left out."""
    values = [
        {
            "resourceType": "Observation",
            "id": f"o-{days}",
            "status": "final",
            "subject": {"reference": "Patient/p-1"},
            "code": {"text": "creatinine clearance"},
            "effectiveDateTime": f"{YESTERDAY - timedelta(days=days)}",
            "valueQuantity": {"value": 20, "code": "mL/min"},
        }
        for days in (2, 5)
    ]
    given = prefetch(None, [charts.condition("behcet-disease")], [], observations=bundle(*values))
    (card,) = hooks.cards(order("order-sign", given, charts.draft("anakinra")))
    assert "creatinine clearance (Observation/o-2, by text, 3 days old)" in card["detail"]
    assert "(creatinine clearance: an earlier value than the one used)" in card["detail"]
