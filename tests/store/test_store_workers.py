"""Several processes and threads use one store at once: nothing is lost, nobody is turned away."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event
from store_samples import MINUTE, NOON, feedback, shown

from seriatim.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import ExceptionContext

WORKERS = 4
EACH = 40
PATIENCE = 60
FORKS = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def _work(url: str, number: int, start: Any, answers: Any) -> None:
    store = Store.open(url, migrate=False)
    start.wait(PATIENCE)
    try:
        firsts = 0
        for n in range(EACH):
            store.record_shown(shown(client=f"worker-{number}", report_id=f"{n:064x}"))
            store.record_feedback([feedback(client=f"worker-{number}", service=f"s{n}")])
            firsts += store.first_use("issuer", str(n), NOON + MINUTE, NOON)
        store.close(30)
        answers.put((firsts, store.shown_dropped, store.shown_written, None))
    except Exception as error:  # noqa: BLE001 - told to the test
        answers.put((0, 0, 0, repr(error)))


@FORKS
def test_several_processes(url: str, open_store: Callable[..., Store]) -> None:
    store = open_store(url)
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(WORKERS), context.Queue()
    workers = [
        context.Process(target=_work, args=(url, number, start, answers))
        for number in range(WORKERS)
    ]
    for each in workers:
        each.start()
    told = [answers.get(timeout=PATIENCE) for _ in workers]
    for each in workers:
        each.join()
        each.close()
    assert [error for *_, error in told if error] == []
    assert sum(firsts for firsts, *_ in told) == EACH, "each token is new to one worker only"
    assert [(dropped, written) for _, dropped, written, _ in told] == [(0, EACH)] * WORKERS
    _each_in_its_order(store)


def _each_in_its_order(store: Store) -> None:
    said, seen = list(store.export("feedback")), list(store.export("shown"))
    assert len(said) == len(seen) == WORKERS * EACH
    for number in range(WORKERS):
        name = f"worker-{number}"
        services = [each["service"] for each in said if each["client"] == name]
        assert services == [f"s{n}" for n in range(EACH)]
        reports = [int(each["report_id"], 16) for each in seen if each["client"] == name]
        assert reports == list(range(EACH))


@pytest.fixture
def database_errors() -> Iterator[list[str]]:
    """What databases complain of from here on, tried again or not."""
    seen: list[str] = []

    def note(context: ExceptionContext) -> None:
        seen.append(type(context.original_exception).__name__)

    event.listen(Engine, "handle_error", note)
    yield seen
    event.remove(Engine, "handle_error", note)


def test_many_threads_that_say_the_same(store: Store, database_errors: list[str]) -> None:
    said = [feedback(card=str(UUID(int=n))) for n in range(10)]

    def say(turn: int) -> int:
        store.record_shown(shown())
        return store.record_feedback(said if turn % 2 else said[::-1])

    with ThreadPoolExecutor(30) as pool:
        new = list(pool.map(say, range(60)))
    assert sum(new) == 10
    assert store.flush(20)
    assert len(list(store.export("feedback"))) == 10
    assert len(list(store.export("shown"))) == 60
    assert database_errors == [], "a deadlock is tried again, but only so many times"


def test_many_threads_that_say_parts_of_the_same(store: Store, database_errors: list[str]) -> None:
    """Whoever comes first, each part is kept."""
    cards = [str(UUID(int=n)) for n in range(10)]
    bare: dict[str, Any] = {"reason_code": None, "reason_system": None, "commented": False}
    parts = [
        bare,
        {**bare, "commented": True},
        {**bare, "reason_code": "known", "reason_system": "urn:reasons"},
    ]

    def say(turn: int) -> int:
        said = [feedback(card=card, **parts[turn % 3]) for card in cards]
        return store.record_feedback(said if turn % 2 else said[::-1])

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(say, range(60)))
    kept = list(store.export("feedback"))
    assert [each["card"] for each in kept] == cards
    assert {(each["reason_code"], each["commented"]) for each in kept} == {("known", True)}
    assert database_errors == []


def test_one_of_many_threads_is_the_first(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        first = list(pool.map(lambda _: store.first_use("a", "b", NOON + MINUTE, NOON), range(40)))
    assert sum(first) == 1


@FORKS
def test_a_child_has_its_own_connections_and_thread(store: Store) -> None:
    """A server that forks its workers after loading the application."""
    store.record_shown(shown(client="parent"))
    assert store.flush()
    store.record_feedback([feedback(client="parent")])
    child = multiprocessing.get_context("fork").Process(target=_in_child, args=(store, os.getpid()))
    child.start()
    child.join()
    assert child.exitcode == 0
    child.close()
    store.record_shown(shown(client="parent"))
    assert store.record_feedback([feedback(client="parent")]) == 1
    assert store.flush()
    for kind in ("shown", "feedback"):
        assert sorted(each["client"] for each in store.export(kind)) == [
            "child",
            "parent",
            "parent",
        ]


def _in_child(store: Store, parent: int) -> None:
    assert os.getpid() != parent
    assert store.shown_written == 0
    assert store.record_feedback([feedback(client="child")]) == 1
    store.record_shown(shown(client="child"))
    store.close()
    assert store.shown_written == 1
