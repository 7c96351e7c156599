"""Conditions that exclude one another: what no profile can say at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from seriatim.inference.conditions import DIAGNOSIS_GIVEN, NOTHING, Atom, Comparison, Fact, Test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.knowledge.library import KnowledgeBase

GIVEN_DRUG = ("tried", "taking", "response", "stopped")
"""Facts that are true of a drug only if it was given, before or now."""


class Exclusions:
    """What excludes what, over one knowledge base, as profiles are read."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.ancestors = knowledge.lexicon.ancestors
        self.not_of: dict[Atom, tuple[str, ...]] = {
            ("observation", name): kind.not_of
            for name, kind in knowledge.vocabulary.observations.items()
        }

    def possible(self, plain: list[Test], choices: list[list[Test]]) -> bool:
        """Whether some patient can meet the conditions, with one of each `any`."""
        return self._together(plain) and all(
            any(self._together([*plain, each]) for each in group) for group in choices
        )

    def _together(self, tests: list[Test]) -> bool:
        facts = [each for each in tests if isinstance(each, Fact)]
        true = {each.atom for each in facts if not each.negated}
        false = {each.atom for each in facts if each.negated}
        follow = {each for atom in true for each in self._follows(atom)}
        return not (
            contradictory(tests)
            or follow & false
            or _nothing_and_a_drug(true)
            or _never_given(true, false)
            or self._of_another_sex(true)
            or _too_few(true, tests)
        )

    def _follows(self, atom: Atom) -> Iterator[Atom]:
        """What is true too if an atom is."""
        name, *of = atom
        if name in ("diagnosis", "diagnosis_within") and atom != DIAGNOSIS_GIVEN:
            for each in (of[0], *self.ancestors.get(of[0], ())):
                yield ("diagnosis_within", each)
        if name in ("diagnosis", "diagnosis_within", "could_be"):
            yield DIAGNOSIS_GIVEN
        if name == "had_with":
            event, drug = of
            yield ("had", event)
            yield ("reacted_to", drug)

    def _of_another_sex(self, true: set[Atom]) -> bool:
        return any(("sex", sex) in true for atom in true for sex in self.not_of.get(atom, ()))


def _nothing_and_a_drug(true: set[Atom]) -> bool:
    considered = {atom[1] for atom in true if atom[0] == "considering"}
    return NOTHING in considered and len(considered) > 1


def _never_given(true: set[Atom], false: set[Atom]) -> bool:
    """A response or a stop needs a drug that was given before or is given now."""
    return any(
        atom[0] in ("response", "stopped") and {("tried", atom[1]), ("taking", atom[1])} <= false
        for atom in true
    )


def _too_few(true: set[Atom], tests: list[Test]) -> bool:
    """Whether fewer drugs may have been tried than are said to have been."""
    given = {atom[1] for atom in true if atom[0] in GIVEN_DRUG}
    fewest = float(len(given))
    most = math.inf
    for each in tests:
        if isinstance(each, Comparison) and each.number == "tried_count":
            value, operator = float(each.value), each.operator
            if operator in ("ge", "gt"):
                fewest = max(fewest, value + (operator == "gt"))
            else:
                most = min(most, value - (operator == "lt"))
    return fewest > most


def contradictory(tests: list[Test]) -> bool:
    """Whether plain conditions exclude one another whatever the patient."""
    facts = {(t.atom, t.negated) for t in tests if isinstance(t, Fact)}
    if any((atom, not negated) in facts for atom, negated in facts):
        return True
    sexes = {atom for atom, negated in facts if atom[0] == "sex" and not negated}
    if len(sexes) > 1:
        return True
    comparisons = [t for t in tests if isinstance(t, Comparison)]
    for low in comparisons:
        for high in comparisons:
            if low.number != high.number or low.operator not in ("ge", "gt"):
                continue
            if high.operator not in ("le", "lt"):
                continue
            strict = low.operator == "gt" or high.operator == "lt"
            if float(low.value) > float(high.value) or (strict and low.value == high.value):
                return True
    return False
