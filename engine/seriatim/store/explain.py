"""What a database complained of, in plain words and without values or passwords."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc

from seriatim.store.errors import StoreError

PRIMARY = 0xFF
"""The lowest byte of an SQLite code; the rest is detail."""
MIGRATE = "its tables are missing or old; run `seriatim store migrate`"
SQLITE = {
    sqlite3.SQLITE_PERM: "the file may not be used by this user",
    sqlite3.SQLITE_BUSY: "another process has kept it locked for too long",
    sqlite3.SQLITE_LOCKED: "another process has kept it locked for too long",
    sqlite3.SQLITE_READONLY: "the file or its folder may only be read by this user",
    sqlite3.SQLITE_IOERR: "the disk could not be read or written",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore it from a copy",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "the file is gone or may not be opened by this user",
    sqlite3.SQLITE_PROTOCOL: "another process has kept it locked for too long",
    sqlite3.SQLITE_NOTADB: "the file is not an SQLite database; give another path",
}
NO_ROOM = {sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMMAP}
"""What a full disk is to whoever opens a file: its shared memory cannot be made beside it."""
LASTING = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
AGAIN_AT_ONCE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}

POSTGRESQL = {
    "25006": "the server is read-only now",
    "28P01": "the server does not accept the password",
    "28000": "the server does not accept the user",
    "3D000": "there is no such database on the server",
    "42501": "the user has no right to do this",
    "42P01": MIGRATE,
    "53100": "the disk of the server is full",
    "53300": "the server has no connection left",
    "57014": "it took too long; another process may hold a lock",
}
UNWRITABLE = {
    SQLITE[sqlite3.SQLITE_FULL],
    SQLITE[sqlite3.SQLITE_IOERR],
    SQLITE[sqlite3.SQLITE_READONLY],
    POSTGRESQL["25006"],
    POSTGRESQL["53100"],
}
"""Reasons for which nothing at all is taken, though everything can be read."""
DEADLOCK = {"40001", "40P01"}


def explained(error: exc.SQLAlchemyError, name: str) -> StoreError:
    """The error for a reader; `name` is the place as it may be shown."""
    reason, temporary = _reason(error)
    message = f"the store at {name} cannot be used: {reason}"
    return StoreError(message, temporary=temporary, why=reason.partition(":")[0])


def worth_another_try(error: exc.SQLAlchemyError) -> bool:
    """Whether the same work may succeed at once: a lost connection, a deadlock, a busy file."""
    if not isinstance(error, exc.DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or is_busy(error.orig) or state in DEADLOCK


def is_busy(error: BaseException | None) -> bool:
    """Whether SQLite only has to be asked again: another process is writing."""
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY in AGAIN_AT_ONCE


def _reason(error: exc.SQLAlchemyError) -> tuple[str, bool]:
    if isinstance(error, exc.TimeoutError):
        return "all connections are in use", True
    if not isinstance(error, exc.DBAPIError):
        return f"{type(error).__name__} in its driver", False
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite(error.orig)
    return _postgresql(error)


def _sqlite(error: sqlite3.Error) -> tuple[str, bool]:
    code = getattr(error, "sqlite_errorcode", 0)
    if code in NO_ROOM:
        return "no file can be made beside it; the disk may be full", True
    code &= PRIMARY
    if code in SQLITE:
        return SQLITE[code], code not in LASTING
    if "no such table" in str(error) or "no such column" in str(error):
        return MIGRATE, True
    return f"SQLite reports {getattr(error, 'sqlite_errorname', 'an error')}", False


def _postgresql(error: exc.DBAPIError) -> tuple[str, bool]:
    state = getattr(error.orig, "sqlstate", None)
    operational = isinstance(error, (exc.OperationalError, exc.InterfaceError))
    if state in POSTGRESQL:
        return POSTGRESQL[state], True
    if state is None and operational:
        return f"the server cannot be reached or refused: {_first_line(error)}", True
    return f"PostgreSQL reports {state or type(error).__name__}", operational


def _first_line(error: exc.DBAPIError) -> str:
    """What the client library said: it names host and user, never a password or a value."""
    line = str(error.orig).strip().partition("\n")[0][:300]
    return "".join(ch if ch.isprintable() else " " for ch in line) or "no answer"
