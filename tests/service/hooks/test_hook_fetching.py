"""Fetching from a client's FHIR server: what is had, and what no server can bring about."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.service.app import create_app
from seriatim.service.hooks import fetch
from seriatim.service.settings import Settings
from service.hooks.calling import Caller, Hooks, Kept
from service.hooks.charts import PATIENT, Charts, bundle, order, patient, prefetch, view
from service.hooks.fhir_server import FhirServer, endless, plain, running, stall, start

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "SECRET-token.123"  # noqa: S105 - for tests only
GRANTED = {
    "access_token": TOKEN,
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "seriatim",
}


class Ehr:
    """A client whose FHIR server is real, and the service that may ask it."""

    def __init__(self, engine: Any, url: str, fhir: FhirServer) -> None:
        self.engine = engine
        self.fhir, self.url = fhir, f"{url}/r4"
        self.hooks = self.make(self.url)

    def make(self, *allowed: str, seconds: float = 20.0) -> Hooks:
        """A service that may ask these servers."""
        settings = Settings(fhir_servers=allowed, fhir_timeout=seconds)
        store = Kept()
        return Hooks(Caller(create_app(settings, engine=self.engine, store=store)), store)

    def view(self, given: Any = None, **more: Any) -> Any:
        called = {"fhirServer": self.url, "fhirAuthorization": GRANTED, **more}
        return view(given, **called)


@pytest.fixture(scope="module")
def one_server() -> Iterator[tuple[FhirServer, str]]:
    fhir = FhirServer()
    with running(fhir) as url:
        yield fhir, url


@pytest.fixture(scope="module")
def one_ehr(one_server: tuple[FhirServer, str], engine: Any) -> Ehr:
    fhir, url = one_server
    return Ehr(engine, url, fhir)


@pytest.fixture
def ehr(one_ehr: Ehr, charts: Charts) -> Ehr:
    """With a patient who has Behçet's disease that anakinra did not help."""
    one_ehr.fhir.asked.clear()
    one_ehr.fhir.headers.clear()
    one_ehr.fhir.answers = {
        f"Patient/{PATIENT}": patient(birthDate="1996-05-01"),
        "Condition": bundle(charts.condition("behcet-disease")),
        "MedicationRequest": bundle(charts.failed("anakinra")),
    }
    return one_ehr


@pytest.fixture
def elsewhere() -> Iterator[tuple[FhirServer, str]]:
    """Another server, which nobody allowed."""
    other = FhirServer()
    with running(other) as url:
        yield other, url


# --- what is had ----------------------------------------------------------------------------------


def test_without_prefetch_everything_is_fetched(ehr: Ehr) -> None:
    first, last = ehr.hooks.cards(ehr.view())
    assert first["summary"].endswith("after anakinra: no response 1 of 1; transaminitis 1 of 4")
    assert "failed here" in last["summary"]
    assert "Not available" not in first["detail"]
    assert "Condition?patient=p-1&_count=200" in ehr.fhir.asked
    assert "AdverseEvent?subject=Patient/p-1&_count=200" in ehr.fhir.asked
    assert len(ehr.fhir.asked) == 9
    for headers in ehr.fhir.headers:
        assert headers["authorization"] == f"Bearer {TOKEN}"
        assert "application/fhir+json" in headers["accept"]
        assert "application/json+fhir" in headers["accept"]
        assert headers["accept-encoding"] == "identity"
        assert "cookie" not in headers


def test_only_what_was_not_prefetched_is_fetched(ehr: Ehr, charts: Charts) -> None:
    given = prefetch(None, [charts.condition("behcet-disease")], [])
    del given["medicationRequests"]
    assert len(ehr.hooks.cards(ehr.view(given))) == 2
    assert [each.partition("?")[0] for each in ehr.fhir.asked] == ["MedicationRequest"]


@pytest.mark.parametrize("context", [{}, {"userId": "u"}, {"userId": "u", "patientId": ""}])
def test_no_server_is_asked_about_nobody(ehr: Ehr, context: dict[str, str]) -> None:
    ehr.hooks.refusal(ehr.view(context=context), 400)
    assert ehr.fhir.asked == []


def test_an_open_server_is_asked_without_a_token(ehr: Ehr) -> None:
    body = view(None, fhirServer=f"{ehr.url}/")
    assert len(ehr.hooks.cards(body)) == 2
    assert all("authorization" not in each for each in ehr.fhir.headers)


