"""Each test of a selector, against the rows read by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.knowledge.select import Selection
from seriatim.model.selector import Range, Selector

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase

T1 = [f"T1R{row}" for row in range(1, 15)]
T2 = [f"T2R{row}" for row in range(1, 11)]


@pytest.fixture(scope="module")
def rows(knowledge: KnowledgeBase) -> Selection:
    return Selection(knowledge.courses.values(), knowledge.lexicon)


def ids(rows: Selection, **tests: Any) -> list[str]:
    return [each.course.id for each in rows.select(Selector.model_validate(tests))]


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ({}, [*T1, *T2]),
        ({"series": "nyu-2022-il1"}, [*T1, *T2]),
        ({"series": "another"}, []),
        ({"table": "2"}, T2),
        ({"drug": "anakinra"}, T1),
        ({"drug": "canakinumab"}, T2),
        ({"drug": "il-1-inhibitor"}, [*T1, *T2]),
        ({"drug": "interleukin-inhibitor"}, [*T1, *T2]),
        ({"drug": "tnf-inhibitor"}, []),
        ({"diagnosis": "traps"}, ["T1R13", "T1R14", "T2R10"]),
        ({"diagnosis": "systemic-sclerosis"}, []),
        ({"could_be": "systemic-sclerosis"}, ["T1R12", "T2R7", "T2R8", "T2R9"]),
        ({"could_be": "schnitzler-syndrome"}, ["T1R12", "T2R7", "T2R8", "T2R9"]),
        ({"could_be": "traps"}, []),
        ({"also": "systemic-lupus-erythematosus"}, ["T1R10"]),
        ({"previous": "anakinra"}, ["T2R1", "T2R4", "T2R6"]),
        ({"previous": "tnf-inhibitor"}, ["T1R9", "T1R13", "T1R14", "T2R4", "T2R10"]),
        ({"previous": "nothing"}, ["T1R7", "T1R11", "T1R12", "T2R7", "T2R8"]),
        ({"previous_count": {"at_least": 5}}, ["T1R9", "T1R10", "T2R4"]),
        ({"previous_count": {"above": 5, "below": 15}}, ["T2R4"]),
        ({"previous_count": {"at_most": 0}}, ["T1R7", "T1R11", "T1R12", "T2R7", "T2R8"]),
        ({"probably_after": "anakinra"}, ["T2R5", "T2R10"]),
        ({"probably_after": "canakinumab"}, []),
        ({"concurrent": "colchicine"}, ["T1R2", "T2R2", "T2R3", "T2R4"]),
        ({"concurrent": "aminoquinoline"}, ["T1R1"]),
        ({"concurrent": "glucocorticoid"}, []),
        ({"concurrent": "nothing", "drug": "canakinumab", "response": "partial"}, ["T2R5", "T2R7"]),
        ({"response": "none"}, ["T1R1", "T2R4"]),
        ({"response": ["none", "partial"], "table": "2"}, ["T2R4", "T2R5", "T2R7"]),
        ({"event": "transaminitis"}, ["T1R1", "T1R2", "T1R9", "T1R10", "T2R3"]),
        ({"event": "any", "table": "2"}, ["T2R3", "T2R6", "T2R7", "T2R9"]),
        ({"event": "nothing", "diagnosis": "traps"}, ["T1R13", "T1R14", "T2R10"]),
        ({"marked": "†"}, ["T1R7", "T1R9", "T1R11", "T2R1", "T2R4", "T2R6"]),
        ({"dosing": "flare"}, ["T1R8", "T1R14", "T2R2"]),
        ({"dosing": "range"}, ["T2R3", "T2R9"]),
        ({"dosing": "taper"}, ["T1R11"]),
        ({"dosing": "no-unit"}, ["T2R7"]),
        ({"linked": {}, "table": "1"}, ["T1R7", "T1R8", "T1R9", "T1R11", "T1R13"]),
        ({"linked": {"certainty": "probable"}}, ["T1R8", "T1R13", "T2R5", "T2R10"]),
        ({"linked": {"drug": "anakinra", "response": "complete"}}, ["T2R6", "T2R10"]),
        ({"linked": {"drug": "canakinumab", "response": ["none"]}}, ["T1R9"]),
        ({"age": {"at_least": 62}}, ["T1R4", "T1R12", "T2R7", "T2R8"]),
        ({"age": {"below": 24}}, ["T2R2"]),
        ({"courses": ["T1R3", "nyu-2022-il1/T2R4"]}, ["T1R3", "T2R4"]),
        ({"drug": "anakinra", "diagnosis": "behcet-disease", "response": "complete"}, []),
    ],
)
def test_selectors(rows: Selection, tests: dict[str, Any], expected: list[str]) -> None:
    assert ids(rows, **tests) == expected


def test_a_cell_that_was_not_printed_matches_no_test(
    knowledge: KnowledgeBase, rows: Selection
) -> None:
    bare = {
        key: view.course.model_copy(
            update=dict.fromkeys(
                ("age", "dose", "concurrent", "previous", "months", "response", "adverse_events")
            )
        )
        for key, view in rows.courses.items()
    }
    views = [replace(each, course=bare[each.id]) for each in rows.courses.values()]
    unknown = Selection(views, knowledge.lexicon)
    for tests in (
        {"previous": "nothing"},
        {"previous": "anakinra"},
        {"previous_count": {"at_most": 99}},
        {"concurrent": "nothing"},
        {"response": ["complete", "partial", "none"]},
        {"event": "nothing"},
        {"event": "any"},
        {"dosing": "no-unit"},
        {"age": {}},
    ):
        assert ids(unknown, **tests) == []


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        ({"at_least": 2}, [2, 3], [1.9]),
        ({"above": 2}, [2.1], [2]),
        ({"at_most": 2}, [2], [2.1]),
        ({"below": 2}, [1.9], [2]),
        ({"at_least": 1, "below": 2}, [1, 1.5], [0, 2]),
        ({}, [0, 99], []),
    ],
)
def test_ranges(bounds: dict[str, float], inside: list[float], outside: list[float]) -> None:
    assert all(Range(**bounds).holds(each) for each in inside)
    assert not any(Range(**bounds).holds(each) for each in outside)
