"""Why: the rules that held, what they concluded, and the nearest that did not hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.conditions import DIAGNOSIS_GIVEN
from seriatim.inference.program import CiteEffect, ConcludeEffect, Literal_
from seriatim.inference.reference import (
    TRUE,
    any_value,
    atoms_in,
    threshold_value,
)
from seriatim.kept import Kept
from seriatim.model.evidence import Conclusion, Fired, Lacking, NearMiss

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from seriatim.inference.facts import Facts, Interval
    from seriatim.inference.program import Check, GroundRule, Program
    from seriatim.inference.reference import Verdicts

MOST_NEAR_MISSES = 8


Near = tuple[int, "Check", "GroundRule"]
"""How many conditions hold, the one that does not, and the ground rule."""


@dataclass(frozen=True, slots=True)
class _Citing:
    """A ground rule that cites, made ready for the question what it lacks.

    `check_of` has its check for each bit; `plain` if it has neither numbers nor `any`. That a
    diagnosis is open (`open`) is no condition to be lacking.
    """

    rule: GroundRule
    rule_id: str
    must: int
    must_not: int
    open: int
    check_of: dict[int, Check]
    plain: bool


class Tracer:
    """Explains verdicts; what never changes of a rule is worded once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.number_names = {index: name for name, index in program.numbers.items()}
        self.given = program.bits_of(DIAGNOSIS_GIVEN)
        self.every = (1 << len(program.atom_list)) - 1
        self.other_bits = self.every ^ (program.bits_named("in_question") | self.given)
        citing = [each for each in program.rules if isinstance(each.effect, CiteEffect)]
        open_bits = program.bits_named("could_be")
        self.citing = [_citing(rule, open_bits) for rule in citing]
        self._always = [at for at, each in enumerate(self.citing) if each.must_not]
        self._by_atom: dict[int, list[int]] = defaultdict(list)
        for at, each in enumerate(self.citing):
            for atom in atoms_in(each.must & self.other_bits):
                self._by_atom[atom].append(at)
        self._anchors = sum(1 << atom for atom in self._by_atom)
        self._nears: Kept[NearMiss] = Kept(4096)
        self._branches: dict[tuple[int, ...], tuple[Fired, Conclusion | None]] = {}
        self._ids = [rule.rule.id for rule in program.rules]
        self._known = [
            self._explain(rule, rule.all.checks, ()) if _fixed(rule) else None
            for rule in program.rules
        ]

    def explain(
        self, rules: Iterable[GroundRule], true: int, facts: Facts
    ) -> tuple[tuple[Fired, ...], tuple[Conclusion, ...]]:
        """Each rule with the conditions that made it hold, and what was derived."""
        fired: list[Fired] = []
        conclusions: list[Conclusion] = []
        for rule in rules:
            known = self._known[rule.index]
            if known is None:
                known = self._by_branch(rule, true, facts)
            fired.append(known[0])
            if known[1] is not None:
                conclusions.append(known[1])
        return tuple(fired), tuple(conclusions)

    def _by_branch(
        self, rule: GroundRule, true: int, facts: Facts
    ) -> tuple[Fired, Conclusion | None]:
        """Of a rule with numbers or `any`: worded with the numbers, or once for each branch."""
        held = self._held(rule, true, facts)
        if any(not isinstance(each, Literal_) for each in held):
            return self._explain(rule, held, facts.numbers)
        key = (rule.index, *(each.atom for each in held if isinstance(each, Literal_)))
        known = self._branches.get(key)
        if known is None:
            known = self._branches[key] = self._explain(rule, held, ())
        return known

    def _held(self, rule: GroundRule, true: int, facts: Facts) -> tuple[Check, ...]:
        held = list(rule.all.checks)
        for group in rule.any:
            held += [each for each in group.checks if _holds(each, true, facts)][:1]
        return tuple(held)

    def _explain(
        self, rule: GroundRule, held: tuple[Check, ...], numbers: Sequence[Interval | None]
    ) -> tuple[Fired, Conclusion | None]:
        matched = tuple(
            each.says
            if isinstance(each, Literal_)
            else f"{each.says} ({self._have_number(each.number, numbers)})"
            for each in held
        )
        fired = Fired.trusted(
            rule=rule.rule.id,
            title=rule.rule.title,
            bindings=dict(rule.bindings),
            matched=matched,
            source=rule.source,
        )
        effect = rule.effect
        if not isinstance(effect, ConcludeEffect):
            return fired, None
        return fired, Conclusion.trusted(
            conclusion=effect.name,
            of=effect.of,
            statement=effect.statement,
            rule=rule.rule.id,
            from_=matched,
        )

    def near_misses(self, verdicts: Verdicts, facts: Facts) -> tuple[NearMiss, ...]:
        """Rules that would have cited courses but for one condition, the nearest first.

        A rule is near if exactly one condition does not hold. Those of which something holds
        beside a drug being in question go before; without any, the rules that make up findings
        are named. That a diagnosis is open, or not given, is not a thing to wish for, so it is
        never lacking.
        """
        fired = {self._ids[index] for index in verdicts.holds}
        best = self._lacking_one(verdicts, facts, fired, bare=False)
        if not best:
            best = self._lacking_one(verdicts, facts, fired, bare=True)
            best = [found for found in best if not _singles_out(found[0][2])]
        best.sort(key=lambda found: (-found[0][0], found[0][2].index))
        return tuple(self._near(each, verdicts, facts) for each in best[:MOST_NEAR_MISSES])

    def _lacking_one(
        self, verdicts: Verdicts, facts: Facts, fired: set[str], *, bare: bool
    ) -> list[list[Near]]:
        """For each rule that did not fire its nearest groundings; `bare`: with nothing holding."""
        true, false = verdicts.true, verdicts.false
        not_true, not_false = self.every ^ true, self.every ^ false
        substance, denied = true & self.other_bits, false & self.other_bits
        given = self.given & true
        lacking: dict[str, list[Near]] = defaultdict(list)
        for each in self.citing if bare else self._candidates(substance):
            bits = each.must & not_true
            if bits & (bits - 1) or bits & each.open or each.rule_id in fired:
                continue
            holding = (each.must & substance).bit_count()
            if each.must_not:
                if each.must_not & given:
                    continue
                holding += (each.must_not & denied).bit_count()
                bits |= each.must_not & not_false
            if bare == (holding > 0):
                continue
            if each.plain:
                failed = None if bits & (bits - 1) else each.check_of.get(bits)
            else:
                failed = _only_failing(each, bits, verdicts, facts)
            if failed is not None:
                lacking[each.rule_id].append((holding, failed, each.rule))
        return [_nearest(found) for found in lacking.values()]

    def _candidates(self, substance: int) -> list[_Citing]:
        """Groundings of which something may hold, in their order."""
        found = set(self._always)
        for atom in atoms_in(substance & self._anchors):
            found.update(self._by_atom[atom])
        return [self.citing[position] for position in sorted(found)]

    def _near(self, found: list[Near], verdicts: Verdicts, facts: Facts) -> NearMiss:
        have = self._have(found[0][1], verdicts, facts)
        key = (have, *[id(check) for _holding, check, _rule in found], found[0][2].index)
        return self._nears.known(key) or self._near_miss(key, found, have)

    def _near_miss(self, key: Hashable, found: list[Near], have: str) -> NearMiss:
        rule = found[0][2].rule
        near = NearMiss.trusted(
            rule=rule.id,
            title=rule.title,
            lacking=(
                Lacking.trusted(
                    condition=self._condition(found[0][1]),
                    have=have,
                    need=tuple(dict.fromkeys(each.says for _holding, each, _rule in found)),
                ),
            ),
        )
        self._nears.keep(key, near)
        return near

    def _condition(self, check: Check) -> str:
        if isinstance(check, Literal_):
            return self.program.atom_list[check.atom][0]
        return self.number_names[check.number]

    def _have(self, check: Check, verdicts: Verdicts, facts: Facts) -> str:
        if not isinstance(check, Literal_):
            return self._have_number(check.number, facts.numbers)
        if verdicts.true >> check.atom & 1:
            return "it is so"
        return "it is not so" if verdicts.false >> check.atom & 1 else "not known"

    def _have_number(self, number: int, numbers: Sequence[Interval | None]) -> str:
        known = numbers[number]
        if known is None:
            return "not known"
        return f"{known[0]:.4g}" if known[0] == known[1] else f"at least {known[0]:.4g}"


