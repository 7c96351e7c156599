"""The reference evaluator: plain Python, three-valued, over the same compiled rules.

It answers what durable-rules cannot: which rules are not false but undecided, which fact would
decide them, and which rule was one condition away. On every look-up the rules it finds true must
be exactly those that durable-rules fired.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.program import ConcludeEffect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.inference.normalise import Facts, Interval
    from seriatim.inference.program import GroundRule, Group, Program, Threshold

TRUE, FALSE, UNKNOWN = 1, 0, -1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Ground rules by index: those that hold, and those that are undecided; the rest are false.

    `true` and `false` are the facts with what was derived.
    """

    holds: tuple[int, ...]
    undecided: tuple[int, ...]
    true: int
    false: int


class Reference:
    """Evaluates a program.

    Rules are indexed by an anchor, an atom that must be true: a rule whose anchor is known false
    is false and is not looked at.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        used: dict[int, int] = defaultdict(int)
        for rule in program.rules:
            for atom in atoms_in(rule.all.true):
                used[atom] += 1
        self.strata: list[tuple[int, dict[int, list[GroundRule]], list[GroundRule]]] = []
        concluded_in: list[int] = []
        for stratum in program.strata:
            anchored: dict[int, list[GroundRule]] = defaultdict(list)
            always: list[GroundRule] = []
            concluded = 0
            for rule in stratum:
                anchors_of = _anchors(rule, used)
                for atom in anchors_of:
                    anchored[atom].append(rule)
                if not anchors_of:
                    always.append(rule)
                for effect in rule.effects:
                    if isinstance(effect, ConcludeEffect):
                        concluded |= 1 << effect.atom
            anchors = 0
            for atom in anchored:
                anchors |= 1 << atom
            self.strata.append((anchors, dict(anchored), always))
            concluded_in.append(concluded)
        # a conclusion is settled in the last stratum in which a rule can draw it
        self.settled = [
            bits & ~_union(concluded_in[number + 1 :]) for number, bits in enumerate(concluded_in)
        ]

    def evaluate(self, facts: Facts) -> Verdicts:
        """Every rule, stratum by stratum; a conclusion is false once no rule can draw it."""
        true, false, numbers = facts.true, facts.false, facts.numbers
        holds: list[int] = []
        undecided: list[int] = []
        pending = 0
        for number, (anchors, anchored, always) in enumerate(self.strata):
            drawn = possible = 0
            for rule in self._candidates(anchors & ~false, anchored, always):
                value = rule_value(rule, true, false, numbers)
                if value == FALSE:
                    continue
                atom = 0
                for effect in rule.effects:
                    if isinstance(effect, ConcludeEffect):
                        atom |= 1 << effect.atom
                if value == TRUE:
                    holds.append(rule.index)
                    drawn |= atom
                else:
                    undecided.append(rule.index)
                    possible |= atom
            true |= drawn
            false |= self.settled[number] & ~true & ~possible & ~pending
            pending |= possible
        return Verdicts(tuple(sorted(holds)), tuple(sorted(undecided)), true, false)

    def _candidates(
        self, live: int, anchored: dict[int, list[GroundRule]], always: list[GroundRule]
    ) -> list[GroundRule]:
        found = {rule.index: rule for rule in always}
        for atom in atoms_in(live):
            for rule in anchored[atom]:
                found[rule.index] = rule
        return list(found.values())


def _anchors(rule: GroundRule, used: dict[int, int]) -> list[int]:
    """Atoms of which at least one is true if the rule holds; none if there are no such atoms.

    The rarest atom that must be true, else all atoms of a group of `any` that has no other check.
    """
    atoms = atoms_in(rule.all.true)
    if atoms:
        return [min(atoms, key=lambda atom: (used[atom], atom))]
    for group in rule.any:
        if not group.false and not group.thresholds:
            return atoms_in(group.true)
    return []


def _union(sets: Sequence[int]) -> int:
    bits = 0
    for each in sets:
        bits |= each
    return bits


def rule_value(
    rule: GroundRule, true: int, false: int, numbers: Sequence[Interval | None]
) -> int:
    """TRUE, FALSE or UNKNOWN: all of `all`, and of each group of `any` at least one."""
    value = all_value(rule.all, true, false, numbers)
    for group in rule.any:
        if value == FALSE:
            return FALSE
        value = min_value(value, any_value(group, true, false, numbers))
    return value


def all_value(group: Group, true: int, false: int, numbers: Sequence[Interval | None]) -> int:
    """Three-valued AND."""
    if group.true & false or group.false & true:
        return FALSE
    value = TRUE if not (group.true & ~true or group.false & ~false) else UNKNOWN
    for threshold in group.thresholds:
        value = min_value(value, threshold_value(threshold, numbers))
        if value == FALSE:
            return FALSE
    return value


def any_value(group: Group, true: int, false: int, numbers: Sequence[Interval | None]) -> int:
    """Three-valued OR."""
    if group.true & true or group.false & false:
        return TRUE
    value = UNKNOWN if (group.true & ~false or group.false & ~true) else FALSE
    for threshold in group.thresholds:
        found = threshold_value(threshold, numbers)
        if found == TRUE:
            return TRUE
        if found == UNKNOWN:
            value = UNKNOWN
    return value


def min_value(one: int, other: int) -> int:
    """AND of two three-valued truths."""
    if FALSE in (one, other):
        return FALSE
    return TRUE if one == other == TRUE else UNKNOWN


def threshold_value(threshold: Threshold, numbers: Sequence[Interval | None]) -> int:
    """A number, known as an interval, against a constant."""
    known = numbers[threshold.number]
    if known is None:
        return UNKNOWN
    low, high = known
    bound = threshold.value
    if threshold.operator == "ge":
        sure, possible = low >= bound, high >= bound
    elif threshold.operator == "gt":
        sure, possible = low > bound, high > bound
    elif threshold.operator == "le":
        sure, possible = high <= bound, low <= bound
    else:
        sure, possible = high < bound, low < bound
    return TRUE if sure else UNKNOWN if possible else FALSE


def atoms_in(bits: int) -> list[int]:
    """The positions of the bits that are set, lowest first."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found
