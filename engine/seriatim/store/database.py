"""One database: transactions that are tried again where that is safe, and errors in plain words."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from seriatim.store import connections
from seriatim.store.connections import QUICK, READ, SYNCED
from seriatim.store.errors import StoreError
from seriatim.store.explain import explained, worth_another_try
from seriatim.store.places import check_file, create_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from seriatim.store.places import Place

Result = TypeVar("Result")
TRIES = 3


class Database:
    """Runs work in transactions. Safe to use from several threads."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._engine = connections.connect_to(place)
        self._one_at_a_time = Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.place.path is not None

    def prepare(self, *, create: bool) -> None:
        """Look whether the file of an SQLite store is there, or make it. Raises StoreError."""
        if self.place.path is None:
            return
        if create:
            create_file(self.place.path)
        check_file(self.place.path)

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` returns. Raises StoreError."""
        return self._run(work, READ)

    def write(self, work: Callable[[Connection], Result], *, synced: bool) -> Result:
        """What `work` returns, once it is committed.

        With `synced` it is on the disk too; without, `work` must be one statement. `work` may run
        again after a lost connection: doing it twice must be the same as once. Raises StoreError.
        """
        with self._turn():
            return self._run(work, SYNCED if synced else QUICK)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Writers of this process to an SQLite file queue up here: SQLite would let them poll."""
        if not self.is_sqlite:
            yield
        elif not self._one_at_a_time.acquire(timeout=connections.BUSY_SECONDS):
            raise StoreError(f"the store at {self.place.name} is too slow", temporary=True)
        else:
            try:
                yield
            finally:
                self._one_at_a_time.release()

    def _run(self, work: Callable[[Connection], Result], level: str) -> Result:
        options: dict[str, Any] = {connections.WRITES: level}
        if level == QUICK and not self.is_sqlite:
            options["isolation_level"] = "AUTOCOMMIT"  # one statement needs one round trip
        for left in reversed(range(TRIES)):
            try:
                with self._engine.connect() as connection:
                    ready = connection.execution_options(**options)
                    with ready.begin():
                        return work(ready)
            except SQLAlchemyError as error:
                if not (left and worth_another_try(error)):
                    raise explained(error, self.place.name) from error
        raise AssertionError("the last try returns or raises")

    def outside_of_a_transaction(self, statement: str) -> Any:
        """The first value that an SQLite statement gives. Raises StoreError."""
        try:
            with self._engine.connect() as connection:
                return _driver(connection).execute(statement).fetchone()[0]
        except sqlite3.Error as error:
            wrapped = OperationalError(statement, None, error)
            raise explained(wrapped, self.place.name) from error
        except SQLAlchemyError as error:
            raise explained(error, self.place.name) from error

    def disconnect(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    def forget(self) -> None:
        """In a child process: leave the parent's connections alone and make others."""
        _NEVER_CLOSED.append(self._engine.pool)
        self._engine.dispose(close=False)
        self._one_at_a_time = Lock()


_NEVER_CLOSED: list[object] = []
"""Pools of a parent process: closing them here would close them there."""


def _driver(connection: Connection) -> Any:
    """The driver's own connection, for what SQLite refuses within a transaction."""
    return connection.connection.driver_connection
