"""Negotiation, validators, methods, and pages that a strict security policy lets through."""

from __future__ import annotations

import re
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from second_series import both
from seriatim.pipeline import Engine
from seriatim.service.app import create_app
from seriatim.service.problems import Problem
from seriatim.service.rest.negotiation import negotiate
from seriatim.service.settings import Settings, StaticToken
from service.conftest import Caller, KeptInMemory

if TYPE_CHECKING:
    from pathlib import Path

BASE = "/api/v1"
COURSE = f"{BASE}/cases/nyu-2022-il1/T2R4"
OFFERS = ("json", "markdown", "csv", "fhir", "phenopacket", "html")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
READABLE = [
    *("", "/cases", "/cases/nyu-2022-il1/T2R4", "/series", "/series/nyu-2022-il1", "/claims"),
    *("/rules", "/rules/child", "/observations", "/terms?q=an", "/terms/anakinra", "/knowledge"),
    "/about",
]


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/*", "json"),
        ("text/*", "markdown"),
        ("text/html", "html"),
        (BROWSER, "html"),
        ("TEXT/HTML", "html"),
        ("text/html;q=0.4, text/markdown;q=0.5", "markdown"),
        ("text/html;q=0.5, application/json;q=0.5", "json"),
        ("application/json;q=0, */*", "markdown"),
        ("*/*;q=0.1, text/csv", "csv"),
        ("application/fhir+json; fhirVersion=4.0", "fhir"),
        ("text/*;q=0.9, text/html;q=0.1, application/json;q=0.5", "markdown"),
        ("image/png, text/csv;q=0.001", "csv"),
        ("nonsense, text/html", "html"),
        ("text/html;q=x, text/csv", "csv"),
        ("text/html; charset=utf-8 ; q=1", "html"),
    ],
)
def test_negotiation(accept: str, wanted: str) -> None:
    assert negotiate([accept] if accept else [], None, OFFERS) == wanted


def test_several_headers_are_one() -> None:
    assert negotiate(["image/png", "text/csv"], None, OFFERS) == "csv"


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "*/*;q=0", "text/xml"])
def test_nothing_that_is_accepted(accept: str) -> None:
    with pytest.raises(Problem) as caught:
        negotiate([accept], None, ("json", "markdown", "html"))
    assert caught.value.status == 406
    assert "text/markdown" in caught.value.detail


def test_a_name_goes_before_accept(rest: Caller) -> None:
    found = rest.get(f"{COURSE}?format=markdown", headers={"accept": "image/png"})
    assert found.status_code == 200
    wrong = rest.get(f"{COURSE}?format=xml").json()
    assert wrong["status"] == 400
    assert wrong["errors"][0]["pointer"] == "/query/format"


def test_406_over_http(rest: Caller) -> None:
    found = rest.get(f"{BASE}/about", headers={"accept": "image/png"})
    assert found.status_code == 406
    assert found.headers["content-type"] == "application/problem+json"
    assert "Accept" in found.headers["vary"]


# --- validators -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*READABLE, "/schemas", "/openapi.json"])
def test_a_tag_brings_304(rest: Caller, path: str) -> None:
    first = rest.get(BASE + path)
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert "Accept" in first.headers["vary"]
    assert first.headers["cache-control"] == "private, no-cache"
    for given in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = rest.get(BASE + path, headers={"if-none-match": given})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == tag
        assert "Accept" in again.headers["vary"]
    other = rest.get(BASE + path, headers={"if-none-match": '"x"'})
    assert other.status_code == 200
    assert other.content == first.content


def test_each_representation_has_its_own_tag(rest: Caller) -> None:
    urls = [f"{COURSE}?format={each}" for each in OFFERS]
    urls += [f"{BASE}/cases?drug=anakinra", f"{BASE}/cases?drug=canakinumab", f"{BASE}/cases"]
    tags = [rest.get(each).headers["etag"] for each in urls]
    assert len(set(tags)) == len(tags)


def test_a_name_and_accept_give_the_same_tag(rest: Caller) -> None:
    named = rest.get(f"{COURSE}?format=csv")
    accepted = rest.get(COURSE, headers={"accept": "text/csv"})
    assert named.headers["etag"] == accepted.headers["etag"]
    assert named.content == accepted.content


def test_the_tag_changes_with_the_knowledge(rest: Caller, tmp_path: Path) -> None:
    other = Engine.at(both(tmp_path / "knowledge"))
    app = create_app(Settings(), engine=other, store=KeptInMemory())  # type: ignore[arg-type]
    tag = rest.get(COURSE).headers["etag"]
    found = Caller(app).get(COURSE, headers={"if-none-match": tag})
    assert found.status_code == 200
    assert found.headers["etag"] != tag


