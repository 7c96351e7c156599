"""What every part of the service shares; made once at start and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.pipeline import Engine
    from seriatim.service.metrics import Metrics
    from seriatim.service.settings import Settings
    from seriatim.store import Store


@dataclass(frozen=True, slots=True)
class Context:
    """The engine, the settings, the store, a clock (UTC) and the metrics."""

    engine: Engine
    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    metrics: Metrics


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
