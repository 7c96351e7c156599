"""Which courses of the library a rule cites or a claim counts: a conjunction of plain tests."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seriatim.model.base import Certainty, Frozen, Response


class Range(Frozen):
    """Bounds of a number; all that are given must hold."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def holds(self, number: float) -> bool:
        """Whether `number` lies inside."""
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )


class Linked(Frozen):
    """A further course of the same individual."""

    drug: str | None = None
    response: tuple[Response, ...] | Response | None = None
    certainty: Certainty | None = None


class Selector(Frozen):
    """Courses for which every test that is given holds.

    `diagnosis` takes only courses whose diagnosis is settled, `could_be` those whose printed
    term is open and could mean it. `previous` and `concurrent` take a drug, a class or `nothing`
    (an explicit dash in print; a cell that was not printed matches neither). A drug given before
    according to a probable link only is `probably_after`.
    """

    series: str | None = None
    table: str | None = None
    drug: str | None = None
    diagnosis: str | None = None
    could_be: str | None = None
    also: str | None = None
    previous: str | None = None
    previous_count: Range | None = None
    probably_after: str | None = None
    concurrent: str | None = None
    response: tuple[Response, ...] | Response | None = None
    event: str | None = Field(default=None, description="an event, `any` or `nothing`")
    marked: str | None = None
    dosing: Literal["flare", "range", "taper", "no-unit"] | None = None
    linked: Linked | None = None
    age: Range | None = None
    courses: tuple[str, ...] = ()