def _citing(rule: GroundRule, open_bits: int) -> _Citing:
    check_of: dict[int, Check] = {
        1 << each.atom: each for each in rule.all.checks if isinstance(each, Literal_)
    }
    must = rule.all.true
    return _Citing(
        rule, rule.rule.id, must, rule.all.false, must & open_bits, check_of, _fixed(rule)
    )


def _only_failing(each: _Citing, bits: int, verdicts: Verdicts, facts: Facts) -> Check | None:
    """The only check that does not hold, or None; `bits` are the atoms that fail."""
    if bits & (bits - 1):
        return None
    failed: list[Check] = [each.check_of[bits]] if bits else []
    failed += [c for c in each.rule.all.thresholds if threshold_value(c, facts.numbers) != TRUE]
    failed += [
        group.checks[0]
        for group in each.rule.any
        if any_value(group, verdicts.true, verdicts.false, facts.numbers) != TRUE
    ]
    return failed[0] if len(failed) == 1 else None


def _singles_out(rule: GroundRule) -> bool:
    effect = rule.effect
    return isinstance(effect, CiteEffect) and effect.subgroup is not None


def _nearest(found: list[Near]) -> list[Near]:
    most = max(held for held, _check, _rule in found)
    return [each for each in found if each[0] == most]


def _holds(check: Check, true: int, facts: Facts) -> bool:
    if isinstance(check, Literal_):
        bits = facts.false if check.negated else true
        return bool(bits >> check.atom & 1)
    return threshold_value(check, facts.numbers) == TRUE


def _fixed(rule: GroundRule) -> bool:
    return not rule.any and not rule.all.thresholds
