"""A store of a test, and the address that the application is called at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seriatim.store import StoreError

if TYPE_CHECKING:
    from datetime import datetime

BASE = "http://127.0.0.1:8000"


@dataclass
class KeptInMemory:
    """A store that keeps what it is given in lists, for a test to look at."""

    shown: list[Any] = field(default_factory=list)
    feedback: list[Any] = field(default_factory=list)
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    is_healthy: bool = True
    is_closed: bool = False

    def record_shown(self, shown: Any) -> bool:
        self.shown.append(shown)
        return True

    def record_feedback(self, feedback: Any) -> int:
        if not self.is_healthy:
            raise StoreError("the store of the test is away")
        self.feedback.extend(feedback)
        return len(feedback)

    def first_use(self, issuer: str, jti: str, expires: datetime, now: datetime) -> bool:
        del now
        if not self.is_healthy:
            raise StoreError("the store of the test is away")
        return self.seen.setdefault((issuer, jti), expires) is expires

    def healthy(self) -> bool:
        return self.is_healthy

    def close(self) -> None:
        self.is_closed = True
