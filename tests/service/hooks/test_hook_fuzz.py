"""Whatever a client sends: a valid answer or a clear refusal, never a 500 and never a hang."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.hooks.charts import order, prefetch, view
from service.hooks.invariants import assert_valid_outcome, assert_valid_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.hooks.calling import Hooks
    from service.hooks.charts import Charts

SECONDS = 20.0
SERVICES = ("seriatim-patient-view", "seriatim-order-select", "seriatim-order-sign")
WORDS = [
    "Patient/p-1", "Patient/p-2", "#a", "urn:uuid:x", "active", "stopped", "draft", "refuted",
    "1996-05-01", "1996-13", "9999-12-31", "-1", "Bundle", "Condition", "MedicationRequest",
    "OperationOutcome", "Patient", "resourceType", "M35.2", "Behçet's disease", "anakinra",
    "\u202e", "\x00", "|", "<b>", "\ud7ff", "a" * 300, "https://x/y", "next", "",
]  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(WORDS)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=12,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [at]
    items: Any = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, each in items:
        found += places(each, (*at, key))
    return found


def put(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at a place."""
    if not at:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[at[0]] = put(copy[at[0]], at[1:], value)
    return copy


def bodies(charts: Charts) -> list[tuple[str, Any]]:
    """Good calls, to be spoilt."""
    chart = prefetch(
        None,
        [charts.condition("behcet-disease"), charts.condition("psoriasis")],
        [charts.failed("anakinra"), charts.drug("colchicine")],
        adverseEvents={
            "resourceType": "Bundle",
            "entry": [{"resource": charts.adverse_event("neutropenia", "anakinra")}],
        },
    )
    draft = charts.draft("canakinumab")
    return [
        (SERVICES[0], view(chart)),
        (SERVICES[1], order("order-select", chart, draft, charts.draft("rilonacept"))),
        (SERVICES[2], order("order-sign", chart, draft)),
        *((f"{each}/feedback", feedback()) for each in SERVICES),
    ]


def feedback() -> Any:
    entry = {
        "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"code": "known", "system": "urn:seriatim:override-reason"},
            "userComment": "x",
        },
        "acceptedSuggestions": [{"id": "4e0a3a1e-3283-4575-ab82-028d55fe2719"}],
        "outcomeTimestamp": "2026-11-22T10:05:31Z",
    }
    return {"feedback": [entry, entry]}


@st.composite
def spoilt(draw: st.DrawFn, good: list[tuple[str, Any]]) -> tuple[str, bytes]:
    """A good call with some places changed, sent to its own service or another."""
    service, body = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(1, 4))):
        where = places(body)
        body = put(body, draw(st.sampled_from(where)), draw(JSON))
    if draw(st.booleans()) and draw(st.booleans()):
        service = draw(st.sampled_from(SERVICES))
    return service, json.dumps(body).encode()


def hold(hooks: Hooks, service: str, body: bytes) -> None:
    """The answer to a body is valid and in time."""
    before = time.monotonic()
    answer = hooks.client.post(
        f"/cds-services/{service}", content=body, headers={"Content-Type": "application/json"}
    )
    assert time.monotonic() - before < SECONDS
    if answer.status_code != 200:
        assert 400 <= answer.status_code < 500, answer.text
        assert_valid_outcome(answer.json())
    elif not service.endswith("/feedback"):
        assert_valid_response(answer.json())


def run(hooks: Hooks, charts: Charts, examples: int) -> None:
    good = bodies(charts)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(spoilt(good))
    def spoil(case: tuple[str, bytes]) -> None:
        hold(hooks, *case)
        hooks.store.shown.clear()
        hooks.store.feedback.clear()

    spoil()


def test_the_bodies_are_good_before_they_are_spoilt(hooks: Hooks, charts: Charts) -> None:
    for service, body in bodies(charts):
        assert hooks.post(body, service).status_code == 200


def test_no_spoilt_body_breaks_a_service(hooks: Hooks, charts: Charts) -> None:
    run(hooks, charts, 200)


@pytest.mark.campaign
def test_no_spoilt_body_breaks_a_service_long(hooks: Hooks, charts: Charts) -> None:
    run(hooks, charts, 20_000)


@pytest.mark.parametrize("service", SERVICES)
def test_no_bytes_break_a_service(hooks: Hooks, service: str) -> None:
    make: Callable[[bytes], None] = lambda body: hold(hooks, service, body)  # noqa: E731
    settings(max_examples=50, deadline=None, database=None)(
        given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))(make)
    )()
