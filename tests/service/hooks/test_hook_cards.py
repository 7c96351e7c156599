"""What clinicians see: patients built from the rows of the series, and what must stay silent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from service.hooks.charts import Charts, bundle, order, patient, prefetch, view
from service.hooks.invariants import assert_valid_request

if TYPE_CHECKING:
    from seriatim.pipeline import Engine
    from service.hooks.calling import Hooks

ORDERS = ("order-select", "order-sign")


def behcet(charts: Charts) -> dict[str, Any]:
    """Behçet's disease that anakinra did not help, in a woman of 30."""
    who = patient(birthDate="1996-05-01")
    return prefetch(who, [charts.condition("behcet-disease")], [charts.failed("anakinra")])


def test_every_row_of_the_series_gets_the_card_that_cites_it(
    hooks: Hooks, charts: Charts, engine: Engine
) -> None:
    for course, case in engine.cases.items():
        body = view(charts.of_row(case))
        assert_valid_request(body)
        cards = hooks.cards(body)
        shown = {each for one in hooks.store.shown for each in one.courses}
        assert course in shown, course
        name = re.compile(case.drug_name, re.IGNORECASE)
        assert any(name.match(card["summary"]) for card in cards), course
        hooks.store.shown.clear()


@pytest.mark.parametrize("hook", ORDERS)
def test_an_order_of_the_drug_of_a_row_gets_one_card_on_that_drug(
    hooks: Hooks, charts: Charts, engine: Engine, hook: str
) -> None:
    for course, case in engine.cases.items():
        body = order(hook, charts.of_row(case), charts.draft(case.drug))
        assert_valid_request(body)
        (card,) = hooks.cards(body)
        assert card["summary"].casefold().startswith(case.drug_name), course
        assert course.rpartition("/")[2] in card["detail"]


def test_behcet_after_anakinra(hooks: Hooks, charts: Charts) -> None:
    (card,) = hooks.cards(order("order-sign", behcet(charts), charts.draft("canakinumab")))
    assert card["summary"] == (
        "Canakinumab in Behçet's disease: no response 1 of 4, partial 1, complete 2; "
        "after anakinra: no response 1 of 1; transaminitis 1 of 4"
    )
    assert card["indicator"] == "info"
    assert card["source"]["topic"]["code"] == "same-diagnosis"
    detail = card["detail"]
    first, failure, limit = (
        detail.index(each)
        for each in ("No label seen names", "no response 1 of 4 (", "no control group")
    )
    assert first < failure < limit < detail.index("| T2R4 |") < detail.index("| T2R2 |")
    assert "Transaminitis 1 of 4 (T2R3)" in detail
    assert "significant response or resolution" in detail


def test_what_is_kept_over_calls_changes_no_card(hooks: Hooks, charts: Charts) -> None:
    """Of two patients with the same findings in turn, one with a diagnosis that is left open."""
    open_ = {**charts.condition("behcet-disease"), "code": {"text": "HIDS"}}
    bodies = [view(behcet(charts)), view(prefetch(None, [open_], [charts.failed("anakinra")]))]
    said = [
        [{**card, "uuid": ""} for card in hooks.cards(body)] for body in (*bodies, *bodies[::-1])
    ]
    assert said[0] == said[3] != said[1] == said[2]
    ids = {each.id for each in hooks.store.shown}
    assert len(ids) == len(hooks.store.shown) == sum(map(len, said))


def test_failures_and_adverse_events_are_never_dropped(
    hooks: Hooks, charts: Charts, engine: Engine
) -> None:
    for diagnosis in {each.diagnosis.concept for each in engine.cases.values()} - {None}:
        for card in hooks.cards(view(prefetch(None, [charts.condition(diagnosis)], []))):
            drug = next(d for d in ("anakinra", "canakinumab") if d in card["summary"].casefold())
            for case in engine.cases.values():
                if case.drug == drug and case.diagnosis.concept == diagnosis:
                    if case.response.level == "none":
                        assert case.course.rpartition("/")[2] in card["detail"]
                    for event in case.adverse_events or ():
                        assert re.search(event.name, card["detail"], re.IGNORECASE)


def test_an_open_abbreviation_stays_open(hooks: Hooks, charts: Charts) -> None:
    given = prefetch(None, [charts.condition("systemic-sclerosis")], [])
    cards = hooks.cards(view(given))
    assert [each["source"]["topic"]["code"] for each in cards] == ["possible-diagnosis"] * 2
    for card in cards:
        assert "SS as printed, perhaps systemic sclerosis" in card["summary"]
        assert "Perhaps not this patient's diagnosis" in card["detail"]


def test_a_label_is_said_first(hooks: Hooks, charts: Charts) -> None:
    given = prefetch(
        patient(birthDate="1976-01-01"), [charts.condition("adult-onset-still-disease")], []
    )
    cards = {each["summary"].partition(" ")[0]: each for each in hooks.cards(view(given))}
    assert "on label (US)" in cards["Canakinumab"]["summary"]
    assert "on label (EU and UK, not US)" in cards["Anakinra"]["summary"]
    assert cards["Canakinumab"]["detail"].startswith("- The US label of canakinumab names")


