"""The sheet and the letter over HTTP: the state of the look-up, and whatever else is sent."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from html_tree import opened, read_html
from paper import MANY, WORKED

if TYPE_CHECKING:
    import io

    import httpx
    from conftest import Nothing

PATHS = ("/sheet", "/letter")
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
NAMES = (
    *("age", "unit", "sex", "diagnosis", "history", "therapy", "tried", "event", "had"),
    *("considering", "obs.pregnancy", "obs.nothing", "sort", "nonsense"),
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", [*WORKED.values(), MANY])
def test_each_page_is_well_formed_and_leads_back_to_its_state(
    http: httpx.Client, path: str, query: str
) -> None:
    root = opened(http, f"{path}?{query}")
    back = next(e["href"] for e in root.one("main").all("a") if e["href"].startswith("/?"))
    again = http.get(back.replace("/?", f"{path}?"))
    assert again.headers["cache-control"] == "no-store"
    assert read_html(again.text).one("main").text == root.one("main").text


@pytest.mark.parametrize("path", PATHS)
def test_rows_lead_to_their_pages(http: httpx.Client, path: str) -> None:
    root = opened(http, f"{path}?{WORKED['behcet']}")
    rows = {e["href"] for e in root.one("article").all("a") if e["href"].startswith("/cases/")}
    assert len(rows) >= 6
    for href in rows:
        assert http.head(href).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_without_a_look_up_there_is_nothing_to_print(http: httpx.Client, path: str) -> None:
    root = opened(http, path)
    assert root.one("h1").text == "Nothing has been looked up"
    assert root.all("a", href="/")


@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_understood_is_said_with_what_may_be_meant(
    http: httpx.Client, path: str
) -> None:
    root = opened(http, f"{path}?diagnosis=behets&age=30", 422)
    main = root.one("main")
    assert "behets" in main.text
    assert [e for e in main.all("a") if "Beh%C3%A7et" in e["href"] and "age=30" in e["href"]]


@pytest.mark.parametrize("path", PATHS)
def test_what_a_plain_form_sends_gets_its_own_address_first(http: httpx.Client, path: str) -> None:
    sent = "diagnosis=AOSD&drug=colchicine&status=past&response=&stopped="
    answer = http.get(f"{path}?{sent}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{path}?diagnosis=AOSD&therapy=colchicine"


@pytest.mark.parametrize("path", PATHS)
def test_hostile_text_in_every_part_of_an_address_is_text(http: httpx.Client, path: str) -> None:
    for name in NAMES:
        answer = http.get(f"{path}?diagnosis=AOSD&{name}={quote(HOSTILE)}")
        assert answer.status_code in {200, 400, 422}, name
        assert "<script>alert" not in answer.text
        read_html(answer.text)
    many = "&".join(["therapy=colchicine"] * 10_000)
    assert http.get(f"{path}?{many[:60_000]}").status_code in {400, 414}


@pytest.mark.parametrize("path", PATHS)
def test_broken_addresses_never_break_a_page(http: httpx.Client, path: str) -> None:
    dice = random.Random(7)  # noqa: S311 - a workload, not a secret
    alphabet = [*NAMES, "=", "&", "%", "%zz", "%00", "+", ":", "\\", "AOSD", "anakinra", "ç", ";"]
    for _ in range(20):
        query = "".join(dice.choices(alphabet, k=dice.randint(1, 30)))
        answer = http.get(f"{path}?{quote(query, safe='=&%+:;')}")
        assert answer.status_code in {200, 303, 400, 422}, query
        if answer.status_code != 303:
            read_html(answer.text)


def test_which_drug_offers_each_cited_one_with_the_rest_of_the_state(http: httpx.Client) -> None:
    root = opened(http, "/letter?age=30&diagnosis=Beh%C3%A7et%27s+disease&tried=nothing")
    offered = [e["href"] for e in root.one("main").all("a") if "considering=" in e["href"]]
    assert len(offered) == 2
    for href in offered:
        assert "age=30" in href
        assert "tried=nothing" in href
    drafted = [opened(http, href).all("article") for href in offered]
    assert all(drafted)


def test_nothing_that_was_entered_is_logged_or_stored(
    http: httpx.Client, log_lines: io.StringIO, store: Nothing
) -> None:
    before = len(log_lines.getvalue())
    for path in PATHS:
        http.get(f"{path}?{WORKED['behcet']}")
    said = log_lines.getvalue()[before:]
    assert '"route":"/sheet"' in said
    for typed in ("colchicine", "Beh", "canakinumab", "female"):
        assert typed not in said
    assert store.given == []