def test_an_outcome_in_the_prefetch_is_not_asked_again(ehr: Ehr, charts: Charts) -> None:
    given = prefetch(None, [charts.condition("behcet-disease")], [])
    given["allergies"] = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    assert ehr.hooks.cards(ehr.view(given))
    assert ehr.fhir.asked == []


def test_pages_are_followed_on_the_same_server(ehr: Ehr, charts: Charts) -> None:
    following = [
        f"{ehr.url}/Condition?page=2",
        f"{ehr.url}?_getpages=3",
        "Condition?page=4",
        "?page=5",
    ]
    pages = ["Condition", "Condition?page=2", "/r4?_getpages=3", "Condition?page=4", "/r4?page=5"]
    for index, page in enumerate(pages):
        link = following[index : index + 1]
        ehr.fhir.answers[page] = bundle(
            {**charts.condition("psoriasis"), "id": f"c{index}"},
            link=[{"relation": "next", "url": each} for each in link],
        )
    ehr.fhir.answers["/r4?page=5"] = bundle(charts.condition("behcet-disease"))
    cards = ehr.hooks.cards(ehr.view())
    assert len(cards) == 2
    assert "first part" not in cards[0]["detail"]


def test_a_prefetched_page_is_completed(ehr: Ehr, charts: Charts) -> None:
    given = prefetch(None, [], [])
    given["conditions"] = bundle(charts.condition("psoriasis"), total=2)
    assert len(ehr.hooks.cards(ehr.view(given))) == 2
    assert len(ehr.fhir.asked) == 1


def test_medications_by_reference_are_fetched(ehr: Ehr, charts: Charts) -> None:
    ehr.fhir.answers["Medication/med-1"] = {
        "resourceType": "Medication",
        "id": "med-1",
        "code": charts.coded("canakinumab"),
    }
    draft = charts.draft("canakinumab", medicationReference={"reference": "Medication/med-1"})
    del draft["medicationCodeableConcept"]
    more = {"fhirServer": ehr.url, "fhirAuthorization": GRANTED}
    (card,) = ehr.hooks.cards(order("order-sign", None, draft, **more))
    assert card["summary"].startswith("Canakinumab in Behçet's disease")
    draft["medicationReference"]["reference"] = f"{ehr.url}/Medication/med-1/_history/2"
    assert len(ehr.hooks.cards(order("order-sign", None, draft, **more))) == 1


def test_medications_of_orders_and_of_the_record_are_both_fetched(ehr: Ehr, charts: Charts) -> None:
    for drug in ("canakinumab", "anakinra"):
        found = {"resourceType": "Medication", "id": drug, "code": charts.coded(drug)}
        ehr.fhir.answers[f"Medication/{drug}"] = found
    tried, draft = charts.failed("anakinra"), charts.draft("canakinumab")
    for each, drug in ((tried, "anakinra"), (draft, "canakinumab")):
        del each["medicationCodeableConcept"]
        each["medicationReference"] = {"reference": f"Medication/{drug}"}
    ehr.fhir.answers["MedicationRequest"] = bundle(tried)
    more = {"fhirServer": ehr.url, "fhirAuthorization": GRANTED}
    (card,) = ehr.hooks.cards(order("order-sign", None, draft, **more))
    assert card["summary"].startswith("Canakinumab in Behçet's disease")
    assert card["summary"].endswith("after anakinra: no response 1 of 1; transaminitis 1 of 4")


def test_orders_of_other_drugs_cost_no_fetching(ehr: Ehr, charts: Charts) -> None:
    more = {"fhirServer": ehr.url, "fhirAuthorization": GRANTED}
    assert ehr.hooks.cards(order("order-sign", None, charts.draft("colchicine"), **more)) == []
    assert ehr.fhir.asked == []


def test_an_old_server_that_knows_only_the_old_media_type(ehr: Ehr) -> None:
    known = ehr.fhir.answers["Condition"]

    async def picky(send: Any, _receive: Any) -> None:
        accepts = ehr.fhir.headers[-1]["accept"] == fetch.OLD_ACCEPT
        await start(send, 200 if accepts else 406, {"content-type": "application/json+fhir"})
        await send({"type": "http.response.body", "body": plain(known) if accepts else b""})

    ehr.fhir.answers["Condition"] = picky
    assert len(ehr.hooks.cards(ehr.view())) == 2


