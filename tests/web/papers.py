"""Sheets and letters made as the service does, without it, and held against their reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paper import WORSE, article, left_out, more_than

from random_profiles import Vocabulary, random_profile, source
from seriatim.errors import ProfileError
from seriatim.render.beside import cautions
from seriatim.render.words import as_written, upper_first
from seriatim.service.settings import Settings
from seriatim.service.web.letter import gaps
from seriatim.service.web.letter_draft import NOT_ASKED, Letter, letter_of
from seriatim.service.web.linking import Linker
from seriatim.service.web.profile import profile_of
from seriatim.service.web.reader import read
from seriatim.service.web.sheet_words import Sheet, sheet_of
from seriatim.service.web.site import Site
from seriatim.service.web.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.model.evidence import Case, EvidenceReport
    from seriatim.pipeline import Engine
    from seriatim.service.web.letter_refusal import Refused

SEEDS = 60
BEHCET: dict[str, Any] = {
    "age": 30,
    "sex": "female",
    "diagnoses": ["Behçet's disease"],
    "therapies": ["colchicine", {"drug": "anakinra", "response": "partial"}],
    "considering": ["canakinumab"],
}


class Papers:
    """Makes the pages as the service does, without it."""

    def __init__(self, engine: Engine) -> None:
        context = type("Some", (), {"engine": engine, "settings": Settings()})()
        self.engine, self.site = engine, Site(context)
        self.link = Linker(engine.cases, self.site.course)
        self.citations = {
            name: each.citation.full for name, each in engine.knowledge.series.items()
        }

    def letter_of(self, report: EvidenceReport) -> Letter | Refused:
        return letter_of(report, self.citations, self.engine.cases)

    def sheet_of(self, report: EvidenceReport) -> Sheet:
        return sheet_of(report, self.engine.cases)

    def sheet(self, report: EvidenceReport) -> str:
        return self.html("sheet.html", sheet=self.sheet_of(report), missing=wanted(report))

    def letter(self, made: Letter, missing: tuple[str, ...] = ()) -> str:
        return self.html("letter.html", letter=made, gaps=gaps, missing=missing)

    def html(self, template: str, **values: Any) -> str:
        html = self.site.html(
            template, title="", state=State(), link=self.link, has_letter=True, **values
        )
        return article(html)


def wanted(report: EvidenceReport) -> tuple[str, ...]:
    return tuple(each.fact for each in report.missing)


def reports(engine: Engine, seeds: range) -> Iterator[EvidenceReport]:
    vocabulary = Vocabulary(engine.knowledge)
    for seed in seeds:
        try:
            yield engine.look_up(random_profile(vocabulary, source(seed)))
        except ProfileError:
            continue


def decided(engine: Engine, report: EvidenceReport) -> Iterator[EvidenceReport]:
    """The report, and one for each cited drug as the one that is decided on."""
    yield report
    for drug in sorted({each.drug for each in report.findings}):
        yield engine.look_up({**report.given, "considering": [drug]})


def hold(papers: Papers, report: EvidenceReport) -> Letter | Refused:
    """Hold what both pages say against the report."""
    text = papers.sheet(report)
    assert more_than(text, report) == set()
    assert left_out(text, report.cases) == []
    assert_cautioned(text, report)
    made = papers.letter_of(report)
    if isinstance(made, Letter):
        text = papers.letter(made, wanted(report))
        assert_cautioned(text, report)
        assert {f.relation for f in report.findings if f.name == made.drug} >= {"direct"}
        assert more_than(text, report) == set()
        assert left_out(text, of_drug(report, made.drug)) == []
    else:
        known = " ".join((*made.says, *made.labels, made.title))
        assert more_than(known, report) == set()
    assert not [word for word in WORSE if word in text.casefold()]
    return made


def assert_cautioned(text: str, report: EvidenceReport) -> None:
    """Every caution is there, and those about harm stand before the limits."""
    for each in cautions(report):
        where = text.find(as_written(upper_first(" ".join(each.text.split()))))
        assert where >= 0
        if each.concerns == "safety":
            first = next(each.text for each in report.limits if each.id != NOT_ASKED)
            assert where < text.index(first)


def of_drug(report: EvidenceReport, name: str) -> list[Case]:
    return [each for each in report.cases if each.drug_name == name]


def asked(engine: Engine, query: str) -> dict[str, Any]:
    """The profile that an address asks for."""
    declared = engine.knowledge.vocabulary.observations
    profile, faults = profile_of(read(query.encode()).state, declared)
    assert faults == []
    return profile
