"""Compiles rules: read, ground over the library, stratify, and flatten for durable-rules."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.inference.conditions import (
    NOTHING,
    OPERATOR_WORDS,
    SAYS,
    AnyOf,
    Atom,
    Comparison,
    Condition,
    Fact,
    Test,
)
from seriatim.inference.durable import Bound, EnvelopeError, FlatRule
from seriatim.inference.grounding import (
    VARIABLES,
    Bindings,
    Domains,
    check_domains,
    groundings,
    substitute,
)
from seriatim.inference.parsing import ConditionReader
from seriatim.inference.program import (
    AskEffect,
    CautionEffect,
    Check,
    CiteEffect,
    ConcludeEffect,
    Effect,
    GroundRule,
    Group,
    Literal_,
    Program,
    Threshold,
)
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.select import Selection
from seriatim.model.selector import Selector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.knowledge.yamltext import Document
    from seriatim.model.rule import Rule

MAX_BRANCHES = 16
"""Conjunctions that one ground rule may unfold to; `any` in `any` would hide the cost."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class _Read:
    """A rule whose conditions were read without a problem."""

    rule: Rule
    document: Document
    conditions: tuple[Condition, ...]
    conclusion: Fact | None
    stratum: int = 0


@dataclass(slots=True)
class _Grounded:
    """A rule under one binding, atoms not yet numbered."""

    read: _Read
    bindings: Bindings
    all: list[Test]
    any: list[list[Test]]
    effect: CiteEffect | CautionEffect | AskEffect | Fact


def compile_rules(knowledge: KnowledgeBase) -> tuple[Program, tuple[Diagnostic, ...]]:
    """The program, and what is wrong with the rules; a rule with a problem is left out.

    A caller that answers questions must refuse to if any diagnostic is an error.
    """
    return _Compiler(knowledge).run()


