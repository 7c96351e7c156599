"""The look-up over HTTP alone, as a browser without scripts uses it."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from html_tree import Element, read_html

from seriatim.errors import DisagreementError
from seriatim.service.app import create_app
from seriatim.service.edge.record import CSP
from seriatim.service.settings import Settings, StaticToken

if TYPE_CHECKING:
    import io

    import httpx
    from conftest import Caller, Nothing, Server

    from seriatim.pipeline import Engine


BEHCET = (
    "/?age=30&sex=female&diagnosis=Beh%C3%A7et%27s+disease&therapy=colchicine"
    "&therapy=anakinra:past:partial&considering=canakinumab"
)
CAUTIOUS = (
    "/?age=44&diagnosis=Beh%C3%A7et%27s+disease&therapy=etanercept:current&event=neutropenia:anakinra"
    "&obs.neutrophils=1&obs.creatinine_clearance=20&obs.pregnancy=yes"
)


def show(client: Caller, url: str, status: int = 200) -> Element:
    response = client.get(url)
    assert response.status_code == status, response.text[:500]
    return read_html(response.text)


def entered(root: Element, **changed: str) -> list[tuple[str, str]]:
    """What a browser sends for the form, with fields changed by their ids."""
    form = root.one("form", id="ask")
    found = []
    for each in form.below():
        if each.tag == "input":
            found.append(
                (each["name"], changed.pop(each.get("id").replace("-", "_"), each.get("value")))
            )
        elif each.tag == "select":
            options = each.all("option")
            chosen = [e for e in options if "selected" in e.attributes] or options[:1]
            value = chosen[0].get("value", chosen[0].text)
            found.append((each["name"], changed.pop(each["id"].replace("-", "_"), value)))
    assert changed == {}
    return found


def send(client: Caller, root: Element, button: tuple[str, str], **changed: str) -> httpx.Response:
    form = root.one("form", id="ask")
    assert form["method"] == "get"
    response = client.get(f"{form['action']}?{urlencode([*entered(root, **changed), button])}")
    if response.status_code == 303:
        response = client.get(response.headers["location"].partition("#")[0])
    return response


# --- without scripts ------------------------------------------------------------------------------


def test_a_patient_is_looked_up_without_scripts(client: Caller) -> None:
    root = show(client, "/")
    root = read_html(send(client, root, ("add", "therapy"), diagnosis_0="M35.2", age="30").text)
    assert root.one(id="diagnosis-0")["value"] == "M35.2"
    root = read_html(send(client, root, ("add", "therapy"), drug_0="colchicine").text)
    changed = {"drug_1": "anakinra", "response_1": "partial", "considering_0": "canakinumab"}
    response = send(client, root, ("ask", "1"), **changed)
    assert response.url.query.decode() == (
        "age=30&diagnosis=M35.2&therapy=colchicine&therapy=anakinra:past:partial"
        "&considering=canakinumab"
    )
    answer = read_html(response.text)
    assert answer.one("h1").text == "Behçet's disease, adult of 30, considering canakinumab"
    assert "complete 2 of 4 (95% CI 6.8–93.2%)" in answer.one(id="answer").text
    again = read_html(send(client, answer, ("remove", "therapy:0")).text)
    assert [again.one(id="drug-0")["value"]] == ["anakinra"]
    assert not again.all(id="drug-1")


def test_the_first_button_of_the_form_is_the_one_that_enter_presses(client: Caller) -> None:
    buttons = [
        each for each in show(client, BEHCET).one("form", id="ask").below() if each.tag == "button"
    ]
    assert (buttons[0]["name"], buttons[0]["value"]) == ("ask", "1")
    assert all(each.get("type", "submit") == "submit" for each in buttons)


def test_an_address_is_shown_again_as_it_was_entered(client: Caller) -> None:
    root = show(client, CAUTIOUS)
    pairs = [(name, value) for name, value in entered(root) if value not in ("", "unknown")]
    assert (
        dict(pairs).items()
        >= {
            "age": "44",
            "diagnosis": "Behçet's disease",
            "drug": "etanercept",
            "status": "current",
            "had-event": "neutropenia",
            "had-drug": "anakinra",
            "obs.neutrophils": "1",
            "obs.pregnancy": "yes",
        }.items()
    )
    assert "open" in root.one("details", class_="more").attributes


def test_tables_are_sorted_by_the_server(client: Caller) -> None:
    def courses(url: str) -> list[str]:
        table = show(client, url).one("table", id="finding-0")
        return [each.one("a").text for each in table.all("th", scope="rowgroup")]

    first = show(client, BEHCET).one("table", id="finding-0")
    assert courses(BEHCET) == ["T2R4", "T2R5", "T2R2", "T2R3"]
    by_months = first.one("a", data_sort="months")["href"].partition("#")[0]
    assert courses(by_months) == ["T2R2", "T2R5", "T2R3", "T2R4"]
    sorted_table = show(client, by_months).one("table", id="finding-0")
    [head] = [each for each in sorted_table.all("th") if each.get("aria-sort") == "ascending"]
    assert head.text == "Months"
    assert courses(head.one("a")["href"].partition("#")[0]) == ["T2R4", "T2R3", "T2R5", "T2R2"]


def test_rows_are_sorted_by_their_numbers_and_an_unheard_order_is_none(client: Caller) -> None:
    def courses(sort: str) -> list[str]:
        table = show(client, f"/?diagnosis=M04.1&sort={sort}").one("table", id="finding-0")
        return [each.one("a").text for each in table.all("th", scope="rowgroup")]

    assert courses("course") == ["T1R11", "T1R13", "T1R14"]
    assert courses("-course") == ["T1R14", "T1R13", "T1R11"]
    both = show(client, "/?diagnosis=AOSD&sort=course").one("table", id="finding-0")
    assert [each.one("a").text[-1] for each in both.all("th", scope="rowgroup")] == list("1234567")
    assert courses("size%3Cb%3E") == courses("")
    assert "size" not in show(client, "/?diagnosis=AOSD&sort=size").one(id="answer").text


# --- the answer -----------------------------------------------------------------------------------


def test_the_answer_is_in_its_order(client: Caller) -> None:
    answer = show(client, CAUTIOUS).one(id="answer")
    heads = [each.text for each in answer.below() if each.tag in ("h1", "h2")]
    assert heads == [
        "Behçet's disease, adult of 44",
        "Labels",
        "What happened",
        "Cautions",
        "What happened to each patient",
        "Months on treatment and what came of it",
        "Response by diagnosis",
        "Evidence, row by row",
        "Doses, and doses for flares",
        "Adverse events",
        "The publication and its own rows disagree, or cannot be held against each other",
        "Not known, and would change this",
        "Why",
        "Limits",
        "Sources, and to take away",
    ]
    cautions = [each.text for each in answer.one(id="cautions").all("li")]
    kinds = [each.split()[1] for each in cautions]
    assert kinds == ["Safety:"] * 5 + ["Dose:", "Limits:"]


def test_stronger_evidence_stands_before_everything_else(client: Caller) -> None:
    answer = show(client, "/?diagnosis=AOSD&tried=nothing").one(id="answer")
    sections = [each for each in answer.children if each.tag == "section"]
    assert sections[0].one("h2").text == "Stronger evidence: labels"
    assert "The EU and UK label of anakinra names Still's disease" in sections[0].text


def test_every_limit_is_shown_unfolded(client: Caller) -> None:
    root = show(client, BEHCET)
    limits = root.one("section", class_="limits")
    assert len(limits.all("li")) == 8
    assert not limits.all("details")


def test_everything_cited_leads_to_a_page_that_is_there(client: Caller) -> None:
    for url in (BEHCET, CAUTIOUS):
        root = show(client, url)
        links = {each["href"] for each in root.all("a") if each.get("href").startswith("/")}
        kinds = {"/cases/", "/rules/", "/claims/", "/series/", "/sheet", "/letter"}
        assert {kind for kind in kinds for link in links if link.startswith(kind)} == kinds
        paths = {
            urlsplit(link).path
            for link in links
            if link.startswith(("/cases", "/rules", "/claims", "/series"))
        }
        for path in sorted(paths):
            assert client.request("HEAD", path).status_code == 200, path


def test_what_is_missing_is_one_click_away(client: Caller) -> None:
    root = show(client, BEHCET)
    wanted = root.one("section", class_="wanted")
    facts = [each.text for each in wanted.all("span", class_="fact")]
    assert facts == [
        "Active infection",
        "Adverse events so far",
        "Confirmed hypersensitivity to canakinumab or an excipient",
        "Pregnancy",
        "Why anakinra was stopped",
    ]
    labelled = {each["aria-label"]: each["href"] for each in wanted.all("a", class_="click")}
    pregnant = show(client, labelled["Pregnancy: yes"]).one(id="answer").text
    assert "The patient is pregnant" in pregnant
    stopped = labelled["Why anakinra was stopped: intolerance"]
    assert ("therapy", "anakinra:past:partial:intolerance") in parse_qsl(urlsplit(stopped).query)
    assert "Why anakinra was stopped" not in show(client, stopped).one(id="answer").text
    adding = show(client, labelled["Adverse events so far: add one"].partition("#")[0])
    assert "autofocus" in adding.one(id="had-event-0").attributes
    assert "open" in adding.one("details", class_="patient").attributes
    none = show(client, labelled["Adverse events so far: none so far"]).one(id="answer").text
    assert "Adverse events so far" not in none


def test_an_open_diagnosis_is_settled_by_a_click(client: Caller) -> None:
    root = show(client, "/?diagnosis=SS")
    labelled = {each["aria-label"]: each["href"] for each in root.all("a", class_="click")}
    href = labelled["Which diagnosis: Schnitzler syndrome, systemic sclerosis: Schnitzler syndrome"]
    assert show(client, href).one("h1").text == "Schnitzler syndrome"


def test_figures_have_words_and_a_table(client: Caller) -> None:
    root = show(client, BEHCET)
    figures = root.all("figure")
    assert [each["id"] for each in figures] == [
        "figure-patients",
        "figure-months",
        "figure-responses",
    ]
    for each in figures:
        assert {svg.get("role") for svg in each.all("svg")} <= {"img", "group"}
        assert each.one("p", class_="alt").text
        assert each.one("table").all("caption")


# --- faults ---------------------------------------------------------------------------------------

FAULTS = [
    ("age=300", "age", "300 is more than 130 years", []),
    ("age=-1", "age", "a number, such as 30 or 0.5, is wanted", []),
    ("age=2000&unit=months", "age", "2000 is more than 1560 months", []),
    ("age=3&unit=weeks", "unit", "'weeks' is not one of years, months", []),
    ("sex=femal", "sex", "'femal' is not one of", ["female"]),
    (
        "diagnosis=AOSD&diagnosis=Behcet+disese",
        "diagnosis-1",
        "is not a diagnosis",
        ["Behçet's disease"],
    ),
    ("diagnosis=anakinra", "diagnosis-0", "is a drug, not a diagnosis", []),
    ("history=psoriasi", "history-0", "is not a diagnosis", ["psoriasis"]),
    ("therapy=anakira", "drug-0", "is not a drug", ["anakinra"]),
    ("therapy=anakinra:pats", "status-0", "'pats' is not one of", ["past"]),
    ("therapy=anakinra:past:parial", "response-0", "'parial' is not one of", ["partial"]),
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
    ("obs.neutrophils=many", "obs-neutrophils", "a number in 10^9/L is wanted", []),
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


# --- headers and addresses ------------------------------------------------------------------------


def test_headers_of_a_page(client: Caller) -> None:
    headers = client.get(BEHCET).headers
    assert headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-type"] == "text/html; charset=utf-8"


def test_nothing_comes_from_elsewhere(client: Caller) -> None:
    root = show(client, BEHCET)
    loaded = [
        each.get("src") or each.get("href") for each in root.all() if each.tag in ("script", "link")
    ]
    assert loaded
    assert all(each.startswith("/static/") for each in loaded)
    for each in loaded:
        response = client.get(each)
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert not re.search(r"https?:(?!//www\.w3\.org/2000/svg)|@import|url\(", response.text)
    assert client.get(re.sub("/static/.{16}", f"/static/{'0' * 16}", loaded[0])).status_code == 404
    assert client.get(loaded[0].rpartition("/")[0] + "/..%2Fsite.py").status_code == 404


def test_a_page_is_light(client: Caller) -> None:
    response = client.get(BEHCET)
    page = re.sub(r"<svg.*?</svg>", "", response.text, flags=re.DOTALL)
    root = read_html(response.text)
    loaded = [
        each.get("src") or each.get("href") for each in root.all() if each.tag in ("script", "link")
    ]
    total = len(page.encode()) + sum(len(client.get(each).content) for each in loaded)
    assert total < 150_000


def test_head_has_the_length_and_no_body(client: Caller) -> None:
    whole, head = client.get(BEHCET), client.request("HEAD", BEHCET)
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))


def test_terms_are_never_completed_by_the_browser(client: Caller) -> None:
    form = show(client, CAUTIOUS).one("form", id="ask")
    fields = [
        each
        for each in form.below()
        if each.tag in ("input", "select") and each.get("type") != "hidden"
    ]
    assert {each.get("autocomplete") for each in (form, *fields)} == {"off"}


def test_nothing_typed_is_stored_or_logged(
    client: Caller, store: Nothing, log_lines: io.StringIO
) -> None:
    canary = "Zebediahcanary"
    for path in ("/", "/answer", "/sheet", "/letter"):
        for name in ("diagnosis", "therapy", "event", "considering", "age", "sex", "unheard"):
            client.get(f"{path}?{name}={canary}&{canary}={canary}")
        client.get(f"{path}?diagnosis=AOSD&age=31")
    assert store.given == []
    assert canary not in log_lines.getvalue()
    assert "AOSD" not in log_lines.getvalue()
    assert '"route":"/answer"' in log_lines.getvalue()


def test_two_patients_at_once_get_their_own_answers(client: Caller) -> None:
    for _each in range(2):
        ages = [show(client, f"/?diagnosis=AOSD&age={n}").one("h1").text for n in (30, 31)]
        assert ages == [
            "Adult-onset Still's disease, adult of 30",
            "Adult-onset Still's disease, adult of 31",
        ]


def test_a_service_that_wants_tokens_wants_them_for_its_pages(
    client: Caller, engine: Engine, store: Nothing
) -> None:
    token = "t" * 40
    settings = Settings(
        base_url="https://example.org/cds/",
        rest_tokens=(StaticToken(name="tester", sha256=sha256(token.encode()).hexdigest()),),
    )
    other = type(client)(create_app(settings, engine=engine, store=store))  # type: ignore[arg-type]
    refused = other.get("/?diagnosis=AOSD")
    assert refused.status_code == 401
    assert "www-authenticate" in refused.headers
    assert read_html(refused.text).one("h1").text
    root = read_html(
        other.get("/?diagnosis=AOSD", headers={"authorization": f"Bearer {token}"}).text
    )
    inside = [each["href"] for each in root.all("a") if each.get("href").startswith("/")]
    assert inside
    assert all(each.startswith("/cds/") for each in inside)
    assert root.one("form", id="ask")["action"] == "/cds/"


def test_what_takes_long_is_started_with_the_service(
    engine: Engine, store: Nothing, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr("seriatim.service.web.warm_up", lambda: started.append("vega"))
    app = create_app(Settings(), engine=engine, store=store)  # type: ignore[arg-type]

    async def run() -> None:
        async with app.router.lifespan_context(app):
            pass

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
    assert started == ["vega"]
