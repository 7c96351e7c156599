"""Every kind of page in a browser: axe finds nothing, nothing overflows, keys reach everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from every_page import FIRST, LIBRARY, PAPERS, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

KINDS = {**LIBRARY, **PAPERS}
DARK = ("row with an open term", "letter")
ALIKE = (
    *("all series", "claim read otherwise", "draft rule", "empty sheet", "faulty sheet"),
    *("sheet of an open diagnosis", "sheet of everything", "sheet of M04.1", "which drug"),
    *("sheet without courses", "missing series", "missing row"),
)
"""Kinds whose parts stand on other pages too: looked at in a campaign."""
WIDE = (
    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    " ? document.title : ''"
)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(ALIKE)))
def test_axe_finds_nothing(page: Page, kind: str) -> None:
    assert violations(page, KINDS[kind]) == []


@pytest.mark.parametrize("kind", DARK)
def test_axe_finds_nothing_in_the_dark(page: Page, kind: str) -> None:
    page.emulate_media(color_scheme="dark")
    assert violations(page, KINDS[kind]) == []


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


def test_no_column_of_a_claim_is_cut_on_a_tablet(page: Page) -> None:
    page.set_viewport_size({"width": 820, "height": 1000})
    page.goto(f"/claims/{FIRST}/switched-with-success")
    cut = "[...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth)"
    assert page.locator(".scroll").count() > 0
    assert page.evaluate(f"{cut}.length") == 0


def test_rules_are_searched_by_keys_alone(page: Page) -> None:
    page.goto("/rules")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("neutrophils")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules?q=neutrophils&family=")
    assert " found." in page.get_by_role("status").inner_text()


def test_from_a_row_to_its_claim_and_back(page: Page) -> None:
    page.goto(f"/cases/{FIRST}/T2R4")
    page.get_by_role("link", name="Canakinumab after anakinra brought").first.click()
    title = page.get_by_role("heading", level=1).text_content() or ""
    assert title.startswith("✗contradicted. The letter says: Canakinumab after")
    page.get_by_role("link", name="T2R4").first.click()
    page.wait_for_url(f"**/cases/{FIRST}/T2R4")


def test_which_drug_leads_to_the_letter(page: Page) -> None:
    page.goto("/letter?diagnosis=Beh%C3%A7et%27s+disease")
    page.get_by_role("link", name="Canakinumab").click()
    assert "Draft for the prescriber" in page.inner_text("main")
    page.get_by_role("link", name="T2R4").first.click()
    page.wait_for_url(f"**/cases/{FIRST}/T2R4")
