"""The pages of the library over HTTP: each is well-formed, cached by its ETag, and leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from html_tree import Element, opened, read_html

from seriatim.evidence.discrepancies import recomputed_claims

if TYPE_CHECKING:
    import httpx

    from seriatim.pipeline import Engine

FIRST = "nyu-2022-il1"
HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


def said(text: str) -> str:
    return " ".join(text.split()).casefold()


def links(root: Element) -> set[str]:
    return {each["href"] for each in root.all("a")}


@pytest.fixture(scope="module")
def library(http: httpx.Client) -> dict[str, Element]:
    """Every page that can be reached from the front pages of the library, read once.

    Each must be there, and each place in a page that a link leads to.
    """
    wanted = {"/series", "/claims", "/rules", "/about", f"/series/{FIRST}"}
    found: dict[str, Element] = {}
    while wanted - set(found):
        path = min(wanted - set(found))
        root = found[path] = opened(http, path)
        for href in links(root):
            bare, _hash, place = href.partition("#")
            if not bare:
                assert root.all(id=place), (path, href)
            elif bare.startswith(("/series", "/claims", "/rules", "/cases", "/about")):
                wanted |= set() if "?" in bare else {bare}
            else:
                outside = ("/?", "/api/v1/cases/", "https://", "http://")
                assert bare.startswith(outside) or bare == "/", (path, href)
    return found


def test_every_row_has_a_page_with_its_printed_cells(
    library: dict[str, Element], engine: Engine
) -> None:
    for course, view in engine.knowledge.courses.items():
        root = library[f"/cases/{course}"]
        printed = [each.text for each in root.all(class_="printed")]
        assert view.course.diagnosis.printed in printed
        assert f"/series/{view.series}" in links(root)
        assert len(root.all("h1")) == 1


def test_every_claim_has_a_page_with_its_verdict(
    library: dict[str, Element], engine: Engine
) -> None:
    for series, claims in recomputed_claims(engine.knowledge).items():
        for each in claims:
            root = library[f"/claims/{series}/{each.claim.id}"]
            text = root.one("main").text
            assert each.verdict in text
            assert each.claim.printed in text
            for course in each.counterexamples:
                assert f"/cases/{course}" in links(root)


def test_every_rule_has_a_page_and_the_index_leads_to_it(
    library: dict[str, Element], engine: Engine
) -> None:
    index = links(library["/rules"])
    for rule in engine.knowledge.rules:
        assert f"/rules/{rule.id}" in index
        text = library[f"/rules/{rule.id}"].one("main").text
        assert " ".join(rule.rationale.split()) in text
        assert rule.author in text
        assert f"rules/{rule.family}/{rule.id}.yaml" in text


def test_a_rule_drawn_from_a_label_says_what_the_label_says(
    library: dict[str, Element], engine: Engine
) -> None:
    warnings = {
        (label.id, fact.id): fact.says
        for label in engine.knowledge.labels
        for fact in label.warnings
    }
    seen = 0
    for rule in engine.knowledge.rules:
        for drawn in rule.drawn_from:
            if (drawn.label, drawn.fact) in warnings:
                text = library[f"/rules/{rule.id}"].one("main").text.casefold()
                assert said(warnings[drawn.label, drawn.fact]) in text, rule.id
                seen += 1
    assert seen


def test_links_that_leave_are_of_labels_alone(library: dict[str, Element], engine: Engine) -> None:
    of_labels = {
        fact.address
        for each in engine.knowledge.labels
        for fact in (each.source, *(f.source for f in (*each.doses, *each.warnings)))
    }
    for root in library.values():
        assert {href for href in links(root) if "://" in href} <= of_labels


def test_the_yaml_of_a_rule_keeps_its_lines(library: dict[str, Element]) -> None:
    shown = library["/rules/same-diagnosis"].one("pre").one("code")
    text = "".join(each for each in shown.parts if isinstance(each, str))
    assert text.startswith("id: same-diagnosis\ntitle: ")
    assert "  cite:\n    relation: direct\n" in text


def test_a_series_shows_design_appraisal_definitions_contradictions_and_rows(
    library: dict[str, Element], engine: Engine
) -> None:
    series = engine.knowledge.series[FIRST]
    root = library[f"/series/{FIRST}"]
    text = root.one("main").text
    for said in (
        series.study.design,
        series.study.setting,
        series.appraisal.instrument,
        *(each.reason for each in series.appraisal.items),
        *series.outcome.open,
        *series.study.not_reported,
        *(each.basis for each in series.links),
        *(each.says for each in series.limits),
        series.document.sha256,
    ):
        assert " ".join(said.split()) in text
    assert "funding of this publication" in text
    found = links(root)
    for claim in series.claims:
        assert f"/claims/{FIRST}/{claim.id}" in found
    for course in series.courses:
        assert f"/cases/{FIRST}/{course.id}" in found


def test_rows_lead_to_their_forms_for_machines(http: httpx.Client) -> None:
    root = opened(http, f"/cases/{FIRST}/T2R4")
    for href in sorted(each for each in links(root) if each.startswith("/api/")):
        assert http.get(href).status_code == 200, href


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/series/nyu-2022", f"/series/{FIRST}"),
        (f"/cases/{FIRST}/T2R44", f"/cases/{FIRST}/T2R4"),
        (f"/cases/{FIRST}/t2r4", f"/cases/{FIRST}/T2R4"),
        ("/cases/nyu-2022/T2R4", f"/series/{FIRST}"),
        (f"/claims/{FIRST}/switched-with-succes", f"/claims/{FIRST}/switched-with-success"),
        ("/rules/same-diagnoses", "/rules/same-diagnosis"),
        ("/rules/zzz", "/rules/"),
        ("/claims/nyu", f"/series/{FIRST}"),
        ("/cases/nyu", f"/series/{FIRST}"),
    ],
)
def test_what_is_not_there_names_what_is_nearest(
    http: httpx.Client, path: str, nearest: str
) -> None:
    root = opened(http, path, 404)
    main = root.one("main")
    assert any(each["href"].startswith(nearest) for each in main.all("a"))


@pytest.mark.parametrize("path", ["/series/", f"/cases/{FIRST}/", "/rules/", f"/claims/{FIRST}/"])
def test_hostile_names_are_text(http: httpx.Client, path: str) -> None:
    answer = http.get(path + quote(HOSTILE, safe=""))
    assert answer.status_code == 404
    assert "<img src=x" not in answer.text
    root = read_html(answer.text)
    assert "49" not in root.one("main").text


@pytest.mark.parametrize("path", ["/rules", "/claims"])
def test_hostile_searches_are_text_and_long_ones_are_cut(http: httpx.Client, path: str) -> None:
    for typed in (HOSTILE, "x" * 5000, "\x00\u202e", "%"):
        answer = http.get(path, params={"q": typed, "family": typed, "verdict": typed})
        assert answer.status_code == 200
        assert "<img src=x" not in answer.text
        read_html(answer.text)
        assert len(answer.content) < 20_000


def test_a_search_without_scripts_says_how_many_it_found(http: httpx.Client) -> None:
    root = opened(http, "/rules?q=neutropenia&family=adverse-events")
    assert root.one(role="status").text.startswith("1 found.")
    assert "/rules/neutropenia-and-anakinra" in links(root)
    assert root.one(id="q")["value"] == "neutropenia"
    none = opened(http, "/claims?q=nowhere-at-all")
    assert none.one(role="status").text.startswith("0 found.")
    some = opened(http, "/claims?verdict=contradicted")
    assert {each.text for each in some.one("main").all("td", data_name="Verdict")} == {
        "✗contradicted"
    }


@pytest.mark.parametrize("path", ["/series", f"/cases/{FIRST}/T2R4", "/rules", "/about"])
def test_a_page_is_asked_for_again_by_its_etag(http: httpx.Client, path: str) -> None:
    first = http.get(path)
    again = http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "private, no-cache"
    head = http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(first.content))


def test_what_is_not_there_is_not_found_even_for_a_star(http: httpx.Client) -> None:
    assert http.get("/rules/none", headers={"If-None-Match": "*"}).status_code == 404


def test_what_stands_above_a_row_or_claim_leads_to_the_series(http: httpx.Client) -> None:
    for path, place in (("cases", "rows"), ("claims", "ledger")):
        moved = http.get(f"/{path}/{FIRST}")
        assert (moved.status_code, moved.headers["location"]) == (307, f"/series/{FIRST}#{place}")


def test_about_shows_the_source_attributes_and_the_basis_for_review(
    http: httpx.Client, engine: Engine
) -> None:
    text = opened(http, "/about").one("main").text
    assert "45 CFR 170.315(b)(11)(iv)(A)" in text
    about = engine.knowledge.library.about
    assert about is not None
    for point in about.basis:
        assert point.title in text


@pytest.mark.parametrize("path", [f"/series/{FIRST}", "/rules", "/claims"])
def test_a_page_is_small(http: httpx.Client, path: str) -> None:
    assert len(http.get(path).content) < 100_000