def test_a_label_for_one_of_two_diagnoses_is_not_said_of_the_other(
    hooks: Hooks, charts: Charts
) -> None:
    both = [charts.condition("familial-mediterranean-fever"), charts.condition("behcet-disease")]
    for card in hooks.cards(view(prefetch(None, both, []))):
        assert "Behçet's disease" in card["summary"]
        assert re.search(r"on label for familial Mediterranean fever", card["summary"])


@pytest.mark.parametrize("hook", ORDERS)
def test_no_published_case_is_said_in_one_line(hooks: Hooks, charts: Charts, hook: str) -> None:
    """The prescriber of a rare drug off label must not take silence for an answer."""
    given = prefetch(None, [charts.condition("pyoderma-gangrenosum")], [])
    (card,) = hooks.cards(order(hook, given, charts.draft("canakinumab")))
    assert card["summary"] == (
        "Canakinumab: no published course in pyoderma gangrenosum in this library; "
        "no label seen names it"
    )
    assert card["source"]["topic"]["code"] == "no-course"
    assert "not evidence that it does not work" in card["detail"]


def test_no_card_on_a_chart_that_the_library_has_nothing_for(hooks: Hooks, charts: Charts) -> None:
    for concept in ("pyoderma-gangrenosum", "psoriasis", "rheumatoid-arthritis"):
        assert hooks.cards(view(prefetch(None, [charts.condition(concept)], []))) == []
    assert hooks.cards(view(prefetch(None, [], [charts.drug("methotrexate")]))) == []
    assert hooks.store.shown == []


@pytest.mark.parametrize("hook", ORDERS)
def test_no_card_on_orders_of_other_drugs(hooks: Hooks, charts: Charts, hook: str) -> None:
    assert hooks.cards(order(hook, behcet(charts), charts.draft("colchicine"))) == []
    other = {"resourceType": "ServiceRequest", "id": "s", "status": "draft", "intent": "order"}
    assert hooks.cards(order(hook, behcet(charts), other)) == []


def test_no_card_where_the_label_has_it_and_the_library_nothing(
    hooks: Hooks, charts: Charts
) -> None:
    given = prefetch(
        patient(birthDate="1966-01-01"), [charts.condition("rheumatoid-arthritis")], []
    )
    assert hooks.cards(order("order-sign", given, charts.draft("anakinra"))) == []


@pytest.mark.parametrize(
    ("diagnosis", "born", "said"),
    [
        ("familial-mediterranean-fever", "1966", ", on label (EU and UK, not US)"),
        ("rheumatoid-arthritis", "2020", ", on label for another age ("),
    ],
)
def test_a_label_of_one_place_or_another_age_does_not_silence_it(
    hooks: Hooks, charts: Charts, diagnosis: str, born: str, said: str
) -> None:
    who = patient(birthDate=f"{born}-01-01")
    given = prefetch(who, [charts.condition(diagnosis)], [])
    (card,) = hooks.cards(order("order-sign", given, charts.draft("anakinra")))
    assert "no published course in" in card["summary"]
    assert said in card["summary"]


def test_a_history_is_not_an_active_diagnosis(hooks: Hooks, charts: Charts) -> None:
    resolved = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}
    given = prefetch(None, [charts.condition("behcet-disease", **resolved)], [])
    assert hooks.cards(view(given)) == []


def test_a_refuted_diagnosis_never_counts(hooks: Hooks, charts: Charts) -> None:
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    given = prefetch(None, [charts.condition("behcet-disease", **refuted)], [])
    assert hooks.cards(view(given)) == []
    (card,) = hooks.cards(order("order-sign", given, charts.draft("canakinumab")))
    assert "no diagnosis on this record matches" in card["summary"]


def test_a_drug_without_courses_but_of_the_class(hooks: Hooks, charts: Charts) -> None:
    (card,) = hooks.cards(order("order-sign", behcet(charts), charts.draft("rilonacept")))
    assert card["summary"].startswith("Rilonacept: no published course in this library; in Beh")
    given = prefetch(None, [charts.condition("psoriasis")], [])
    assert hooks.cards(order("order-sign", given, charts.draft("rilonacept"))) == []


def test_the_same_event_with_the_same_drug_is_a_warning(hooks: Hooks, charts: Charts) -> None:
    given = prefetch(
        None,
        [charts.condition("behcet-disease")],
        [charts.drug("anakinra", status="stopped")],
        adverseEvents=bundle(charts.adverse_event("neutropenia", "anakinra")),
    )
    (card,) = hooks.cards(order("order-sign", given, charts.draft("anakinra")))
    assert card["indicator"] == "warning"
    assert card["summary"].startswith("Caution: neutropenia with anakinra before. Anakinra in Beh")
    assert card["detail"].index("**Caution**") < card["detail"].index("no response 0 of 2 (")


