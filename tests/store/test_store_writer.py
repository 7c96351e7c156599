"""Nobody waits for what was shown to be written, and nothing of it is lost without a count."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from store_samples import shown

from seriatim.store import StoreError, writer
from seriatim.store.writer import GROUP, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seriatim.store import Shown

AWAY = StoreError("away", temporary=True)
REFUSED = StoreError("refused")


class Disk:
    """Takes groups; can be slow, away, or refuse some."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.open = threading.Event()
        self.open.set()
        self.away = False
        self.refused: set[str] = set()
        self.attempts = 0

    def write(self, group: Sequence[Shown]) -> None:
        self.attempts += 1
        self.open.wait()
        if self.away:
            raise AWAY
        if self.refused & {each.id for each in group}:
            raise REFUSED
        self.groups.append([each.id for each in group])

    @property
    def ids(self) -> list[str]:
        return [each for group in self.groups for each in group]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(writer, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(writer, "LONGEST_WAIT", 0.04)
    return Disk()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_one_commit_serves_many(disk: Disk) -> None:
    to = Writer(disk.write)
    records = [shown() for _ in range(3 * GROUP)]
    for each in records:
        assert to.put(each)
    to.close(5)
    assert disk.ids == [each.id for each in records]
    assert max(map(len, disk.groups)) == GROUP
    assert (to.written, to.dropped, to.waiting, to.failures) == (3 * GROUP, 0, 0, 0)


def test_no_thread_before_the_first_record(disk: Disk) -> None:
    before = threading.active_count()
    to = Writer(disk.write)
    assert threading.active_count() == before
    to.put(shown())
    assert threading.active_count() == before + 1
    to.close(5)
    assert threading.active_count() == before


def test_a_full_queue_drops_and_counts_and_never_waits(disk: Disk) -> None:
    disk.open.clear()
    to = Writer(disk.write, limit=50)
    began = time.monotonic()
    taken = [to.put(shown()) for _ in range(2_000)]
    assert time.monotonic() - began < 2
    assert (sum(taken), to.dropped, to.waiting) == (50, 1_950, 50)
    disk.open.set()
    to.close(5)
    assert len(disk.ids) == to.written == 50


def test_what_cannot_be_written_now_is_written_later_in_order(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    to = Writer(disk.write)
    disk.away = True
    records = [shown() for _ in range(20)]
    for each in records:
        to.put(each)
    until(lambda: to.failures >= 4)
    assert to.trouble == "away"
    disk.away = False
    assert to.flush(5)
    assert to.trouble is None
    assert disk.ids == [each.id for each in records]
    assert (to.written, to.dropped) == (20, 0)
    assert [each.message for each in caplog.records] == [
        "what was shown cannot be stored for now: away",
        "what was shown is stored again",
    ]
    to.close(1)


def test_tries_come_at_growing_intervals(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    to = Writer(disk.write)
    monkeypatch.setattr(to._closing, "wait", lambda wait: waits.append(wait) or len(waits) > 9)
    disk.away = True
    to.put(shown())
    until(lambda: len(waits) >= 6)
    disk.away = False
    to.close(5)
    assert waits[:5] == [0.01, 0.02, 0.04, 0.04, 0.04]


def test_one_record_that_is_refused_does_not_take_others_with_it(disk: Disk) -> None:
    to = Writer(disk.write)
    records = [shown() for _ in range(9)]
    disk.refused = {records[3].id, records[8].id}
    for each in records:
        to.put(each)
    assert to.flush(5)
    assert disk.ids == [each.id for each in records if each.id not in disk.refused]
    assert (to.written, to.dropped) == (7, 2)
    to.put(shown())
    to.close(5)
    assert to.written == 8


def test_an_error_of_our_own_does_not_end_the_thread(disk: Disk) -> None:
    turns = iter([ValueError("secret"), None])

    def write(group: Sequence[Shown]) -> None:
        if error := next(turns):
            raise error
        disk.write(group)

    to = Writer(write)
    to.put(shown())
    assert to.flush(5)
    assert (to.dropped, to.trouble) == (1, "internal error (ValueError)")
    to.put(shown())
    assert to.flush(5)
    assert (to.written, to.trouble) == (1, None)
    to.close(1)


def test_closing_gives_up_in_time_and_counts(disk: Disk) -> None:
    disk.away = True
    to = Writer(disk.write)
    for _ in range(5):
        to.put(shown())
    until(lambda: to.failures > 0)
    began = time.monotonic()
    to.close(0.3)
    assert time.monotonic() - began < 2
    assert (to.dropped, to.waiting, to.written) == (5, 0, 0)


def test_closing_does_not_wait_for_a_disk_that_hangs(disk: Disk) -> None:
    disk.open.clear()
    to = Writer(disk.write)
    to.put(shown())
    until(lambda: disk.attempts == 1)
    to.put(shown())
    to.close(0.1)
    assert (to.dropped, to.waiting) == (2, 0)
    disk.open.set()


def test_after_closing_everything_is_dropped_and_counted(disk: Disk) -> None:
    to = Writer(disk.write)
    to.close(1)
    to.close(1)
    assert not to.put(shown())
    assert to.dropped == 1


def test_a_flush_of_what_cannot_be_written_ends_in_time(disk: Disk) -> None:
    disk.away = True
    to = Writer(disk.write)
    to.put(shown())
    assert not to.flush(0.05)
    disk.away = False
    assert to.flush(5)
    to.close(1)


def test_without_a_thread_records_wait_for_one(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    to = Writer(disk.write)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        assert to.put(shown())
    assert to.put(shown())
    to.close(5)
    assert to.written == 2
