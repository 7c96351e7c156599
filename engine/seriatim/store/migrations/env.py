"""Run by Alembic: the connection and its transaction are the caller's (see store/schema.py)."""

from __future__ import annotations

from alembic import context

from seriatim.store.schema import VERSION_TABLE
from seriatim.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
context.run_migrations()
