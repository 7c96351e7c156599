"""No record can be made that holds anything but ids, codes and times."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import feedback, shown

from seriatim.store import Feedback, RecordError, Shown

MAKERS = {Shown: shown, Feedback: feedback}
TEXTS = [
    (kind, field.name)
    for kind in MAKERS
    for field in fields(kind)
    if field.type in {"str", "str | None"}
]
LISTS = [(Shown, "rules"), (Shown, "courses"), (Feedback, "accepted_suggestions")]
TIMES = [(Shown, "at"), (Feedback, "outcome_at"), (Feedback, "received_at")]
ODD = [
    "",
    " ",
    "two words",
    "Zoë",
    "a\x00b",
    "a\nb",
    "a\u202eb",
    "\ud800",
    "\uff1dcmd",
    "=1+1",
    "a" * 100_000,
    7,
    None,
    b"a",
    ["a"],
    {"a": 1},
]


def made(kind: type, **changed: Any) -> Any:
    return MAKERS[kind](**changed)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(("kind", "field"), TEXTS)
def test_what_is_not_an_id_or_a_code_is_refused(kind: type, field: str, value: Any) -> None:
    if value is None and field.startswith("reason_"):
        assert getattr(made(kind, **{field: None}), field) is None
        return
    with pytest.raises(RecordError) as refused:
        made(kind, **{field: value})
    assert refused.value.field == field
    assert len(str(refused.value)) < 200
    if isinstance(value, str) and value.strip():
        assert value not in str(refused.value)


@pytest.mark.parametrize("values", ["T1R1", None, 7, ("",), ("a b",), (None,), ("\x00",), {"a"}])
@pytest.mark.parametrize(("kind", "field"), LISTS)
def test_what_is_not_a_list_of_ids_is_refused(kind: type, field: str, values: Any) -> None:
    with pytest.raises(RecordError, match=f"^{field}: "):
        made(kind, **{field: values})


def test_lists_are_bounded() -> None:
    with pytest.raises(RecordError, match="at most 10000"):
        shown(courses=("a",) * 10_001)
    with pytest.raises(RecordError, match="at most 100"):
        feedback(accepted_suggestions=(shown().id,) * 101)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1),  # noqa: DTZ001 - the point
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
        "2026-01-01T00:00:00Z",
        None,
        1.0,
    ],
)
@pytest.mark.parametrize(("kind", "field"), TIMES)
def test_times_have_a_zone_and_a_year(kind: type, field: str, value: Any) -> None:
    with pytest.raises(RecordError, match=f"^{field}: "):
        made(kind, **{field: value})


def test_times_are_kept_in_utc() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    record = shown(at=datetime(2026, 1, 1, 2, tzinfo=east))
    assert record.at == datetime(2025, 12, 31, 20, 30, tzinfo=UTC)
    assert record.at.tzinfo is UTC


def test_uuids_have_one_form() -> None:
    record = feedback(card="ABCDEF00-0000-4000-8000-00000000ABCD")
    assert record.card == "abcdef00-0000-4000-8000-00000000abcd"
    for other in ("{abcdef00-0000-4000-8000-00000000abcd}", "abcdef00000040008000" + "0" * 12):
        with pytest.raises(RecordError, match="card: is not a UUID"):
            feedback(card=other)


def test_flags_and_outcomes() -> None:
    for value in ("yes", 1, None):
        with pytest.raises(RecordError, match="commented"):
            feedback(commented=value)
    for value in ("ACCEPTED", "ignored", None, ["accepted"]):
        with pytest.raises(RecordError, match="neither accepted nor overridden"):
            feedback(outcome=value)


@pytest.mark.parametrize(
    "system", ["https://a.org/x?name=B", "javascript:1", "a.org", "http://a b"]
)
def test_a_reason_s_system_is_a_plain_address(system: str) -> None:
    with pytest.raises(RecordError, match="reason_system"):
        feedback(reason_system=system)


def test_a_comment_has_no_place() -> None:
    names = {field.name for kind in MAKERS for field in fields(kind)}
    assert not names & {"comment", "user_comment", "text", "patient", "profile", "note"}
    free = {field.type for kind in MAKERS for field in fields(kind)}
    assert free == {"str", "str | None", "tuple[str, ...]", "bool", "datetime"}


@given(st.text() | st.from_regex(r"[A-Za-z0-9._-]+"), st.sampled_from(TEXTS))
def test_whatever_is_given_is_refused_or_plain(text: str, where: tuple[type, str]) -> None:
    kind, field = where
    try:
        value = getattr(made(kind, **{field: text}), field)
    except RecordError:
        return
    assert value.lower() == text.lower()
    assert value.isascii()
    assert value.isprintable()
    assert " " not in value
    assert len(value) <= 200
