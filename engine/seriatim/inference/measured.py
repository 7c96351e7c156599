"""Measured values of a profile: which cannot be, and which may stand in another unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seriatim.model.rule import Observation


def out_of_range(value: float, kind: Observation) -> str | None:
    """Why a value cannot be, with what it would be in another unit; None if it can."""
    if isinstance(value, bool):
        return f"{str(value).lower()} is not a number"
    if is_possible(value, kind):
        return None
    unit = kind.unit or ""
    reason = f"{value:g} is not between {kind.low:g} and {kind.high:g} {unit}".rstrip()
    other = _converted(value, kind, larger=False)
    return f"{reason}; {other}" if other else reason


def in_a_larger_unit(value: float, kind: Observation) -> str | None:
    """A value that is possible in a larger unit too may have been meant in that."""
    return _converted(value, kind, larger=True) if value > 0 else None


def _converted(value: float, kind: Observation, *, larger: bool) -> str | None:
    """What the value would be if it stood in another unit that records use."""
    units = kind.in_records.units if kind.in_records else {}
    for unit, factor in units.items():
        if (factor > 1 if larger else factor < 1) and is_possible(value * factor, kind):
            return f"if it is in {unit}, give {value * factor:g}"
    return None


def is_possible(value: float, kind: Observation) -> bool:
    """Whether a number lies between the bounds that the vocabulary sets."""
    return (kind.low is None or value >= kind.low) and (kind.high is None or value <= kind.high)
