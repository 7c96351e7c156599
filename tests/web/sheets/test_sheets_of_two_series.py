"""Pages over other libraries: a second series beside the first, and that series alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from html_tree import Element, read_html
from paper import article, left_out, more_than

from random_profiles import Vocabulary, random_profile, source
from second_series import FIRST, SECOND, alone, both
from seriatim.errors import ProfileError
from seriatim.knowledge.load import load_knowledge
from seriatim.pipeline import Engine
from seriatim.service.settings import Settings
from seriatim.service.web.letter import gaps
from seriatim.service.web.letter_draft import Letter, letter_of
from seriatim.service.web.library_pages import Pages
from seriatim.service.web.linking import Linker
from seriatim.service.web.sheet_words import sheet_of
from seriatim.service.web.site import Site
from seriatim.service.web.state import State

if TYPE_CHECKING:
    from pathlib import Path

    from seriatim.model.evidence import EvidenceReport

MAKERS = {"both": both, "alone": alone}


class Library:
    """The pages of one library, made without a service."""

    def __init__(self, root: Path) -> None:
        self.engine = Engine(load_knowledge(root))
        settings = Settings(knowledge=str(root))
        context: Any = type("Some", (), {"engine": self.engine, "settings": settings})()
        self.site = Site(context)
        self.pages = Pages(self.site)
        self.link = Linker(self.engine.cases, self.site.course)

    def sheet(self, report: EvidenceReport) -> str:
        return self.paper("sheet.html", report, sheet=sheet_of(report, self.engine.cases))

    def paper(self, template: str, report: EvidenceReport, **values: Any) -> str:
        missing = tuple(each.fact for each in report.missing)
        values |= {"title": "", "state": State(), "link": self.link, "has_letter": True}
        return article(self.site.html(template, missing=missing, **values))


@pytest.fixture(scope="module", params=sorted(MAKERS))
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(MAKERS[request.param](tmp_path_factory.mktemp(request.param)))


def read(made: tuple[int, str]) -> Element:
    status, html = made
    assert status == 200
    return read_html(html).one("main")


def test_every_page_of_another_library_is_well_formed(library: Library) -> None:
    pages, known = library.pages, library.engine.knowledge
    for course in library.engine.cases:
        assert read(pages.case(*course.split("/"))).all("table", class_="cells")
    for rule in known.rules:
        assert rule.title in read(pages.rule(rule.id)).text
    for series in known.series:
        assert series in read(pages.one_series(series)).text
    for made in (pages.all_series(), pages.all_claims("", ""), pages.all_rules("", "")):
        read(made)
    read(pages.about())


def test_what_a_publication_does_not_have_is_said_to_be_unknown(library: Library) -> None:
    text = read(library.pages.case(SECOND, "T1R2")).text
    assert "age and sex not printed" in text.casefold()
    assert text.count("not printed: unknown") == 7
    told = read(library.pages.case(SECOND, "C1")).text
    assert "one with Still disease had anakinra" in told
    assert "No response is printed for this row." in told


def test_scenarios_that_are_elsewhere_are_said_to_be(library: Library) -> None:
    text = read(library.pages.rule("same-diagnosis")).text
    assert "which an installed package does not carry" in text
    assert "tests/scenarios/diagnosis/same-diagnosis.yaml" in text
    assert "id: same-diagnosis" in text


def test_a_rule_whose_file_is_gone_says_so(tmp_path: Path) -> None:
    library = Library(both(tmp_path))
    (tmp_path / "rules" / "diagnosis" / "same-diagnosis.yaml").unlink()
    text = read(library.pages.rule("same-diagnosis")).text
    assert "rules/diagnosis/same-diagnosis.yaml cannot be shown" in text


def test_rows_of_two_series_are_told_apart(tmp_path: Path) -> None:
    library = Library(both(tmp_path))
    report = library.engine.look_up({"diagnoses": ["TRAPS"]})
    text = library.sheet(report)
    assert f"{FIRST}/T1R13" in text
    assert f"{SECOND}/T1R3" in text
    assert text.count("Cited:") == 2
    hold(library, report)


def test_sheets_and_letters_of_another_library_say_no_more_and_no_less(library: Library) -> None:
    vocabulary = Vocabulary(library.engine.knowledge)
    held = 0
    for seed in range(20):
        try:
            report = library.engine.look_up(random_profile(vocabulary, source(seed)))
        except ProfileError:
            continue
        hold(library, report)
        for drug in sorted({each.drug for each in report.findings}):
            hold(library, library.engine.look_up({**report.given, "considering": [drug]}))
            held += 1
    assert held


def hold(library: Library, report: EvidenceReport) -> None:
    text = library.sheet(report)
    assert more_than(text, report) == set()
    assert left_out(text, report.cases) == []
    series = library.engine.knowledge.series
    citations = {name: each.citation.full for name, each in series.items()}
    made = letter_of(report, citations, library.engine.cases)
    if isinstance(made, Letter):
        text = library.paper("letter.html", report, letter=made, gaps=gaps)
        assert more_than(text, report) == set()
        assert left_out(text, [e for e in report.cases if e.drug_name == made.drug]) == []
