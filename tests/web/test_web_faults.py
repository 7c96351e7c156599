"""Whatever is entered or stands in an address: a page that says what is wrong."""

from __future__ import annotations

import re
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest
from html_tree import Element, read_html, show

from seriatim.errors import DisagreementError

if TYPE_CHECKING:
    import io

    from conftest import Caller, Server

    from seriatim.pipeline import Engine


FAULTS = [
    ("age=300", "age", "300 is more than 130 years", []),
    ("age=-1", "age", "a number, such as 30 or 0.5, is wanted", []),
    ("age=2000&unit=months", "age", "2000 is more than 1560 months", []),
    ("age=3&unit=weeks", "unit", "“weeks” is not one of years, months", []),
    ("sex=femal", "sex", "“femal” is not one of", ["female"]),
    (
        "diagnosis=AOSD&diagnosis=Behcet+disese",
        "diagnosis-1",
        "is not a diagnosis",
        ["Behçet's disease"],
    ),
    ("diagnosis=anakinra", "diagnosis-0", "is a drug, not a diagnosis", []),
    ("history=psoriasi", "history-0", "is not a diagnosis", ["psoriasis"]),
    ("therapy=anakira", "drug-0", "is not a drug", ["anakinra"]),
    ("therapy=anakinra:pats", "status-0", "“pats” is not one of", ["past"]),
    ("therapy=anakinra:past:parial", "response-0", "“parial” is not one of", ["partial"]),
    ("therapy=anakinra:past:none:intolerence", "stopped-0", "is not one of", ["intolerance"]),
    ("therapy=:past:none", "drug-0", "Which drug?", []),
    ("therapy=anakinra&therapy=anakinra:never", "drug-1", "as never tried and as tried", []),
    ("therapy=anakinra&tried=nothing", "tried", "yet rows are filled in", []),
    ("tried=everything", "tried", "is not one of nothing, more", []),
    ("event=neutropena", "had-event-0", "is not an adverse event", ["neutropenia"]),
    ("event=neutropenia:anakira", "had-drug-0", "is not a drug", ["anakinra"]),
    ("event=:anakinra", "had-event-0", "Which event?", []),
    ("considering=canakinumb", "considering-0", "is not a drug", ["canakinumab"]),
    ("obs.pregnancy=maybe", "obs-pregnancy", "is not one of yes, no", []),
    ("obs.neutrophils=many", "obs-neutrophils", "a number in 10⁹/L is wanted", []),
    ("obs.neutrophils=900", "obs-neutrophils", "is not between 0 and 200", []),
    ("sex=male&obs.pregnancy=yes", "obs-pregnancy", "does not go with sex male", []),
]


