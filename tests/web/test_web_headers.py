"""What the pages may load, who may read them, how much they weigh, and what nobody keeps."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING

from html_tree import read_html, show

from seriatim.service.app import create_app
from seriatim.service.edge.record import CSP
from seriatim.service.settings import Settings, StaticToken

if TYPE_CHECKING:
    import io

    import pytest
    from conftest import Caller, Nothing
    from html_tree import Element

    from seriatim.pipeline import Engine


BEHCET = (
    "/?age=30&sex=female&diagnosis=Beh%C3%A7et%27s+disease&therapy=colchicine"
    "&therapy=anakinra:past:partial&considering=canakinumab"
)
CAUTIOUS = (
    "/?age=44&diagnosis=Beh%C3%A7et%27s+disease&therapy=etanercept:current&event=neutropenia:anakinra"
    "&obs.neutrophils=1&obs.creatinine_clearance=20&obs.pregnancy=yes"
)


def test_headers_of_a_page(client: Caller) -> None:
    headers = client.get(BEHCET).headers
    assert headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-type"] == "text/html; charset=utf-8"


def test_nothing_comes_from_elsewhere(client: Caller) -> None:
    root = show(client, BEHCET)
    loaded = files(root)
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
    loaded = files(root)
    total = len(page.encode()) + sum(len(client.get(each).content) for each in loaded)
    assert total < 150_000


def files(root: Element) -> list[str]:
    """Every style sheet, script and icon of a page, once."""
    found = (each for each in root.all() if each.tag in ("script", "link"))
    places = (each.get("src") or each.get("href") for each in found if each.get("rel") != "expect")
    return list(dict.fromkeys(str(each) for each in places))


def test_the_form_is_ready_before_the_answer_is_read(client: Caller) -> None:
    text = client.get(BEHCET).text
    script, expected = (
        re.search(each, text) for each in (r"<script [^>]+>", r'rel="expect" href="#(\w+)"')
    )
    assert script is not None
    assert expected is not None
    assert not re.search("async|defer|module", script[0])
    places = ["</form>", "</template>", f'id="{expected[1]}"', script[0], 'id="answer"']
    assert sorted(places, key=text.rindex) == places


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
