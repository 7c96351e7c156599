"""What no interval mends, and where the letter and its rows disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from seriatim import Engine

ALL = ("AOSD", "M35.2", "DLE", "HIDS", "Schnitzler syndrome", "TRAPS")


def limits(engine: Engine, **profile: Any) -> dict[str, str]:
    return {each.id: each.text for each in engine.look_up(profile).limits}


@pytest.mark.parametrize("diagnosis", ALL)
def test_every_answer_with_courses_has_the_limits_of_its_series(
    engine: Engine, diagnosis: str
) -> None:
    found = limits(engine, diagnoses=[diagnosis])
    of_series = {each.id for each in engine.knowledge.series["nyu-2022-il1"].limits}
    assert of_series <= set(found)
    assert "few-courses" in found


def test_an_answer_without_courses_says_what_that_does_not_mean(engine: Engine) -> None:
    found = limits(engine, diagnoses=["psoriasis"])
    assert set(found) == {"nothing-cited"}
    assert "not evidence that the drugs do not work" in found["nothing-cited"]


def test_the_smallest_group_is_named(engine: Engine) -> None:
    assert "has 1" in limits(engine, diagnoses=["DLE"])["few-courses"]
    assert "has 7" in limits(engine, diagnoses=["AOSD"], considering=["anakinra"])["few-courses"]


def test_a_dose_without_unit_is_said_only_where_it_is_shown(engine: Engine) -> None:
    shown = limits(engine, diagnoses=["SS"], considering=["canakinumab"])
    assert "T2R7" in shown["dose-unit-not-printed"]
    assert "dose-unit-not-printed" not in limits(engine, diagnoses=["SS"], considering=["anakinra"])


@pytest.mark.parametrize(
    ("considering", "said"),
    [
        (["canakinumab"], "Anakinra was not asked for; the library has 2 courses of it"),
        (["anakinra"], "Canakinumab was not asked for; the library has 4 courses of it"),
        (["prednisone"], "was not asked for"),
    ],
)
def test_what_was_not_asked_for_is_counted(
    engine: Engine, considering: list[str], said: str
) -> None:
    found = limits(engine, diagnoses=["M35.2"], considering=considering)
    assert said in found["not-asked-for"]
    assert "not-asked-for" not in limits(engine, diagnoses=["M35.2"])


def test_one_course_is_a_course_and_two_are_courses(engine: Engine) -> None:
    found = limits(engine, diagnoses=["HIDS"], considering=["anakinra"])
    assert "has 1 course of it" in found["not-asked-for"]


def claims(engine: Engine, **profile: Any) -> list[str]:
    return [each.claim for each in engine.look_up(profile).discrepancies]


@pytest.mark.parametrize(
    ("diagnosis", "claim"),
    [
        ("Schnitzler syndrome", "ss-is-systemic-sclerosis"),
        ("systemic sclerosis", "ss-is-systemic-sclerosis"),
        ("M35.2", "switched-with-success-in-behcet"),
        ("AOSD", "refractory-aosd"),
        ("AOSD", "anakinra-none"),
        ("TRAPS", "glucocorticoids-shares-together"),
    ],
)
def test_what_the_letter_says_otherwise_stands_beside_the_courses(
    engine: Engine, diagnosis: str, claim: str
) -> None:
    assert claim in claims(engine, diagnoses=[diagnosis])


def test_what_does_not_touch_the_courses_is_left_out(engine: Engine) -> None:
    assert claims(engine, diagnoses=["psoriasis"]) == []
    assert "ss-is-systemic-sclerosis" not in claims(engine, diagnoses=["TRAPS"])
    assert "anakinra-none" not in claims(
        engine, diagnoses=["Behçet's disease"], considering=["canakinumab"]
    )


@pytest.mark.parametrize("diagnosis", ALL)
def test_a_discrepancy_names_courses_of_the_answer_and_its_place(
    engine: Engine, diagnosis: str
) -> None:
    report = engine.look_up({"diagnoses": [diagnosis]})
    cited = {each.course for each in report.cases}
    assert report.discrepancies
    for each in report.discrepancies:
        assert set(each.courses) <= cited
        assert each.courses
        assert each.at
        assert each.printed
        assert each.rows_give or each.why
