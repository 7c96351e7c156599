"""The nearest valid names to one that was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SAME_WORD = 80.0
"""How alike (0 to 100) two words must be for one to be a slip for the other."""
LEAST_BEGUN = 3
"""The fewest letters that begin a word."""
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


def word_for_word(typed: str, name: str) -> bool:
    """Whether each word of one is like a word of the other: a slip, or a longer or shorter name."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only needed for bad input

    def same(first: str, second: str) -> bool:
        short, long = sorted((first, second), key=len)
        begun = len(short) >= LEAST_BEGUN and long.startswith(short)
        return begun or fuzz.ratio(first, second) >= SAME_WORD

    ours, theirs = typed.split(), name.split()
    return all(any(same(each, other) for other in theirs) for each in ours) or all(
        any(same(each, other) for other in ours) for each in theirs
    )
