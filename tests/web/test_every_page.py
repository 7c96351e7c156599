"""Campaigns over every kind of page: axe in every width and scheme, and pictures to look at.

    SERIATIM_PICTURES=folder pytest -m campaign tests/web/test_every_page.py

writes a picture of each page at three widths, light and dark, without scripts, and as printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from every_page import LIBRARY, LOOK_UPS, PAGES, PAPERS, violations

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.campaign
WIDTHS = {"phone": 390, "tablet": 820, "wide": 1440}
SCHEMES = ("light", "dark")
FORMATS = ("A4", "Letter")
FOLDER = os.environ.get("SERIATIM_PICTURES")
DOTS = "80"
"""For each inch of a printed page."""
FOOT, SOME = 2, 3
"""Lines of the foot of a page, and the words that make a line the head of a table."""
ARROWS = {"↑", "↓"}
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def opened(browser: Browser, server: Server, **how: Any) -> BrowserContext:
    return browser.new_context(base_url=server.url, reduced_motion="reduce", **how)


def size(width: str) -> dict[str, int]:
    return {"width": WIDTHS[width], "height": 900}


@pytest.fixture
def folder() -> Path:
    if FOLDER is None:
        pytest.skip("SERIATIM_PICTURES names no folder")
    found = Path(FOLDER)
    found.mkdir(parents=True, exist_ok=True)
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_anywhere(
    browser: Browser, server: Server, width: str, scheme: Any
) -> None:
    context = opened(browser, server, viewport=size(width), color_scheme=scheme)
    page = context.new_page()
    found = [each for path in PAGES.values() for each in violations(page, path)]
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pictures_of_every_page(
    browser: Browser, server: Server, folder: Path, width: str, scheme: Any
) -> None:
    context = opened(browser, server, viewport=size(width), color_scheme=scheme)
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(path)
        picture(page, folder, f"{name} {width} {scheme}")
    context.close()


@pytest.mark.parametrize("width", ["phone", "wide"])
def test_pictures_without_scripts(
    browser: Browser, server: Server, folder: Path, width: str
) -> None:
    context = opened(browser, server, viewport=size(width), java_script_enabled=False)
    page = context.new_page()
    for name in ("empty", "answer behcet", "faults"):
        page.goto(LOOK_UPS[name])
        page.screenshot(path=folder / file(f"{name} {width} plain"), full_page=True)
    context.close()


@pytest.mark.parametrize("paper", FORMATS)
def test_pictures_of_what_is_printed(
    browser: Browser, server: Server, folder: Path, paper: str
) -> None:
    context = opened(browser, server, viewport=size("wide"), color_scheme="dark")
    page = context.new_page()
    for name, path in PAGES.items():
        if paper == "A4" or name in PAPERS:
            page.goto(path)
            printed(page, folder, f"{name} {paper}", paper)
    context.close()


@pytest.mark.parametrize("paper", FORMATS)
def test_nothing_stands_alone_on_a_printed_sheet(
    browser: Browser, server: Server, tmp_path: Path, paper: str
) -> None:
    context = opened(browser, server, viewport=size("wide"))
    page = context.new_page()
    for name, path in (LOOK_UPS | LIBRARY).items():
        page.goto(path)
        page.pdf(path=tmp_path / "printed.pdf", format=paper)
        heads = [set(each.split()) for each in page.locator("thead").all_text_contents()]
        on_paper = sheets(tmp_path / "printed.pdf")
        page.emulate_media(media="print")
        whole = " ".join(" ".join(line for sheet in on_paper for line in sheet).split())
        titles = [" ".join(each.split()) for each in page.locator("h2:visible").all_inner_texts()]
        assert [each for each in titles if each not in whole] == [], name
        page.emulate_media(media="null")
        for sheet in on_paper:
            last = set(sheet[-1].split()) - ARROWS
            assert len(last) < SOME or not any(last <= each for each in heads), name
            assert len(sheet) > FOOT, name
    context.close()


def sheets(pdf: Path) -> list[list[str]]:
    """The lines of each sheet that are not empty."""
    reader = shutil.which("pdftotext")
    assert reader is not None
    done = subprocess.run([reader, "-layout", str(pdf), "-"], check=True, capture_output=True)
    texts = done.stdout.decode().removesuffix("\f").split("\f")
    return [[each.strip() for each in text.splitlines() if each.strip()] for text in texts]


def file(name: str) -> str:
    return f"{name.replace(' ', '-')}.png"


def picture(page: Page, folder: Path, name: str) -> None:
    assert page.evaluate(WIDE) <= 0, name
    for each in page.locator("figure, #answer > section").all():  # drawn when they come near
        each.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 0)")
    data = page.screenshot(path=folder / file(name), full_page=True)
    assert len(data) > 5_000, f"{name} is blank"


def printed(page: Page, folder: Path, name: str, paper: str) -> None:
    pdf = folder / file(name).replace(".png", ".pdf")
    page.pdf(path=pdf, format=paper)
    reader = shutil.which("pdftoppm")
    assert reader is not None
    subprocess.run([reader, "-png", "-r", DOTS, str(pdf), str(pdf.with_suffix(""))], check=True)
