"""The sheet and the letter say what the report says: no number more, no failure or harm less."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from paper import MANY, NUMBER, WORKED, WORSE, article, left_out, more_than

from random_profiles import Vocabulary, random_profile, source
from seriatim.errors import ProfileError
from seriatim.service.settings import Settings
from seriatim.service.web.letter import gaps
from seriatim.service.web.letter_draft import Letter, letter_of
from seriatim.service.web.letter_refusal import Refused
from seriatim.service.web.linking import Linker
from seriatim.service.web.reader import read
from seriatim.service.web.sheet_counts import statement
from seriatim.service.web.sheet_words import Sheet, sheet_of
from seriatim.service.web.site import Site
from seriatim.service.web.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.model.evidence import Case, EvidenceReport
    from seriatim.pipeline import Engine

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
        return self.html("sheet.html", sheet=self.sheet_of(report))

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
    assert_cautioned(text, report)
    made = papers.letter_of(report)
    if isinstance(made, Letter):
        text = papers.letter(made)
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
    for each in report.cautions:
        where = text.find(" ".join(each.text.split()))
        assert where >= 0
        if each.concerns == "safety":
            assert where < text.index(report.limits[0].text)


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


def test_a_statement_has_the_same_numbers_with_failures_first(engine: Engine) -> None:
    for each in reports(engine, range(SEEDS)):
        for finding in each.findings:
            text = statement(finding)
            assert sorted(NUMBER.findall(text)) == sorted(NUMBER.findall(finding.statement))
            assert text.count("no response") == len(finding.by_diagnosis)
            assert not re.search(r"complete[^;]*partial \d", text)


def test_every_limit_and_every_answer_is_on_the_sheet(papers: Papers, engine: Engine) -> None:
    for each in reports(engine, range(0, SEEDS, 3)):
        text = papers.sheet(each)
        for limit in each.limits:
            assert " ".join(limit.text.split()) in text
        for finding in each.findings:
            assert " ".join(statement(finding).split()) in text
        for case in each.cases:
            assert " ".join((case.dose.printed or "dose not printed").split()) in text


# --- the letter -----------------------------------------------------------------------------------


def test_a_letter_shows_the_weaknesses_of_what_it_cites(papers: Papers, engine: Engine) -> None:
    made = papers.letter_of(engine.look_up(BEHCET))
    assert isinstance(made, Letter)
    text = papers.letter(made)
    for weakness in (
        "one centre, no control group",
        "no response 1, partial 1, complete 2 of 4 (95% CI 6.8\u201393.2%)",
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


@pytest.mark.parametrize("term", ["SS", "lupus", "M04.1", "systemic sclerosis", "Still's disease"])
def test_a_diagnosis_that_is_not_settled_has_no_letter(
    papers: Papers, engine: Engine, term: str
) -> None:
    report = engine.look_up({"diagnoses": [term]})
    assert report.findings
    for each in decided(engine, report):
        made = papers.letter_of(each)
        assert isinstance(made, Refused)
        assert made.why in {"open diagnosis", "label"}
        if made.why == "open diagnosis":
            printed = "whether the published patients have this diagnosis is not settled"
            typed = "which diagnosis it is has to be settled first"
            assert made.title.endswith(printed if term == "systemic sclerosis" else typed)
            assert "Not known whether" in " ".join(made.says)
            assert_all_is_said(made, each)
    assert "May not be this patient's diagnosis." in papers.sheet(report)


def test_an_open_term_without_courses_is_to_be_settled_too(papers: Papers, engine: Engine) -> None:
    made = papers.letter_of(
        engine.look_up({"diagnoses": ["lupus"], "considering": ["canakinumab"]})
    )
    assert isinstance(made, Refused)
    assert made.why == "no case"
    assert any(each.startswith("lupus could be several diagnoses: ") for each in made.says)


def test_without_a_diagnosis_there_is_no_letter(papers: Papers, engine: Engine) -> None:
    tried = [{"drug": "anakinra", "response": "none"}]
    report = engine.look_up({"therapies": tried, "considering": ["canakinumab"]})
    assert report.findings
    made = papers.letter_of(report)
    assert isinstance(made, Refused)
    assert made.title.endswith("no diagnosis of this patient is given")
    assert_all_is_said(made, report)


def test_courses_of_other_diseases_are_no_ground_for_a_letter(
    papers: Papers, engine: Engine
) -> None:
    profile = {"diagnoses": ["psoriasis"], "therapies": [{"drug": "anakinra", "response": "none"}]}
    for considering in (["canakinumab"], []):
        report = engine.look_up({**profile, "considering": considering})
        made = papers.letter_of(report)
        assert isinstance(made, Refused)
        assert made.why == "other diagnosis"
        assert made.says[0].startswith("No published course of canakinumab in psoriasis in this")
        assert_all_is_said(made, report)
        text = papers.sheet(report)
        assert "Another disease than this patient's." in text
        assert "(another disease than this patient's)" in text


def assert_all_is_said(made: Refused, report: EvidenceReport) -> None:
    said = " ".join(made.says)
    assert left_out(said, report.cases) == []
    for each in report.findings:
        assert statement(each) in said


def test_a_letter_is_for_the_diagnosis_that_published_patients_had(
    papers: Papers, engine: Engine
) -> None:
    report = engine.look_up({"diagnoses": ["AOSD", "psoriasis", "SS"], "considering": ["anakinra"]})
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    assert made.subject == "Anakinra for adult-onset Still's disease"


@pytest.mark.parametrize(
    "how", [{"response": "none"}, {"stopped_because": "no-response"}, {"response": "partial"}]
)
@pytest.mark.parametrize("considering", [["anakinra"], []])
def test_a_drug_that_has_failed_is_not_asked_for_as_if_it_were_new(
    papers: Papers, engine: Engine, how: dict[str, str], considering: list[str]
) -> None:
    therapy = {"drug": "anakinra", **how}
    profile = {"diagnoses": ["AOSD"], "therapies": [therapy], "considering": considering}
    report = engine.look_up(profile)
    assert any(e.conclusion == "failure" and "anakinra" in e.of for e in report.conclusions)
    made = papers.letter_of(report)
    assert isinstance(made, Refused)
    text = papers.sheet(report)
    said = "Anakinra has already been given to this patient: anakinra is counted as failed."
    assert text.index(said) < text.index("Anakinra in adult-onset") < text.index("Limits")
    if considering:
        assert made.why == "failed"
        assert said in made.says
    else:
        assert "anakinra" not in {drug for drug, _name in made.drugs}


@pytest.mark.parametrize(
    ("status", "gap"),
    [("past", "[why it is to be given again]"), ("current", "and why it is to go on]")],
)
def test_a_drug_that_has_been_given_is_said_to_have_been(
    papers: Papers, engine: Engine, status: str, gap: str
) -> None:
    therapy = {"drug": "anakinra", "status": status, "response": "complete"}
    report = engine.look_up(
        {"diagnoses": ["AOSD"], "therapies": [therapy], "considering": ["anakinra"]}
    )
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    assert gap in made.opening


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


def test_harm_to_expect_is_said_before_the_counts(papers: Papers, engine: Engine) -> None:
    asked = {
        **BEHCET,
        "adverse_events": [{"event": "neutropenia", "with_drug": "anakinra"}],
        "observations": {"pregnancy": True, "active_infection": True},
    }
    report = engine.look_up(asked)
    made = papers.sheet_of(report)
    assert made.safety
    assert len(made.safety) + len(made.cautions) == len(report.cautions)
    assert all(each.startswith("Safety: ") for each in made.safety)
    text = papers.sheet(report)
    for each in made.safety:
        assert text.index(" ".join(each.split())) < text.index("no response 1, partial 1")
    letter = papers.letter_of(report)
    assert isinstance(letter, Letter)
    written = papers.letter(letter)
    assert written.index("Limits of this evidence") > written.index("Safety: ")
    assert letter.cautions[: len(made.safety)] == made.safety


def test_doses_are_of_the_drugs_in_question_for_this_age(engine: Engine) -> None:
    def doses(**more: Any) -> tuple[str, ...]:
        return sheet_of(engine.look_up({"diagnoses": ["AOSD"], **more}), engine.cases).doses

    assert all(each.startswith("Canakinumab") for each in doses(considering=["canakinumab"]))
    assert doses(considering=["canakinumab"])
    assert doses()
    assert doses(considering=["IL-1 inhibitor"]) == doses()
    assert not any(each.startswith("Canakinumab") for each in doses(considering=["anakinra"]))
    assert not any(each.startswith("Canakinumab") for each in doses(age=1))


def test_a_label_for_an_older_patient_is_headed_so(papers: Papers, engine: Engine) -> None:
    report = engine.look_up({"age": 1, "diagnoses": ["AOSD"], "considering": ["canakinumab"]})
    text = papers.sheet(report)
    assert "Label, but not for this age: The US label of canakinumab" in text
    assert "Stronger evidence: The US label of canakinumab" not in text


def test_the_other_course_of_the_same_patient_is_shown_with_its_harms(
    papers: Papers, engine: Engine
) -> None:
    report = engine.look_up(BEHCET)
    assert "nyu-2022-il1/T1R9" not in {each.course for each in report.cases}
    text = papers.sheet(report)
    assert "same patient: T1R9 anakinra partial; neutropenia, transaminitis" in text


def test_no_harm_printed_is_not_no_harm(papers: Papers, engine: Engine) -> None:
    for report in reports(engine, range(0, SEEDS, 3)):
        for made in decided(engine, report):
            text = papers.sheet(made)
            assert "no adverse event" not in text.casefold()
            none = any(each.adverse_events == () for each in made.cases)
            assert ("none printed" in text) is none


def test_failures_come_first_among_the_rows(engine: Engine) -> None:
    order = {"none": 0, "partial": 1, None: 2, "complete": 3}
    made = sheet_of(engine.look_up(_profile(engine, MANY)), engine.cases)
    for answer in made.answers:
        levels = [order[row.level] for row in answer.rows]
        assert levels == sorted(levels)
    assert made.is_long
    assert not sheet_of(engine.look_up(BEHCET), engine.cases).is_long


def _profile(engine: Engine, query: str) -> dict[str, Any]:
    from seriatim.service.web.profile import profile_of  # noqa: PLC0415 - here alone

    declared = engine.knowledge.vocabulary.observations
    profile, faults = profile_of(read(query.encode()).state, declared)
    assert faults == []
    return profile
