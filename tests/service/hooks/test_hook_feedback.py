from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from service.hooks.calling import Hooks

SERVICE = "seriatim-patient-view/feedback"
CARD = "4e0a3a1e-3283-4575-ab82-028d55fe2719"
SYSTEM = "urn:seriatim:override-reason"


def entry(**more: Any) -> dict[str, Any]:
    given = {"card": CARD, "outcome": "overridden", "outcomeTimestamp": "2026-11-22T10:05:31Z"}
    return {key: value for key, value in {**given, **more}.items() if value is not ...}


def test_feedback_is_stored_without_the_words_of_a_comment(hooks: Hooks) -> None:
    reason = {"code": "known", "system": SYSTEM, "display": "Mrs Smith knows"}
    given = entry(overrideReason={"reason": reason, "userComment": "Mrs Smith, born 1950"})
    answer = hooks.post({"feedback": [given]}, SERVICE)
    assert answer.status_code == 200
    (kept,) = hooks.store.feedback
    assert (kept.service, kept.card, kept.outcome) == (SERVICE[:21], CARD, "overridden")
    assert (kept.reason_code, kept.reason_system, kept.commented) == ("known", SYSTEM, True)
    assert kept.outcome_at == datetime(2026, 11, 22, 10, 5, 31, tzinfo=UTC)
    assert "Smith" not in repr(kept)


def test_accepted_with_and_without_suggestions(hooks: Hooks) -> None:
    """None of our cards has a suggestion, so there may be none to name."""
    own = str(uuid4())
    given = [
        entry(outcome="accepted"),
        entry(outcome="accepted", acceptedSuggestions=[{"id": own}]),
    ]
    assert hooks.post({"feedback": given}, SERVICE).status_code == 200
    assert [each.accepted_suggestions for each in hooks.store.feedback] == [(), (own,)]


@pytest.mark.parametrize(
    "given",
    ["2026-11-22T10:05:31", "2026-11-22T10:05:31.000Z", "2026-11-22T11:05:31.000000000+01:00"],
)
def test_an_instant_in_any_zone_or_in_utc(hooks: Hooks, given: str) -> None:
    assert hooks.post({"feedback": [entry(outcomeTimestamp=given)]}, SERVICE).status_code == 200
    (kept,) = hooks.store.feedback
    assert kept.outcome_at == datetime(2026, 11, 22, 10, 5, 31, tzinfo=UTC)


def test_repeats_and_unknown_cards_are_fine(hooks: Hooks) -> None:
    for _ in range(2):
        assert hooks.post({"feedback": [entry(card=str(uuid4()))]}, SERVICE).status_code == 200
    assert hooks.post({"feedback": []}, SERVICE).status_code == 200


def test_a_reason_of_the_clients_own_is_not_kept(hooks: Hooks) -> None:
    """It could be any text, a name among them."""
    for coding in ({"code": "Mrs Smith"}, {"code": "known", "system": "http://ehr.example"}):
        given = entry(overrideReason={"reason": coding})
        assert hooks.post({"feedback": [given]}, SERVICE).status_code == 200
    assert [each.reason_code for each in hooks.store.feedback] == ["unlisted"] * 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (entry(card=...), "/feedback/0/card: is required"),
        (entry(card="Smith"), "/feedback/0/card: is not a UUID"),
        (entry(card=7), "/feedback/0/card: is not a UUID"),
        (entry(outcome="ignored"), "/feedback/0/outcome: is not accepted or overridden"),
        (entry(outcome=[]), "/feedback/0/outcome: is not accepted or overridden"),
        (entry(outcomeTimestamp=...), "/feedback/0/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="yesterday"), "/feedback/0/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="2026-11-23"), "/feedback/0/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="2026-W47-1"), "/feedback/0/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="20261123T100000Z"), "/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="2026-11-23T10:05Z"), "/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="2026-11-23T10:05:31,5Z"), "/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="2026-13-23T10:05:31Z"), "/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp=1.5), "/feedback/0/outcomeTimestamp: is not a time"),
        (entry(outcomeTimestamp="0001-01-01T00:00:00+14:00"), "outcomeTimestamp: is not"),
        (entry(outcomeTimestamp="9999-12-31T23:59:59-14:00"), "outcomeTimestamp: is not"),
        (entry(acceptedSuggestions="x"), "/feedback/0/acceptedSuggestions: is not a list"),
        (entry(acceptedSuggestions=[{"id": 3}]), "/acceptedSuggestions/0/id: is not a UUID"),
        (entry(overrideReason=[]), "/feedback/0/overrideReason: is a list"),
        (entry(overrideReason={"reason": "x"}), "/overrideReason/reason/code: is required"),
        (entry(overrideReason={"reason": {"code": "known", "system": 4}}), "system: is a number"),
        (entry(overrideReason={"userComment": 4}), "/userComment: is a number"),
        (3, "/feedback/0: is a number"),
        (None, "/feedback/0: is null"),
    ],
)
def test_malformed_feedback_is_refused_and_the_place_named(
    hooks: Hooks, given: Any, said: str
) -> None:
    assert said in hooks.refusal({"feedback": [entry(), given][1:]}, 400, SERVICE)
    assert hooks.store.feedback == []


@pytest.mark.parametrize(
    "body", [{}, [], {"feedback": {}}, {"feedback": None}, {"feedback": [entry()] * 1001}]
)
def test_bodies_that_are_no_feedback(hooks: Hooks, body: Any) -> None:
    assert hooks.refusal(body, 400, SERVICE)


def test_one_bad_entry_stores_none(hooks: Hooks) -> None:
    text = hooks.refusal({"feedback": [entry(), entry(card="x"), entry(outcome="x")]}, 400, SERVICE)
    assert "/feedback/1/card" in text
    assert "/feedback/2/outcome" in text
    assert hooks.store.feedback == []


def test_feedback_for_an_unknown_service_is_404(hooks: Hooks) -> None:
    hooks.refusal({"feedback": [entry()]}, 404, "other/feedback")
