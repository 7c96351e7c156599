"""Compiles rules: read, order into strata, bind over the library, number, and flatten."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from seriatim.inference.bindings import Binder, Bound_
from seriatim.inference.conditions import Atom, Fact, Test
from seriatim.inference.flatten import MAX_BRANCHES, branches, flatten
from seriatim.inference.program import (
    Check,
    ConcludeEffect,
    Effect,
    GroundRule,
    Group,
    Literal_,
    Program,
    Threshold,
)
from seriatim.inference.reading import conclusions_of, read_rules
from seriatim.inference.strata import stratify
from seriatim.inference.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.errors import Diagnostic
    from seriatim.inference.durable import EnvelopeError, FlatRule
    from seriatim.knowledge.library import KnowledgeBase


def compile_rules(knowledge: KnowledgeBase) -> tuple[Program, tuple[Diagnostic, ...]]:
    """The program, and what is wrong with the rules; a rule with a problem is left out.

    A caller that answers questions must refuse to if any diagnostic is an error.
    """
    read, diagnostics = read_rules(knowledge)
    ordered, circular = stratify(read, conclusions_of(knowledge))
    binder = Binder(knowledge)
    bound = binder.bind(ordered)
    numberer = _Numberer(knowledge)
    rules = [numberer.number(index, each) for index, each in enumerate(bound)]
    fitting = [each for each in rules if branches(each) <= MAX_BRANCHES]
    diagnostics += [*circular, *binder.diagnostics]
    diagnostics += [_too_many(each, knowledge) for each in rules if branches(each) > MAX_BRANCHES]
    return numberer.program(fitting), tuple(diagnostics)


class _Numberer:
    """Gives every atom and number its dense index."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.lexicon = knowledge.lexicon
        self.wording = Wording(knowledge)
        self.atoms: dict[Atom, int] = {}
        self.numbers: dict[str, int] = {"age": 0, "tried_count": 1}

    def number(self, index: int, grounded: Bound_) -> GroundRule:
        """A bound rule as compiled."""
        read = grounded.read
        line = read.document.place(("when",), key=True)[0]
        names = tuple((name, self.lexicon.name(value)) for name, value in grounded.bindings.items())
        effect: Effect
        if isinstance(grounded.effect, Fact):
            atom = grounded.effect.atom
            effect = ConcludeEffect(self._atom(atom), atom[0], atom[1:], self.wording.atom(atom))
        else:
            effect = grounded.effect
        return GroundRule(
            index=index,
            rule=read.rule,
            bindings=tuple(grounded.bindings.items()),
            binding_names=names,
            source=f"{read.document.path}:{line}",
            stratum=read.stratum,
            all=self._group(grounded.all),
            any=tuple(self._group(each) for each in grounded.any),
            effect=effect,
        )

    def _atom(self, atom: Atom) -> int:
        return self.atoms.setdefault(atom, len(self.atoms))

    def _group(self, tests: Iterable[Test]) -> Group:
        checks = tuple(self._check(each) for each in tests)
        literals = [each for each in checks if isinstance(each, Literal_)]
        return Group(
            true=_bits(each.atom for each in literals if not each.negated),
            false=_bits(each.atom for each in literals if each.negated),
            thresholds=tuple(each for each in checks if isinstance(each, Threshold)),
            checks=checks,
        )

    def _check(self, test: Test) -> Check:
        if isinstance(test, Fact):
            says = self.wording.atom(test.atom)
            return Literal_(
                self._atom(test.atom), test.negated, f"not {says}" if test.negated else says
            )
        index = self.numbers.setdefault(test.number, len(self.numbers))
        says = self.wording.comparison(test)
        return Threshold(index, test.operator, float(test.value), says)

    def program(self, rules: Iterable[GroundRule]) -> Program:
        """The numbered rules with all that the engines need."""
        rules = tuple(
            each if each.index == index else replace(each, index=index)
            for index, each in enumerate(rules)
        )
        depth = max((each.stratum for each in rules), default=0) + 1
        strata = tuple(tuple(r for r in rules if r.stratum == s) for s in range(depth))
        flat: list[tuple[FlatRule, ...]] = []
        owners: list[tuple[int, ...]] = []
        for stratum in strata:
            pairs = [pair for rule in stratum for pair in _flat(rule)]
            flat.append(tuple(each for each, _owner in pairs))
            owners.append(tuple(owner for _each, owner in pairs))
        concluders: dict[int, list[int]] = defaultdict(list)
        for rule in rules:
            if isinstance(rule.effect, ConcludeEffect):
                concluders[rule.effect.atom].append(rule.index)
        return Program(
            atoms=self.atoms,
            atom_list=tuple(self.atoms),
            derived=_bits(concluders),
            numbers=self.numbers,
            rules=rules,
            strata=strata,
            flat=tuple(flat),
            flat_owner=tuple(owners),
            concludes=tuple(_concluded(rule) for rule in rules),
            concluders={atom: tuple(found) for atom, found in concluders.items()},
        )


def _concluded(rule: GroundRule) -> int:
    return 1 << rule.effect.atom if isinstance(rule.effect, ConcludeEffect) else 0


def _flat(rule: GroundRule) -> list[tuple[FlatRule, int]]:
    return [(each, rule.index) for each in flatten(rule)]


def _too_many(rule: GroundRule, knowledge: KnowledgeBase) -> Diagnostic:
    document = knowledge.documents[rule.source.rpartition(":")[0]]
    return document.problem(
        "R712",
        ("when",),
        f"any unfolds to {branches(rule)} branches",
        expected=f"at most {MAX_BRANCHES}; write two rules",
    )


def envelope_problem(error: EnvelopeError, knowledge: KnowledgeBase) -> Diagnostic:
    """R713 for a rule set that durable-rules cannot hold safely."""
    where, _, message = str(error).partition(": ")
    path = where.rpartition(":")[0]
    document = knowledge.documents.get(path) or next(iter(knowledge.documents.values()))
    return document.problem("R713", ("when",), message or str(error))


def _bits(atoms: Iterable[int]) -> int:
    found = 0
    for atom in atoms:
        found |= 1 << atom
    return found
