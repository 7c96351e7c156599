"""Statements that write. All of them may run twice: the second time changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, delete, func, not_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from seriatim.store.tables import FEEDBACK, SEEN_JTI, SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Insert, Table
    from sqlalchemy.engine import Connection

    from seriatim.store.records import Feedback, Shown

CHUNK = 2_000
"""Rows removed in one transaction, so that nobody waits long for it."""

SAID_ONCE = ("card", "outcome", "outcome_at", "client")
"""What makes feedback the same."""


def _insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Rows that are not there yet; how many those were."""
    return _insert(connection, _dialect(connection).insert(table).on_conflict_do_nothing(), rows)


def _dialect(connection: Connection) -> Any:
    return sqlite if connection.dialect.name == "sqlite" else postgresql


def _insert(connection: Connection, statement: Insert, rows: list[dict[str, Any]]) -> int:
    counted = statement.execution_options(preserve_rowcount=True)
    return connection.execute(counted, rows).rowcount


def _row(record: Shown | Feedback) -> dict[str, Any]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


def add_shown(connection: Connection, records: Sequence[Shown]) -> int:
    """How many were new."""
    return _insert_new(connection, SHOWN, [_row(each) for each in records])


def add_feedback(connection: Connection, records: Sequence[Feedback]) -> int:
    """How many were new, or had something to add to what was said before.

    The rows go in by what makes them unique. Two writers that say the same at once then wait for
    each other in one direction only; PostgreSQL would break up a circle with an error.
    """
    rows = sorted((_row(each) for each in records), key=itemgetter(*SAID_ONCE))
    return _insert(connection, _filling(_dialect(connection).insert(FEEDBACK)), rows)


def _filling(insert: Any) -> Any:
    """The insert, which adds to a row that is there what it left open, and changes nothing else."""
    old, new = FEEDBACK.c, insert.excluded
    reason = and_(old.reason_code.is_(None), new.reason_code.is_not(None))
    comment = and_(not_(old.commented), new.commented)
    accepted = and_(
        func.length(old.accepted_suggestions) == 0, func.length(new.accepted_suggestions) > 0
    )
    filled = {
        "reason_code": reason,
        "reason_system": reason,
        "commented": comment,
        "accepted_suggestions": accepted,
    }
    return insert.on_conflict_do_update(
        index_elements=SAID_ONCE,
        set_={name: case((open_, new[name]), else_=old[name]) for name, open_ in filled.items()},
        where=or_(reason, comment, accepted),
    )


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
