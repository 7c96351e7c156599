"""Where the service keeps its data if it is not told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seriatim.service.settings import Settings


def store_url(settings: Settings) -> str:
    """The URL of the store: the configured one, or a file in the user's state folder."""
    if settings.store:
        return settings.store
    folder = _state_folder() / "seriatim"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'seriatim.sqlite'}"


def _state_folder() -> Path:
    given = os.environ.get("XDG_STATE_HOME", "")
    return Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
