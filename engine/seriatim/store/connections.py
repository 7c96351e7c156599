"""Connections to either database, set up so that what is committed stays committed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from seriatim.store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

    from seriatim.store.places import Place

BUSY_SECONDS = 15.0
"""How long one statement waits for other processes to finish writing an SQLite file."""
POOL: dict[str, Any] = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 20.0}
WRITES = "seriatim_writes"
"""Execution option of a connection: READ, or how an SQLite file is written.

SYNCED survives a power cut; QUICK, for one statement, may lose the last commits to one, but to
nothing less. PostgreSQL waits for its disk in either case.
"""
READ = ""
SYNCED = "FULL"
QUICK = "NORMAL"
LIBPQ = {
    "application_name": "seriatim",
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
LIMIT = "SET statement_timeout = 30000"
"""Milliseconds: nobody waits for ever."""
ZONE = "SET TIME ZONE 'UTC'"
"""The years 1 and 9999 exist in this zone only."""
WAIT_FOR_THE_DISK = (
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)
INSTALL_POSTGRESQL = (
    "PostgreSQL needs a driver that is not installed: pip install 'seriatim[postgresql]'"
)


def connect_to(place: Place) -> Engine:
    """An engine with no connection yet. Raises StoreError if a driver is missing."""
    return _sqlite(place.path) if place.path else _postgresql(place)


def _sqlite(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",  # never makes a file: an empty one has no tables
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True, **POOL
    )
    event.listen(engine, "begin", _begin)
    _notice_a_lost_file(engine, path)
    return engine


def _begin(connection: Connection) -> None:
    """A writer has the lock from the start: a lock that is wanted later cannot be waited for."""
    level = connection.get_execution_options().get(WRITES, READ)
    if level == READ:
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _notice_a_lost_file(engine: Engine, path: Path) -> None:
    """A file that was moved or replaced takes no more writes: they would vanish with it."""

    def remember(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["file"] = _identity(path)

    def compare(_connection: Any, entry: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        if entry.info.get("file") != _identity(path):
            raise DisconnectionError("the file is not the one that was opened")

    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", compare)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _postgresql(place: Place) -> Engine:
    given = set(place.url.query)
    try:
        engine = create_engine(
            place.url,
            connect_args={key: value for key, value in LIBPQ.items() if key not in given},
            hide_parameters=True,
            **POOL,
        )
    except (ModuleNotFoundError, ImportError, NoSuchModuleError) as error:
        raise StoreError(INSTALL_POSTGRESQL) from error

    def set_up(connection: Any, _entry: ConnectionPoolEntry) -> None:
        with connection.cursor() as cursor:
            for statement in (LIMIT, ZONE, WAIT_FOR_THE_DISK):
                cursor.execute(statement)
        connection.commit()

    event.listen(engine, "connect", set_up)
    return engine
