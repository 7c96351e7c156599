"""What is stored comes back as it was, once, in order, until it is purged; on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from store_samples import DAY, MINUTE, NOON, feedback, plain, said_once, shown

from seriatim.store import RecordError, Store, reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable


def test_what_was_shown_comes_back(store: Store) -> None:
    records = [
        shown(),
        shown(rules=(), courses=(), hook="rest"),
        shown(at=NOON + timedelta(microseconds=1), client="a" * 128, courses=("b" * 128,) * 500),
    ]
    for each in records:
        assert store.record_shown(each)
    assert store.flush()
    assert list(store.export("shown")) == [plain(each) for each in records]
    assert (store.shown_written, store.shown_waiting, store.shown_dropped) == (3, 0, 0)
    json.dumps(list(store.export("shown")))


def test_feedback_comes_back(store: Store) -> None:
    records = [
        feedback(),
        feedback(outcome="accepted", accepted_suggestions=(str(uuid4()), str(uuid4()))),
        feedback(reason_code=None, reason_system=None, commented=False),
        feedback(reason_code="a" * 64, reason_system="urn:" + "b" * 196, service="c" * 64),
        feedback(outcome_at=datetime.max.replace(tzinfo=UTC)),
        feedback(outcome_at=datetime.min.replace(tzinfo=UTC)),
    ]
    assert store.record_feedback(records) == len(records)
    expected = sorted([plain(each) for each in records], key=said_once)
    assert list(store.export("feedback")) == expected


def test_a_repeat_is_not_stored_again(store: Store) -> None:
    said = feedback()
    again = feedback(card=said.card, received_at=NOON + DAY, commented=False, service="other")
    assert store.record_feedback([said, said]) == 1
    assert store.record_feedback([again]) == 0
    assert store.record_feedback([feedback(), again]) == 1
    assert next(store.export("feedback")) == plain(said)


BARE: dict[str, Any] = {"reason_code": None, "reason_system": None, "commented": False}
GIVEN: dict[str, Any] = {"reason_code": "known", "reason_system": "urn:reasons", "commented": True}


@pytest.mark.parametrize(
    "parts",
    [
        [GIVEN],
        [{**BARE, "commented": True}, {**GIVEN, "commented": False}],
        [{**GIVEN, "commented": False}, {**BARE, "commented": True}],
        [GIVEN, {**GIVEN, "reason_code": "other", "reason_system": "urn:others"}, BARE],
    ],
)
@pytest.mark.parametrize("at_once", [False, True])
def test_what_was_left_out_is_added_and_nothing_is_overwritten(
    store: Store, parts: list[dict[str, Any]], *, at_once: bool
) -> None:
    first, later = feedback(**BARE), {"received_at": NOON + DAY, "service": "other"}
    again = [feedback(card=first.card, **each, **later) for each in parts]
    for said in [[first, *again]] if at_once else [[first], *([each] for each in again)]:
        store.record_feedback(said)
    assert list(store.export("feedback")) == [plain(first) | GIVEN]
    assert store.record_feedback(again) == 0


def test_suggestions_that_were_left_out_are_added_once(store: Store) -> None:
    first = feedback(outcome="accepted")
    own = (str(uuid4()), str(uuid4()))
    for accepted, new in ((own, 1), (own[:1], 0), ((), 0)):
        again = feedback(card=first.card, outcome="accepted", accepted_suggestions=accepted)
        store.record_feedback([first])
        assert store.record_feedback([again]) == new
    assert list(store.export("feedback")) == [{**plain(first), "accepted_suggestions": [*own]}]


def test_another_outcome_time_or_client_is_kept_beside_it_in_order(store: Store) -> None:
    said = [feedback()]
    assert store.record_feedback(said) == 1
    for changed in (
        {"outcome_at": NOON + MINUTE},
        {"outcome": "accepted"},
        {"client": "south-ehr"},
        {"outcome_at": NOON - DAY},
    ):
        said.append(feedback(card=said[0].card, **changed))
        assert store.record_feedback(said) == 1
    assert list(store.export("feedback")) == [plain(each) for each in said]


def test_no_feedback_is_no_work(store: Store) -> None:
    assert store.record_feedback([]) == 0
    assert list(store.export("feedback")) == []


def test_the_same_answer_is_stored_once(store: Store) -> None:
    record = shown()
    store.record_shown(record)
    store.record_shown(record)
    assert store.flush()
    assert len(list(store.export("shown"))) == 1


def test_an_export_of_many_is_complete_and_in_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PORTION", 100)
    records = [shown(at=NOON - n * MINUTE) for n in range(250)]
    for each in records:
        store.record_shown(each)
    assert store.flush(20)
    assert [each["id"] for each in store.export("shown")] == [each.id for each in records]


def test_a_purge_removes_what_is_older_and_nothing_else(store: Store) -> None:
    for n in range(-3, 3):
        store.record_shown(shown(at=NOON + n * DAY))
        store.record_feedback([feedback(received_at=NOON + n * DAY)])
    assert store.flush()
    assert store.purge(NOON) == {"shown": 3, "feedback": 3, "seen_jti": 0}
    assert [each["at"][:10] for each in store.export("shown")] == [
        "2026-03-01",
        "2026-03-02",
        "2026-03-03",
    ]
    assert len(list(store.export("feedback"))) == 3
    assert store.purge(NOON) == {"shown": 0, "feedback": 0, "seen_jti": 0}


def test_a_purge_of_many_takes_them_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 100)
    store.record_feedback([feedback() for _ in range(250)])
    assert store.purge(NOON + DAY)["feedback"] == 250
    assert list(store.export("feedback")) == []


def test_a_purge_wants_a_time_with_a_zone(store: Store) -> None:
    with pytest.raises(RecordError, match="before: is not a time with a zone"):
        store.purge(datetime(2026, 1, 1))  # noqa: DTZ001 - the point


# --- tokens ---------------------------------------------------------------------------------------


def test_a_token_is_new_once(store: Store) -> None:
    end = NOON + 5 * MINUTE
    assert store.first_use("https://ehr.example", "1", end, NOON)
    assert not store.first_use("https://ehr.example", "1", end, NOON)
    assert store.first_use("https://ehr.example", "2", end, NOON)
    assert store.first_use("https://other.example", "1", end, NOON)


def test_issuer_and_token_cannot_be_shifted_into_each_other(store: Store) -> None:
    assert store.first_use("ab", "c", NOON, NOON)
    assert store.first_use("a", "bc", NOON, NOON)
    assert store.first_use("", "abc", NOON, NOON)


@pytest.mark.parametrize("jti", ["", "\x00", "\ud800", "x" * 1_000_000, "'; DROP TABLE seen_jti"])
def test_odd_tokens_are_tokens(store: Store, jti: str) -> None:
    assert store.first_use(jti, jti, NOON, NOON)
    assert not store.first_use(jti, jti, NOON, NOON)


def test_a_token_is_forgotten_only_long_after_its_end(store: Store) -> None:
    assert store.first_use("a", "old", NOON, NOON)
    assert not store.first_use("a", "old", NOON, NOON + 59 * MINUTE)
    assert store.first_use("a", "old", NOON + 3 * DAY, NOON + 2 * DAY)


def test_a_purge_never_forgets_a_living_token(store: Store) -> None:
    now = datetime.now(UTC)
    assert store.first_use("a", "living", now + MINUTE, now)
    assert store.purge(now + 365 * DAY)["seen_jti"] == 0
    assert not store.first_use("a", "living", now + MINUTE, now)


def test_nothing_of_a_token_can_be_read_in_the_file(
    sqlite_url: str, open_store: Callable[..., Store]
) -> None:
    store = open_store(sqlite_url)
    store.first_use("https://issuer-canary.example", "jti-canary", NOON, NOON)
    store.close()
    with open(sqlite_url.removeprefix("sqlite:///"), "rb") as file:  # noqa: PTH123
        assert b"canary" not in file.read()
