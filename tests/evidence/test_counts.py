"""Counts of groups of courses against plain counting of the published table."""

from __future__ import annotations

import itertools
import statistics
from typing import TYPE_CHECKING

import pytest

from seriatim.evidence.counts import Counter, outcomes, share
from seriatim.evidence.statements import failures_first, interval, k_of_n, patients

if TYPE_CHECKING:
    from seriatim import Engine

SERIES = "nyu-2022-il1"
# course: (response, months, events), read from the tables by hand
ROWS = {
    "T1R1": ("none", 5, 1),
    "T1R2": ("complete", 5, 1),
    "T1R3": ("complete", 5, 0),
    "T1R4": ("complete", 29, 0),
    "T1R5": ("complete", 7, 0),
    "T1R6": ("complete", 30, 0),
    "T1R7": ("partial", 6, 1),
    "T1R8": ("partial", 2, 0),
    "T1R9": ("partial", 6, 2),
    "T1R10": ("partial", 18, 3),
    "T1R11": ("complete", 84, 0),
    "T1R12": ("complete", 36, 0),
    "T1R13": ("complete", 20, 0),
    "T1R14": ("complete", 20, 0),
    "T2R1": ("complete", 9, 0),
    "T2R2": ("complete", 4, 0),
    "T2R3": ("complete", 17, 1),
    "T2R4": ("none", 20, 0),
    "T2R5": ("partial", 5, 0),
    "T2R6": ("complete", 48, 1),
    "T2R7": ("partial", 2, 1),
    "T2R8": ("complete", 27, 0),
    "T2R9": ("complete", 7, 1),
    "T2R10": ("complete", 11, 0),
}
STATED = [("T1R7", "T2R1"), ("T1R9", "T2R4"), ("T1R11", "T2R6")]
PROBABLE = [("T1R8", "T2R5"), ("T1R13", "T2R10")]


@pytest.fixture(scope="module")
def counter(engine: Engine) -> Counter:
    return Counter(engine.knowledge, engine.cases)


def full(*courses: str) -> tuple[str, ...]:
    return tuple(f"{SERIES}/{each}" for each in courses)


def people(courses: tuple[str, ...], links: list[tuple[str, str]]) -> int:
    return len(courses) - sum(one in courses and other in courses for one, other in links)


@pytest.mark.parametrize("size", [1, 2, 3, 23, 24])
def test_any_group_is_counted_as_by_hand(counter: Counter, size: int) -> None:
    for courses in itertools.islice(itertools.combinations(ROWS, size), 0, 3_000, 7):
        found = counter.count(full(*courses))
        rows = [ROWS[each] for each in courses]
        assert found["n_courses"] == size
        assert found["n_patients"] == people(courses, STATED)
        assert found["n_patients_if_probable_links"] == people(courses, STATED + PROBABLE)
        for level in ("complete", "partial", "none"):
            counted = sum(row[0] == level for row in rows)
            assert (getattr(found["outcomes"], level).k, found["outcomes"].not_printed) == (
                counted,
                0,
            )
        months = [row[1] for row in rows]
        assert found["months"].model_dump() == {
            "min": min(months),
            "median": statistics.median(months),
            "max": max(months),
            "n": size,
        }
        assert found["any_adverse_event"].k == sum(row[2] > 0 for row in rows)
        assert sum(each.k for each in found["adverse_events"]) == sum(row[2] for row in rows)
        assert sum(len(each.courses) for each in found["doses"]) == size


def test_of_all_courses_there_are_twenty_one_patients_or_nineteen(counter: Counter) -> None:
    found = counter.count(full(*ROWS))
    assert (found["n_courses"], found["n_patients"]) == (24, 21)
    assert found["n_patients_if_probable_links"] == 19
    assert patients(found) == "21 patients (19 if probable links hold)"


def test_a_dose_without_a_unit_is_said_to_be_one(counter: Counter) -> None:
    found = counter.count(full("T2R7", "T2R8"))
    assert {each.printed: each.unit_missing for each in found["doses"]} == {
        "150 q28 days": True,
        "150mg q8 weeks": False,
    }


def test_doses_alike_in_print_stand_together_the_commonest_first(counter: Counter) -> None:
    found = counter.count(full("T1R1", "T1R4", "T1R2"))
    assert [(each.printed, len(each.courses)) for each in found["doses"]] == [
        ("100mg daily", 2),
        ("100mg q48hours", 1),
    ]


def test_events_are_counted_over_the_courses_that_print_them(counter: Counter) -> None:
    found = counter.count(full("T1R1", "T1R2", "T1R9", "T1R3"))
    counts = {each.event: (each.k, each.n) for each in found["adverse_events"]}
    assert counts == {"transaminitis": (3, 4), "neutropenia": (1, 4)}
    assert found["adverse_events"][0].event == "transaminitis"


def test_a_course_without_a_printed_response_is_in_no_share(engine: Engine) -> None:
    cases = [engine.cases[each] for each in full("T1R1", "T1R2")]
    silent = cases[1].model_copy(
        update={"response": cases[1].response.model_copy(update={"printed": None, "level": None})}
    )
    found = outcomes([cases[0], silent])
    assert (found.none.k, found.none.n, found.complete.k, found.not_printed) == (1, 1, 0, 1)
    assert failures_first(found).startswith("no response 1 of 1 (95% CI 2.5–100%), ")
    assert failures_first(found).endswith("), not printed 1")
    nobody = outcomes([silent])
    assert (nobody.complete.n, nobody.complete.ci95) == (0, None)
    assert failures_first(nobody) == "response not printed in 1 course"


@pytest.mark.parametrize(
    ("k", "n", "text"),
    [
        (2, 4, "2 of 4 (95% CI 6.8\N{EN DASH}93.2%)"),
        (0, 1, "0 of 1 (95% CI 0\N{EN DASH}97.5%)"),
        (3, 3, "3 of 3 (95% CI 29.2\N{EN DASH}100%)"),
        (5, 7, "5 of 7 (95% CI 29.0\N{EN DASH}96.3%)"),
        (0, 0, "0 of 0 (no interval)"),
        (999, 1000, "999 of 1000 (95% CI 99.4\N{EN DASH}100.0%)"),
    ],
)
def test_a_share_in_words(k: int, n: int, text: str) -> None:
    assert k_of_n(share(k, n)) == text
    assert "%" not in k_of_n(share(k, n)).replace(interval(share(k, n)), "")
