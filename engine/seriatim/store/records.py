"""What is stored. No field can hold free text, so none can hold a name or a note.

Ids are UUIDs or hashes; the rest are ids of the knowledge or of the settings, held to a pattern
without blanks. Every constructor raises RecordError for a value that does not fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from seriatim.store.errors import RecordError

ID_LENGTH = 128
CODE_LENGTH = 64
SYSTEM_LENGTH = 200
MOST_RULES = 1_000
MOST_COURSES = 10_000
MOST_SUGGESTIONS = 100
OUTCOMES = ("accepted", "overridden")

_HASH = re.compile(r"(sha256:)?[0-9a-f]{64}")
_CODE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{CODE_LENGTH - 1}}}")
_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._:/@+-]{{0,{ID_LENGTH - 1}}}")
_SYSTEM = re.compile(r"(https?://|urn:)[A-Za-z0-9._~:/#%+-]+")
_UUID_LENGTH = 36
_CANONICAL = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer that was shown: what it cited, never whom it was about.

    `id` is a UUID; a second record with the same id is not stored. `rules` and `courses` are ids of
    the knowledge in the order of the report, `hook` is a CDS hook or "rest", `client` the name that
    the settings give it, `at` any time with a zone (kept in UTC).
    """

    id: str
    report_id: str
    knowledge_hash: str
    rules: tuple[str, ...]
    courses: tuple[str, ...]
    hook: str
    client: str
    at: datetime

    def __post_init__(self) -> None:
        _fix(self, "id", _uuid)
        _fix(self, "report_id", _hash)
        _fix(self, "knowledge_hash", _hash)
        _fix(self, "rules", _ids(MOST_RULES))
        _fix(self, "courses", _ids(MOST_COURSES))
        _fix(self, "hook", _code)
        _fix(self, "client", _id)
        _fix(self, "at", utc_time)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a client said became of a card.

    `service`, `reason_code` and `reason_system` are codes of the service, `card` and
    `accepted_suggestions` UUIDs that it gave out. `commented` says that a comment was given; its
    text has no place here. Times have a zone and are kept in UTC.
    """

    service: str
    card: str
    outcome: str
    accepted_suggestions: tuple[str, ...]
    reason_code: str | None
    reason_system: str | None
    commented: bool
    outcome_at: datetime
    client: str
    received_at: datetime

    def __post_init__(self) -> None:
        _fix(self, "service", _code)
        _fix(self, "card", _uuid)
        _fix(self, "outcome", _outcome)
        _fix(self, "accepted_suggestions", _uuids)
        _fix(self, "reason_code", _optional(_code))
        _fix(self, "reason_system", _optional(_system))
        _fix(self, "commented", _flag)
        _fix(self, "outcome_at", utc_time)
        _fix(self, "client", _id)
        _fix(self, "received_at", utc_time)


def _fix(record: Any, field: str, read: Any) -> None:
    """The field as `read` gives it; the ValueError's text says what would have fitted."""
    try:
        value = read(getattr(record, field))
    except ValueError as error:
        raise RecordError(field, str(error)) from None
    object.__setattr__(record, field, value)


def _matching(value: Any, pattern: re.Pattern[str], longest: int, wanted: str) -> str:
    if not isinstance(value, str) or len(value) > longest or not pattern.fullmatch(value):
        raise ValueError(wanted)
    return str(value)


def _uuid(value: Any) -> str:
    return str(UUID(_matching(value, _CANONICAL, _UUID_LENGTH, "is not a UUID")))


def _hash(value: Any) -> str:
    return _matching(value, _HASH, 71, "is not a SHA-256 in lower-case hexadecimal digits")


def _code(value: Any) -> str:
    wanted = f"is not 1 to {CODE_LENGTH} letters, digits, dots, hyphens and underscores"
    return _matching(value, _CODE, CODE_LENGTH, wanted)


def _id(value: Any) -> str:
    wanted = f"is not 1 to {ID_LENGTH} letters, digits and . _ : / @ + - without blanks"
    return _matching(value, _ID, ID_LENGTH, wanted)


def _system(value: Any) -> str:
    wanted = f"is not a plain http, https or urn address of at most {SYSTEM_LENGTH} characters"
    return _matching(value, _SYSTEM, SYSTEM_LENGTH, wanted)


def _outcome(value: Any) -> str:
    if value not in OUTCOMES:
        raise ValueError("is neither accepted nor overridden")
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")  # noqa: TRY004 - becomes a RecordError
    return value


def _optional(read: Any) -> Any:
    return lambda value: None if value is None else read(value)


def _ids(most: int) -> Any:
    return lambda values: _each(values, _id, most)


def _uuids(values: Any) -> tuple[str, ...]:
    return _each(values, _uuid, MOST_SUGGESTIONS)


def _each(values: Any, read: Any, most: int) -> tuple[str, ...]:
    if not isinstance(values, (tuple, list)) or len(values) > most:
        raise ValueError(f"is not a list of at most {most} ids")
    return tuple(read(each) for each in values)


def utc_time(value: Any) -> datetime:
    """The time in UTC. Raises ValueError if it has no zone or no year in UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("is not a time with a zone")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is not between the years 1 and 9999 in UTC") from None
