"""The nearest valid names to one that was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CUTOFF = 62.0
"""Below this similarity (0 to 100) a suggestion would mislead more than it helps."""


def nearest(name: str, valid: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Up to `most` of the `valid` names that look like `name`, best first."""
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - only needed for bad input

    found = process.extract(
        name[:200],
        sorted(set(valid)),
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=CUTOFF,
        limit=most,
    )
    return tuple(choice for choice, _score, _index in found)
