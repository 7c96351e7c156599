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

    from seriatim.inference.facts import Facts, Interval
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
        self.strata = [_Stratum(rules, used) for rules in program.strata]
        self.concludes = [
            _union([1 << e.atom for e in rule.effects if isinstance(e, ConcludeEffect)])
            for rule in program.rules
        ]
        # a conclusion is settled in the last stratum in which a rule can draw it
        drawn = [_union([self.concludes[r.index] for r in rules]) for rules in program.strata]
        self.settled = [bits & ~_union(drawn[i + 1 :]) for i, bits in enumerate(drawn)]

    def evaluate(self, facts: Facts) -> Verdicts:
        """Every rule, stratum by stratum; a conclusion is false once no rule can draw it."""
        true, false, numbers = facts.true, facts.false, facts.numbers
        holds: list[int] = []
        undecided: list[int] = []
        pending = 0
        for stratum, settled in zip(self.strata, self.settled, strict=True):
            drawn = possible = 0
            for rule in stratum.candidates(false):
                value = rule_value(rule, true, false, numbers)
                if value == TRUE:
                    holds.append(rule.index)
                    drawn |= self.concludes[rule.index]
                elif value == UNKNOWN:
                    undecided.append(rule.index)
                    possible |= self.concludes[rule.index]
            true |= drawn
            pending |= possible
            false |= settled & ~true & ~pending
        return Verdicts(tuple(sorted(holds)), tuple(sorted(undecided)), true, false)


class _Stratum:
    """The rules of a stratum by their anchors."""

    def __init__(self, rules: Sequence[GroundRule], used: dict[int, int]) -> None:
        self.always: list[GroundRule] = []
        self.anchored: dict[int, list[GroundRule]] = defaultdict(list)
        for rule in rules:
            anchors = _anchors(rule, used)
            for atom in anchors:
                self.anchored[atom].append(rule)
            if not anchors:
                self.always.append(rule)
        self.anchors = _union([1 << atom for atom in self.anchored])
        self.alone = {
            atom: found
            for atom, found in self.anchored.items()
            if all(len(_anchors(rule, used)) == 1 for rule in found)
        }

    def candidates(self, false: int) -> list[GroundRule]:
        """The rules that are not false by their anchors alone, each once."""
        found = list(self.always)
        several: dict[int, GroundRule] = {}
        for atom in atoms_in(self.anchors & ~false):
            alone = self.alone.get(atom)
            if alone is not None:
                found += alone
            else:
                several.update((rule.index, rule) for rule in self.anchored[atom])
        found += several.values()
        return found


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


def rule_value(rule: GroundRule, true: int, false: int, numbers: Sequence[Interval | None]) -> int:
    """TRUE, FALSE or UNKNOWN: all of `all`, and of each group of `any` at least one."""
    group = rule.all
    if group.true & false or group.false & true:
        return FALSE
    value = UNKNOWN if group.true & ~true or group.false & ~false else TRUE
    for threshold in group.thresholds:
        value = min_value(value, threshold_value(threshold, numbers))
    for choice in rule.any:
        value = min_value(value, any_value(choice, true, false, numbers))
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
