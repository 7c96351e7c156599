"""Reads a rule for the compiler: ranges, conditions, conclusion and the texts they fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.inference.conditions import BUILT_IN, SYMBOLIC_AGES, AnyOf, Condition, Fact
from seriatim.inference.grounding import VARIABLES, check_domains
from seriatim.inference.parsing import ConditionReader
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.placeholders import wrong_placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.rule import Rule


VOCABULARY = "rules/vocabulary.yaml"


@dataclass(slots=True)
class ReadRule:
    """A rule that was read without a problem; its stratum is worked out later."""

    rule: Rule
    document: Document
    conditions: tuple[Condition, ...]
    conclusion: Fact | None
    stratum: int = 0

    def uses(self) -> set[str]:
        """The names of all facts that the conditions are about."""
        return {fact.atom[0] for fact in _facts(self.conditions)}


def read_rules(knowledge: KnowledgeBase) -> tuple[list[ReadRule], list[Diagnostic]]:
    """The active rules that have no problem, and the problems of the others."""
    found: list[ReadRule] = []
    diagnostics = list(like_conditions(knowledge))
    for rule in knowledge.rules:
        if rule.status == "active":
            read, problems = _Reader(rule, knowledge).read()
            diagnostics += problems
            if not problems:
                found.append(read)
    return found, diagnostics


def conclusions_of(knowledge: KnowledgeBase) -> set[str]:
    """The conclusions that rules can build on: a condition of the same name hides one."""
    return set(knowledge.vocabulary.conclusions).difference(BUILT_IN)


def like_conditions(knowledge: KnowledgeBase) -> Iterator[Diagnostic]:
    """R718, of a vocabulary that is among the documents."""
    document = knowledge.documents.get(VOCABULARY)
    if document is None:
        return
    for name in knowledge.vocabulary.conclusions:
        if name in BUILT_IN:
            yield document.problem(
                "R718",
                ("conclusions", name),
                f"conclusion {name} has the name of a condition",
                expected="a name of its own",
                key=True,
            )


class _Reader:
    def __init__(self, rule: Rule, knowledge: KnowledgeBase) -> None:
        self.rule = rule
        self.document = knowledge.documents[f"rules/{rule.family}/{rule.id}.yaml"]
        self.knowledge = knowledge
        kinds = {name: VARIABLES[name] for name in rule.for_ if name in VARIABLES}
        self.conditions = ConditionReader(rule, self.document, knowledge, kinds)
        self.problems: list[Diagnostic] = []

    def read(self) -> tuple[ReadRule, list[Diagnostic]]:
        """The rule, and everything that is wrong with it."""
        self.problems += check_domains(self.rule, self.document, self.knowledge)
        conditions = self.conditions.read()
        conclusion = self._conclusion()
        self._placeholders()
        self._variables()
        self._cited_drug()
        self.problems += self.conditions.diagnostics
        return ReadRule(self.rule, self.document, conditions, conclusion), self.problems

    def _conclusion(self) -> Fact | None:
        given = self.rule.then.conclude
        if given is None:
            return None
        path = ("then", "conclude")
        if len(given) != 1:
            self._problem("R705", path, "conclude", "one conclusion")
            return None
        name, value = next(iter(given.items()))
        known = self.knowledge.vocabulary.conclusions
        if name in known:
            return self.conditions.conclusion(name, value, (*path, name))
        expected = "a conclusion of rules/vocabulary.yaml"
        near = nearest(name, known)
        self._problem(
            "R704", (*path, name), f"unknown conclusion {name!r}", expected, near, key=True
        )
        return None

    def _placeholders(self) -> None:
        known = (*self.rule.for_, *SYMBOLIC_AGES)
        for path, text in _texts(self.rule):
            self.problems += wrong_placeholders(
                self.document, path, text, known, "a variable of for:"
            )
        self.problems += wrong_placeholders(
            self.document, ("title",), self.rule.title, (), "a title without placeholders"
        )

    def _variables(self) -> None:
        """Variables in what follows; those of conclusions are read with their kinds."""
        texts = {path for path, _text in _texts(self.rule)}
        for path, value in _strings(self.document.value["then"], ("then",)):
            name = value.removeprefix("$")
            unknown = value != name and name not in self.rule.for_
            if unknown and path not in texts and "conclude" not in path:
                near = nearest(name, self.rule.for_)
                expected = "a variable of for:"
                self._problem("R703", path, f"unknown variable {value}", expected, near)

    def _cited_drug(self) -> None:
        cite = self.rule.then.cite
        if cite is not None and cite.courses.drug is None:
            self._problem("R705", ("then", "cite", "courses"), "courses of no drug", "drug")

    def _problem(
        self,
        code: str,
        path: Path,
        message: str,
        expected: str,
        near: Iterable[str] = (),
        *,
        key: bool = False,
    ) -> None:
        self.problems.append(
            self.document.problem(code, path, message, expected=expected, nearest=near, key=key)
        )


def _facts(conditions: Iterable[Condition]) -> Iterator[Fact]:
    for each in conditions:
        tests = each.tests if isinstance(each, AnyOf) else (each,)
        yield from (test for test in tests if isinstance(test, Fact))


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


def _strings(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _strings(each, (*path, index))
