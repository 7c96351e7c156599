"""Any sequence of records, purges and tokens agrees with plain lists; on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from store_samples import DAY, NOON, feedback, plain, said_once, shown

from seriatim.store.reading import as_text
from seriatim.store.tables import METADATA

if TYPE_CHECKING:
    from seriatim.store import Store

DAYS = st.integers(0, 6)
CARDS = st.integers(0, 2).map(lambda n: str(UUID(int=n)))
OUTCOMES = st.sampled_from(["accepted", "overridden"])
CLIENTS = st.sampled_from(["a", "b"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("show"), CARDS, DAYS),
        st.tuples(st.just("say"), st.lists(st.tuples(CARDS, OUTCOMES, DAYS, CLIENTS), max_size=3)),
        st.tuples(st.just("purge"), DAYS),
        st.tuples(st.just("use"), st.integers(0, 2), DAYS),
    ),
    max_size=25,
)


class Model:
    """What a store should hold: two lists and a set."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []
        self.feedback: list[dict[str, Any]] = []
        self.used: set[int] = set()

    def say(self, record: dict[str, Any]) -> bool:
        new = all(said_once(old) != said_once(record) for old in self.feedback)
        self.feedback += [record] * new
        return new

    def show(self, record: dict[str, Any]) -> None:
        if all(old["id"] != record["id"] for old in self.shown):
            self.shown.append(record)

    def purge(self, before: str) -> dict[str, int]:
        had = len(self.shown), len(self.feedback), len(self.used)
        self.shown = [each for each in self.shown if each["at"] >= before]
        self.feedback = [each for each in self.feedback if each["received_at"] >= before]
        return {"shown": had[0] - len(self.shown), "feedback": had[1] - len(self.feedback)}


def follow(store: Store, step: Any, model: Model) -> None:
    if step[0] == "show":
        record = shown(id=step[1], at=NOON + step[2] * DAY)
        store.record_shown(record)
        assert store.flush()
        model.show(plain(record))
    elif step[0] == "say":
        said = [
            feedback(card=card, outcome=outcome, outcome_at=NOON + day * DAY, client=client)
            for card, outcome, day, client in step[1]
        ]
        expected = sorted([plain(each) for each in said], key=said_once)
        assert store.record_feedback(said) == sum([model.say(each) for each in expected])
    elif step[0] == "purge":
        before = NOON + step[1] * DAY
        removed = store.purge(before)
        assert {**removed, **model.purge(as_text(before))} == dict(removed)
    else:
        end = datetime.now(NOON.tzinfo) + (1 + step[2]) * DAY
        first = store.first_use("issuer", str(step[1]), end, NOON)
        assert first == (step[1] not in model.used)
        model.used.add(step[1])


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_it_agrees_with_a_list(store: Store, steps: list[Any]) -> None:
    _empty(store)
    model = Model()
    for step in steps:
        follow(store, step, model)
    assert list(store.export("shown")) == model.shown
    assert list(store.export("feedback")) == model.feedback


def _empty(store: Store) -> None:
    """Each example starts from nothing."""
    for table in METADATA.sorted_tables:
        store._database.write(lambda to, table=table: to.execute(delete(table)), synced=False)
