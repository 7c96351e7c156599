"""Every trap of real clients: what is refused says where, and what can be a card is a card."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from service.hooks.charts import Charts, bundle, order, patient, prefetch, view
from service.hooks.invariants import assert_valid_response

if TYPE_CHECKING:
    from service.hooks.calling import Hooks

OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception"}],
}


def behcet(charts: Charts) -> dict[str, Any]:
    return prefetch(None, [charts.condition("behcet-disease")], [charts.failed("anakinra")])


def changed(body: dict[str, Any], at: str, value: Any) -> dict[str, Any]:
    """The body with another value at `context.patientId`-like places; `...` takes it away."""
    found = json.loads(json.dumps(body))
    *way, last = at.split(".")
    inner = found
    for each in way:
        inner = inner[each]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return found


# --- the frame of a call --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        ("hook", ..., "/hook: is required"),
        ("hook", None, "/hook: is required"),
        ("hook", 3, "/hook: is a number"),
        ("hook", "", "/hook: is empty"),
        ("hook", "order-sign", "seriatim-order-sign answers that hook"),
        ("hook", "appointment-book", "/hook: is not patient-view"),
        ("hookInstance", ..., "/hookInstance: is required"),
        ("hookInstance", "abc", "/hookInstance: is not a UUID"),
        ("hookInstance", [], "/hookInstance: is a list"),
        ("context", ..., "/context: is required"),
        ("context", [], "/context: is a list"),
        ("context.patientId", ..., "/context/patientId: is required"),
        ("context.patientId", 17, "/context/patientId: is a number"),
        ("context.patientId", "Patient/1", "/context/patientId: is not a FHIR id"),
        ("context.patientId", "../../x", "/context/patientId: is not a FHIR id"),
        ("context.patientId", "a" * 65, "/context/patientId: is not a FHIR id"),
        ("context.patientId", "p-1\n", "/context/patientId: is not a FHIR id"),
        ("context.userId", ..., "/context/userId: is required"),
        ("context.userId", {}, "/context/userId: is an object"),
        ("context.encounterId", 5, "/context/encounterId: is a number"),
        ("prefetch", [], "/prefetch: is a list"),
        ("prefetch", "x", "/prefetch: is text"),
        ("prefetch.conditions", 5, "/prefetch/conditions: is a number"),
        ("prefetch.conditions", [], "/prefetch/conditions: is a list"),
        ("prefetch.conditions", True, "/prefetch/conditions: is true or false"),
        ("prefetch.conditions", {}, "/prefetch/conditions/resourceType: is missing"),
        ("prefetch.patient", {"resourceType": 7}, "/prefetch/patient/resourceType: is missing"),
        ("fhirServer", 5, "/fhirServer: is a number"),
    ],
)
def test_what_is_wrong_is_named_at_its_place(
    hooks: Hooks, charts: Charts, at: str, value: Any, said: str
) -> None:
    body = changed(view(behcet(charts)), at, value)
    assert said in hooks.refusal(body, 400, "seriatim-patient-view")


def test_everything_that_is_wrong_is_named_at_once(hooks: Hooks) -> None:
    text = hooks.refusal({"hook": 1, "context": {"userId": []}}, 400, "seriatim-patient-view")
    for place in ("/hook:", "/hookInstance:", "/context/userId:", "/context/patientId:"):
        assert place in text


@pytest.mark.parametrize("hook", ["patient-view", "order-select", "order-sign"])
def test_an_empty_context_is_refused_at_every_place(
    hooks: Hooks, charts: Charts, hook: str
) -> None:
    body = {**view(behcet(charts)), "hook": hook, "context": {}}
    text = hooks.refusal(body, 400)
    wanted = {"userId", "patientId"} | ({"draftOrders"} if hook != "patient-view" else set())
    wanted |= {"selections"} if hook == "order-select" else set()
    assert {each for each in CONTEXT if f"/context/{each}: is required" in text} == wanted
    assert "two patients" not in text


CONTEXT = ("userId", "patientId", "draftOrders", "selections")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"3", b'"x"', b"{", b"\xff", b"{}"])
def test_bodies_that_are_no_call(hooks: Hooks, body: bytes) -> None:
    assert hooks.refusal(body, 400, "seriatim-patient-view")


def test_an_unknown_service_is_404_and_names_those_that_there_are(hooks: Hooks) -> None:
    text = hooks.refusal(view(), 404, "other")
    assert "seriatim-patient-view" in text
    assert "other" not in text


def test_other_content_types_are_refused(client: Any) -> None:
    answer = client.post("/cds-services/seriatim-patient-view", content=b"{}")
    assert answer.status_code == 415


def test_what_a_client_may_leave_out(hooks: Hooks, charts: Charts) -> None:
    """No encounter, a user that nobody knows, keys of later versions, nulls for absent things."""
    body = view(behcet(charts))
    body["context"] |= {"encounterId": None, "userId": "nobody"}
    body |= {"extension": {"x": 1}, "somethingOf3_0": True, "fhirServer": None}
    assert len(hooks.cards(body)) == 2


# --- authorisation that comes with the call -------------------------------------------------------

GRANTED = {
    "access_token": "abc.def",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "seriatim",
}


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        ("fhirServer", ..., "/fhirServer: is required when there is fhirAuthorization"),
        ("fhirAuthorization", [], "/fhirAuthorization: is a list"),
        ("fhirAuthorization.access_token", ..., "/fhirAuthorization/access_token: is required"),
        ("fhirAuthorization.access_token", "a b", "is not a bearer token"),
        ("fhirAuthorization.access_token", "a\r\nX: y", "is not a bearer token"),
        ("fhirAuthorization.token_type", "MAC", "/fhirAuthorization/token_type: is not Bearer"),
        ("fhirAuthorization.expires_in", "5", "/fhirAuthorization/expires_in: is text"),
        ("fhirAuthorization.expires_in", True, "/expires_in: is true or false; expected a whole"),
    ],
)
def test_bad_authorisation_is_named_and_never_shown(
    hooks: Hooks, charts: Charts, at: str, value: Any, said: str
) -> None:
    body = view(behcet(charts), fhirServer="https://ehr.example/r4", fhirAuthorization=GRANTED)
    text = hooks.refusal(changed(body, at, value), 400, "seriatim-patient-view")
    assert said in text
    assert "abc.def" not in text


@pytest.mark.parametrize("key", ["expires_in", "scope", "subject"])
def test_what_clients_leave_out_of_authorisation(hooks: Hooks, charts: Charts, key: str) -> None:
    granted = {name: value for name, value in GRANTED.items() if name != key}
    body = view(behcet(charts), fhirServer="https://ehr.example/r4", fhirAuthorization=granted)
    assert len(hooks.cards(body)) == 2


# --- prefetch -------------------------------------------------------------------------------------


def test_a_bare_bundle_for_prefetch_is_a_clear_400(hooks: Hooks, charts: Charts) -> None:
    body = view(bundle(charts.condition("behcet-disease")))
    text = hooks.refusal(body, 400)
    assert "/prefetch: is itself a resource" in text
    assert "GET /cds-services" in text


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"patient": None, "conditions": None, "medicationRequests": None},
        {"patient": OUTCOME, "conditions": OUTCOME},
        {"problems": {"resourceType": "Bundle"}},
    ],
)
def test_nothing_known_of_the_patient_is_412(hooks: Hooks, given: Any) -> None:
    """A random patientId, no token: nobody knows, so silence would be a false answer."""
    text = hooks.refusal(view(given), 412)
    assert "neither prefetched nor to be had from fhirServer" in text


def test_412_says_whether_a_drug_of_the_library_was_seen(hooks: Hooks, charts: Charts) -> None:
    given = {"patient": patient(), "conditions": OUTCOME}
    none = "nothing that was read shows that the patient has or had a drug of the library"
    assert none in hooks.refusal(view(given), 412)
    text = hooks.refusal(view(given | {"medicationRequests": charts.drug("anakinra")}), 412)
    assert "no published course is matched to the drug of the library in the record" in text
    assert none not in text
    assert "anakinra" not in text


def test_412_says_which_keys_and_why(hooks: Hooks) -> None:
    text = hooks.refusal(view({"patient": patient(), "conditions": OUTCOME, "own": None}), 412)
    assert "/prefetch/conditions: the client could not prefetch it (OperationOutcome)" in text
    assert "/prefetch/medicationRequests: not prefetched" in text
    assert "1 prefetch keys are null or not among those of GET /cds-services" in text
    assert "There is no fhirServer" in text


def test_null_for_a_search_says_that_there_is_none(hooks: Hooks) -> None:
    """As CDS Hooks has it; only a missing patient makes it doubtful."""
    assert (
        hooks.cards(view({**dict.fromkeys(("conditions", "allergies")), "patient": patient()}))
        == []
    )


@pytest.mark.parametrize("missing", ["medicationRequests", "patient", "observations"])
@pytest.mark.parametrize("how", ["absent", "outcome"])
def test_a_gap_is_said_on_the_card(hooks: Hooks, charts: Charts, missing: str, how: str) -> None:
    given = behcet(charts)
    del given[missing]
    if how == "outcome":
        given[missing] = OUTCOME
    cards = hooks.cards(view(given))
    says = {"medicationRequests": "prescriptions", "patient": "age and sex"}
    assert cards
    for card in cards:
        assert (
            f"Not available, so unknown: {says.get(missing, 'laboratory values')}."
            in card["detail"]
        )


def test_without_diagnoses_a_drug_of_the_library_still_speaks(hooks: Hooks, charts: Charts) -> None:
    given = {"patient": patient(), "medicationRequests": bundle(charts.failed("anakinra"))}
    cards = hooks.cards(view(given))
    assert cards
    assert all("diagnoses" in each["detail"] for each in cards)


def test_without_diagnoses_an_order_gets_a_card_not_412(hooks: Hooks, charts: Charts) -> None:
    for given in (None, {}, {"conditions": OUTCOME}):
        (card,) = hooks.cards(order("order-sign", given, charts.draft("canakinumab")))
        assert card["summary"] == (
            "Canakinumab: the diagnoses on this record were not available, "
            "so no published course is matched"
        )
        assert "Not available, so unknown: age and sex, diagnoses" in card["detail"]


@pytest.mark.parametrize("more", [{"link": [{"relation": "next", "url": "x"}]}, {"total": 900}])
def test_a_page_is_said_to_be_a_page(hooks: Hooks, charts: Charts, more: Any) -> None:
    given = behcet(charts)
    given["conditions"] |= more
    for card in hooks.cards(view(given)):
        assert "Only the first part was available: diagnoses." in card["detail"]


@pytest.mark.parametrize("more", [{"link": [{"relation": "next", "url": "x"}]}, {"total": 50}])
@pytest.mark.parametrize("entry", [[], [{"resource": OUTCOME}], [None]])
def test_an_empty_first_page_is_not_a_list_without_diagnoses(
    hooks: Hooks, charts: Charts, more: Any, entry: list[Any]
) -> None:
    given = {**behcet(charts), "conditions": {**bundle(), "entry": entry, **more}}
    given["medicationRequests"] = bundle()
    assert "/prefetch/conditions: the first page only" in hooks.refusal(view(given), 412)
    (card,) = hooks.cards(order("order-sign", given, charts.draft("canakinumab")))
    assert "the diagnoses on this record were not available" in card["summary"]
    assert "Not available, so unknown: diagnoses." in card["detail"]


def test_the_newest_laboratory_values_are_enough(hooks: Hooks, charts: Charts) -> None:
    given = behcet(charts)
    given["observations"] |= {"link": [{"relation": "next", "url": "x"}], "total": 9000}
    for card in hooks.cards(view(given)):
        assert "first part" not in card["detail"]


def test_single_resources_for_bundles_and_other_kinds_are_read(
    hooks: Hooks, charts: Charts
) -> None:
    given = behcet(charts) | {"conditions": charts.condition("behcet-disease")}
    assert len(hooks.cards(view(given))) == 2
    given["allergies"] = {"resourceType": "Binary", "data": "AA=="}
    assert len(hooks.cards(view(given))) == 2


# --- one patient ----------------------------------------------------------------------------------


def test_another_patient_is_refused(hooks: Hooks, charts: Charts) -> None:
    given = behcet(charts) | {"patient": {**patient(), "id": "p-2"}}
    assert "/prefetch/patient: is not the patient" in hooks.refusal(view(given), 400)
    other = {"subject": {"reference": "https://ehr.example/r4/Patient/p-2/_history/1"}}
    body = order("order-sign", behcet(charts), charts.draft("canakinumab", **other))
    assert "is of another patient" in hooks.refusal(body, 400)


def test_resources_of_another_patient_are_left_out_and_said(hooks: Hooks, charts: Charts) -> None:
    other = {"subject": {"reference": "Patient/p-2"}, "id": "c-other"}
    given = behcet(charts)
    given["conditions"] = bundle(
        charts.condition("adult-onset-still-disease", **other), charts.condition("behcet-disease")
    )
    for card in hooks.cards(view(given)):
        assert "Still" not in card["summary"]
        assert "1 Condition (of another patient)" in card["detail"]


def test_a_prefetched_patient_need_not_repeat_its_id(hooks: Hooks, charts: Charts) -> None:
    who = patient(birthDate="2020-05-01")
    del who["id"]
    for card in hooks.cards(view(behcet(charts) | {"patient": who})):
        assert "The patient is a child" in card["detail"]


# --- draft orders ---------------------------------------------------------------------------------


def test_draft_orders_without_type_medication_or_entries(hooks: Hooks, charts: Charts) -> None:
    body = order("order-sign", behcet(charts), charts.draft("canakinumab"))
    del body["context"]["draftOrders"]["resourceType"]
    del body["context"]["draftOrders"]["type"]
    assert len(hooks.cards(body)) == 1
    empty = charts.draft("canakinumab")
    del empty["medicationCodeableConcept"]
    assert hooks.cards(order("order-sign", behcet(charts), empty)) == []
    body["context"]["draftOrders"] = {"entry": [None, 3, {}, {"resource": None}, {"resource": {}}]}
    assert hooks.cards(body) == []
    body["context"]["draftOrders"] = {"resourceType": "Bundle"}
    assert hooks.cards(body) == []


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_medications_by_reference_contained_and_in_the_bundle(
    hooks: Hooks, charts: Charts, hook: str
) -> None:
    medication = {
        "resourceType": "Medication",
        "id": "med-1",
        "code": charts.coded("canakinumab"),
    }
    contained = charts.draft(
        "canakinumab", contained=[medication], medicationReference={"reference": "#med-1"}
    )
    apart = charts.draft("canakinumab", medicationReference={"reference": "Medication/med-1"})
    for each in (contained, apart):
        del each["medicationCodeableConcept"]
    assert len(hooks.cards(order(hook, behcet(charts), contained))) == 1
    assert len(hooks.cards(order(hook, behcet(charts), apart, medication))) == 1
    assert hooks.cards(order(hook, behcet(charts), apart)) == []


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        ("context.draftOrders", ..., "/context/draftOrders: is required"),
        ("context.draftOrders", [], "/context/draftOrders: is a list"),
        ("context.draftOrders.entry", {}, "/context/draftOrders/entry: is an object"),
        ("context.draftOrders.resourceType", "List", "/context/draftOrders/resourceType"),
        ("context.selections", ..., "/context/selections: is required"),
        ("context.selections", "x", "/context/selections: is text"),
        ("context.selections", [3], "/context/selections/0: is a number"),
    ],
)
def test_bad_order_contexts(hooks: Hooks, charts: Charts, at: str, value: Any, said: str) -> None:
    body = changed(order("order-select", None, charts.draft("anakinra")), at, value)
    assert said in hooks.refusal(body, 400)


def test_a_selection_that_names_no_draft_hides_none(hooks: Hooks, charts: Charts) -> None:
    body = order("order-select", behcet(charts), charts.draft("canakinumab"))
    for selections in ([], ["MedicationRequest/unknown"], [""]):
        body["context"]["selections"] = selections
        assert len(hooks.cards(body)) == 1
    full = "urn:uuid:0a7d6a3e-7a0e-4a30-9a0b-0e3f3c8d4b11"
    body["context"]["draftOrders"]["entry"][0]["fullUrl"] = full
    body["context"]["selections"] = [full]
    assert len(hooks.cards(body)) == 1


URL = "http://f/MedicationRequest"


@pytest.mark.parametrize(
    "selections",
    [
        ["MedicationRequest/o1"],
        [f"{URL}/o1"],
        ["MedicationRequest/o1/_history/1"],
        [f"{URL}/o1/_history/1"],
        ["o1"],
        [f"{URL}/o1", "MedicationRequest/unknown"],
    ],
)
@pytest.mark.parametrize("full", ["", f"{URL}/o1", f"{URL}/o1/_history/7", "urn:uuid:0a7d"])
def test_a_selection_in_any_form_is_that_order_alone(
    hooks: Hooks, charts: Charts, selections: list[str], full: str
) -> None:
    drugs = {"o1": "anakinra", "o2": "canakinumab"}
    orders = [{**charts.draft(drug), "id": own} for own, drug in drugs.items()]
    body = order("order-select", behcet(charts), *orders)
    if full:
        body["context"]["draftOrders"]["entry"][0]["fullUrl"] = full
    body["context"]["selections"] = selections
    (card,) = hooks.cards(body)
    assert "Anakinra" in card["summary"]
    body["context"]["selections"] = [*selections, "MedicationRequest/o2"]
    assert len(hooks.cards(body)) == 2
    del body["context"]["draftOrders"]["entry"][0]["resource"]["resourceType"]
    assert len(hooks.cards(body)) == 2


# --- size -----------------------------------------------------------------------------------------


def test_ten_thousand_resources(hooks: Hooks, charts: Charts) -> None:
    """A record of that size is read beside the loop."""
    given = behcet(charts)
    many = [
        {**charts.condition("psoriasis"), "id": f"c-{n}", "code": {"text": f"condition {n}"}}
        for n in range(10_000)
    ]
    given["conditions"] = bundle(*many, charts.condition("behcet-disease"))
    assert len(hooks.cards(view(given))) == 2


def test_huge_and_deep_json(hooks: Hooks) -> None:
    deep = b'{"hook":' + b"[" * 5000 + b"]" * 5000 + b"}"
    assert hooks.refusal(deep, 400, "seriatim-patient-view")
    long = b'{"hook":"' + b"a" * 17_000_000 + b'"}'
    assert hooks.refusal(long, 413, "seriatim-patient-view")
    wide = b'{"prefetch":{' + b",".join(b'"k%d":1' % n for n in range(50_000)) + b"}}"
    assert len(hooks.refusal(wide, 400, "seriatim-patient-view")) < 5000


def test_a_record_that_contradicts_itself_is_reported(hooks: Hooks, charts: Charts) -> None:
    given = behcet(charts)
    twice = [patient(birthDate="1996-05-01"), patient(birthDate="1950-05-01")]
    given["patient"] = bundle(*twice)
    cards = hooks.cards(view(given))
    assert cards
    assert all("Contradictory:" in each["detail"] for each in cards)


def test_the_response_is_the_same_for_the_same_call(hooks: Hooks, charts: Charts) -> None:
    """But for the ids of the cards."""
    body = view(behcet(charts))
    first, second = (hooks.post(body).json() for _ in range(2))
    assert_valid_response(first)
    for card in (*first["cards"], *second["cards"]):
        del card["uuid"]
    assert first == second
