"""The sheet and the letter say what the report says: no number more, no failure or harm less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from paper import MANY, WORKED, WORSE, article, left_out, more_than

from random_profiles import Vocabulary, random_profile, source
from seriatim.errors import ProfileError
from seriatim.service.settings import Settings
from seriatim.service.web.letter import gaps
from seriatim.service.web.letter_draft import Letter, Refused, letter_of
from seriatim.service.web.linking import Linker
from seriatim.service.web.reader import read
from seriatim.service.web.sheet_words import Sheet, sheet_of
from seriatim.service.web.site import Site
from seriatim.service.web.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.model.evidence import Case, EvidenceReport
    from seriatim.pipeline import Engine

SEEDS = 40
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
        return letter_of(report, self.citations)

    def sheet(self, report: EvidenceReport) -> str:
        return self.html("sheet.html", sheet=sheet_of(report))

    def letter(self, made: Letter) -> str:
        return self.html("letter.html", letter=made, gaps=gaps)

    def html(self, template: str, **values: Any) -> str:
        html = self.site.html(template, title="", state=State(), link=self.link, **values)
        return article(html)


@pytest.fixture(scope="module")
def papers(engine: Engine) -> Papers:
    return Papers(engine)


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
    made = papers.letter_of(report)
    if isinstance(made, Letter):
        text = papers.letter(made)
        assert more_than(text, report) == set()
        assert left_out(text, of_drug(report, made.drug)) == []
    else:
        known = " ".join((*made.says, *made.labels, made.title))
        assert more_than(known, report) == set()
    assert not [word for word in WORSE if word in text.casefold()]
    return made


def of_drug(report: EvidenceReport, name: str) -> list[Case]:
    return [each for each in report.cases if each.drug_name == name]


# --- properties -----------------------------------------------------------------------------------


def test_no_number_more_and_no_failure_or_harm_less_than_in_the_report(
    papers: Papers, engine: Engine
) -> None:
    kinds = [
        type(hold(papers, each))
        for report in reports(engine, range(SEEDS))
        for each in decided(engine, report)
    ]
    assert kinds.count(Letter) > 10
    assert kinds.count(Refused) > 10


@pytest.mark.campaign
def test_the_same_of_thousands_of_profiles(papers: Papers, engine: Engine) -> None:
    for report in reports(engine, range(SEEDS, 3000)):
        for each in decided(engine, report):
            hold(papers, each)


def test_a_number_or_a_failure_that_is_changed_is_seen(papers: Papers, engine: Engine) -> None:
    """The checks above can fail."""
    report = engine.look_up(BEHCET)
    text = papers.sheet(report)
    assert more_than(text.replace("2 of 4", "3 of 4"), report)
    assert more_than(text.replace("20 months", "31 months"), report)
    assert left_out(text.replace("No response: T2R4", ""), report.cases) == [("T2R4", "none")]
    assert left_out(text.replace("ransaminitis", ""), report.cases) == [("T2R3", "transaminitis")]


def test_every_limit_and_every_answer_is_on_the_sheet(papers: Papers, engine: Engine) -> None:
    for each in reports(engine, range(0, SEEDS, 3)):
        text = papers.sheet(each)
        for limit in each.limits:
            assert " ".join(limit.text.split()) in text
        for finding in each.findings:
            assert " ".join(finding.statement.split()) in text
        for case in each.cases:
            assert " ".join((case.dose.printed or "dose not printed").split()) in text


# --- the letter -----------------------------------------------------------------------------------


def test_a_letter_shows_the_weaknesses_of_what_it_cites(papers: Papers, engine: Engine) -> None:
    made = papers.letter_of(engine.look_up(BEHCET))
    assert isinstance(made, Letter)
    text = papers.letter(made)
    for weakness in (
        "one centre, no control group",
        "complete 2 of 4 (95% CI 6.8\u201393.2%), partial 1, none 1",
        "No response: T2R4 (woman 30, 20 months, p. 208).",
        "Transaminitis 1 of 4 (T2R3).",
        "Few courses",
        "against it: T2R4",
        "the disease is another one",
        "cannot show what would have happened to them without the drug",
    ):
        assert weakness in text
    assert text.startswith("Draft for the prescriber to check, edit and sign.")


def test_names_dates_and_reasons_are_left_to_the_prescriber(papers: Papers, engine: Engine) -> None:
    made = papers.letter_of(engine.look_up(BEHCET))
    assert isinstance(made, Letter)
    text = papers.letter(made)
    for gap in ("[Date]", "[patient's name]", "[dose, interval, route and duration", "[Closing, "):
        assert gap in text
    assert "Given before: colchicine and anakinra (partial response). [Dates, doses" in text
    assert text.count("[") == text.count("]")


def test_what_is_not_known_is_asked_of_the_prescriber(papers: Papers, engine: Engine) -> None:
    report = engine.look_up({**BEHCET, "therapies": None})
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    assert made.before == (
        "Given before: [each therapy with dates, dose, response and why it was stopped].",
    )
    assert set(made.missing) == {each.fact for each in report.missing}


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ({"diagnoses": ["psoriasis"], "considering": ["anakinra"]}, "no case"),
        ({"diagnoses": ["psoriasis"]}, "no case"),
        ({"diagnoses": ["AOSD"], "considering": ["canakinumab"]}, "label"),
        ({"diagnoses": ["HIDS"], "considering": ["canakinumab"]}, "label"),
        ({"diagnoses": ["M04.1"], "considering": ["canakinumab"]}, "label"),
        ({"diagnoses": ["AOSD"]}, "which drug"),
        ({"diagnoses": ["AOSD"], "considering": ["anakinra", "canakinumab"]}, "which drug"),
        ({"diagnoses": ["AOSD"], "considering": ["IL-1 inhibitor"]}, "which drug"),
    ],
)
def test_no_letter_is_drafted_and_why(
    papers: Papers, engine: Engine, profile: dict[str, Any], why: str
) -> None:
    report = engine.look_up(profile)
    made = papers.letter_of(report)
    assert isinstance(made, Refused)
    assert made.why == why
    if why == "label":
        named = {each.statement for each in report.stronger_evidence if each.drug == "canakinumab"}
        assert named <= set(made.labels)
        assert "check the current label" in " ".join(made.labels)
    if why == "no case":
        assert any(each.startswith("No label seen") for each in made.labels) or not report.no_label
    if why == "which drug":
        assert {drug for drug, _name in made.drugs} == {each.drug for each in report.findings}


def test_where_one_label_is_silent_the_letter_opens_with_the_other(
    papers: Papers, engine: Engine
) -> None:
    """Of anakinra in Still's disease the label of one jurisdiction says more than another's."""
    report = engine.look_up({"diagnoses": ["AOSD"], "considering": ["anakinra"]})
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    assert made.labels[0].startswith("The EU and UK label of anakinra names")
    assert any(each.startswith("No label seen names adult-onset") for each in made.labels)
    text = papers.letter(made)
    assert text.index("The EU and UK label") < text.index("complete 5 of 7")


def test_a_child_younger_than_the_label_says_may_have_a_letter_that_says_so(
    papers: Papers, engine: Engine
) -> None:
    report = engine.look_up({"age": 1, "diagnoses": ["AOSD"], "considering": ["canakinumab"]})
    assert [each.applies_to_age for each in report.stronger_evidence if each.holds == "yes"]
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    assert "THE PATIENT IS YOUNGER THAN THAT" in " ".join(made.labels)


def test_rows_without_any_response_are_no_ground_for_a_letter(
    papers: Papers, engine: Engine
) -> None:
    report = engine.look_up(BEHCET)
    failed = [
        type(each).trusted(
            **{
                **dict(each),
                "outcomes": type(each.outcomes).trusted(
                    **{
                        **dict(each.outcomes),
                        "any_response": type(each.outcomes.any_response).trusted(
                            k=0, n=each.n_courses, ci95=None
                        ),
                    }
                ),
            }
        )
        for each in report.findings
    ]
    changed = type(report).trusted(**{**dict(report), "findings": tuple(failed)})
    made = papers.letter_of(changed)
    assert isinstance(made, Refused)
    assert made.why == "no response"


def test_an_open_diagnosis_is_loud_in_both(papers: Papers, engine: Engine) -> None:
    report = engine.look_up({"diagnoses": ["SS"], "considering": ["canakinumab"]})
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    for text in (papers.sheet(report), papers.letter(made)):
        assert "May not be this patient's diagnosis." in text
        assert "No reading is settled." in text


def test_every_contradiction_that_touches_the_rows_is_in_the_letter(
    papers: Papers, engine: Engine
) -> None:
    report = engine.look_up(BEHCET)
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    cited = {row.course for each in made.answers for row in each.rows}
    touching = [each for each in report.discrepancies if cited & set(each.courses)]
    assert len(made.contradicted) + len(made.annex) + len(made.unchecked) == len(touching)
    text = papers.letter(made)
    for each in touching:
        assert each.says.rstrip(".") in text


# --- the sheet ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(WORKED))
def test_the_worked_answers_have_limits_before_rows(
    papers: Papers, engine: Engine, name: str
) -> None:
    report = engine.look_up(_profile(engine, WORKED[name]))
    text = papers.sheet(report)
    assert "Patient label, date and initials: by hand" in text
    assert "Limits" in text
    if report.cases:
        assert text.index("Limits") < text.index("Cited:") < text.index("Row by row")
    else:
        assert "No published course of this library matches" in text
        assert "That is not evidence that the drugs do not work." in text


def test_failures_come_first_among_the_rows(engine: Engine) -> None:
    order = {"none": 0, "partial": 1, None: 2, "complete": 3}
    made: Sheet = sheet_of(engine.look_up(_profile(engine, MANY)))
    for answer in made.answers:
        levels = [order[row.level] for row in answer.rows]
        assert levels == sorted(levels)
    assert made.is_long
    assert not sheet_of(engine.look_up(BEHCET)).is_long


def _profile(engine: Engine, query: str) -> dict[str, Any]:
    from seriatim.service.web.profile import profile_of  # noqa: PLC0415 - here alone

    declared = engine.knowledge.vocabulary.observations
    profile, faults = profile_of(read(query.encode()).state, declared)
    assert faults == []
    return profile
