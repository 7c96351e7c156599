"""REST under `/api/v1`: look-ups, the library, exports, and the description of all of it."""

from __future__ import annotations

from seriatim.service.rest.routes import router

__all__ = ["router"]