def test_what_fhir_does_not_say_of_a_stopped_drug_is_asked_for_first(
    hooks: Hooks, charts: Charts
) -> None:
    stopped = [charts.drug("anakinra", status="stopped")]
    given = prefetch(None, [charts.condition("behcet-disease")], stopped)
    (card,) = hooks.cards(order("order-sign", given, charts.draft("canakinumab")))
    asked = card["detail"].partition("**Not known, and would change this**\n\n- ")[2]
    assert asked.startswith("the response to anakinra; why anakinra was stopped;")
    assert "failed here" not in card["summary"]


def test_a_card_asks_only_for_what_concerns_its_drug(hooks: Hooks, charts: Charts) -> None:
    given = prefetch(None, [charts.condition("systemic-sclerosis")], [])
    anakinra, canakinumab = hooks.cards(view(given))
    assert "hypersensitivity to canakinumab" not in anakinra["detail"]
    assert "hypersensitivity to canakinumab" in canakinumab["detail"]
    assert "creatinine clearance" not in canakinumab["detail"]
    assert "creatinine clearance" in anakinra["detail"]


def test_a_drug_in_play_brings_courses_of_other_diagnoses(hooks: Hooks, charts: Charts) -> None:
    given = prefetch(None, [charts.condition("pyoderma-gangrenosum")], [charts.failed("anakinra")])
    (card,) = hooks.cards(view(given))
    assert card["source"]["topic"]["code"] == "other-diagnosis"
    assert "in other diagnoses" in card["summary"]
    assert "Another diagnosis" in card["detail"]


def test_the_drug_that_failed_comes_last_and_is_called_so(hooks: Hooks, charts: Charts) -> None:
    first, last = hooks.cards(view(behcet(charts)))
    assert first["summary"].startswith("Canakinumab in")
    assert last["summary"].startswith("Anakinra (failed here) in")


def test_only_what_is_selected_counts_at_order_select(hooks: Hooks, charts: Charts) -> None:
    selected, other = charts.draft("colchicine"), charts.draft("canakinumab")
    assert hooks.cards(order("order-select", behcet(charts), selected, other)) == []
    (card,) = hooks.cards(order("order-sign", behcet(charts), selected, other))
    assert card["summary"].startswith("Canakinumab")


def test_what_was_shown_is_recorded_and_nothing_of_the_patient(
    hooks: Hooks, charts: Charts
) -> None:
    cards = hooks.cards(order("order-sign", behcet(charts), charts.draft("canakinumab")))
    (shown,) = hooks.store.shown
    assert shown.id == cards[0]["uuid"]
    assert shown.hook == "order-sign"
    assert shown.report_id.startswith("sha256:")
    assert "nyu-2022-il1/T2R4" in shown.courses
    assert "same-diagnosis" in shown.rules
    assert "p-1" not in repr(shown)


def test_what_is_on_the_page_of_the_series_has_its_link(hooks: Hooks, charts: Charts) -> None:
    for card in hooks.cards(view(behcet(charts))):
        assert re.search(r"^- \d+ more on the page of the series\.$", card["detail"], re.MULTILINE)
        urls = {each["label"]: each["url"] for each in card["links"]}
        assert urls["The series nyu-2022-il1, row by row"].endswith("/series/nyu-2022-il1")


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ({"text": "the pharmacy moved"}, "not recognised"),
        (
            [{"text": "lack of efficacy"}, {"text": "adverse reaction"}],
            "several that differ",
        ),
    ],
)
def test_a_reason_for_a_stop_that_is_not_used_is_no_resource_left_out(
    hooks: Hooks, charts: Charts, reason: Any, why: str
) -> None:
    stopped = charts.drug("anakinra", status="stopped", statusReason=reason)
    given = prefetch(None, [charts.condition("behcet-disease")], [stopped])
    (card, _other) = hooks.cards(view(given))
    said = f"Used, but its reason for the stop was left out: 1 MedicationRequest ({why})."
    assert said in card["detail"].replace("\\", "")
    assert "Left out: " not in card["detail"]


def test_links_name_no_patient_and_begin_with_the_base(hooks: Hooks, charts: Charts) -> None:
    for card in hooks.cards(view(behcet(charts))):
        urls = [card["source"]["url"], *(each["url"] for each in card["links"])]
        assert all(each.startswith("http://127.0.0.1:8000/") for each in urls)
        assert not any("p-1" in each or "?" in each for each in urls)


def test_nothing_of_the_record_can_begin_markup(hooks: Hooks, charts: Charts) -> None:
    """What the card says of the record is escaped; `assert_valid_card` parses the detail."""
    evil = "x](http://evil.example)<img src=x onerror=alert(1)>|`a`"
    given = behcet(charts)
    given["conditions"]["entry"][0]["resource"]["id"] = evil
    given["medicationRequests"]["entry"][0]["resource"]["id"] = evil
    for card in hooks.cards(view(given)):
        assert "<img" not in card["detail"]
        assert "](http" not in card["detail"]
