"""JSON whose exact bytes are the contract: the same report, the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel


def render_json(report: BaseModel) -> str:
    """A report with its JSON names, in the order of the model, with a newline at the end."""
    return to_json(report.model_dump(mode="json", by_alias=True))


def to_json(value: Any) -> str:
    """Any plain value in the one layout that every command uses."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