def test_what_is_not_there_is_not_unchanged(rest: Caller) -> None:
    found = rest.get(f"{BASE}/cases/nyu-2022-il1/T9R9", headers={"if-none-match": "*"})
    assert found.status_code == 404


# --- methods --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*READABLE, "/style.css"])
def test_head_is_get_without_the_body(rest: Caller, path: str) -> None:
    got, head = rest.get(BASE + path), rest.request("HEAD", BASE + path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers.get(name) == got.headers.get(name)


def test_options_say_what_a_path_takes(rest: Caller) -> None:
    assert rest.options(COURSE).headers["allow"] == "GET, HEAD, OPTIONS"
    assert rest.options(f"{BASE}/lookup").headers["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/cases"), ("DELETE", "/rules/child"), ("GET", "/lookup"), ("HEAD", "/replay")],
)
def test_other_methods_are_refused(rest: Caller, method: str, path: str) -> None:
    found = rest.request(method, BASE + path)
    assert found.status_code == 405
    assert "OPTIONS" in found.headers["allow"]
    if method != "HEAD":
        assert found.json()["type"].endswith("method-not-allowed")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW"])
@pytest.mark.parametrize("path", ["/cases", "/rules/child", "/lookup"])
def test_a_method_that_no_path_takes_is_told_what_this_one_takes(
    rest: Caller, method: str, path: str
) -> None:
    found = rest.request(method, BASE + path)
    assert found.status_code == 405
    assert found.headers["allow"] == rest.options(BASE + path).headers["allow"]


TOKEN = "t" * 40
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def behind_a_proxy(engine: Engine) -> Caller:
    token = StaticToken(name="tester", sha256=sha256(TOKEN.encode()).hexdigest())
    settings = Settings(base_url="https://example.org/cds/", rest_tokens=(token,))
    return Caller(create_app(settings, engine=engine, store=KeptInMemory()))  # type: ignore[arg-type]


def test_links_keep_the_path_of_a_proxy(behind_a_proxy: Caller) -> None:
    page = behind_a_proxy.get(f"{BASE}/about?format=html", headers=BEARER).text
    assert 'href="/cds/api/v1/style.css"' in page
    links = behind_a_proxy.get(BASE, headers=BEARER).json()
    assert links["About"] == "/cds/api/v1/about"
    description = behind_a_proxy.get(f"{BASE}/openapi.json", headers=BEARER).json()
    assert description["servers"] == [{"url": "/cds"}]


@pytest.mark.parametrize("path", ["", "/cases", "/openapi.json", "/lookup", "/cases/a/b"])
def test_a_token_is_wanted_if_one_is_configured(behind_a_proxy: Caller, path: str) -> None:
    for method in ("GET", "POST", "HEAD"):
        found = behind_a_proxy.request(method, BASE + path)
        assert found.status_code == 401
        assert "Bearer" in found.headers["www-authenticate"]
    assert behind_a_proxy.get(f"{BASE}/style.css").status_code == 200


# --- pages ----------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.problems: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")

    def count(self, tag: str) -> int:
        return sum(each == tag for each, _attributes in self.tags)


@pytest.mark.parametrize("path", READABLE)
def test_pages_are_whole_and_need_no_inline_code(rest: Caller, path: str) -> None:
    found = rest.get(BASE + path, headers={"accept": BROWSER})
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert "unsafe-inline" not in found.headers["content-security-policy"]
    page = _Page(found.text)
    assert page.problems == []
    assert page.open == []
    for tag, attributes in page.tags:
        assert tag not in {"script", "style", "iframe", "object", "img"}
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert page.count("h1") == 1
    assert page.count("main") == 1
    assert ("html", {"lang": "en"}) in page.tags
    assert all(attributes.get("scope") == "col" for tag, attributes in page.tags if tag == "th")
    assert "<!--" not in found.text
    assert "&lt;!--" not in found.text


@pytest.mark.parametrize("path", READABLE)
def test_markdown_is_what_the_page_was_made_of(rest: Caller, path: str) -> None:
    found = rest.get(BASE + path, headers={"accept": "text/markdown"})
    assert found.headers["content-type"] == "text/markdown; charset=utf-8"
    assert found.text.startswith("# ")
    assert found.text.endswith("\n")


def test_headings_never_skip_a_level(rest: Caller) -> None:
    for path in READABLE:
        page = _Page(rest.get(f"{BASE}{path}", headers={"accept": "text/html"}).text)
        levels = [int(tag[1]) for tag, _a in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels)), path
