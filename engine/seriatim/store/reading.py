"""Statements that read, in portions that hold no lock while the reader is busy."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from seriatim.store.tables import KINDS, SEEN_JTI, TIMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import Connection, Row

    from seriatim.store.database import Database

PORTION = 1_000


def rows(database: Database, kind: str) -> Iterator[dict[str, Any]]:
    """Every record of a kind in the order of arrival, as plain values. Raises StoreError."""
    table, last = KINDS[kind], 0
    while True:
        query = select(table).where(table.c.seq > last).order_by(table.c.seq).limit(PORTION)
        portion = database.read(lambda connection: connection.execute(query).all())  # noqa: B023
        for row in portion:
            yield _plain(row)
        if len(portion) < PORTION:
            return
        last = portion[-1].seq


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row._mapping.items() if name != "seq"}  # noqa: SLF001


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return as_text(value)
    return list(value) if isinstance(value, tuple) else value


def columns(kind: str) -> list[str]:
    """The names of what a record of a kind holds."""
    return [name for name in KINDS[kind].columns.keys() if name != "seq"]  # noqa: SIM118


def as_text(moment: datetime) -> str:
    """`2026-01-31T12:00:00.000000Z`: always UTC, always as long, so that texts sort as times do."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="microseconds") + "Z"


def older(connection: Connection, before: datetime) -> dict[str, int]:
    """How many records of each kind a purge would remove."""
    return {
        kind: connection.scalar(select(func.count()).where(time < before)) or 0
        for kind, time in TIMES.items()
    }


def counts(connection: Connection) -> Mapping[str, int]:
    """How many rows each table has."""
    tables = {**KINDS, SEEN_JTI.name: SEEN_JTI}
    return {
        name: connection.scalar(select(func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }


def spans(connection: Connection) -> Mapping[str, tuple[datetime, datetime] | None]:
    """The oldest and the newest time of each kind of record; None without any."""
    found = {}
    for kind, time in TIMES.items():
        oldest, newest = connection.execute(select(func.min(time), func.max(time))).one()
        found[kind] = (oldest, newest) if oldest else None
    return found
