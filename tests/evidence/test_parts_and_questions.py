"""A part of the courses is never shown as the whole, and nothing is asked that has been said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seriatim.model.profile import PatientProfile
from seriatim.render.markdown import render_markdown
from seriatim.render.text import render_text

if TYPE_CHECKING:
    from typing import Any

    from seriatim.pipeline import Engine

NO_DIAGNOSIS: dict[str, Any] = {
    "therapies": [{"drug": "anakinra", "response": "none"}],
    "considering": ["canakinumab"],
}
PART = "Only 3 of the library's 6 courses: those after anakinra, no active diagnosis given here."


def test_a_part_says_of_how_many_it_is_in_every_form(engine: Engine) -> None:
    report = engine.look_up(PatientProfile.model_validate(NO_DIAGNOSIS))
    (finding,) = report.findings
    assert finding.only == ("after anakinra, no active diagnosis given here",)
    assert (finding.n_courses, finding.of_courses) == (3, 6)
    assert "only those after anakinra, no active" in finding.statement
    assert "(3 of the library's 6 courses)" in finding.statement
    assert PART in " ".join(render_text(report).split())
    assert f"**{PART}**" in render_markdown(report)


def test_the_whole_is_no_part(engine: Engine) -> None:
    given = {"diagnoses": ["Behçet's disease"], "considering": ["canakinumab"]}
    (finding,) = engine.look_up(PatientProfile.model_validate(given)).findings
    assert (finding.only, finding.of_courses) == ((), None)
    assert "only" not in finding.statement


def test_without_a_diagnosis_it_is_said_that_none_is_given(engine: Engine) -> None:
    report = engine.look_up(PatientProfile.model_validate(NO_DIAGNOSIS))
    text = " ".join(render_text(report).split())
    assert "No active diagnosis is given here; printed are Behçet’s Disease†, AOSD† and" in text


def test_a_course_that_belongs_perhaps_brings_its_response(engine: Engine) -> None:
    report = engine.look_up(PatientProfile.model_validate(NO_DIAGNOSIS))
    (group,) = report.findings[0].subgroups
    assert [each.rpartition("/")[2] for each in group.probable_courses] == ["T2R5", "T2R10"]
    assert group.probable_responses == ("partial", "complete")
    text = " ".join(render_text(report).split())
    assert "T2R5 partial (belongs here only if a probable link holds)" in text


@pytest.mark.parametrize(
    ("given", "asked", "not_asked"),
    [
        ({"therapies": [{"drug": "TNF inhibitor"}]}, "of a class", "prior therapies"),
        (
            {"therapies": [], "adverse_events": ["tuberculosis"]},
            "which drug tuberculosis came with",
            "adverse events so far",
        ),
    ],
)
def test_of_a_complete_list_only_the_drug_is_asked(
    engine: Engine, given: dict[str, Any], asked: str, not_asked: str
) -> None:
    given = {"diagnoses": ["Behçet's disease"], "considering": ["canakinumab"], **given}
    report = engine.look_up(PatientProfile.model_validate(given))
    facts = [each.fact for each in report.missing]
    assert any(asked in each for each in facts), facts
    assert not_asked not in facts


def test_a_caution_asks_nothing_of_a_drug_that_is_neither_given_nor_weighed(engine: Engine) -> None:
    given = {"diagnoses": ["Behçet's disease"], "considering": ["canakinumab"]}
    facts = [e.fact for e in engine.look_up(PatientProfile.model_validate(given)).missing]
    assert not [each for each in facts if "E. coli" in each]
    given |= {"therapies": [{"drug": "anakinra", "status": "current"}]}
    facts = [e.fact for e in engine.look_up(PatientProfile.model_validate(given)).missing]
    assert [each for each in facts if "E. coli" in each]


def test_cautions_are_pointed_to_by_what_they_are_about(engine: Engine) -> None:
    given = {
        "therapies": [{"drug": "anakinra", "response": "none"}],
        "adverse_events": [{"event": "urticaria", "with_drug": "canakinumab"}],
        "considering": ["canakinumab", "anakinra"],
    }
    text = " ".join(render_text(engine.look_up(PatientProfile.model_validate(given))).split())
    assert "very drug in question (urticaria, canakinumab)" in text
    assert "the drug in question brought no response here (anakinra)" in text


def test_a_diagnosis_or_drug_that_stands_twice_is_named_once(engine: Engine) -> None:
    given = {"diagnoses": ["AOSD", "M06.1", "AOSD"], "considering": ["anakinra", "Kineret"]}
    text = render_text(engine.look_up(PatientProfile.model_validate(given)))
    assert text.startswith("Adult-onset Still's disease, considering anakinra\n")
