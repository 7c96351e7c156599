"""How much of one call is read, and that what is not read is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.service.hooks import bounded
from service.hooks.charts import bundle, order, patient, prefetch, view

if TYPE_CHECKING:
    import pytest

    from service.hooks.calling import Hooks
    from service.hooks.charts import Charts


def others(charts: Charts, count: int) -> list[dict[str, Any]]:
    """Draft orders of something that the library does not know."""
    return [
        charts.draft("colchicine", medicationCodeableConcept={"text": f"product {each}"})
        for each in range(count)
    ]


def behcet(charts: Charts, **more: Any) -> dict[str, Any]:
    return prefetch(None, [charts.condition("behcet-disease")], [], **more)


def test_the_first_draft_orders_are_read_and_the_card_says_so(hooks: Hooks, charts: Charts) -> None:
    many = others(charts, 2 * bounded.MOST_ORDERS)
    (card,) = hooks.cards(order("order-sign", behcet(charts), charts.draft("canakinumab"), *many))
    assert card["summary"].startswith("Canakinumab in Beh")
    assert "Of 1,001 draft orders only the first 500 were read." in card["detail"]
    (card,) = hooks.cards(order("order-select", behcet(charts), charts.draft("anakinra"), *many))
    assert "draft orders only" not in card["detail"]


def test_silence_never_hides_orders_that_were_not_read(hooks: Hooks, charts: Charts) -> None:
    many = others(charts, bounded.MOST_ORDERS)
    assert hooks.cards(order("order-sign", behcet(charts), *many)) == []
    body = order("order-sign", behcet(charts), *many, charts.draft("canakinumab"))
    assert "1 more are not read" in hooks.refusal(body, 413)


def test_an_order_of_another_patient_is_found_among_any_number(
    hooks: Hooks, charts: Charts
) -> None:
    many = others(charts, bounded.MOST_ORDERS)
    alien = charts.draft("canakinumab", subject={"reference": "Patient/p-2"})
    assert "two patients" in hooks.refusal(order("order-sign", behcet(charts), *many, alien), 400)


def test_the_drafts_are_read_with_their_medications(hooks: Hooks, charts: Charts) -> None:
    named = charts.draft("canakinumab", medicationReference={"reference": "Medication/m"})
    del named["medicationCodeableConcept"]
    held = {"resourceType": "Medication", "id": "m", "code": charts.coded("canakinumab")}
    body = order("order-sign", behcet(charts), named, *others(charts, 600), held)
    assert len(hooks.cards(body)) == 1


def test_of_a_long_record_each_list_has_its_share(
    hooks: Hooks, charts: Charts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "MOST_RESOURCES", 100)
    doses = [charts.failed("anakinra") | {"id": f"m{each}"} for each in range(300)]
    inner = {"resourceType": "Bundle", "entry": [{"resource": bundle(*doses)}]}
    given = behcet(charts, medicationRequests=bundle(inner, *doses))
    first, _last = hooks.cards(view(given))
    assert "Only the first part was available: prescriptions." in first["detail"]
    assert "after anakinra" in first["summary"]
    monkeypatch.setattr(bounded, "MOST_RESOURCES", 1000)
    assert "first part" not in hooks.cards(view(given))[0]["detail"]


def test_silence_never_hides_resources_that_were_not_read(
    hooks: Hooks, charts: Charts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "MOST_RESOURCES", 50)
    many = [charts.condition("psoriasis") | {"id": f"c{each}"} for each in range(60)]
    given = prefetch(None, [*many, charts.condition("behcet-disease")], [])
    text = hooks.refusal(view(given), 413)
    assert "12 more are not read" in text
    assert "/prefetch/conditions: more resources in it than are read of one patient" in text
    (card,) = hooks.cards(order("order-sign", given, charts.draft("canakinumab")))
    assert "Only the first part was available: diagnoses." in card["detail"]


def test_a_cut_leaves_short_lists_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_RESOURCES", 10)
    data = {
        "patient": patient(),
        "conditions": bundle(*[patient()] * 3),
        "observations": bundle(*[patient()] * 40),
        "allergies": bundle(),
    }
    assert bounded.bound_record(data, bounded.size(data)) == {"observations": 34}
    assert bounded.size(data) == 10
    assert bounded.bound_record(data, bounded.size(data)) == {}


def test_entries_are_counted_as_they_are_read() -> None:
    deep: dict[str, Any] = bundle(patient())
    for _each in range(bounded.MOST_NESTED + 3):
        deep = bundle(patient(), deep, {"entry": [{"resource": patient()}, None]})
    odd = {"resourceType": "Bundle", "entry": {"resource": bundle(patient(), patient())}}
    for value in (None, "x", [], {}, patient(), {"resourceType": "Bundle"}, odd, deep):
        assert bounded.size({"a": value}) == len(list(bounded._entries(value)))
    assert bounded.size({"a": odd, "b": patient()}) == 3
