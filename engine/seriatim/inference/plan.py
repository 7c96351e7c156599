"""What durable-rules is given: rulesets, and what each is told of a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.envelope import FACT, FlatRule, Need, Ruleset, partition, told, union_of
from seriatim.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.inference.facts import Interval


@dataclass(frozen=True, slots=True)
class Plan:
    """Flat rules split into rulesets, stratum by stratum; plain data.

    `true` and `false` are the texts by which an atom is told, by its bit length.
    """

    rulesets: tuple[tuple[Ruleset, ...], ...]
    true: dict[int, str]
    false: dict[int, str]


def plan_of(strata: Sequence[Sequence[FlatRule]]) -> Plan:
    """Split every stratum. Raises EnvelopeError for a rule that the envelope cannot hold."""
    rules = [rule for stratum in strata for rule in stratum]
    return Plan(
        rulesets=tuple(
            tuple(Ruleset(rules, each) for each in partition(rules)) for rules in strata
        ),
        true={i + 1: f',"p{i}":1' for rule in rules for i in rule.true},
        false={i + 1: f',"n{i}":1' for rule in rules for i in rule.false},
    )


class Teller:
    """Words what one ruleset is told: nothing unless an anchor of its rules is true."""

    __slots__ = ("_always", "_anchors", "_needs", "_needs_kept", "_numbers", "_plan", "_texts")

    def __init__(self, ruleset: Ruleset, plan: Plan) -> None:
        self._plan = plan
        self._numbers = ruleset.numbers
        self._always = ruleset.needs.get(-1)
        self._needs = {1 << a: need for a, need in ruleset.needs.items() if a >= 0}
        self._anchors = sum(self._needs)
        self._needs_kept: Kept[Need] = Kept()
        self._texts: Kept[str] = Kept()

    def fact(self, true: int, false: int, numbers: Sequence[Interval | None]) -> str | None:
        """The fact to assert; None if no rule of the ruleset can match."""
        active = true & self._anchors
        if active:
            need = self._needs_kept.known(active) or self._need(active)
        elif self._always:
            need = self._always
        else:
            return None
        known = (true & need[0], false & need[1])
        text = self._texts.known(known)
        if text is None:
            text = self._worded(known)
        if need[2]:
            for end in self._numbers:
                interval = numbers[end.number] if need[2] >> end.number & 1 else None
                if interval is not None:
                    text += end.told(interval)
        return f"{FACT}{text}}}" if text else None

    def _need(self, active: int) -> Need:
        need, left = self._always or (0, 0, 0), active
        while left:
            lowest = left & -left
            need = union_of(need, self._needs[lowest])
            left ^= lowest
        self._needs_kept.keep(active, need)
        return need

    def _worded(self, known: tuple[int, int]) -> str:
        parts: list[str] = []
        told(known[0], self._plan.true, parts)
        told(known[1], self._plan.false, parts)
        text = "".join(parts)
        self._texts.keep(known, text)
        return text
