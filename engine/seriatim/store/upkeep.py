"""What an operator does with a store: bring its tables up to date, and see how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seriatim.store import reading, schema
from seriatim.store.database import Database
from seriatim.store.places import read_place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Status:
    """How a store stands: the step its tables are at, how many rows they have, and from when.

    `tables` is None if there are none. `rows` and `spans` are empty unless `current`.
    """

    name: str
    tables: str | None
    newest: str
    rows: Mapping[str, int] = field(default_factory=dict)
    spans: Mapping[str, tuple[datetime, datetime] | None] = field(default_factory=dict)

    @property
    def current(self) -> bool:
        """Whether this release can use it."""
        return self.tables == self.newest

    @property
    def older(self) -> bool:
        """Whether a migration would make it so."""
        return self.tables in schema.REVISIONS[:-1]


def bring_up_to_date(url: str) -> tuple[str, bool]:
    """The name of the store, and whether anything had to be done. Raises StoreError."""
    database = Database(read_place(url))
    try:
        database.prepare(create=True)
        return database.place.name, schema.migrate(database)
    finally:
        database.disconnect()


def status(url: str) -> Status:
    """How the store at a URL stands; nothing is changed. Raises StoreError."""
    database = Database(read_place(url))
    try:
        database.prepare(create=False)
        name, tables = database.place.name, schema.revision_of(database)
        if tables != schema.NEWEST:
            return Status(name, tables, schema.NEWEST)
        rows, spans = database.read(reading.counts), database.read(reading.spans)
        return Status(name, tables, schema.NEWEST, rows=rows, spans=spans)
    finally:
        database.disconnect()
