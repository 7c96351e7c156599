"""The tables, typed and bounded; the migrations make them, a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from seriatim.store.records import CODE_LENGTH, ID_LENGTH, OUTCOMES, SYSTEM_LENGTH

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

HASH_LENGTH = 71
UUID_LENGTH = 36
DIGEST_LENGTH = 64


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC, to the microsecond, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC; SQLite keeps text without a zone."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """With its zone again."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if dialect.name == "sqlite" else moment.astimezone(UTC)


class Ids(TypeDecorator[tuple[str, ...]]):
    """Ids in order, parted by blanks, which no id holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """One text."""
        del dialect
        return None if value is None else " ".join(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...]:
        """The ids again."""
        del dialect
        return tuple(str(value or "").split())


def _sequence() -> Column[int]:
    """Counts up in the order of arrival and never back."""
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Column("seq", kind, primary_key=True, autoincrement=True)


def _bounded(*columns: tuple[str, int]) -> list[CheckConstraint]:
    """SQLite does not hold a text to its length by itself."""
    return [
        CheckConstraint(f"length({name}) <= {most}", name=f"{name}_is_bounded")
        for name, most in columns
    ]


METADATA = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})

SHOWN = Table(
    "shown",
    METADATA,
    _sequence(),
    Column("id", String(UUID_LENGTH), nullable=False),
    Column("report_id", String(HASH_LENGTH), nullable=False),
    Column("knowledge_hash", String(HASH_LENGTH), nullable=False),
    Column("rules", Ids, nullable=False),
    Column("courses", Ids, nullable=False),
    Column("hook", String(CODE_LENGTH), nullable=False),
    Column("client", String(ID_LENGTH), nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("id", name="uq_shown_id"),
    Index("ix_shown_at", "at"),
    *_bounded(
        ("id", UUID_LENGTH),
        ("report_id", HASH_LENGTH),
        ("knowledge_hash", HASH_LENGTH),
        ("hook", CODE_LENGTH),
        ("client", ID_LENGTH),
    ),
    sqlite_autoincrement=True,
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    _sequence(),
    Column("service", String(CODE_LENGTH), nullable=False),
    Column("card", String(UUID_LENGTH), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("accepted_suggestions", Ids, nullable=False),
    Column("reason_code", String(CODE_LENGTH)),
    Column("reason_system", String(SYSTEM_LENGTH)),
    Column("commented", Boolean, nullable=False),
    Column("outcome_at", UtcTime, nullable=False),
    Column("client", String(ID_LENGTH), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    UniqueConstraint("card", "outcome", "outcome_at", "client", name="uq_feedback_said_once"),
    Index("ix_feedback_received_at", "received_at"),
    CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome_is_known"),
    *_bounded(
        ("service", CODE_LENGTH),
        ("card", UUID_LENGTH),
        ("reason_code", CODE_LENGTH),
        ("reason_system", SYSTEM_LENGTH),
        ("client", ID_LENGTH),
    ),
    sqlite_autoincrement=True,
)

SEEN_JTI = Table(
    "seen_jti",
    METADATA,
    Column("digest", String(DIGEST_LENGTH), primary_key=True),
    Column("expires", UtcTime, nullable=False),
    Index("ix_seen_jti_expires", "expires"),
    *_bounded(("digest", DIGEST_LENGTH)),
)

KINDS = {"shown": SHOWN, "feedback": FEEDBACK}
"""What can be exported."""
TIMES = {"shown": SHOWN.c.at, "feedback": FEEDBACK.c.received_at}
"""By which time each is kept or purged."""