# --- what goes wrong ------------------------------------------------------------------------------

BROKEN = {
    "stalls": (stall, "no answer in time"),
    "garbage": (b"\xff\x00garbage", "is not valid JSON"),
    "deep": (b"[" * 3000 + b"]" * 3000, "is not valid JSON"),
    "list": (b"[]", "the answer is not FHIR"),
    "no type": (b"{}", "the answer is not FHIR"),
    "html": ((200, {"content-type": "text/html"}, b"<html>"), "is not valid JSON"),
    "outcome": ({"resourceType": "OperationOutcome"}, "answered with an OperationOutcome"),
    "401": ((401, {}, b""), "did not allow it (401)"),
    "500": ((500, {}, b"oops"), "the server answered 500"),
    "gzip": ((200, {"content-encoding": "gzip"}, b"\x1f\x8b"), "compressed"),
}


def test_what_a_server_breaks_is_a_gap_never_a_failure(ehr: Ehr) -> None:
    whole, impatient = dict(ehr.fhir.answers), ehr.make(ehr.url, seconds=1.0)
    for how, (answer, why) in BROKEN.items():
        hooks = impatient if how == "stalls" else ehr.hooks
        ehr.fhir.answers = whole | {"MedicationRequest": answer}
        before = time.monotonic()
        (first, *_rest) = hooks.cards(ehr.view())
        assert time.monotonic() - before < 10, how
        assert "Not available, so unknown: prescriptions." in first["detail"], how
        ehr.fhir.answers = {"Condition": answer}
        text = hooks.refusal(ehr.view(), 412)
        assert re.search(f"/prefetch/conditions: [a-z ]*({re.escape(why)})", text), how
        assert TOKEN not in text


def test_redirects_are_never_followed(ehr: Ehr, elsewhere: tuple[FhirServer, str]) -> None:
    other, url = elsewhere
    ehr.fhir.answers.clear()
    for status in (301, 302, 303, 307, 308):
        target = {"location": f"{url}/r4/Condition"}
        ehr.fhir.answers["Condition"] = (status, target, b"")
        text = ehr.hooks.refusal(ehr.view(), 412)
        assert "sends elsewhere, which is not followed" in text
    assert other.asked == []


FOREIGN_LINKS = [
    "{other}/r4/Condition?page=2",
    "{other}/r4",
    "//{netloc}/r4/Condition",
    "/admin",
    "{url}/../admin",
    "{url}/%2e%2e/admin",
    "{url}/..%2fadmin",
    "{url}x/Condition",
    "{origin}@{netloc}/r4/Condition",
    "{origin}/r5/Condition",
    "https://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "{url}/Condition?a=b#c",
    "{url}\\..\\admin",
    "ftp://x/r4",
]


def test_next_links_stay_on_the_server_below_its_base(ehr: Ehr, serve: Any, charts: Charts) -> None:
    other = FhirServer()
    elsewhere = serve(other).url
    names = {
        "other": elsewhere,
        "netloc": elsewhere.removeprefix("http://"),
        "url": ehr.url,
        "origin": ehr.url.removesuffix("/r4"),
    }
    given = prefetch(None, [], [])
    del given["conditions"]
    for link in FOREIGN_LINKS:
        ehr.fhir.answers["Condition"] = bundle(
            charts.condition("behcet-disease"),
            link=[{"relation": "next", "url": link.format(**names)}],
        )
        ehr.fhir.asked.clear()
        cards = ehr.hooks.cards(ehr.view(given))
        assert "Only the first part was available: diagnoses." in cards[0]["detail"], link
        assert len(ehr.fhir.asked) == 1, link
    assert other.asked == []


@pytest.mark.parametrize("link", ["https://elsewhere.example/r4?page=2", None])
def test_an_empty_first_page_without_another_is_412(
    ehr: Ehr, charts: Charts, link: str | None
) -> None:
    more = [{"relation": "next", "url": link}] if link else []
    empty = bundle(total=50, link=more)
    ehr.fhir.answers = {"Condition": empty}
    given = prefetch(None, [], [])
    for sent in ({**given, "conditions": empty}, {**given, "conditions": None}):
        if sent["conditions"] is None:
            del sent["conditions"]
        assert "/prefetch/conditions: " in ehr.hooks.refusal(ehr.view(sent), 412)
    ehr.fhir.answers = {"Condition": bundle(charts.condition("behcet-disease"))}
    assert len(ehr.hooks.cards(ehr.view({**given, "conditions": empty}))) == 2


