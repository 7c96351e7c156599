"""The sheet and the letter on paper, as Chromium prints them on A4 and Letter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from paper import MANY, WORKED

from seriatim.service.web.asking import ask
from seriatim.service.web.sheet_words import Sheet, sheet_of

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Server
    from fastapi import FastAPI
    from playwright.sync_api import Page

PDFTOTEXT = shutil.which("pdftotext")
FORMATS = ("A4", "Letter")
ONE_PAGE = ("behcet", "still", "schnitzler", "sclerosis", "code", "psoriasis", "boy")
REPEATED = "Prior therapies and links"


@pytest.fixture(scope="module")
def pdftotext() -> str:
    if PDFTOTEXT is None:
        if os.environ.get("CI"):
            pytest.fail("pdftotext is not installed")
        pytest.skip("pdftotext is not installed")
    return PDFTOTEXT


class Printer:
    """Prints a path and gives the text of each page, blanks and hyphenation evened out."""

    def __init__(self, page: Page, folder: Path, reader: str) -> None:
        self.page, self.file, self.reader = page, folder / "paper.pdf", reader

    def pages(self, path: str, paper: str) -> list[str]:
        self.page.goto(path)
        data = self.page.pdf(path=str(self.file), format=paper)
        command = [self.reader, "-raw", "-enc", "UTF-8", str(self.file), "-"]
        text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        found = [" ".join(each.split()) for each in text.split("\f")[:-1]]
        assert len(found) == len(re.findall(rb"/Type\s*/Page\b", data))
        return found


@pytest.fixture
def printer(page: Page, tmp_path: Path, pdftotext: str) -> Printer:
    return Printer(page, tmp_path, pdftotext)


def sheet(app: FastAPI, query: str) -> Sheet:
    asked = ask(app.state.context, query.encode())
    assert asked.report is not None
    return sheet_of(asked.report, app.state.context.engine.cases)


def has_arial_widths() -> bool:
    """Whether text is as wide as it was when the sheet was laid out."""
    fc = shutil.which("fc-match")
    if fc is None:
        return False
    found = subprocess.run([fc, "Arial"], check=False, capture_output=True).stdout
    return b"Liberation" in found or b"Arial" in found


@pytest.mark.parametrize(
    ("name", "paper"),
    [
        *(("behcet", paper) for paper in FORMATS),
        *(("still", paper) for paper in FORMATS),
        ("code", "Letter"),
        *(
            pytest.param(name, paper, marks=pytest.mark.campaign)
            for name in ONE_PAGE[2:]
            for paper in FORMATS
        ),
    ],
)
def test_a_worked_answer_is_printed_on_one_page_where_it_fits(
    printer: Printer, app: FastAPI, name: str, paper: str
) -> None:
    pages = printer.pages(f"/sheet?{WORKED[name]}", paper)
    assert len(pages) == 1 or not has_arial_widths()
    assert len(pages) <= 2
    held_on_the_first_page(sheet(app, WORKED[name]), pages[0])


@pytest.mark.parametrize("paper", FORMATS)
def test_many_courses_leave_answer_limits_and_citations_on_page_one_and_repeat_the_head(
    printer: Printer, app: FastAPI, paper: str
) -> None:
    pages = printer.pages(f"/sheet?{MANY}", paper)
    made = sheet(app, MANY)
    held_on_the_first_page(made, pages[0])
    rows = [row.short for answer in made.answers for row in answer.rows]
    with_rows = [each for each in pages if re.search(rf"\b{rows[0]} p\. |\b{rows[-1]} p\. ", each)]
    assert len(with_rows) == 2
    assert all(REPEATED in each for each in with_rows)
    everywhere = " ".join(pages)
    for row in rows:
        assert re.search(rf"\b{row} p\. ", everywhere), row


def held_on_the_first_page(made: Sheet, page: str) -> None:
    for answer in made.answers:
        assert squeezed(answer.statement) in squeezed(page)
    for limit in made.limits:
        assert squeezed(limit) in squeezed(page), limit
    for source in made.sources:
        assert squeezed(source) in squeezed(page)
    assert made.report_id in page
    assert "Patient label, date and initials: by hand" in page
    for frame in ("Look up", "Back to the look-up", "Draft letter"):
        assert frame not in page


def squeezed(text: str) -> str:
    """The text without blanks: a line may end at a hyphen."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("paper", ["Letter"])
def test_a_letter_is_printed_whole(printer: Printer, paper: str) -> None:
    pages = printer.pages(f"/letter?{WORKED['behcet']}", paper)
    assert 2 <= len(pages) <= 4
    whole = squeezed(" ".join(pages))
    for said in (
        "Draft for the prescriber to check, edit and sign.",
        "[patient's name]",
        "No response: T2R4 (woman 30, 20 months, p. 208).",
        "Transaminitis 1 of 4 (T2R3).",
        "Limits of this evidence",
        "[Closing, signature, name, qualification, institution and date]",
    ):
        assert squeezed(said) in whole
    assert squeezed("Draft for the prescriber") in squeezed(pages[0])


@pytest.mark.parametrize("width", [718, 740])  # what is left of A4 and Letter between the margins
@pytest.mark.parametrize("path", ["sheet", "letter"])
def test_nothing_is_wider_than_the_paper(page: Page, path: str, width: int) -> None:
    """A table that were wider would be cut, or the whole page would shrink to illegibility."""
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(media="print")
    for query in (WORKED["behcet"], WORKED["code"] + "&considering=anakinra", MANY):
        page.goto(f"/{path}?{query}")
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() &&"
            " e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).length"
        )
        assert wide == 0, query


def test_print_is_black_on_white_in_dark_mode_too(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"/sheet?{WORKED['behcet']}")
    ink = "getComputedStyle(document.querySelector('.paper td')).color"
    assert page.evaluate(ink) == "rgb(0, 0, 0)"


def test_the_button_prints_and_is_not_there_without_scripts(page: Page, server: Server) -> None:
    page.goto(f"/sheet?{WORKED['behcet']}")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(base_url=server.url, java_script_enabled=False)
    without = plain.new_page()
    without.goto(f"/sheet?{WORKED['behcet']}")
    assert without.get_by_role("button", name="Print").count() == 0
    plain.close()
