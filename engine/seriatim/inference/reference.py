"""The reference evaluator: plain Python, three-valued, over the same compiled rules.

It answers what durable-rules cannot: which rules are not false but undecided, which fact would
decide them, and which rule was one condition away. On every look-up the rules it finds true must
be exactly those that durable-rules fired.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.inference.facts import Facts, Interval
    from seriatim.inference.program import GroundRule, Group, Program, Threshold

TRUE, FALSE, UNKNOWN = 1, 0, -1
FEW_UNKNOWN = 60
"""Anchors that are not known, above which rules are taken in blocks: a record leaves hundreds."""


@dataclass(slots=True)  # one for each look-up: frozen ones take three times as long
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
        seldom = program.bits_named("considering")
        self.strata = [_Stratum(program, rules, used, seldom) for rules in program.strata]
        # a conclusion is settled in the last stratum in which a rule can draw it
        drawn = [_union([program.concludes[r.index] for r in rules]) for rules in program.strata]
        self.settled = [bits & ~_union(drawn[i + 1 :]) for i, bits in enumerate(drawn)]
        self.every = (1 << len(program.atom_list)) - 1

    def evaluate(self, facts: Facts) -> Verdicts:
        """Every rule, stratum by stratum; a conclusion is false once no rule can draw it."""
        true, false, numbers = facts.true, facts.false, facts.numbers
        holds: list[int] = []
        undecided: list[int] = []
        concludes = self.program.concludes
        pending = 0
        for stratum, settled in zip(self.strata, self.settled, strict=True):
            drawn = possible = 0
            not_true, not_false = self.every ^ true, self.every ^ false
            anchors = stratum.alone_bits & not_false
            unknown = anchors & not_true
            if unknown.bit_count() > FEW_UNKNOWN:
                not_open = self.every ^ unknown
                for bits, mentioned, mentioned_not, rules, drawable in stratum.blocks:
                    if bits & not_open or mentioned & false or mentioned_not & true:
                        continue
                    undecided += rules
                    possible |= drawable
                    anchors ^= bits
            for index, must, must_not, rest in stratum.candidates(anchors, not_false):
                if must & false or must_not & true:
                    continue
                value = UNKNOWN if must & not_true or must_not & not_false else TRUE
                if rest is not None:
                    value = rest_value(rest, true, false, numbers, value)
                if value == TRUE:
                    holds.append(index)
                    drawn |= concludes[index]
                elif value == UNKNOWN:
                    undecided.append(index)
                    possible |= concludes[index]
            true |= drawn
            pending |= possible
            false |= settled & ~(true | pending)
        return Verdicts(tuple(sorted(holds)), tuple(sorted(undecided)), true, false)


Candidate = tuple[int, int, int, "GroundRule | None"]
"""A rule's index, the atoms that must be true and false, and the rule if it has more than those."""


class _Stratum:
    """The rules of a stratum by their anchors."""

    def __init__(
        self, program: Program, rules: Sequence[GroundRule], used: dict[int, int], seldom: int
    ) -> None:
        self.always: list[Candidate] = []
        self.alone: dict[int, list[Candidate]] = defaultdict(list)
        self.shared: dict[int, dict[int, Candidate]] = defaultdict(dict)
        for rule in rules:
            more = rule if rule.any or rule.all.thresholds else None
            candidate = (rule.index, rule.all.true, rule.all.false, more)
            anchors = _anchors(rule, used, seldom)
            if not anchors:
                self.always.append(candidate)
            elif len(anchors) == 1:
                self.alone[anchors[0]].append(candidate)
            else:
                for atom in anchors:
                    self.shared[atom][rule.index] = candidate
        self.alone_bits = _union([1 << atom for atom in self.alone])
        self.shared_bits = _union([1 << atom for atom in self.shared])
        self.blocks = _blocks(program, self.alone, seldom)

    def candidates(self, anchors: int, not_false: int) -> list[Candidate]:
        """The rules of some anchors, and those that their other anchors leave open, each once."""
        found = list(self.always)
        alone = self.alone
        while anchors:
            atom = anchors.bit_length() - 1
            found += alone[atom]
            anchors ^= 1 << atom
        if self.shared_bits & not_false:
            several: dict[int, Candidate] = {}
            for atom in atoms_in(self.shared_bits & not_false):
                several.update(self.shared[atom])
            found += several.values()
        return found


