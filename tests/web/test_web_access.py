"""axe-core over every state of the look-up, in light and dark, narrow and wide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser

STATES = {
    "empty": "/",
    "answer": "/?age=30&diagnosis=M35.2&therapy=anakinra:past:partial&considering=canakinumab",
    "label": "/?diagnosis=AOSD&tried=nothing",
    "ambiguous": "/?diagnosis=SS",
    "nothing": "/?diagnosis=psoriasis",
    "cautions": "/?diagnosis=M35.2&therapy=etanercept:current&event=neutropenia:anakinra"
    "&obs.neutrophils=1&obs.pregnancy=yes",
    "faults": "/?age=300&diagnosis=Bechet&therapy=anakira:pats&event=neutropena&obs.neutrophils=x",
    "refused": "/?diagnosis=%zz&unheard=1",
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(browser: Browser, server: Server, scheme: Any, width: int, names: Any) -> Any:
    """What axe finds in each state, with everything unfolded."""
    context = browser.new_context(
        base_url=server.url, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    found = {}
    for name in names:
        page.goto(STATES[name])
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        results = Axe().run(page, options=RULES)
        if results.violations_count:
            found[name] = results.generate_report()
    context.close()
    return found


def test_axe_finds_nothing_in_the_light(browser: Browser, server: Server) -> None:
    assert violations(browser, server, "light", 1280, ["faults"]) == {}


def test_axe_finds_nothing_in_the_dark_on_a_phone(browser: Browser, server: Server) -> None:
    assert violations(browser, server, "dark", 360, ["ambiguous"]) == {}


@pytest.mark.campaign
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_axe_finds_nothing_in_any_state(
    browser: Browser, server: Server, scheme: str, width: int
) -> None:
    assert violations(browser, server, scheme, width, STATES) == {}
