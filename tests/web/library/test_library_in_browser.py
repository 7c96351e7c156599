"""Every kind of page in a browser: axe finds nothing, nothing overflows, keys reach everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST = "nyu-2022-il1"
STATE = (
    "age=30&sex=female&diagnosis=Beh%C3%A7et%27s+disease&therapy=colchicine"
    "&therapy=anakinra:past:partial&considering=canakinumab"
)
KINDS = {
    "all series": "/series",
    "series": f"/series/{FIRST}",
    "row": f"/cases/{FIRST}/T2R5",
    "row with an open term": f"/cases/{FIRST}/T2R7",
    "claims": "/claims?verdict=contradicted",
    "claim": f"/claims/{FIRST}/switched-with-success",
    "claim read otherwise": f"/claims/{FIRST}/mean-age",
    "rules": "/rules",
    "rule": "/rules/after-failure-same-diagnosis",
    "draft rule": "/rules/no-response-before",
    "about": "/about",
    "missing": "/rules/same-diagnoses",
    "sheet": f"/sheet?{STATE}",
    "open diagnosis": "/sheet?diagnosis=SS",
    "empty sheet": "/sheet",
    "faulty sheet": "/sheet?diagnosis=behets",
    "letter": f"/letter?{STATE}",
    "refused letter": "/letter?diagnosis=AOSD&considering=canakinumab",
    "which drug": "/letter?diagnosis=AOSD",
}
DARK = ("row with an open term", "letter")
ALIKE = (
    *("all series", "claim read otherwise", "draft rule", "empty sheet", "faulty sheet"),
    *("open diagnosis", "which drug"),
)
"""Kinds whose parts stand on other pages too: looked at in a campaign."""
WIDE = (
    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    " ? document.title : ''"
)


def violations(page: Page) -> list[str]:
    """What axe finds, WCAG 2.2 AA and best practices."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only with a browser

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(ALIKE)))
def test_axe_finds_nothing(page: Page, kind: str) -> None:
    page.goto(KINDS[kind])
    assert violations(page) == []


@pytest.mark.parametrize("kind", DARK)
def test_axe_finds_nothing_in_the_dark(page: Page, kind: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(KINDS[kind])
    assert violations(page) == []


@pytest.mark.campaign
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768])
def test_axe_finds_nothing_on_other_screens(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for kind, path in KINDS.items():
        page.goto(path)
        assert violations(page) == [], kind


@pytest.mark.parametrize(
    "width", [320, *(pytest.param(each, marks=pytest.mark.campaign) for each in (360, 768, 1280))]
)
def test_no_page_is_wider_than_its_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    too_wide = []
    for path in KINDS.values():
        page.goto(path)
        too_wide += [each for each in [page.evaluate(WIDE)] if each]
    assert too_wide == []


def test_rules_are_searched_by_keys_alone(page: Page) -> None:
    page.goto("/rules")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("neutrophils")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules?q=neutrophils&family=")
    assert page.get_by_role("status").inner_text().startswith("1 found")


def test_from_a_row_to_its_claim_and_back(page: Page) -> None:
    page.goto(f"/cases/{FIRST}/T2R4")
    page.get_by_role("link", name="Canakinumab after anakinra brought").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Canakinumab after")
    page.get_by_role("link", name="T2R4").first.click()
    page.wait_for_url(f"**/cases/{FIRST}/T2R4")


def test_which_drug_leads_to_the_letter(page: Page) -> None:
    page.goto("/letter?diagnosis=Beh%C3%A7et%27s+disease")
    page.get_by_role("link", name="Canakinumab").click()
    assert "Draft for the prescriber" in page.inner_text("main")
    page.get_by_role("link", name="T2R4").first.click()
    page.wait_for_url(f"**/cases/{FIRST}/T2R4")
