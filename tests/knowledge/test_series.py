"""The transcription against totals counted by hand from the two tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from seriatim.knowledge.library import CourseView, KnowledgeBase

AGES = {
    "1": [48, 40, 54, 62, 51, 37, 50, 24, 30, 60, 28, 70, 31, 32],
    "2": [50, 19, 53, 30, 24, 28, 63, 62, 44, 31],
}
MONTHS = {
    "1": [5, 5, 5, 29, 7, 30, 6, 2, 6, 18, 84, 36, 20, 20],
    "2": [9, 4, 17, 20, 5, 48, 2, 27, 7, 11],
}
SEX = {"1": "MFFFMFMFFFFMFF", "2": "MFFFFFFMMF"}
RESPONSE = {"1": "NCCCCCPPPPCCCC", "2": "CCCNPCPCCC"}
PREVIOUS = {"1": [1, 1, 1, 1, 1, 1, 0, 2, 5, 15, 0, 0, 2, 1], "2": [1, 1, 3, 7, 2, 1, 0, 0, 1, 2]}
CONCURRENT = {"1": [1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0], "2": [0, 1, 2, 2, *[0] * 6]}
EVENTS = {"1": [1, 1, 0, 0, 0, 0, 1, 0, 2, 3, 0, 0, 0, 0], "2": [0, 0, 1, 0, 0, 1, 1, 0, 1, 0]}
DIAGNOSES = {
    "1": {"AOSD": 7, "Behçet’s Disease": 2, "Discoid Lupus": 1, "HIDS": 1, "SS": 1, "TRAPS": 2},
    "2": {"AOSD": 1, "Behçet’s Disease": 4, "HIDS": 1, "SS": 3, "TRAPS": 1},
}


@pytest.fixture(scope="module", params=["1", "2"])
def table(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rows(knowledge: KnowledgeBase, table: str) -> list[CourseView]:
    return [each for each in knowledge.courses.values() if each.course.at.table == table]


def test_rows_are_in_the_order_of_print(rows: list[CourseView], table: str) -> None:
    assert [each.course.at.row for each in rows] == list(range(1, len(rows) + 1))
    assert [each.id for each in rows] == [
        f"nyu-2022-il1/T{table}R{row}" for row in range(1, len(AGES[table]) + 1)
    ]
    assert {each.course.at.page for each in rows} == {206 + int(table)}
    assert {each.course.drug for each in rows} == {["anakinra", "canakinumab"][int(table) - 1]}


def test_numbers(rows: list[CourseView], table: str) -> None:
    assert [each.course.age and each.course.age.years for each in rows] == AGES[table]
    assert [each.course.months and each.course.months.months for each in rows] == MONTHS[table]


def test_sex_and_response(rows: list[CourseView], table: str) -> None:
    assert "".join(c.course.sex.sex[0].upper() for c in rows if c.course.sex) == SEX[table]
    levels = [each.course.response.level for each in rows if each.course.response]
    assert "".join(each[0].upper() for each in levels) == RESPONSE[table]


def test_therapies_and_events(rows: list[CourseView], table: str) -> None:
    cells = [each.course for each in rows]
    assert [len(each.previous.drugs) for each in cells if each.previous] == PREVIOUS[table]
    assert [len(each.concurrent.drugs) for each in cells if each.concurrent] == CONCURRENT[table]
    assert [len(c.adverse_events.events) for c in cells if c.adverse_events] == EVENTS[table]


def test_diagnoses_as_printed(rows: list[CourseView], table: str) -> None:
    printed = Counter(each.course.diagnosis.printed.rstrip("†") for each in rows)
    assert printed == DIAGNOSES[table]


def test_marks_are_those_that_are_printed(knowledge: KnowledgeBase) -> None:
    for view in knowledge.courses.values():
        cell = view.course.diagnosis
        assert cell.marks == tuple(mark for mark in "†" if mark in cell.printed)


def test_ss_is_never_settled(knowledge: KnowledgeBase) -> None:
    open_rows = [v for v in knowledge.courses.values() if v.course.diagnosis.printed == "SS"]
    assert len(open_rows) == 4
    for view in open_rows:
        assert view.diagnosis is None
        assert set(view.could_be) == {"systemic-sclerosis", "schnitzler-syndrome"}
        assert view.course.diagnosis.why


def test_links(knowledge: KnowledgeBase) -> None:
    links = {each.courses: each.certainty for each in knowledge.series["nyu-2022-il1"].links}
    assert links == {
        ("T1R7", "T2R1"): "stated",
        ("T1R9", "T2R4"): "stated",
        ("T1R11", "T2R6"): "stated",
        ("T1R8", "T2R5"): "probable",
        ("T1R13", "T2R10"): "probable",
    }


def test_probable_links_rest_on_what_the_rows_print(knowledge: KnowledgeBase) -> None:
    courses = {each.id: each for each in knowledge.series["nyu-2022-il1"].courses}
    for link in knowledge.series["nyu-2022-il1"].links:
        first, second = (courses[each] for each in link.courses)
        assert (first.age, first.sex) == (second.age, second.sex)
        assert first.diagnosis.printed == second.diagnosis.printed
        assert (link.against is not None) == (link.certainty == "probable")


def test_another_reader_of_yaml_sees_the_same_cells(
    knowledge: KnowledgeBase, plain: dict[str, Any]
) -> None:
    for course, raw in zip(knowledge.series["nyu-2022-il1"].courses, plain["courses"], strict=True):
        for name in ("age", "sex", "diagnosis", "dose", "months", "response", "adverse_events"):
            assert getattr(course, name).printed == raw[name]["printed"]
        for name in ("concurrent", "previous"):
            assert list(getattr(course, name).printed) == raw[name]["printed"]
            assert list(getattr(course, name).drugs) == raw[name]["drugs"]
