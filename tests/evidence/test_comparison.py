"""What is said of a course beside a patient: only what both profile and print bear out."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from seriatim import Engine
    from seriatim.model.evidence import Case


def case(engine: Engine, course: str, **profile: Any) -> Case:
    report = engine.look_up(profile)
    return next(each for each in report.cases if each.course.endswith(f"/{course}"))


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (30, "age 30"),
        (30.9, "age 30"),
        (29, "age 30, 1 years older"),
        (45.5, "age 30, 16 years younger"),
    ],
)
def test_age(engine: Engine, age: float, said: str) -> None:
    found = case(engine, "T2R4", age=age, diagnoses=["M35.2"])
    assert said in found.matched_on + found.differs_on


def test_age_in_months_is_compared_in_years(engine: Engine) -> None:
    found = case(engine, "T2R4", age={"months": 360}, diagnoses=["M35.2"])
    assert "age 30" in found.matched_on


def test_sex_that_is_not_known_is_not_compared(engine: Engine) -> None:
    for sex, matched, differs in (
        ("female", True, False),
        ("male", False, True),
        ("other", False, True),
        ("unknown", False, False),
    ):
        found = case(engine, "T2R4", sex=sex, diagnoses=["M35.2"])
        assert ("sex female" in found.matched_on) is matched
        assert ("sex female" in found.differs_on) is differs


STATUS = ("past", "current", "never")


@pytest.mark.parametrize(
    ("azathioprine", "complete"), list(itertools.product((*STATUS, None), (True, False)))
)
def test_one_drug_is_had_given_never_or_open(
    engine: Engine, azathioprine: str | None, *, complete: bool
) -> None:
    """T2R5 prints azathioprine and apremilast before; no more is said than both bear out."""
    therapies = [{"drug": "azathioprine", "status": azathioprine}] if azathioprine else []
    found = case(
        engine,
        "T2R5",
        diagnoses=["M35.2"],
        therapies=therapies,
        therapies_complete=complete,
        considering=["canakinumab"],
    )
    shared = any(": azathioprine" in each for each in found.matched_on)
    now = any("given now: azathioprine" in each for each in found.differs_on)
    not_had = [each for each in found.differs_on if "has not had" in each]
    asked = [each for each in found.unknown_on if "whether this patient has had" in each]
    assert shared is (azathioprine == "past")
    assert now is (azathioprine == "current")
    said_never = any("azathioprine" in each for each in not_had)
    assert said_never is (complete and azathioprine in (None, "never")) or (
        azathioprine == "never" and not complete
    )
    assert any("apremilast" in each for each in not_had) is complete
    assert any("apremilast" in each for each in asked) is not complete


def test_a_drug_of_a_probable_link_is_open_not_absent(engine: Engine) -> None:
    found = case(
        engine, "T2R5", diagnoses=["M35.2"], therapies=["anakinra"], considering=["canakinumab"]
    )
    assert "whether it followed anakinra (T1R8)" in found.unknown_on
    assert not any("anakinra" in each for each in found.differs_on)


def test_a_course_is_not_said_to_lack_its_own_drug(engine: Engine) -> None:
    found = case(
        engine, "T1R1", diagnoses=["AOSD"], therapies=["anakinra"], considering=["anakinra"]
    )
    assert not any("published patient: anakinra" in each for each in found.differs_on)


@pytest.mark.parametrize(
    ("failed", "text"),
    [
        ("T2R1", "after anakinra (a partial response printed, T1R7)"),
        ("T2R4", "after anakinra (a partial response printed, T1R9)"),
        ("T2R6", "after anakinra (a complete response printed, T1R11)"),
    ],
)
def test_the_earlier_course_of_the_same_patient_is_said(
    engine: Engine, failed: str, text: str
) -> None:
    found = case(
        engine,
        failed,
        diagnoses=["M35.2"],
        therapies=[{"drug": "anakinra", "response": "none"}],
        considering=["canakinumab"],
    )
    assert text in found.matched_on


def order(engine: Engine, **profile: Any) -> list[str]:
    report = engine.look_up(profile)
    return [each.rpartition("/")[2] for each in report.findings[0].courses]


def test_failures_stand_first_whatever_is_nearer(engine: Engine) -> None:
    near_the_complete = {
        "age": 19,
        "sex": "female",
        "therapies": ["colchicine", {"drug": "colchicine", "status": "current"}],
    }
    found = order(engine, diagnoses=["M35.2"], considering=["canakinumab"], **near_the_complete)
    assert found == ["T2R4", "T2R5", "T2R2", "T2R3"]


def test_among_equals_the_shared_therapies_decide_then_age(engine: Engine) -> None:
    found = order(engine, diagnoses=["AOSD"], considering=["anakinra"], therapies=["methotrexate"])
    assert found == ["T1R1", "T1R7", "T1R3", "T1R4", "T1R5", "T1R6", "T1R2"]
    found = order(
        engine, age=38, diagnoses=["AOSD"], considering=["anakinra"], therapies=["methotrexate"]
    )
    assert found == ["T1R1", "T1R7", "T1R6", "T1R5", "T1R3", "T1R4", "T1R2"]
