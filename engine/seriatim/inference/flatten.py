"""Unfolds a ground rule into the plain conjunctions that durable-rules can hold safely."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from seriatim.inference.durable import Bound, FlatRule
from seriatim.inference.program import Literal_, Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.inference.program import Check, GroundRule

MAX_BRANCHES = 16
"""Conjunctions that one ground rule may unfold to; more would hide its cost."""


def branches(rule: GroundRule) -> int:
    """How many conjunctions a rule unfolds to."""
    count = 1
    for group in rule.any:
        count *= len(group.checks)
    return count


def flatten(rule: GroundRule) -> Iterator[FlatRule]:
    """One conjunction for each way of choosing from every `any`; impossible ones are left out."""
    for branch in itertools.product(*(group.checks for group in rule.any)):
        flat = _conjunction((*rule.all.checks, *branch), rule.source)
        if not set(flat.true) & set(flat.false):
            yield flat


def _conjunction(checks: tuple[Check, ...], source: str) -> FlatRule:
    literals = [each for each in checks if isinstance(each, Literal_)]
    return FlatRule(
        true=tuple(sorted({each.atom for each in literals if not each.negated})),
        false=tuple(sorted({each.atom for each in literals if each.negated})),
        bounds=tuple(
            Bound(each.number, each.operator, each.value)
            for each in checks
            if isinstance(each, Threshold)
        ),
        where=source,
    )