@pytest.mark.parametrize(("query", "place", "said", "nearest"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_stands_beside_its_field(
    client: Caller, query: str, place: str, said: str, nearest: list[str]
) -> None:
    root = show(client, f"/?{query}", 422)
    field, beside = root.one(id=place), root.one(id=f"{place}-error")
    assert said.lower() in beside.text.lower()
    summary = root.one(id="faults")
    assert said.lower() in summary.text.lower()
    assert f"#{place}" in [each.get("href") for each in summary.all("a")]
    if place != "unit":
        assert field["aria-invalid"] == "true"
        assert f"{place}-error" in field["aria-describedby"].split()
    fixes = {each.text: each["href"] for each in beside.all("a")}
    assert list(fixes)[: len(nearest)] == nearest
    for name in nearest:
        mended = client.get(fixes[name])
        assert mended.status_code == 200
        assert name in mended.text


def test_faults_stand_before_the_form_in_its_order(client: Caller) -> None:
    query = (
        "obs.creatinine_clearance=x&history=psoriasi&event=neutropena:anakira&therapy=anakira:pats"
        "&therapy=:current&considering=canakinumb&diagnosis=Bechet&sex=femal&age=x&unheard=1"
        "&obs.neutrophils=y&tried=all"
    )
    root = show(client, f"/?{query}", 400)
    faults = root.one(id="faults")
    order = [each["href"][1:] for each in faults.all("a") if each["href"].startswith("#")]
    fields = [each.get("id") for each in root.one("form", id="ask").below()]
    assert len(order) == 13
    assert order == sorted(order, key=fields.index)
    assert faults.all("li")[0].text.startswith("Address")
    every = [each.get("id") for each in root.one("main").below()]
    assert every.index("faults") < every.index("ask")


@pytest.mark.parametrize(
    ("path", "near"),
    [("/serie/x", "/series"), ("/case/x", "/series"), ("/Rules", "/rules"), ("/x", "")],
)
def test_an_unknown_address_looks_like_every_page(client: Caller, path: str, near: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    page, home = read_html(answer.text), show(client, "/about")
    assert answer.status_code == 404
    assert links(page.one("nav")) == links(home.one("nav"))
    assert [to for to, _name in links(page.one("main"))] == ([near] if near else []) + ["/"]
    fresh = client.get(page.one("link").get("href"))
    kept = client.get(home.all("link", rel="stylesheet")[0].get("href"))
    assert (fresh.status_code, fresh.content) == (200, kept.content)
    assert fresh.headers["cache-control"] == "no-cache"


def links(element: Element) -> list[tuple[str, str]]:
    return [(each.get("href"), each.text) for each in element.below() if each.tag == "a"]


SCRIPT = "<script>alert(1)</script>"
PARAMETERS = [
    *("age", "unit", "sex", "tried", "had", "sort", "diagnosis", "history", "considering"),
    *("therapy", "event", "obs.neutrophils", "obs.made_up", "unheard", "drug", "add", "remove"),
    SCRIPT,
]


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize(
    "text", [SCRIPT, '"><img src=x onerror=alert(1)>', "{{7*7}}", "%00", "%zz%FF"]
)
def test_hostile_values_are_text(client: Caller, name: str, text: str) -> None:
    raw = text if text.startswith("%") else urlencode({"": text})[1:]
    for path in ("/", "/answer"):
        response = client.get(f"{path}?diagnosis=AOSD&{urlencode({name: ''})[:-1]}={raw}")
        assert response.status_code in (200, 303, 400, 422)
        assert "<script>" not in response.text
        assert "<img" not in response.text
        assert "49" not in re.findall(r"value=\"(.*?)\"", response.text)
        if path == "/" and response.text:
            read_html(response.text)


@pytest.mark.parametrize("term", ["<AOSD>", '"><SS>', "<b>SS</b", "'AOSD'&lt;"])
def test_markup_around_a_name_that_is_known_is_text(client: Caller, term: str) -> None:
    query = urlencode({"diagnosis": term, "therapy": "<anakinra>", "considering": '"canakinumab<'})
    response = client.get(f"/?{query}")
    read_html(response.text)
    assert term not in response.text
    assert "<anakinra>" not in response.text


def test_without_agreement_there_is_no_answer(
    client: Caller, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagree(_self: Engine, _profile: object) -> None:
        raise DisagreementError(["rule-a"], [])

    monkeypatch.setattr(type(engine), "look_up", disagree)
    root = show(client, "/?diagnosis=AOSD", 500)
    assert "The two inference engines disagree" in root.one(id="faults").text
    assert not root.all("table", class_="courses")


def test_what_nobody_expected_is_told_on_a_page(
    client: Caller, engine: Engine, log_lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Engine, _profile: object) -> None:
        raise RuntimeError("Zebediahcanary")

    monkeypatch.setattr(type(engine), "look_up", fail)
    for path in ("/", "/answer", "/sheet", "/letter"):
        root = show(client, f"{path}?diagnosis=AOSD", 500)
        assert root.one("h1").text == "Something went wrong here"
        assert "Zebediahcanary" not in root.text
    assert "RuntimeError" in log_lines.getvalue()
    assert "Zebediahcanary" not in log_lines.getvalue()


def test_ten_thousand_therapies_get_a_page(client: Caller, server: Server) -> None:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    with closing(connection):
        connection.request("GET", "/?" + "&".join(["therapy=anakinra"] * 10_000))
        response = connection.getresponse()
        root = read_html(response.read().decode())
    assert response.status == 400
    assert "10,000 entries" in root.one(id="faults").text
    root = show(client, "/?" + "&".join(["therapy=anakinra"] * 900), 400)
    assert "900 rows of therapy are given; at most 100" in root.one(id="faults").text
    assert len(root.one("form").all("div", class_="therapy")) == 100


def test_a_hundred_unknown_drugs_are_answered(client: Caller) -> None:
    root = show(client, "/?" + "&".join(f"therapy=unheard{n}" for n in range(100)), 422)
    assert len(root.one(id="faults").all("li")) == 20
