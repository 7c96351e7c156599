"""Which tables a database has, and bringing them up to this release."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from seriatim.store.errors import StoreError
from seriatim.store.explain import MIGRATE, is_busy
from seriatim.store.tables import METADATA

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection

    from seriatim.store.database import Database

REVISIONS = ("0001",)
"""Every step there is, oldest first."""
NEWEST = REVISIONS[-1]
VERSION_TABLE = "seriatim_store_version"
ADVISORY_LOCK = 7_305_809_154_961_126_413
"""Any number that no other program uses."""
WAL_SECONDS = 30.0

_IN_THIS_PROCESS = Lock()
"""Alembic keeps the migration that runs in a global."""


def revision_of(database: Database) -> str | None:
    """The step that the tables are at; None without any. Raises StoreError."""
    return database.read(_revision)


def check(database: Database) -> None:
    """Raises StoreError unless the tables are those of this release."""
    revision = revision_of(database)
    if revision == NEWEST:
        return
    _refuse_newer(database, revision)
    found = f"has tables of an older release ({revision})" if revision else "has no tables yet"
    message = f"the store at {database.place.name} {found}; run `seriatim store migrate`"
    raise StoreError(message, why=MIGRATE)


def migrate(database: Database) -> bool:
    """Bring the tables up to this release; whether anything had to be done.

    Several processes may do so at once: one does it, the others wait. Raises StoreError.
    """
    if database.is_sqlite:
        _write_ahead(database)
    if revision_of(database) == NEWEST:
        return False
    with _IN_THIS_PROCESS:
        return database.write(lambda connection: _upgrade(database, connection), synced=True)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    return None if found is None else str(found)


def _refuse_newer(database: Database, revision: str | None) -> None:
    if revision is not None and revision not in REVISIONS:
        raise StoreError(
            f"the store at {database.place.name} was made by a newer release of Seriatim "
            f"(tables at {revision[:32]!r}, known here is {NEWEST!r}); install that release",
            why="it was made by a newer release",
        )


def _upgrade(database: Database, connection: Connection) -> bool:
    if not database.is_sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    revision = _revision(connection)
    if revision == NEWEST:
        return False
    _refuse_newer(database, revision)
    if revision is None:
        _refuse_others(database, connection)
    _run_alembic(connection)
    return True


def _refuse_others(database: Database, connection: Connection) -> None:
    """A database of something else is left as it is."""
    there = set(inspect(connection).get_table_names())
    taken = sorted(there if database.is_sqlite else there & set(METADATA.tables))
    if taken:
        raise StoreError(
            f"the database at {database.place.name} has other tables ({', '.join(taken[:3])}); "
            "give the store a database of its own"
        )


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - slow to load, and needed once in a release

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def alembic_config() -> Config:
    """Where the steps are."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "seriatim.store:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _write_ahead(database: Database) -> None:
    """Readers and one writer at once. Only the first process to ask can change it, so ask again."""
    until = time.monotonic() + WAL_SECONDS
    while True:
        try:
            mode = database.outside_of_a_transaction("PRAGMA journal_mode = WAL")
        except StoreError as error:
            if not is_busy(error.__cause__) or time.monotonic() > until:
                raise
            time.sleep(0.05)
            continue
        if mode != "wal":
            raise StoreError(
                f"the store at {database.place.name} cannot be shared between processes there "
                "(a network folder?); give a path on a local disk"
            )
        return