def test_pages_end(ehr: Ehr, charts: Charts) -> None:
    """A server whose next page is always the same one."""
    again = [{"relation": "next", "url": f"{ehr.url}/Condition"}]
    ehr.fhir.answers["Condition"] = bundle(charts.condition("behcet-disease"), link=again)
    cards = ehr.hooks.cards(ehr.view())
    assert "Only the first part was available: diagnoses." in cards[0]["detail"]
    assert len(ehr.fhir.asked) < 30


def test_an_endless_body_stops_at_the_limit(ehr: Ehr, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = fetch.Bounds(seconds=30, page_bytes=200_000, total_bytes=400_000)
    monkeypatch.setattr("seriatim.service.hooks.answering.Bounds", lambda **_given: bounds)
    hooks = ehr.make(ehr.url)
    ehr.fhir.answers = {"Condition": endless}
    before = time.monotonic()
    assert "/prefetch/conditions: the answer is too long" in hooks.refusal(ehr.view(), 412)
    assert time.monotonic() - before < 20


# --- which servers --------------------------------------------------------------------------------


FOREIGN_SERVERS = [
    "{url}x",
    "{url}/sub",
    "{origin}",
    "{origin}/R4",
    "{url}/../r4",
    "{url}/.",
    "{url}//",
    "{origin}//r4",
    "{origin}/%72%34",
    "{url}?x=1",
    "{url}#x",
    "http://user:pass@{netloc}/r4",
    "http://{netloc}@evil.example/r4",
    "https://{netloc}/r4",
    "http://localhost.evil.example/r4",
    "http://2130706433/r4",
    "http://0x7f.1/r4",
    "http://[::ffff:127.0.0.1]/r4",
    "http://169.254.169.254/r4",
    "file:///etc/passwd",
    "gopher://{netloc}/r4",
    " {url}",
    "{url}\n",
    "javascript:alert(1)",
    "http:///r4",
    "http://[::1/r4",
    "http://127.0.0.1:99999/r4",
    "x" * 5000,
]


def test_no_other_server_is_ever_asked(ehr: Ehr) -> None:
    origin = ehr.url.removesuffix("/r4")
    names = {"url": ehr.url, "origin": origin, "netloc": origin.removeprefix("http://")}
    for server in FOREIGN_SERVERS:
        body = ehr.view({"patient": patient()}, fhirServer=server.format(**names))
        assert "setting fhir_servers" in ehr.hooks.refusal(body, 412), server
    assert ehr.fhir.asked == []


def test_no_server_is_asked_unless_it_is_allowed(ehr: Ehr, charts: Charts) -> None:
    hooks = ehr.make()
    assert "setting fhir_servers" in hooks.refusal(ehr.view({"patient": patient()}), 412)
    (card,) = hooks.cards(order("order-sign", None, charts.draft("anakinra"), fhirServer=ehr.url))
    assert "were not available" in card["summary"]
    assert ehr.fhir.asked == []


def test_neither_token_nor_address_is_logged(ehr: Ehr, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ehr.hooks.cards(ehr.view())
    ehr.fhir.answers["Condition"] = (500, {}, b"")
    ehr.hooks.post(ehr.view())
    for each in caplog.records:
        if each.name.partition(".")[0] not in ("uvicorn", "asyncio"):
            assert TOKEN not in each.getMessage()
            assert PATIENT not in each.getMessage()


def test_environment_proxies_and_credentials_are_not_used(
    ehr: Ehr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert len(ehr.hooks.cards(ehr.view())) == 2


def test_a_slow_server_costs_no_more_than_the_time_allowed(ehr: Ehr) -> None:
    hooks = ehr.make(ehr.url, seconds=0.3)
    for kind in ("Condition", "MedicationRequest", "Observation", "AllergyIntolerance"):
        ehr.fhir.answers[kind] = stall
    before = time.monotonic()
    assert "no answer in time" in hooks.refusal(ehr.view(), 412)
    assert time.monotonic() - before < 10
