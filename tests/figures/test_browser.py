"""In Chromium: words as wide as were thought, one of two widths, links by keyboard, axe."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from pictured import EMPTY, LARGE, PROFILES

from seriatim.figures import stylesheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from seriatim.figures import Figure

    Figures = Callable[[str], dict[str, Figure]]

ANSWERS = [each for each in PROFILES if each != EMPTY]
CHROMIUM = shutil.which("chromium")
FACES = ["DejaVu Sans", "sans-serif"]
WORDS = """() => [...document.querySelectorAll('svg.figure')].flatMap(svg => {
  const own = svg.getBoundingClientRect()
  if (!own.width) return []
  const words = [...svg.querySelectorAll('text')].map(each => [each.textContent,
    each.getBoundingClientRect()])
  const outside = words.filter(([, box]) => box.left < own.left - 1 || box.right > own.right + 1)
  const touching = words.filter(([, one], at) => words.slice(at + 1).some(([, other]) =>
    one.left + 1 < other.right && other.left + 1 < one.right &&
    one.top + 4 < other.bottom && other.top + 4 < one.bottom))
  return [...outside, ...touching].map(([text]) => text)
})"""
SHOWN = "() => [...document.querySelectorAll('svg.figure')].filter(e => e.getClientRects().length)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only with a browser

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page()
    yield found
    found.close()


def document(figures: dict[str, Figure], face: str) -> str:
    parts = "".join(
        f'<div class="drawing"><h2>{each.title}</h2>{each.svg}{each.narrow}</div>'
        for each in figures.values()
    )
    style = f"{stylesheet()}body{{margin:16px;font-family:'{face}',sans-serif}}"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Figures</title>"
        f"<style>{style}</style><main><h1>Figures</h1>{parts}</main></html>"
    )


@pytest.mark.parametrize("name", [ANSWERS[0], LARGE])
@pytest.mark.parametrize("width", [360, 800])
def test_words_fit_and_one_width_is_shown(
    page: Page, figures: Figures, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for face in FACES:
        page.set_content(document(figures(name), face))
        assert page.evaluate(WORDS) == []
        shown = page.evaluate(f"({SHOWN})().map(e => e.getAttribute('class'))")
        kind = "narrow" if width == 360 else "wide"
        assert shown == [f"figure figure-{kind}"] * 3
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_words_that_did_not_fit_would_be_noticed(page: Page, figures: Figures) -> None:
    page.set_content(document(figures(ANSWERS[0]), FACES[0]))
    page.add_style_tag(content=".figure text{font-size:24px}")
    assert len(page.evaluate(WORDS)) > 10


def test_print_shows_the_wide_one_in_light_colours(page: Page, figures: Figures) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(media="print", color_scheme="dark")
    page.set_content(document(figures(ANSWERS[0]), FACES[0]))
    shown = page.evaluate(f"({SHOWN})().map(e => e.getAttribute('class'))")
    assert shown == ["figure figure-wide"] * 3
    fill = "() => getComputedStyle(document.querySelector('.fig-mark.r-complete')).fill"
    assert page.evaluate(fill) == "rgb(10, 69, 118)"
    page.emulate_media(media="screen", color_scheme="dark")
    assert page.evaluate(fill) == "rgb(90, 180, 240)"


def test_every_link_is_reached_by_keyboard_in_order_and_shows_it(
    page: Page, figures: Figures
) -> None:
    page.set_viewport_size({"width": 800, "height": 800})
    page.set_content(document(figures(ANSWERS[0]), FACES[0]))
    reached = []
    for _ in range(16):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "() => [document.activeElement.getAttribute('href'),"
                " getComputedStyle(document.activeElement.querySelector('.fig-hit')).strokeWidth]"
            )
        )
    assert [each[0].rpartition("/")[2] for each in reached[:6]] == [
        *("T1R9", "T2R4", "T1R8", "T2R5", "T2R2", "T2R3")
    ]
    assert {each[1] for each in reached} == {"3px"}


@pytest.mark.parametrize("width", [360, 800])
def test_axe_finds_nothing(page: Page, figures: Figures, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only with a browser

    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(document(figures(ANSWERS[0]), FACES[0]))
    found = Axe().run(page).response
    assert [each["id"] for each in found["violations"]] == []
