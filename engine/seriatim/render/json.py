"""JSON whose exact bytes are the contract: the same report, the same bytes."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from seriatim.render.canvas import NOT_TEXT

if TYPE_CHECKING:
    from pydantic import BaseModel

_BEYOND_ASCII = re.compile(r"[^\n\x20-\x7e]")


def render_json(report: BaseModel) -> str:
    """A report with its JSON names, in the order of the model, with a newline at the end."""
    return to_json(report.model_dump(mode="json", by_alias=True))


def to_json(value: Any) -> str:
    """Any plain value in the one layout that every command uses."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return _BEYOND_ASCII.sub(_escaped, text) + "\n"


def _escaped(found: re.Match[str]) -> str:
    """A character that could move a cursor, hide or reorder what is shown, by its number."""
    character = found[0]
    return json.dumps(character)[1:-1] if unicodedata.category(character) in NOT_TEXT else character
