"""Statements that write. All of them may run twice: the second time changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from seriatim.store.tables import FEEDBACK, SEEN_JTI, SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.engine import Connection

    from seriatim.store.records import Feedback, Shown

CHUNK = 2_000
"""Rows removed in one transaction, so that nobody waits long for it."""

_SAID_ONCE = itemgetter("card", "outcome", "outcome_at", "client")


def _insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Rows that are not there yet; how many those were."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing()
    counted = statement.execution_options(preserve_rowcount=True)
    return connection.execute(counted, rows).rowcount


def _row(record: Shown | Feedback) -> dict[str, Any]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


def add_shown(connection: Connection, records: Sequence[Shown]) -> int:
    """How many were new."""
    return _insert_new(connection, SHOWN, [_row(each) for each in records])


def add_feedback(connection: Connection, records: Sequence[Feedback]) -> int:
    """How many were new.

    The rows go in by what makes them unique. Two writers that say the same at once then wait for
    each other in one direction only; PostgreSQL would break up a circle with an error.
    """
    rows = sorted((_row(each) for each in records), key=_SAID_ONCE)
    return _insert_new(connection, FEEDBACK, rows)


def digest(issuer: str, jti: str) -> str:
    """What is kept of a token: nothing that could be used or read."""
    parts = (part.encode("utf-8", "surrogatepass") for part in (issuer, jti))
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).hexdigest()


def add_jti(connection: Connection, key: str, expires: datetime) -> bool:
    """Whether the token is new."""
    return _insert_new(connection, SEEN_JTI, [{"digest": key, "expires": expires}]) == 1


def remove_chunk(
    connection: Connection, table: Table, time: ColumnElement[datetime], before: datetime
) -> int:
    """Remove at most CHUNK rows from before a time, the oldest rows first; how many."""
    (key,) = table.primary_key.columns
    old = select(key).where(time < before).order_by(key).limit(CHUNK)
    return connection.execute(delete(table).where(key.in_(old.scalar_subquery()))).rowcount
