"""What is not known of the patient and would change the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.program import CautionEffect, CiteEffect, ConcludeEffect
from seriatim.inference.reference import atoms_in, threshold_value
from seriatim.kept import Kept
from seriatim.model.evidence import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.inference.conditions import Atom
    from seriatim.inference.facts import Facts, Interval
    from seriatim.inference.program import GroundRule, Program, Threshold
    from seriatim.inference.reference import Verdicts
    from seriatim.knowledge.library import KnowledgeBase

WHICH, WHETHER = "which diagnosis: ", "whether the diagnosis is "
"""How it is asked which diagnosis it is."""


@dataclass(frozen=True, slots=True)
class _Addition:
    """A rule that would add to the answer, and all that the facts to ask for depend on.

    These are `bits`, every atom that it builds on through whichever conclusions, and
    `thresholds`. A caution waits for the narrower diagnoses `narrows`, and for one of `weighed`, by
    which its drug is in question or given: it asks for nothing until they are known.
    """

    rule: GroundRule
    rule_id: str
    cites: bool
    narrows: int
    weighed: int
    bits: int
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Ask:
    """What to ask for one rule, in one state of all that it depends on."""

    adding: _Addition
    facts: tuple[str, ...]


def _answer(asks: Iterable[_Ask]) -> tuple[Missing, ...]:
    decides: dict[str, dict[str, None]] = {}
    cites: set[str] = set()
    for ask in sorted(asks, key=lambda each: each.adding.rule.index):
        for fact in ask.facts:
            decides.setdefault(fact, {})[ask.adding.rule_id] = None
        if ask.adding.cites:
            cites.update(ask.facts)
    ordered = sorted(decides, key=lambda fact: ("diagnosis" not in fact, fact not in cites, fact))
    return tuple(Missing.trusted(fact=fact, would_decide=tuple(decides[fact])) for fact in ordered)


class Questions:
    """Traces undecided rules back to the facts of a profile that would decide them."""

    def __init__(self, knowledge: KnowledgeBase, program: Program) -> None:
        self.knowledge = knowledge
        self.program = program
        self.number_names = {index: name for name, index in program.numbers.items()}
        self.open_bits = program.bits_named("could_be")
        self.diagnosis_bits = program.bits_named("diagnosis")
        self.question_bits = program.bits_named("in_question")
        self._asks: Kept[_Ask] = Kept(4096)
        self._answers: Kept[tuple[Missing, ...]] = Kept()
        self._questions = [self._question(atom) for atom in program.atom_list]
        self._adding = [
            None if isinstance(rule.effect, ConcludeEffect) else self._addition(rule)
            for rule in program.rules
        ]

    def missing(self, verdicts: Verdicts, facts: Facts) -> tuple[Missing, ...]:
        """Facts that are not known and on which rules that would add to the answer turn."""
        true, false = verdicts.true, verdicts.false
        known, additions = self._asks.known, self._adding
        asks: set[_Ask] = set()
        for index in verdicts.undecided:
            adding = additions[index]
            if adding is None or (adding.narrows and adding.narrows & ~(true | false)):
                continue
            if adding.weighed and not adding.weighed & true:
                continue
            key: tuple[object, ...] = (index, true & adding.bits, false & adding.bits)
            if adding.thresholds:
                key += _values(adding.thresholds, facts.numbers)
            ask = known(key)
            if ask is None:
                ask = _Ask(adding, tuple(self._unknown_facts(adding.rule, verdicts, facts)))
                self._asks.keep(key, ask)
            asks.add(ask)
        return self._answers.get(frozenset(asks), lambda: _answer(asks))

    def _addition(self, rule: GroundRule) -> _Addition:
        bits, thresholds = self._reached(rule)
        caution = isinstance(rule.effect, CautionEffect)
        narrows = rule.all.true & self.diagnosis_bits if caution else 0
        groups = (each.true for each in rule.any if each.true & self.question_bits)
        weighed = next(groups, 0) if caution else 0
        cites = isinstance(rule.effect, CiteEffect)
        return _Addition(rule, rule.rule.id, cites, narrows, weighed, bits, thresholds)

    def _reached(self, rule: GroundRule) -> tuple[int, tuple[Threshold, ...]]:
        """Every atom and threshold that a rule builds on, through whichever conclusions."""
        bits = 0
        thresholds: list[Threshold] = []
        todo, seen = [rule], {rule.index}
        while todo:
            each = todo.pop()
            for group in (each.all, *each.any):
                thresholds += group.thresholds
                for atom in atoms_in(group.true | group.false):
                    specific, _general, given = self._questions[atom]
                    bits |= 1 << atom | given | (0 if specific else self.open_bits)
                    for index in self.program.concluders.get(atom, ()):
                        if index not in seen:
                            seen.add(index)
                            todo.append(self.program.rules[index])
        return bits, tuple(thresholds)

    def _unknown_facts(self, rule: GroundRule, verdicts: Verdicts, facts: Facts) -> list[str]:
        undecided = set(verdicts.undecided)
        found: dict[str, None] = {}
        todo = [rule]
        seen = {rule.index}
        while todo:
            each = todo.pop()
            for atom in self._unknown_atoms(each, verdicts):
                if self.program.derived >> atom & 1:
                    for index in self.program.concluders[atom]:
                        if index in undecided and index not in seen:
                            seen.add(index)
                            todo.append(self.program.rules[index])
                else:
                    found[self._fact(atom, facts)] = None
            for group in (each.all, *each.any):
                for threshold in group.thresholds:
                    if facts.numbers[threshold.number] is None:
                        found[self._number_fact(threshold.number)] = None
        return list(found)

    def _unknown_atoms(self, rule: GroundRule, verdicts: Verdicts) -> list[int]:
        known = verdicts.true | verdicts.false
        bits = (rule.all.true | rule.all.false) & ~known
        for group in rule.any:
            if not (group.true & verdicts.true or group.false & verdicts.false):
                bits |= (group.true | group.false) & ~known
        return atoms_in(bits)

    def _fact(self, atom: int, facts: Facts) -> str:
        """What to ask for, so that the atom is known."""
        specific, general, given = self._questions[atom]
        if not specific:
            open_ones = self._possible(facts)
            if len(open_ones) == 1:
                return f"{WHETHER}{open_ones[0]}"
            return f"{WHICH}{', '.join(open_ones)}" if open_ones else general
        return specific if facts.true & given else general

    def _question(self, atom: Atom) -> tuple[str, str, int]:
        """(what to ask if the drug or event is known to have been, else, the bits that say so)."""
        name, args = atom[0], atom[1:]
        concepts = self.knowledge.lexicon.concepts
        word = concepts[args[0]].name if args and args[0] in concepts else name
        if name == "observation":
            says = self.knowledge.vocabulary.observations[args[0]].says
            return says, says, 0
        if name in ("diagnosis", "diagnosis_within", "could_be", "history_of"):
            return "", "the diagnosis", 0
        given = self.program.bits_of(("tried", args[0]), ("taking", args[0])) if args else 0
        if name == "response":
            return f"the response to {word}", "prior therapies", given
        if name == "stopped":
            return f"why {word} was stopped", "prior therapies", given
        if name == "had_with":
            had = self.program.bits_of(("had", args[0]))
            return f"which drug {word} came with", "adverse events so far", had
        general = {
            "tried": "prior therapies",
            "taking": "current therapies",
            "had": "adverse events so far",
            "reacted_to": "adverse events so far",
        }.get(name, name)
        return general, general, 0

    def _possible(self, facts: Facts) -> list[str]:
        open_bits = facts.true & self.open_bits
        atoms = (self.program.atom_list[each] for each in atoms_in(open_bits))
        return sorted(self.knowledge.lexicon.name(atom[1]) for atom in atoms)

    def _number_fact(self, number: int) -> str:
        name = self.number_names[number]
        if name == "tried_count":
            return "prior therapies"
        if name.startswith("observation "):
            return self.knowledge.vocabulary.observations[name.partition(" ")[2]].says
        return name


def _values(
    thresholds: Iterable[Threshold], numbers: Sequence[Interval | None]
) -> tuple[object, ...]:
    """How each number stands to its constant, and whether it is known at all."""
    return tuple((threshold_value(t, numbers), numbers[t.number] is None) for t in thresholds)
