"""Writes what was shown, behind the back of whoever shows it.

A record is put into a bounded queue; a thread writes them in groups and, if the database is away,
tries again until it is back. A full queue drops what comes next, and counts it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from seriatim.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seriatim.store.records import Shown

    Write = Callable[[Sequence[Shown]], object]

LIMIT = 10_000
GROUP = 500
LINGER = 0.1
"""Seconds to wait for company, so that one commit serves many records."""
FIRST_WAIT = 0.1
LONGEST_WAIT = 5.0

LOG = logging.getLogger("seriatim.store")


class Writer:
    """A queue and its thread, which starts with the first record."""

    def __init__(self, write: Write, *, limit: int = LIMIT) -> None:
        self._write = write
        self._limit = limit
        self._queue: deque[Shown] = deque()
        self._taken = 0
        self._changed = threading.Condition()
        self._hurry = threading.Event()
        self._closing = threading.Event()
        self._until: float | None = None
        self._thread: threading.Thread | None = None
        self.written = 0
        self.dropped = 0
        self.failures = 0
        self.trouble: str | None = None

    @property
    def waiting(self) -> int:
        """Records that are not written yet."""
        return len(self._queue) + self._taken

    def put(self, record: Shown) -> bool:
        """Take a record, at once; False if it had to be dropped."""
        with self._changed:
            if self._until is not None or self.waiting >= self._limit:
                self.dropped += 1
                return False
            self._queue.append(record)
            if self._thread is None:
                self._thread = _started(self._run)
            self._changed.notify_all()
        return True

    def flush(self, timeout: float) -> bool:
        """Wait until everything is written; whether it is."""
        self._hurry.set()
        with self._changed:
            done = self._changed.wait_for(lambda: not self.waiting, timeout)
        if self._until is None:
            self._hurry.clear()
        return done

    def close(self, timeout: float) -> None:
        """Write what is waiting and stop; what cannot be written in time is dropped and counted."""
        with self._changed:
            self._until = time.monotonic() + timeout
            self._hurry.set()
            self._closing.set()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout + LINGER)
        with self._changed:
            self.dropped += self.waiting
            self._queue.clear()
            self._taken = 0

    def _run(self) -> None:
        while group := self._next():
            self._store(group)

    def _next(self) -> list[Shown]:
        """Some records to write together; none if there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._until is not None)
        self._hurry.wait(LINGER)
        with self._changed:
            group = [self._queue.popleft() for _ in range(min(GROUP, len(self._queue)))]
            self._taken = len(group)
        return group

    def _store(self, group: list[Shown]) -> None:
        """Until they are written, or it is clear that they never will be."""
        wait = FIRST_WAIT
        while True:
            lasting = self._attempt(group)
            if lasting is None:
                return
            if lasting and len(group) > 1:
                for each in group:
                    self._store([each])
                return
            if lasting or (self._until is not None and time.monotonic() + wait > self._until):
                self._done(group, written=False)
                return
            if self._closing.wait(wait):
                time.sleep(FIRST_WAIT)
            wait = min(2 * wait, LONGEST_WAIT) if self._until is None else FIRST_WAIT

    def _attempt(self, group: list[Shown]) -> bool | None:
        """None if it is written; otherwise whether trying again is useless."""
        try:
            self._write(group)
        except StoreError as error:
            self._failed(str(error), error.why)
            return not error.temporary
        except Exception as error:  # noqa: BLE001 - the thread has to live on
            self._failed(f"internal error ({type(error).__name__})")
            return True
        if self.trouble:
            LOG.warning("what was shown is stored again", extra={"reason": "stored again"})
            self.trouble = None
        self._done(group, written=True)
        return None

    def _failed(self, why: str, reason: str = "") -> None:
        self.failures += 1
        if self.trouble is None:
            extra = {"reason": reason}
            LOG.warning("what was shown cannot be stored for now: %s", why, extra=extra)
        self.trouble = why

    def _done(self, group: list[Shown], *, written: bool) -> None:
        with self._changed:
            if not self._taken:  # closing gave up on them
                return
            self._taken -= len(group)
            if written:
                self.written += len(group)
            else:
                self.dropped += len(group)
            self._changed.notify_all()


def _started(run: Callable[[], None]) -> threading.Thread | None:
    thread = threading.Thread(target=run, name="seriatim-store", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the process has no thread left, or ends; the next record tries again
        return None
    return thread
