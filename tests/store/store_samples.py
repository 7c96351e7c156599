"""Records to store."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import uuid4

from seriatim.store import Feedback, Shown
from seriatim.store.reading import as_text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
said_once = itemgetter("card", "outcome", "outcome_at", "client")
"""What makes feedback the same, and the order of what was said in one call."""


def shown(**changed: Any) -> Shown:
    fields = {
        "id": str(uuid4()),
        "report_id": "sha256:" + "0a" * 32,
        "knowledge_hash": "1b" * 32,
        "rules": ("same-drug", "same-diagnosis"),
        "courses": ("some-series/T2R1", "some-series/T1R3"),
        "hook": "patient-view",
        "client": "north-ehr",
        "at": NOON,
    }
    return Shown(**fields | changed)


def feedback(**changed: Any) -> Feedback:
    fields = {
        "service": "seriatim-patient-view",
        "card": str(uuid4()),
        "outcome": "overridden",
        "accepted_suggestions": (),
        "reason_code": "not-applicable",
        "reason_system": "https://example.org/reasons",
        "commented": True,
        "outcome_at": NOON,
        "client": "north-ehr",
        "received_at": NOON + MINUTE,
    }
    return Feedback(**fields | changed)


def plain(record: Any) -> dict[str, Any]:
    """What an export gives for a record."""
    return {
        name: as_text(value) if isinstance(value, datetime) else _listed(value)
        for name, value in asdict(record).items()
    }


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
