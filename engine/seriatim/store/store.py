"""The store: what was shown, what was said of it, and which tokens were seen."""

from __future__ import annotations

import os
import weakref
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar
from uuid import uuid4

from seriatim.store.errors import RecordError, StoreError
from seriatim.store.records import utc_time
from seriatim.store.writer import LIMIT, LOG, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from seriatim.store.database import Database
    from seriatim.store.records import Feedback, Shown

Result = TypeVar("Result")
Kind = Literal["shown", "feedback"]
CLOSE_SECONDS = 5.0
TIDY_EVERY = timedelta(minutes=10)
KEPT_LONGER = timedelta(hours=1)
"""Tokens are kept beyond their end, for clocks that differ."""
EXTRA = ("sqlalchemy", "alembic")
INSTALL = "the store needs packages that are not installed: pip install 'seriatim[service]'"


class Store:
    """An open store. Safe to use from several threads, and after a fork.

    Every method that reads or writes raises StoreError with a message for a reader.
    """

    def __init__(self, database: Database, *, queue: int = LIMIT) -> None:
        self._database = database
        self._limit = queue
        self._told = ""
        self._takes_nothing = False
        self._tidied = datetime.min.replace(tzinfo=UTC)
        self._writer = self._new_writer()
        _OPEN.add(self)

    @classmethod
    def open(cls, url: str, *, migrate: bool, queue: int = LIMIT) -> Self:
        """The store at `sqlite:///PATH` or `postgresql://…`, looked at and ready.

        With `migrate`, its tables are made or brought up to this release first; any number of
        processes may do that at once. `queue` is how many records of `record_shown` may wait.
        Raises StoreError.
        """
        try:
            return cls(_database(url, migrate=migrate), queue=queue)
        except ModuleNotFoundError as error:
            if error.name in EXTRA:
                raise StoreError(INSTALL) from error
            raise

    def __repr__(self) -> str:
        return f"<Store {self.name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """Where it is, without user or password."""
        return self._database.place.name

    # --- what was shown ---------------------------------------------------------------------------

    def record_shown(self, shown: Shown) -> bool:
        """Take a record at once, to be written soon; False if the queue is full (and counted).

        Never blocks and never raises: a database that is away is tried again in the background.
        """
        return self._writer.put(shown)

    @property
    def shown_written(self) -> int:
        """Records that this process has committed."""
        return self._writer.written

    @property
    def shown_waiting(self) -> int:
        """Records that wait to be written."""
        return self._writer.waiting

    @property
    def shown_dropped(self) -> int:
        """Records that were lost: the queue was full, or the database away at the end."""
        return self._writer.dropped

    @property
    def shown_failures(self) -> int:
        """Failed attempts to write; the records were tried again."""
        return self._writer.failures

    def flush(self, timeout: float = CLOSE_SECONDS) -> bool:
        """Wait at most `timeout` seconds until everything shown is written; whether it is."""
        return self._writer.flush(timeout)

    # --- feedback and tokens ----------------------------------------------------------------------

    def record_feedback(self, feedback: Sequence[Feedback]) -> int:
        """Commit all of it or none; on the disk when it returns. How many said something new.

        What was said before (same card, outcome, outcome time and client) is not stored again; a
        reason, comment or suggestion that was left out then is added, and none is overwritten.
        """
        from seriatim.store.writing import add_feedback  # noqa: PLC0415

        if not feedback:
            return 0
        return self._write(lambda to: add_feedback(to, feedback), synced=True)

    def first_use(self, issuer: str, jti: str, expires: datetime, now: datetime) -> bool:
        """Whether the token was not seen before, by any worker; from now on it was.

        Only a hash is kept, until an hour after `expires`. In an SQLite file it is committed, but
        not waited for on the disk: a power cut may forget the last tokens, a killed process not.
        """
        from seriatim.store.writing import add_jti, digest  # noqa: PLC0415

        expires = _time("expires", expires)
        if now - self._tidied > TIDY_EVERY:
            self._tidied = now
            self._remove_tokens(now - KEPT_LONGER)
        key = digest(issuer, jti)
        return self._write(lambda to: add_jti(to, key, expires), synced=False)

    def _write(self, work: Callable[[Any], Result], *, synced: bool) -> Result:
        """Write, and remember whether nothing can be written now."""
        try:
            done = self._database.write(work, synced=synced)
        except StoreError as error:
            from seriatim.store.explain import UNWRITABLE  # noqa: PLC0415 - part of an extra

            self._takes_nothing = self._takes_nothing or error.why in UNWRITABLE
            raise
        self._takes_nothing = False
        return done

    # --- keeping --------------------------------------------------------------------------------

    def export(self, kind: Kind) -> Iterator[dict[str, Any]]:
        """Every record of a kind in the order of arrival: plain values, times as UTC text.

        What was said in one call has the order of its cards.
        """
        from seriatim.store.reading import rows  # noqa: PLC0415

        return rows(self._database, kind)

    def purge(self, before: datetime) -> Mapping[str, int]:
        """Remove what was shown or received before a time, and tokens that had ended by then.

        How many rows of each table. Takes many small transactions, so that nobody waits.
        """
        from seriatim.store.tables import KINDS, TIMES  # noqa: PLC0415

        before = _time("before", before)
        removed = {kind: self._remove(table, TIMES[kind], before) for kind, table in KINDS.items()}
        ended = min(before, datetime.now(UTC) - KEPT_LONGER)
        return {**removed, "seen_jti": self._remove_tokens(ended)}

    def count_before(self, before: datetime) -> Mapping[str, int]:
        """How many records of each kind `purge` would remove."""
        from seriatim.store.reading import older  # noqa: PLC0415

        moment = _time("before", before)
        return self._database.read(lambda connection: older(connection, moment))

    def _remove_tokens(self, before: datetime) -> int:
        from seriatim.store.tables import SEEN_JTI  # noqa: PLC0415

        return self._remove(SEEN_JTI, SEEN_JTI.c.expires, before)

    def _remove(self, table: Any, time: Any, before: datetime) -> int:
        from seriatim.store.writing import CHUNK, remove_chunk  # noqa: PLC0415

        total = 0
        while True:
            removed = self._database.write(
                lambda to: remove_chunk(to, table, time, before), synced=False
            )
            total += removed
            if removed < CHUNK:
                return total

    # --- state ----------------------------------------------------------------------------------

    def problem(self) -> str | None:
        """Why the store cannot be used now; None if it can. Never raises."""
        from seriatim.store import schema  # noqa: PLC0415

        try:
            schema.check(self._database)
            if self._takes_nothing:  # asked here: who is not ready is sent nothing to write
                now = datetime.now(UTC)
                self.first_use("", str(uuid4()), now, now)
        except StoreError as error:
            if error.why != self._told:
                LOG.warning("the store cannot be used: %s", error, extra={"reason": error.why})
            self._told = error.why
            return str(error)
        self._told = ""
        return self._writer.trouble if self._writer.waiting else None

    def healthy(self) -> bool:
        """Whether it answers, has this release's tables and takes what is shown."""
        return self.problem() is None

    def close(self, timeout: float = CLOSE_SECONDS) -> None:
        """Write what waits, for at most `timeout` seconds, and disconnect. May be called twice."""
        self._writer.close(timeout)
        self._database.disconnect()
        _OPEN.discard(self)

    def _new_writer(self) -> Writer:
        from seriatim.store.writing import add_shown  # noqa: PLC0415

        return Writer(
            lambda group: self._database.write(lambda to: add_shown(to, group), synced=True),
            limit=self._limit,
        )

    def _after_fork(self) -> None:
        self._database.forget()
        self._writer = self._new_writer()


def _database(url: str, *, migrate: bool) -> Database:
    from seriatim.store import schema  # noqa: PLC0415 - all of it is an extra
    from seriatim.store.database import Database  # noqa: PLC0415
    from seriatim.store.places import read_place  # noqa: PLC0415

    database = Database(read_place(url))
    try:
        database.prepare(create=migrate)
        if migrate:
            schema.migrate(database)
        else:
            schema.check(database)
    finally:
        database.disconnect()  # a fork from here on takes no connection with it
    return database


def _time(field: str, value: datetime) -> datetime:
    try:
        return utc_time(value)
    except ValueError as error:
        raise RecordError(field, str(error)) from None


_OPEN: weakref.WeakSet[Store] = weakref.WeakSet()


def _after_fork() -> None:
    """A child has no thread and must not touch its parent's connections."""
    for store in list(_OPEN):
        store._after_fork()  # noqa: SLF001


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
