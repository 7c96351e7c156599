"""What the letter says of its rows, recomputed here from the YAML with plain Python."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.knowledge.claims import ClaimBook, Recomputed, individuals
from seriatim.knowledge.select import Selection
from seriatim.model.series import Claim

if TYPE_CHECKING:
    from seriatim.knowledge.library import KnowledgeBase

SERIES = "nyu-2022-il1"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def book(knowledge: KnowledgeBase) -> ClaimBook:
    courses = [each for each in knowledge.courses.values() if each.series == SERIES]
    rows = Selection(courses, knowledge.lexicon)
    return ClaimBook(SERIES, knowledge.series[SERIES].claims, rows)


@pytest.fixture(scope="module")
def found(book: ClaimBook) -> dict[str, Recomputed]:
    return {each.claim.id: each for each in book.recompute_all()}


@pytest.fixture(scope="module")
def by_hand(plain: dict[str, Any]) -> dict[str, Any]:
    """The value of each claim that can be recomputed, from the rows alone."""
    rows: list[Row] = plain["courses"]
    one = [each for each in rows if each["drug"] == "anakinra"]
    two = [each for each in rows if each["drug"] == "canakinumab"]
    after = [each for each in two if "anakinra" in each["previous"]["drugs"]]
    switched = {each["individual"] for each in after}
    first = {each["individual"]: each for each in reversed(rows)}

    def level(among: list[Row], wanted: str) -> int:
        return sum(each["response"]["level"] == wanted for each in among)

    def mean(among: list[Row], *keys: str) -> float:
        numbers = [float(each[keys[0]][keys[1]]) for each in among]
        return math.fsum(numbers) / len(numbers)

    def of(among: list[Row], concept: str) -> list[Row]:
        return [each for each in among if each["diagnosis"].get("concept") == concept]

    def common(among: list[Row]) -> set[str]:
        counts = Counter(drug for each in among for drug in each["concurrent"]["drugs"])
        return {drug for drug, _count in counts.most_common(3)}

    def prior(among: list[Row]) -> float:
        return sum(len(each["previous"]["drugs"]) for each in among) / len(among)

    def untreated_before(among: list[Row]) -> int:
        return sum(not each["previous"]["drugs"] for each in among)

    open_ss = [each for each in rows if each["diagnosis"]["printed"] == "SS"]
    before = [each for each in one if each["individual"] in switched]
    marked = [each for each in rows if "†" in each["diagnosis"]["printed"]]
    return {
        "patients-left-after-exclusion": 53 - 30,
        "patients-total": len(first),
        "anakinra-patients": len({each["individual"] for each in one}),
        "canakinumab-patients": len({each["individual"] for each in two}),
        "canakinumab-denominator": len({each["individual"] for each in two}),
        "canakinumab-responses-against-patients": 7 + 2 + 1,
        "mean-age": mean(list(first.values()), "age", "years"),
        "anakinra-mean-months": mean(one, "months", "months"),
        "canakinumab-mean-months": mean(two, "months", "months"),
        "anakinra-complete": level(one, "complete"),
        "anakinra-complete-percent": 100 * level(one, "complete") / len(one),
        "anakinra-partial": level(one, "partial"),
        "anakinra-partial-percent": 100 * level(one, "partial") / len(one),
        "anakinra-none": level(one, "none"),
        "anakinra-none-percent": 100 * level(one, "none") / len(one),
        "anakinra-none-count-against-percent": 100 * 2 / 14,
        "anakinra-responses-against-patients": 9 + 4 + 2,
        "canakinumab-complete": level(two, "complete"),
        "canakinumab-complete-percent": 100 * level(two, "complete") / len(two),
        "canakinumab-partial": level(two, "partial"),
        "canakinumab-partial-percent": 100 * level(two, "partial") / len(two),
        "canakinumab-none": level(two, "none"),
        "switched-in-ss": sum(each in open_ss for each in after),
        "switched-in-aosd": len(of(after, "adult-onset-still-disease")),
        "switched-in-hids": len(of(after, "hyper-igd-syndrome")),
        "switched-in-behcet": len(of(after, "behcet-disease")),
        "switched-after-failure": all(each["response"]["level"] != "complete" for each in before),
        "switched-with-success": all(each["response"]["level"] != "none" for each in after),
        "switched-with-success-in-behcet": all(
            each["response"]["level"] != "none" for each in of(after, "behcet-disease")
        ),
        "dagger-means-insufficient-anakinra": all(
            each["response"]["level"] != "complete" for each in marked if each in one
        ),
        "dagger-means-canakinumab-after-anakinra": all(
            each in after for each in marked if each in two
        ),
        "dagger-marks-all-who-switched": all(each in marked for each in after),
        "anakinra-mean-prior": prior(one),
        "canakinumab-mean-prior": prior(two),
        "refractory-aosd": untreated_before(of(rows, "adult-onset-still-disease")),
        "refractory-ss": untreated_before(open_ss),
        "refractory-behcet": untreated_before(of(rows, "behcet-disease")),
        "refractory-lupus": untreated_before(of(rows, "discoid-lupus-erythematosus")),
        "anakinra-most-common-concurrent": common(one),
        "canakinumab-most-common-concurrent": common(two),
        "glucocorticoids-concurrent": sum(
            drug in {"glucocorticoid", "prednisone", "prednisolone"}
            for each in rows
            for drug in each["concurrent"]["drugs"]
        ),
        "methotrexate-with-canakinumab": sum(
            "methotrexate" in each["concurrent"]["drugs"] for each in two
        ),
        "glucocorticoids-shares-together": 48 + 13 + 34 + 65,
        "glucocorticoids-5-to-10-of-23": any(round(100 * k / 23) == 34 for k in range(24)),
        "adverse-events-infrequent": (
            100 * sum(bool(each["adverse_events"]["events"]) for each in rows) / len(rows)
        ),
    }


VERDICTS = {
    "reproduced": {
        *("patients-left-after-exclusion", "anakinra-patients", "canakinumab-denominator"),
        *("anakinra-mean-months", "canakinumab-mean-months"),
        *("anakinra-complete", "anakinra-complete-percent"),
        *("anakinra-partial", "anakinra-partial-percent", "anakinra-none-percent"),
        *("canakinumab-complete", "canakinumab-complete-percent"),
        *("canakinumab-partial", "canakinumab-partial-percent", "canakinumab-none"),
        *("switched-in-aosd", "switched-in-hids", "switched-in-behcet"),
        *("dagger-means-canakinumab-after-anakinra", "dagger-marks-all-who-switched"),
        *("canakinumab-mean-prior",),
    },
    "contradicted": {
        *("patients-total", "canakinumab-patients", "canakinumab-responses-against-patients"),
        *("mean-age", "anakinra-none", "anakinra-none-count-against-percent"),
        *("anakinra-responses-against-patients", "switched-in-ss", "switched-after-failure"),
        *("switched-with-success", "switched-with-success-in-behcet"),
        *("dagger-means-insufficient-anakinra", "anakinra-mean-prior"),
        *("anakinra-most-common-concurrent", "canakinumab-most-common-concurrent"),
        *("glucocorticoids-concurrent", "methotrexate-with-canakinumab"),
        "glucocorticoids-shares-together",
    },
    "cannot be checked": {
        *("refractory-aosd", "refractory-ss", "refractory-behcet", "refractory-lupus"),
        *("glucocorticoids-5-to-10-of-23", "photographs-judged", "age-at-what-time"),
        *("identified", "excluded", "first-report", "ss-is-systemic-sclerosis"),
        *("glucocorticoids-stopped", "glucocorticoids-above-10", "glucocorticoids-5-to-10"),
        *("glucocorticoids-for-flares", "adverse-events-infrequent", "adverse-events-mild"),
        *("adverse-events-no-reason-to-withhold", "discoid-lupus-with-systemic-lupus"),
    },
}


def test_every_claim_has_the_verdict_that_a_reader_reached(found: dict[str, Recomputed]) -> None:
    verdicts = {
        verdict: {each for each, result in found.items() if result.verdict == verdict}
        for verdict in VERDICTS
    }
    assert verdicts == VERDICTS


def test_every_value_is_that_of_the_rows(
    found: dict[str, Recomputed], by_hand: dict[str, Any]
) -> None:
    recomputed = {key for key, each in found.items() if each.claim.recompute is not None}
    assert recomputed == set(by_hand)
    for key, value in by_hand.items():
        given = found[key].value
        if isinstance(value, set):
            assert set(given) == value, key
        else:
            assert given == pytest.approx(value), key
            assert isinstance(given, bool) == isinstance(value, bool), key


def test_a_verdict_follows_from_value_and_print(
    found: dict[str, Recomputed], by_hand: dict[str, Any], plain: dict[str, Any]
) -> None:
    """Held against the YAML as another reader sees it, rounded as papers round."""
    claims = {each["id"]: each for each in plain["claims"]}
    for key, value in by_hand.items():
        claim = claims[key]
        if "cannot_check" in claim:
            continue
        printed, compare = claim["value"], claim.get("compare", "equals")
        if isinstance(value, set):
            holds = value == set(printed)
        elif isinstance(value, bool):
            holds = value is (printed == "true")
        elif compare == "at least":
            holds = value >= float(printed)
        elif compare == "at most":
            holds = value <= float(printed)
        else:
            scale = 10 ** int(claim.get("decimals", 0))
            holds = math.floor(value * scale + 0.5) / scale == float(printed)
        assert found[key].verdict == ("reproduced" if holds else "contradicted"), key


def test_counterexamples_are_the_rows_that_speak_against(found: dict[str, Recomputed]) -> None:
    against = {
        key: [each.rpartition("/")[2] for each in result.counterexamples]
        for key, result in found.items()
        if result.counterexamples
    }
    assert against == {
        "switched-after-failure": ["T1R11"],
        "switched-with-success": ["T2R4"],
        "switched-with-success-in-behcet": ["T2R4"],
        "dagger-means-insufficient-anakinra": ["T1R11"],
    }


def test_the_reading_under_which_a_claim_would_hold_is_named(found: dict[str, Recomputed]) -> None:
    held = {
        key: [reading for reading, _value, fits in result.alternatives if fits]
        for key, result in found.items()
        if any(fits for _reading, _value, fits in result.alternatives)
    }
    assert held == {
        "mean-age": ["over the anakinra courses alone"],
        "anakinra-mean-prior": ["over courses with at least one previous therapy printed"],
        "methotrexate-with-canakinumab": ["beside either drug"],
    }


def test_patients_are_counted_under_both_readings_of_the_links(
    knowledge: KnowledgeBase, book: ClaimBook
) -> None:
    library = book.rows.courses
    assert len(individuals(library.values(), library, probable=False)) == 21
    assert len(individuals(library.values(), library, probable=True)) == 19
    assert len(knowledge.series[SERIES].individuals) == 21


def test_chained_probable_links_are_one_patient(book: ClaimBook) -> None:
    """A with C, B with C, and D with B: one patient, whatever the order."""
    views = list(book.rows.courses.values())
    linked = next(each for each in views if each.links)

    def view(name: str, *others: str) -> Any:
        link = replace(linked.links[0], certainty="probable")
        links = tuple(replace(link, course=each) for each in others)
        course = linked.course.model_copy(update={"individual": name})
        return replace(linked, id=name, course=course, links=links)

    chain = [view("A", "C"), view("B", "C"), view("C", "A", "B"), view("D", "B")]
    for order in (chain, chain[::-1], [chain[2], chain[0], chain[3], chain[1]]):
        library = {each.id: each for each in order}
        assert len(individuals(order, library, probable=True)) == 1
        assert len(individuals(order, library, probable=False)) == 4


@pytest.mark.parametrize(
    "recompute",
    [
        {"every": {"of": {"drug": "gout"}, "satisfies": {}}},
        {"percent": {"of": {}, "among": {"courses": ["T9R9"]}}},
        {"mean": {"field": "age", "of": {"courses": ["T9R9"]}}},
    ],
)
def test_a_claim_about_no_row_is_neither_confirmed_nor_contradicted(
    book: ClaimBook, recompute: dict[str, Any]
) -> None:
    claim = Claim.model_validate(
        {
            "id": "of-nothing",
            "topic": "test",
            "at": {"section": "a test"},
            "says": "It is so.",
            "printed": "so",
            "value": True if "every" in recompute else 1,
            "recompute": recompute,
        }
    )
    assert book.recompute(claim).verdict == "cannot be checked"


def test_a_statement_says_print_and_rows(found: dict[str, Recomputed]) -> None:
    assert found["anakinra-none"].statement == "2 of 14 did not respond to anakinra. Rows: 1."
    assert found["switched-with-success"].statement.endswith("it does not hold (not T2R4).")
