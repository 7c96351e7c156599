"""Checks of the knowledge as a whole: one class a check, run in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.checks import (
    cells,
    claims,
    conclusions,
    doses,
    labels,
    meaning,
    observations,
    rules,
    series,
    terms,
)

if TYPE_CHECKING:
    from seriatim.knowledge.checks.base import Check

CHECKS: tuple[Check, ...] = (
    *(each() for each in terms.CHECKS),
    *(each() for each in series.CHECKS),
    *(each() for each in cells.CHECKS),
    *(each() for each in meaning.CHECKS),
    *(each() for each in doses.CHECKS),
    *(each() for each in claims.CHECKS),
    *(each() for each in labels.CHECKS),
    *(each() for each in rules.CHECKS),
    *(each() for each in conclusions.CHECKS),
    *(each() for each in observations.CHECKS),
)
