"""What durable-rules is given: rulesets, and what each is told of a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.envelope import (
    FACT,
    FlatRule,
    Need,
    Ruleset,
    bits_of,
    partition,
    told,
    union_of,
)
from seriatim.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.inference.facts import Interval


@dataclass(frozen=True, slots=True)
class Plan:
    """Flat rules split into rulesets, stratum by stratum; plain data.

    `true` and `false` are the texts by which an atom is told.
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
        true={i: f',"p{i}":1' for rule in rules for i in rule.true},
        false={i: f',"n{i}":1' for rule in rules for i in rule.false},
    )


Asked = tuple[Need, tuple[int, ...]]
"""What the rules of some anchors use, and sets of atoms of which one is true if one holds."""


class Teller:
    """Words what one ruleset is told: nothing unless what one of its rules needs is true.

    `anchors` are the atoms of which one is true if a rule holds; a ruleset of rules without an
    anchor is asked `always`.
    """

    __slots__ = ("_asked", "_by_anchor", "_numbers", "_plan", "_texts", "always", "anchors")

    def __init__(self, ruleset: Ruleset, plan: Plan) -> None:
        self._plan = plan
        self._numbers = ruleset.numbers
        self._by_anchor = {
            anchor: (need, ruleset.musts[anchor]) for anchor, need in ruleset.needs.items()
        }
        self.always = -1 in self._by_anchor
        self.anchors = bits_of(anchor for anchor in self._by_anchor if anchor >= 0)
        self._asked: Kept[Asked] = Kept()
        self._texts: Kept[str] = Kept()

    def fact(
        self, active: int, true: int, false: int, numbers: Sequence[Interval | None]
    ) -> str | None:
        """The fact to assert, for the anchors that are true; None if no rule can hold."""
        need, musts = self._asked.known(active) or self._ask(active)
        for must in musts:
            if must & true == must:
                break
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

    def _ask(self, active: int) -> Asked:
        need, found = self._by_anchor[-1] if self.always else ((0, 0, 0), ())
        musts, left = list(found), active
        while left:
            anchor = left.bit_length() - 1
            also, found = self._by_anchor[anchor]
            need = union_of(need, also)
            musts += found
            left ^= 1 << anchor
        asked = (need, tuple(musts))
        self._asked.keep(active, asked)
        return asked

    def _worded(self, known: tuple[int, int]) -> str:
        parts: list[str] = []
        told(known[0], self._plan.true, parts)
        told(known[1], self._plan.false, parts)
        text = "".join(parts)
        self._texts.keep(known, text)
        return text
