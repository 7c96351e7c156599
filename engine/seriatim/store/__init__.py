"""What was shown and what was said of it; nothing of a patient."""

from __future__ import annotations

from seriatim.store.errors import RecordError, StoreError
from seriatim.store.records import Feedback, Shown
from seriatim.store.store import Store

__all__ = ["Feedback", "RecordError", "Shown", "Store", "StoreError"]
