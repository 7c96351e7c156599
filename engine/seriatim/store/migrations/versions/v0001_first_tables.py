"""What was shown, what was said of it, and which tokens were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def _bounded(table: str, **columns: int) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_is_bounded"))
        for name, most in columns.items()
    ]


def upgrade() -> None:
    """Three empty tables."""
    _shown()
    _feedback()
    op.create_table(
        "seen_jti",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("expires", TIME, nullable=False),
        *_bounded("seen_jti", digest=64),
    )
    op.create_index("ix_seen_jti_expires", "seen_jti", ["expires"])


def _shown() -> None:
    op.create_table(
        "shown",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("report_id", sa.String(71), nullable=False),
        sa.Column("knowledge_hash", sa.String(71), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("courses", sa.Text(), nullable=False),
        sa.Column("hook", sa.String(64), nullable=False),
        sa.Column("client", sa.String(128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.UniqueConstraint("id", name="uq_shown_id"),
        *_bounded("shown", id=36, report_id=71, knowledge_hash=71, hook=64, client=128),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shown_at", "shown", ["at"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("card", sa.String(36), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("accepted_suggestions", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.String(64)),
        sa.Column("reason_system", sa.String(200)),
        sa.Column("commented", sa.Boolean(), nullable=False),
        sa.Column("outcome_at", TIME, nullable=False),
        sa.Column("client", sa.String(128), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.UniqueConstraint(
            "card", "outcome", "outcome_at", "client", name="uq_feedback_said_once"
        ),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'overridden')", name=op.f("ck_feedback_outcome_is_known")
        ),
        *_bounded("feedback", service=64, card=36, reason_code=64, reason_system=200, client=128),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])
