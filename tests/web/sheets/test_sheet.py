"""The evidence sheet: harm before counts, limits before rows, failures first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from paper import MANY, WORKED
from papers import BEHCET, SEEDS, asked, decided, reports, wanted

from seriatim.service.web.letter_draft import Letter
from seriatim.service.web.sheet_words import sheet_of

if TYPE_CHECKING:
    from papers import Papers

    from seriatim.pipeline import Engine


@pytest.mark.parametrize("name", sorted(WORKED))
def test_the_worked_answers_have_limits_before_rows(
    papers: Papers, engine: Engine, name: str
) -> None:
    report = engine.look_up(asked(engine, WORKED[name]))
    text = papers.sheet(report)
    assert "Patient label, date and initials: by hand" in text
    assert "Limits" in text
    if report.cases:
        assert text.index("Limits") < text.index("Cited:") < text.index("Row by row")
    else:
        assert "No published course of this library matches" in text
        assert report.limits[0].text in text


def test_harm_to_expect_is_said_before_the_counts(papers: Papers, engine: Engine) -> None:
    harmed = {
        **BEHCET,
        "adverse_events": [{"event": "neutropenia", "with_drug": "anakinra"}],
        "observations": {"pregnancy": True, "active_infection": True},
    }
    report = engine.look_up(harmed)
    made = papers.sheet_of(report)
    assert made.safety
    assert len(made.safety) + len(made.cautions) == len(report.cautions)
    assert all(each.startswith("Safety: ") for each in made.safety)
    text = papers.sheet(report)
    assert "Safety cautions" in text
    for each in made.safety:
        said = " ".join(each.removeprefix("Safety: ").split())
        assert text.index(said) < text.index("no response 1 of 4 (")
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
    assert "Same patient: T1R9 anakinra partial; neutropenia, transaminitis" in text


def test_no_harm_printed_is_not_no_harm(papers: Papers, engine: Engine) -> None:
    for report in reports(engine, range(0, SEEDS, 3)):
        for made in decided(engine, report):
            text = papers.sheet(made)
            assert not re.search(r"(?i)no adverse event(?! printed)", text)
            none = any(each.adverse_events == () for each in made.cases)
            assert ("none (printed)" in text) is none


def test_failures_come_first_among_the_rows(engine: Engine) -> None:
    order = {"none": 0, "partial": 1, None: 2, "complete": 3}
    made = sheet_of(engine.look_up(asked(engine, MANY)), engine.cases)
    for answer in made.answers:
        levels = [order[row.level] for row in answer.rows]
        assert levels == sorted(levels)
    assert made.is_long
    assert not sheet_of(engine.look_up({"diagnoses": ["TRAPS"]}), engine.cases).is_long


def test_what_is_like_this_patient_stands_in_the_head_before_other_diseases(
    papers: Papers, engine: Engine
) -> None:
    """The one failure after the same drug comes before what went well in another disease."""
    text = papers.sheet(engine.look_up(BEHCET))
    failed = re.search(r"After anakinra.{0,80}?: no response 1 of 1 \([^)]*T2R4[^)]*\)", text)
    assert failed
    assert text.index("What happened") < failed.start() < text.index("Another disease than")
    assert len(re.findall(r"After anakinra.{0,80}?: no response 1 of 1", text)) == 1


@pytest.mark.parametrize(("term", "n"), [("SS", 4), ("M04.1", 5)])
def test_an_open_diagnosis_is_asked_with_all_that_it_could_be(
    papers: Papers, engine: Engine, term: str, n: int
) -> None:
    report = engine.look_up({"diagnoses": [term]})
    which = wanted(report)[0]
    assert which.startswith("which diagnosis: ")
    assert len(which.split(", ")) == n
    assert which in papers.sheet(report)


def test_without_courses_the_sheet_says_what_the_library_has(
    papers: Papers, engine: Engine
) -> None:
    text = papers.sheet(engine.look_up({"diagnoses": ["psoriasis"]}))
    assert "courses of these diagnoses alone: adult-onset Still's disease; Beh\u00e7et's" in text
    assert "would need" not in text


def test_a_label_dose_is_no_caution_and_a_series_has_a_name(papers: Papers, engine: Engine) -> None:
    report = engine.look_up(asked(engine, MANY))
    text = papers.sheet(report)
    assert text.index("Further cautions") < text.index("Doses on labels ")
    assert "Dose on the label" not in text
    assert "Library: Gutierrez et al. 2022; knowledge" in text
    assert "/series/" not in text
