"""The nearest valid names to one that was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CUTOFF = 62.0
"""Below this similarity (0 to 100) a suggestion would mislead more than it helps."""


def nearest(
    name: str, valid: Iterable[str], most: int = 3, cutoff: float = CUTOFF
) -> tuple[str, ...]:
    """List up to `most` of the `valid` names that look like `name`: its continuations first."""
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - only needed for bad input

    typed = name[:200]
    found = process.extract(
        typed,
        sorted(set(valid)),
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=cutoff,
        limit=None,
    )
    begun = utils.default_process(typed)
    found.sort(
        key=lambda each: (
            not utils.default_process(each[0]).startswith(begun),
            -each[1],
            -fuzz.ratio(typed, each[0], processor=utils.default_process),
            each[0],
        )
    )
    return tuple(choice for choice, _score, _index in found[:most])