class _Compiler:
    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.domains = Domains(knowledge)
        self.selection = Selection(knowledge.courses.values(), knowledge.lexicon)
        self.diagnostics: list[Diagnostic] = []
        ages = [v.course.age.years for v in knowledge.courses.values() if v.course.age]
        self.ages = {"youngest": min(ages, default=0.0), "oldest": max(ages, default=0.0)}
        self.atoms: dict[Atom, int] = {}
        self.numbers: dict[str, int] = {"age": 0, "tried_count": 1}

    def run(self) -> tuple[Program, tuple[Diagnostic, ...]]:
        read = [each for rule in self.knowledge.rules for each in self._read(rule)]
        self._stratify(read)
        grounded = self._prune([each for one in read for each in self._ground(one)], read)
        rules = tuple(self._number(index, each) for index, each in enumerate(grounded))
        return self._program(rules), tuple(self.diagnostics)

    # --- reading ------------------------------------------------------------------------------

    def _read(self, rule: Rule) -> Iterator[_Read]:
        if rule.status != "active":
            return
        document = self._document(rule)
        problems = list(check_domains(rule, document, self.knowledge))
        kinds = {name: VARIABLES[name] for name in rule.for_ if name in VARIABLES}
        reader = ConditionReader(rule, document, self.knowledge, kinds)
        conditions = reader.read()
        conclusion = self._conclusion(rule, reader)
        self._placeholders(rule, document, problems)
        self._selector_variables(rule, document, problems)
        problems += reader.diagnostics
        self.diagnostics += problems
        if not problems:
            yield _Read(rule, document, conditions, conclusion)

    def _document(self, rule: Rule) -> Document:
        return self.knowledge.documents[f"rules/{rule.family}/{rule.id}.yaml"]

    def _conclusion(self, rule: Rule, reader: ConditionReader) -> Fact | None:
        given = rule.then.conclude
        if given is None:
            return None
        path = ("then", "conclude")
        known = self.knowledge.vocabulary.conclusions
        if len(given) != 1:
            reader.diagnostics.append(
                reader.document.problem("R705", path, "conclude", expected="one conclusion")
            )
            return None
        name, value = next(iter(given.items()))
        if name not in known:
            reader.diagnostics.append(
                reader.document.problem(
                    "R704",
                    (*path, name),
                    f"unknown conclusion {name!r}",
                    expected="a conclusion of rules/vocabulary.yaml",
                    nearest=nearest(name, known),
                    key=True,
                )
            )
            return None
        return reader.conclusion(name, value, (*path, name))

    def _placeholders(self, rule: Rule, document: Document, problems: list[Diagnostic]) -> None:
        for path, text in _texts(rule):
            for name in _PLACEHOLDER.findall(text):
                if name not in rule.for_ and name not in self.ages:
                    problems.append(
                        document.problem(
                            "R715",
                            path,
                            f"unknown placeholder {{{name}}}",
                            expected="a variable of for:",
                            nearest=nearest(name, rule.for_),
                        )
                    )

    def _selector_variables(
        self, rule: Rule, document: Document, problems: list[Diagnostic]
    ) -> None:
        for path, value in _strings(document.value["then"], ("then",)):
            if value.startswith("$") and value[1:] not in rule.for_ and "conclude" not in path:
                problems.append(
                    document.problem(
                        "R703",
                        path,
                        f"unknown variable {value}",
                        expected="a variable of for:",
                        nearest=nearest(value[1:], rule.for_),
                    )
                )
        if rule.then.cite is not None and rule.then.cite.courses.drug is None:
            problems.append(
                document.problem(
                    "R705", ("then", "cite", "courses"), "courses of no drug", expected="drug"
                )
            )

    # --- strata -------------------------------------------------------------------------------

    def _stratify(self, read: list[_Read]) -> None:
        """Give each rule the first stratum in which all it builds on is settled."""
        conclusions = set(self.knowledge.vocabulary.conclusions)
        settled: dict[str, int] = {}
        for _round in range(len(conclusions) + 1):
            changed = False
            for each in read:
                used = {fact.atom[0] for fact in _facts(each.conditions)} & conclusions
                each.stratum = max((settled.get(name, 0) for name in used), default=0)
                if each.conclusion is not None:
                    name = each.conclusion.atom[0]
                    if settled.get(name, 0) < each.stratum + 1:
                        settled[name] = each.stratum + 1
                        changed = True
            if not changed:
                return
        for each in read:
            if each.conclusion is not None and each.stratum >= len(conclusions):
                self.diagnostics.append(
                    each.document.problem(
                        "R710",
                        ("then", "conclude"),
                        f"{each.conclusion.atom[0]} is concluded from itself",
                        expected="conclusions without a circle",
                    )
                )
        read[:] = [each for each in read if each.stratum < len(conclusions)]

    # --- grounding ----------------------------------------------------------------------------

    def _ground(self, read: _Read) -> Iterator[_Grounded]:
        found = 0
        contradictory = 0
        for bindings in groundings(read.rule, self.domains):
            plain, choices = self._bind(read.conditions, bindings)
            if _contradictory(plain):
                contradictory += 1
                continue
            effect = self._effect(read, bindings)
            if effect is not None:
                found += 1
                yield _Grounded(read, bindings, plain, choices, effect)
        if found == 0:
            self._never(read, contradictory=contradictory > 0)

    def _never(self, read: _Read, *, contradictory: bool) -> None:
        if contradictory:
            problem = ("R706", ("when",), "the rule can never fire: its conditions exclude another")
        elif read.rule.then.cite or (read.rule.then.caution and read.rule.then.caution.courses):
            kind = "cite" if read.rule.then.cite else "caution"
            problem = ("R707", ("then", kind, "courses"), "no course of the library is selected")
        else:
            problem = ("R706", ("for",), "the rule can never fire: its range is empty")
        self.diagnostics.append(read.document.problem(*problem))

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
            return Fact(tuple(substitute(list(test.atom), bindings)), test.negated, test.path)
        value = self.ages[test.value] if isinstance(test.value, str) else float(test.value)
        return Comparison(test.number, test.operator, value, test.path)

    def _effect(
        self, read: _Read, bindings: Bindings
    ) -> CiteEffect | CautionEffect | AskEffect | Fact | None:
        then = read.rule.then
        if read.conclusion is not None:
            return Fact(tuple(substitute(list(read.conclusion.atom), bindings)), False, ())  # noqa: FBT003
        if then.cite is not None:
            wanted = _bound_selector(then.cite.courses, bindings)
            courses = self.selection.select(wanted)
            probable = self._probable(wanted)
            if not courses and not probable:
                return None
            subgroup = then.cite.subgroup
            return CiteEffect(
                drug=str(wanted.drug),
                relation=then.cite.relation,
                courses=tuple(each.id for each in courses),
                probable=probable,
                because=self._text(then.cite.because, bindings),
                subgroup=None if subgroup is None else self._text(subgroup, bindings),
            )
        if then.caution is not None:
            return self._caution(read, bindings)
        assert then.ask is not None  # noqa: S101 - the model holds exactly one
        return AskEffect(
            self._text(then.ask.fact, bindings), self._text(then.ask.because, bindings)
        )

    def _probable(self, wanted: Selector) -> tuple[str, ...]:
        """Courses that would be selected too if a probable link held."""
        if wanted.previous in (None, NOTHING):
            return ()
        values = wanted.model_dump(exclude_none=True)
        values["probably_after"] = values.pop("previous")
        return tuple(each.id for each in self.selection.select(Selector(**values)))

    def _caution(self, read: _Read, bindings: Bindings) -> CautionEffect | None:
        caution = read.rule.then.caution
        assert caution is not None  # noqa: S101 - only called for a caution
        courses: tuple[str, ...] = ()
        if caution.courses is not None:
            wanted = _bound_selector(caution.courses, bindings)
            courses = tuple(each.id for each in self.selection.select(wanted))
            if not courses:
                return None
        source = None
        if caution.label is not None:
            source = self._label_source(caution.label, caution.fact)
        return CautionEffect(
            self._text(caution.say, bindings), caution.concerns, courses, source
        )

    def _label_source(self, label_id: str, fact_id: str | None) -> str:
        label = next(each for each in self.knowledge.labels if each.id == label_id)
        facts = {each.id: each for part in (label.warnings, label.doses) for each in part}
        fact = facts.get(fact_id or "")
        section = f" section {fact.section}" if fact and fact.section else ""
        dated = fact.source.as_of if fact else label.source.as_of
        date = f"as of {dated}" if dated != "unknown" else "date of the copy unknown"
        trust = f", {fact.source.trust}" if fact and fact.source.trust else ""
        return f"{label.jurisdiction} label of {label.drug}{section}, {date}{trust}"

    def _text(self, text: str, bindings: Bindings) -> str:
        def word(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in self.ages:
                return f"{self.ages[name]:g}"
            return self.knowledge.lexicon.name(bindings[name])

        return _PLACEHOLDER.sub(word, text)

    # --- pruning ------------------------------------------------------------------------------

    def _prune(self, grounded: list[_Grounded], read: list[_Read]) -> list[_Grounded]:
        """Drop groundings that build on a conclusion that nothing draws."""
        conclusions = set(self.knowledge.vocabulary.conclusions)
        alive = grounded
        while True:
            drawn = {each.effect.atom for each in alive if isinstance(each.effect, Fact)}
            kept = [each for each in alive if _reachable(each, drawn, conclusions)]
            if len(kept) == len(alive):
                break
            alive = kept
        had = {each.read.rule.id for each in grounded}
        have = {each.read.rule.id for each in alive}
        for each in read:
            if each.rule.id in had - have:
                self.diagnostics.append(
                    each.document.problem(
                        "R706",
                        ("when",),
                        "the rule can never fire: no rule draws a conclusion that it builds on",
                    )
                )
        return alive

    # --- numbering ----------------------------------------------------------------------------

    def _number(self, index: int, grounded: _Grounded) -> GroundRule:
        read = grounded.read
        line = read.document.place(("when",), key=True)[0]
        names = tuple(
            (name, self.knowledge.lexicon.name(value)) for name, value in grounded.bindings.items()
        )
        effect: Effect
        if isinstance(grounded.effect, Fact):
            atom = grounded.effect.atom
            effect = ConcludeEffect(self._atom(atom), atom[0], atom[1:], self._says(atom))
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
            effects=(effect,),
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
            says = self._says(test.atom)
            return Literal_(self._atom(test.atom), test.negated, f"not {says}" * test.negated or says)
        number = self.numbers.setdefault(test.number, len(self.numbers))
        value = float(test.value)
        words = f"{self._number_name(test.number)} {OPERATOR_WORDS[test.operator]} {value:g}"
        unit = self._unit(test.number)
        return Threshold(number, test.operator, value, words + (f" {unit}" if unit else ""))

    def _number_name(self, number: str) -> str:
        if number == "tried_count":
            return "number of drugs tried before"
        if number.startswith("observation "):
            return self.knowledge.vocabulary.observations[number.partition(" ")[2]].says
        return number

    def _unit(self, number: str) -> str | None:
        if number == "age":
            return "years"
        if number.startswith("observation "):
            return self.knowledge.vocabulary.observations[number.partition(" ")[2]].unit
        return None

    def _says(self, atom: Atom) -> str:
        """An atom in words."""
        name, args = atom[0], atom[1:]
        if name == "observation":
            return self.knowledge.vocabulary.observations[args[0]].says
        concepts = self.knowledge.lexicon.concepts
        words = [concepts[each].name if each in concepts else each for each in args]
        if name in SAYS:
            return SAYS[name].format(*words)
        conclusion = self.knowledge.vocabulary.conclusions[name]
        return conclusion.says.format(**dict(zip(conclusion.of, words, strict=True)))

    # --- the program --------------------------------------------------------------------------

    def _program(self, rules: tuple[GroundRule, ...]) -> Program:
        depth = max((each.stratum for each in rules), default=0) + 1
        strata = tuple(tuple(r for r in rules if r.stratum == s) for s in range(depth))
        flat: list[tuple[FlatRule, ...]] = []
        owners: list[tuple[int, ...]] = []
        for stratum in strata:
            pairs = [pair for rule in stratum for pair in self._flatten(rule)]
            flat.append(tuple(each for each, _owner in pairs))
            owners.append(tuple(owner for _each, owner in pairs))
        concluders: dict[int, list[int]] = defaultdict(list)
        for rule in rules:
            for effect in rule.effects:
                if isinstance(effect, ConcludeEffect):
                    concluders[effect.atom].append(rule.index)
        return Program(
            atoms=self.atoms,
            atom_list=tuple(self.atoms),
            derived=_bits(concluders),
            numbers=self.numbers,
            rules=rules,
            strata=strata,
            flat=tuple(flat),
            flat_owner=tuple(owners),
            concluders={atom: tuple(found) for atom, found in concluders.items()},
        )

    def _flatten(self, rule: GroundRule) -> Iterator[tuple[FlatRule, int]]:
        branches = list(itertools.product(*(group.checks for group in rule.any)))
        document = self._document(rule.rule)
        if len(branches) > MAX_BRANCHES:
            self.diagnostics.append(
                document.problem(
                    "R712",
                    ("when",),
                    f"any unfolds to {len(branches)} branches",
                    expected=f"at most {MAX_BRANCHES}; write two rules",
                )
            )
            return
        for branch in branches:
            checks = (*rule.all.checks, *branch)
            literals = [each for each in checks if isinstance(each, Literal_)]
            true = {each.atom for each in literals if not each.negated}
            false = {each.atom for each in literals if each.negated}
            if true & false:
                continue
            bounds = tuple(
                Bound(each.number, each.operator, each.value)
                for each in checks
                if isinstance(each, Threshold)
            )
            yield (
                FlatRule(tuple(sorted(true)), tuple(sorted(false)), bounds, rule.source),
                rule.index,
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


def _facts(conditions: Iterable[Condition]) -> Iterator[Fact]:
    for each in conditions:
        if isinstance(each, AnyOf):
            yield from (test for test in each.tests if isinstance(test, Fact))
        elif isinstance(each, Fact):
            yield each


def _reachable(each: _Grounded, drawn: set[Atom], conclusions: set[str]) -> bool:
    def possible(test: Test) -> bool:
        return (
            not isinstance(test, Fact) or test.atom[0] not in conclusions or test.atom in drawn
        )

    each.any = [[test for test in group if possible(test)] for group in each.any]
    return all(map(possible, each.all)) and all(each.any)


def _contradictory(tests: list[Test]) -> bool:
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


def _bound_selector(selector: Selector, bindings: Mapping[str, str]) -> Selector:
    return Selector(**substitute(selector.model_dump(exclude_none=True), dict(bindings)))


def _texts(rule: Rule) -> Iterator[tuple[tuple[str, ...], str]]:
    then = rule.then
    if then.cite:
        yield ("then", "cite", "because"), then.cite.because
        if then.cite.subgroup:
            yield ("then", "cite", "subgroup"), then.cite.subgroup
    if then.caution:
        yield ("then", "caution", "say"), then.caution.say
    if then.ask:
        yield ("then", "ask", "fact"), then.ask.fact
        yield ("then", "ask", "because"), then.ask.because


def _strings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _strings(each, (*path, index))
