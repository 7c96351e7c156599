"""Binds read rules to the library: each under every combination that can ever fire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.conditions import AnyOf, Atom, Comparison, Condition, Fact, Test
from seriatim.inference.effects import Effects
from seriatim.inference.exclusions import Exclusions, contradictory
from seriatim.inference.grounding import Bindings, Domains, groundings, substitute
from seriatim.inference.reading import ReadRule, conclusions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.errors import Diagnostic
    from seriatim.inference.program import AskEffect, CautionEffect, CiteEffect
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.knowledge.yamltext import Path


@dataclass(slots=True)
class Bound_:  # noqa: N801 - `Bound` is a number's
    """A rule under one binding, atoms not yet numbered; a conclusion is still a fact."""

    read: ReadRule
    bindings: Bindings
    all: list[Test]
    any: list[list[Test]]
    effect: CiteEffect | CautionEffect | AskEffect | Fact


class Binder:
    """Binds rules over one knowledge base; problems gather in `diagnostics`."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        ages = [v.course.age.years for v in knowledge.courses.values() if v.course.age]
        self.ages = {"youngest": min(ages, default=0.0), "oldest": max(ages, default=0.0)}
        self.domains = Domains(knowledge)
        self.effects = Effects(knowledge, self.ages)
        self.exclusions = Exclusions(knowledge)
        self.conclusions = conclusions_of(knowledge)
        self.diagnostics: list[Diagnostic] = []

    def bind(self, rules: list[ReadRule]) -> list[Bound_]:
        """Every binding of every rule that can fire; a rule without any is a problem."""
        bound = [each for rule in rules for each in self._bind_rule(rule)]
        return self._prune(bound)

    def _bind_rule(self, read: ReadRule) -> Iterator[Bound_]:
        possible = excluded = False
        for bindings in groundings(read.rule, self.domains):
            plain, choices = self._bind(read.conditions, bindings)
            if contradictory(plain):
                excluded = True
                continue
            effect = self._effect(read, bindings)
            if effect is not None:
                # one binding that some patient can meet is enough
                possible = possible or self.exclusions.possible(plain, choices)
                excluded = excluded or not possible
                yield Bound_(read, bindings, plain, choices, effect)
        if not possible:
            self._never(read, excluded=excluded)

    def _effect(
        self, read: ReadRule, bindings: Bindings
    ) -> CiteEffect | CautionEffect | AskEffect | Fact | None:
        if read.conclusion is None:
            return self.effects.effect(read.rule, bindings)
        atom = _filled(read.conclusion.atom, bindings)
        return Fact(atom, negated=False, path=())

    def _never(self, read: ReadRule, *, excluded: bool) -> None:
        then = read.rule.then
        path: Path = ("for",)
        code, reason = "R706", "the rule can never fire: its range is empty"
        if excluded:
            path = ("when",)
            reason = "the rule can never fire: its conditions exclude one another"
        elif then.cite or (then.caution and then.caution.courses):
            code, path = "R707", ("then", "cite" if then.cite else "caution", "courses")
            reason = "no course of the library is selected"
        self.diagnostics.append(read.document.problem(code, path, reason))

    def _bind(
        self, conditions: Iterable[Condition], bindings: Bindings
    ) -> tuple[list[Test], list[list[Test]]]:
        plain: list[Test] = []
        choices: list[list[Test]] = []
        for each in conditions:
            if isinstance(each, AnyOf):
                choices.append([self._bind_test(test, bindings) for test in each.tests])
            else:
                plain.append(self._bind_test(each, bindings))
        return plain, choices

    def _bind_test(self, test: Test, bindings: Bindings) -> Test:
        if isinstance(test, Fact):
            return Fact(_filled(test.atom, bindings), test.negated, test.path)
        value = self.ages[test.value] if isinstance(test.value, str) else float(test.value)
        return Comparison(test.number, test.operator, value, test.path)

    def _prune(self, bound: list[Bound_]) -> list[Bound_]:
        """Drop bindings that build on a conclusion that nothing draws, until all can fire."""
        alive = bound
        while True:
            drawn = {each.effect.atom for each in alive if isinstance(each.effect, Fact)}
            kept = [each for each in alive if self._reachable(each, drawn)]
            if len(kept) == len(alive):
                break
            alive = kept
        living = {each.read.rule.id for each in alive}
        lost = {each.read.rule.id: each.read for each in bound if each.read.rule.id not in living}
        reason = "the rule can never fire: no rule draws a conclusion that it builds on"
        self.diagnostics += [
            read.document.problem("R706", ("when",), reason) for read in lost.values()
        ]
        return alive

    def _reachable(self, each: Bound_, drawn: set[tuple[str, ...]]) -> bool:
        def possible(test: Test) -> bool:
            return (
                not isinstance(test, Fact)
                or test.atom[0] not in self.conclusions
                or test.atom in drawn
            )

        each.any = [[test for test in group if possible(test)] for group in each.any]
        return all(map(possible, each.all)) and all(each.any)


def _filled(atom: Atom, bindings: Bindings) -> Atom:
    return tuple(substitute(each, bindings) for each in atom)
