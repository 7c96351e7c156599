"""axe-core over the look-up in light and dark; `test_every_page.py` has every page and width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from every_page import LOOK_UPS, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_axe_finds_nothing_in_the_light(page: Page) -> None:
    assert violations(page, LOOK_UPS["faults"]) == []


def test_axe_finds_nothing_in_the_dark_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    page.emulate_media(color_scheme="dark")
    assert violations(page, LOOK_UPS["answer open"]) == []
