"""The look-up over HTTP alone, as a browser without scripts uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from html_tree import Element, read_html, show

if TYPE_CHECKING:
    import httpx
    from conftest import Caller


BEHCET = (
    "/?age=30&sex=female&diagnosis=Beh%C3%A7et%27s+disease&therapy=colchicine"
    "&therapy=anakinra:past:partial&considering=canakinumab"
)
CAUTIOUS = (
    "/?age=44&diagnosis=Beh%C3%A7et%27s+disease&therapy=etanercept:current&event=neutropenia:anakinra"
    "&obs.neutrophils=1&obs.creatinine_clearance=20&obs.pregnancy=yes"
)


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


@pytest.mark.parametrize(
    ("query", "place"),
    [("diagnosis=AOSD", "answer"), ("diagnosis=Bechet", "faults"), ("age=", "first")],
)
def test_a_form_that_was_sent_leads_to_what_came_of_it(
    client: Caller, query: str, place: str
) -> None:
    moved = client.get(f"/?{query}&ask=1")
    assert moved.status_code == 303
    assert moved.headers["location"].endswith(f"#{place}")


def test_a_code_of_several_diagnoses_is_shown_by_its_title(client: Caller) -> None:
    title = show(client, "/?diagnosis=M04.1").one("h1").text
    assert title == "Periodic fever syndromes (ICD-10-CM M04.1; several diagnoses possible)"


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
        "Sources and documents",
    ]
    cautions = [each.text for each in answer.one(id="cautions").all("li")]
    kinds = [each.split()[1] for each in cautions]
    assert kinds == ["Safety:"] * 6 + ["Dose:", "Dose:"]


def test_stronger_evidence_stands_before_everything_else(client: Caller) -> None:
    answer = show(client, "/?diagnosis=AOSD&tried=nothing").one(id="answer")
    sections = [each for each in answer.children if each.tag == "section"]
    assert sections[0].one("h2").text == "Stronger evidence: labels"
    assert "The EU and UK label of anakinra names Still's disease" in sections[0].text


def test_every_count_stands_failures_first_beside_the_rows_to_check_it(client: Caller) -> None:
    answer = show(client, BEHCET).one(id="answer")
    line = next(each for each in answer.all("article") if each["class"] == "line direct")
    assert line.one(class_="counts").text == (
        "✗ no response 1 of 4 (95% CI 0.6–80.6%) ◐ partial 1 of 4 (95% CI 0.6–80.6%) "
        "● complete 2 of 4 (95% CI 6.8–93.2%)"
    )
    check = line.one(class_="check")
    assert check.text == (
        "To check: Table 2, p. 208: no response T2R4; partial T2R5; complete T2R2, T2R3."
    )
    assert len(check.all("a")) == 4
    here = "as here (this patient: partial response only, counted as failed): "
    assert f"{here}no response 1 of 1" in line.text
    said = show(client, BEHCET.replace("/?", "/answer?")).one(id="answer")["data-said"]
    assert (
        "Canakinumab in Behçet's disease: no response 1 of 4 (95% CI 0.6–80.6%), partial 1 of 4"
        in said
    )


def test_harms_of_the_same_patient_with_another_drug_stand_in_the_row(client: Caller) -> None:
    root = show(client, BEHCET)
    rows = " ".join(each.text for each in root.all("tr", class_="compared"))
    assert "same patient: T1R9 anakinra partial; neutropenia, transaminitis" in rows


def test_none_printed_is_not_none(client: Caller) -> None:
    for url in (BEHCET, "/?diagnosis=AOSD", "/cases/nyu-2022-il1/T2R4"):
        said = show(client, url).one("main").text
        assert "none (printed)" in said
        assert not re.search(r"no adverse events?(?! ?printed)", said)


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
        "A live vaccine is planned",
        "Active infection",
        "Adverse events so far",
        "Confirmed hypersensitivity to canakinumab or an excipient",
        "Creatinine clearance",
        "Neutrophil count",
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
    offered = {each for each in labelled if each.startswith("Which diagnosis: ")}
    names = ("Schnitzler syndrome", "Sjögren syndrome", "Sweet syndrome", "systemic sclerosis")
    assert offered == {f"Which diagnosis: {each}" for each in names}
    href = labelled["Which diagnosis: Schnitzler syndrome"]
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


@pytest.mark.parametrize(
    ("url", "offered"),
    [
        (BEHCET, True),
        ("/?diagnosis=AOSD", True),
        ("/?diagnosis=AOSD&considering=canakinumab", False),
        ("/?diagnosis=psoriasis", False),
    ],
)
def test_a_letter_is_offered_where_one_would_be_drafted(
    client: Caller, url: str, *, offered: bool
) -> None:
    links = [each.text for each in show(client, url).one(class_="take").all("a")]
    assert any("Letter" in each for each in links) is offered
