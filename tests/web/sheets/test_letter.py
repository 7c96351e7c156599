"""The draft letter: its weaknesses and gaps, and when there is none and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from paper import left_out
from papers import BEHCET, SEEDS, decided, reports, wanted

from seriatim.service.web.letter_draft import Letter, is_offered
from seriatim.service.web.letter_refusal import Refused

if TYPE_CHECKING:
    from papers import Papers

    from seriatim.model.evidence import EvidenceReport
    from seriatim.pipeline import Engine


_TOOL = re.compile(r"\bhere\b|was not asked for|\(this patient|than this patient|Read:")


def test_a_letter_shows_the_weaknesses_of_what_it_cites(papers: Papers, engine: Engine) -> None:
    made = papers.letter_of(engine.look_up(BEHCET))
    assert isinstance(made, Letter)
    text = papers.letter(made)
    for weakness in (
        "one centre, no control group",
        "no response 1 of 4 (95% CI 0.6\u201380.6%), partial 1 of 4 (95% CI 0.6\u201380.6%)",
        "complete 2 of 4 (95% CI 6.8\u201393.2%)",
        "No response: T2R4 (woman 30, 20 months, p. 208).",
        "Transaminitis 1 of 4 (T2R3).",
        "Few courses",
        "Against it: T2R4",
        "Another disease than my patient's. Anakinra had been given before, as in my patient.",
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
    missing = wanted(report)
    assert set(missing) == {each.fact for each in report.missing}
    text = papers.letter(made, missing)
    asked = text.index(f"[State if known: {'; '.join(missing)}]")
    assert asked < text.index("[Course and severity of the disease") < text.index("Limits")


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
        assert {drug for drug, _name in made.drugs} == {"anakinra"}
        assert made.says[1].startswith("About canakinumab none is drafted: the US label of")
        assert made.says[2].startswith(
            "The EU and UK label of anakinra names the diagnosis; another"
        )


def test_no_drug_is_offered_of_which_the_letter_is_then_refused(
    papers: Papers, engine: Engine
) -> None:
    chosen = 0
    for report in reports(engine, range(SEEDS)):
        made = papers.letter_of(report)
        for drug, _name in made.drugs if isinstance(made, Refused) else ():
            about = engine.look_up({**report.given, "considering": [drug]})
            assert isinstance(papers.letter_of(about), Letter)
            chosen += 1
        offered = isinstance(made, Letter) or bool(made.drugs)
        assert is_offered(report, engine.cases) is offered
    assert chosen


def test_where_no_drug_can_be_asked_for_each_reason_is_given(
    papers: Papers, engine: Engine
) -> None:
    """Of one drug the label names the disease, the other has failed."""
    tried = [{"drug": "anakinra", "response": "none"}]
    report = engine.look_up({"diagnoses": ["HIDS"], "therapies": tried})
    assert not is_offered(report, engine.cases)
    made = papers.letter_of(report)
    assert isinstance(made, Refused)
    said = " ".join(made.says)
    assert "the drug has already failed in this patient" in said
    assert "the US label of canakinumab names the diagnosis" in said


def test_a_letter_has_the_writers_voice(papers: Papers, engine: Engine) -> None:
    """What the tool says of itself, and of what was not asked, is no sentence of a letter."""
    for report in reports(engine, range(SEEDS)):
        for each in decided(engine, report):
            made = papers.letter_of(each)
            if isinstance(made, Letter):
                text = papers.letter(made).partition("Statements of the publication")[0]
                assert not _TOOL.search(text)


def test_a_letter_names_its_publication_and_what_a_row_is_before_it_cites_one(
    papers: Papers, engine: Engine
) -> None:
    made = papers.letter_of(engine.look_up(BEHCET))
    assert isinstance(made, Letter)
    text = papers.letter(made)
    first = text.index("T2R4")
    assert text.index("Gutierrez et al., Journal of Drugs in Dermatology 2022;21(2):206") < first
    assert text[first:].startswith("T2R4 is Table 2, row 4.")
    assert "prior therapies shared: colchicine" in text


def test_a_verdict_is_said_once_above_what_it_is_of(papers: Papers, engine: Engine) -> None:
    made = papers.letter_of(engine.look_up(BEHCET))
    assert isinstance(made, Letter)
    for each in (*made.contradicted, *made.annex, *made.unchecked):
        assert not each.startswith(("Not borne out", "Cannot be checked", "Contradicted"))
        assert "Printed: " in each


def test_a_drug_entered_under_another_name_is_told_as_it_was_entered(
    papers: Papers, engine: Engine
) -> None:
    made = papers.letter_of(engine.look_up({**BEHCET, "therapies": ["mycophenolate"]}))
    assert isinstance(made, Letter)
    name = "mycophenolate mofetil (entered as \u201cmycophenolate\u201d)"
    assert made.before[0].startswith(f"Given before: {name}.")


def test_where_one_label_is_silent_the_letter_opens_with_the_other(
    papers: Papers, engine: Engine
) -> None:
    """Of anakinra in Still's disease the label of one jurisdiction says more than another's."""
    report = engine.look_up({"diagnoses": ["AOSD"], "considering": ["anakinra"]})
    made = papers.letter_of(report)
    assert isinstance(made, Letter)
    assert made.labels[0].startswith("The EU and UK label of anakinra names")
    assert "Another label of anakinra (US 2026-06-09) does not name" in " ".join(made.labels)
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
        assert each.statement in said


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
    said = "Anakinra has already been given to this patient and is counted as failed: it "
    assert text.index(said) < text.index("Anakinra in adult-onset") < text.index("Limits")
    if considering:
        assert made.why == "failed"
        assert said in made.says[0]
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