class _Block(NamedTuple):
    """Rules about one thing, by whose anchors (`bits`) they are all undecided at once.

    If no anchor is known, no rule holds; if nothing else that they mention, plainly or in a group
    of `any`, is denied either, none is false. They have no numbers.
    """

    bits: int
    mentioned: int
    mentioned_not: int
    rules: tuple[int, ...]
    concludes: int


def _blocks(program: Program, alone: dict[int, list[Candidate]], seldom: int) -> list[_Block]:
    """The anchors by what they are about, without those that are seldom open or have numbers."""
    about: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for atom, candidates in alone.items():
        if not seldom >> atom & 1 and all(_is_plain(rest) for *_, rest in candidates):
            about[program.atom_list[atom][1:2]].append(atom)
    return [_block(program, atoms, alone) for atoms in about.values()]


def _block(program: Program, atoms: list[int], alone: dict[int, list[Candidate]]) -> _Block:
    indexes = tuple(index for atom in atoms for index, *_ in alone[atom])
    groups = [g for i in indexes for g in (program.rules[i].all, *program.rules[i].any)]
    return _Block(
        bits=_union([1 << atom for atom in atoms]),
        mentioned=_union([group.true for group in groups]),
        mentioned_not=_union([group.false for group in groups]),
        rules=indexes,
        concludes=_union([program.concludes[index] for index in indexes]),
    )


def _is_plain(rest: GroundRule | None) -> bool:
    """Whether a rule has no numbers, and atoms in each group of `any`."""
    if rest is None:
        return True
    if rest.all.thresholds:
        return False
    return all(not each.thresholds and each.true | each.false for each in rest.any)


def _anchors(rule: GroundRule, used: dict[int, int], seldom: int) -> list[int]:
    """Atoms of which at least one is true if the rule holds; none if there are no such atoms.

    What is seldom true, if it must be, alone or as one of a group of `any`; else the rarest of the
    atoms that must be true; else all atoms of a group that has no other check.
    """
    atoms = atoms_in(rule.all.true & seldom or rule.all.true)
    choices = [each.true for each in rule.any if not each.false and not each.thresholds]
    rare = [each for each in choices if each & seldom]
    if rare and not rule.all.true & seldom:
        return atoms_in(rare[0])
    if atoms:
        return [min(atoms, key=lambda atom: (used[atom], atom))]
    return atoms_in(choices[0]) if choices else []


def _union(sets: Sequence[int]) -> int:
    bits = 0
    for each in sets:
        bits |= each
    return bits


def rest_value(
    rule: GroundRule,
    true: int,
    false: int,
    numbers: Sequence[Interval | None],
    value: int,
) -> int:
    """`value`, which its plain atoms give, AND its numbers AND each of its groups of `any`."""
    for threshold in rule.all.thresholds:
        found = threshold_value(threshold, numbers)
        if found == FALSE:
            return FALSE
        if found == UNKNOWN:
            value = UNKNOWN
    for choice in rule.any:
        found = any_value(choice, true, false, numbers)
        if found == FALSE:
            return FALSE
        if found == UNKNOWN:
            value = UNKNOWN
    return value


def any_value(group: Group, true: int, false: int, numbers: Sequence[Interval | None]) -> int:
    """Three-valued OR."""
    if group.true & true or group.false & false:
        return TRUE
    denied = group.true & false == group.true and group.false & true == group.false
    value = FALSE if denied else UNKNOWN
    for threshold in group.thresholds:
        found = threshold_value(threshold, numbers)
        if found == TRUE:
            return TRUE
        if found == UNKNOWN:
            value = UNKNOWN
    return value


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
        atom = bits.bit_length() - 1
        found.append(atom)
        bits ^= 1 << atom
    found.reverse()
    return found
