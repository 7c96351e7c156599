"""Reads the conditions of a rule; every mistake is a diagnostic at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.inference.conditions import (
    BUILT_IN,
    NUMBERS,
    OPERATORS,
    PAIRS,
    SEXES,
    SYMBOLIC_AGES,
    TERMS,
    WORDS,
    AnyOf,
    Comparison,
    Condition,
    Fact,
    Test,
    arguments,
)
from seriatim.knowledge.lexicon import KIND_NAMES
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.knowledge.yamltext import Document, Path
    from seriatim.model.rule import Rule
    from seriatim.model.terms import Kind


class ConditionReader:
    """Reads `when:` of one rule; problems gather in `diagnostics`."""

    def __init__(
        self, rule: Rule, document: Document, knowledge: KnowledgeBase, kinds: Mapping[str, Kind]
    ) -> None:
        self.rule = rule
        self.document = document
        self.knowledge = knowledge
        self.kinds = kinds
        self.diagnostics: list[Diagnostic] = []

    def read(self) -> tuple[Condition, ...]:
        """All conditions that could be read."""
        found = [
            self._condition(each, ("when", position))
            for position, each in enumerate(self.rule.when)
        ]
        return tuple(each for each in found if each is not None)

    def term(self, value: str, path: Path, kinds: Iterable[Kind]) -> str:
        """Check a term or `$variable` against the kinds that may stand there."""
        kinds = tuple(kinds)
        if value.startswith("$"):
            kind = self.kinds.get(value[1:])
            if kind is None:
                self._problem(
                    "R703",
                    path,
                    f"unknown variable {value}",
                    expected="a variable of for:",
                    near=nearest(value[1:], self.kinds),
                )
            elif kind not in kinds:
                self._problem(
                    "R705", path, f"{value} is {KIND_NAMES[kind]}", expected=" or ".join(kinds)
                )
            return value
        concept = self.knowledge.lexicon.concepts.get(value)
        if concept is None or concept.kind not in kinds:
            wanted = " or ".join(KIND_NAMES[each] for each in kinds)
            self._problem(
                "T301",
                path,
                f"unknown {' or '.join(kinds)} {value!r}",
                expected=f"the id of {wanted} in cases/terms/",
                near=nearest(value, self.knowledge.lexicon.of_kind(*kinds)),
            )
        return value

    def _condition(self, raw: Any, path: Path) -> Condition | None:
        name, value, where = self._single(raw, path)
        if name is None:
            return None
        if name == "any":
            return self._any(value, where)
        return self._test(name, value, where, negated=False)

    def _single(self, raw: Any, path: Path) -> tuple[str | None, Any, Path]:
        if not isinstance(raw, dict) or len(raw) != 1:
            self._problem("R705", path, "a condition", expected="one name with one value")
            return None, None, path
        name, value = next(iter(raw.items()))
        return name, value, (*path, name)

    def _any(self, value: Any, path: Path) -> AnyOf | None:
        if not isinstance(value, list) or not value:
            self._problem("R705", path, "any", expected="a list of conditions")
            return None
        tests = []
        for position, each in enumerate(value):
            name, inner, where = self._single(each, (*path, position))
            if name == "any":
                self._problem("R705", where, "any inside any", expected="one list")
            elif name is not None:
                test = self._test(name, inner, where, negated=False)
                if test is not None:
                    tests.append(test)
        return AnyOf(tuple(tests), path)

    def _test(self, name: str, value: Any, path: Path, *, negated: bool) -> Test | None:
        if name == "not":
            return self._not(value, path, negated=negated)
        if name in NUMBERS:
            return self._comparison(name, value, path, negated=negated)
        if name == "observation":
            return self._observation(value, path, negated=negated)
        if name in TERMS or name in PAIRS or name == "sex":
            return self._fact(name, value, path, negated=negated)
        if name in self.knowledge.vocabulary.conclusions:
            return self._built_on(name, value, path, negated=negated)
        known = (*BUILT_IN, *self.knowledge.vocabulary.conclusions)
        self._problem(
            "R702",
            path,
            f"unknown condition {name!r}",
            expected="a condition or a conclusion of rules/vocabulary.yaml",
            near=nearest(name, known),
            key=True,
        )
        return None

    def _built_on(self, name: str, value: Any, path: Path, *, negated: bool) -> Fact | None:
        if not negated:
            return self.conclusion(name, value, path)
        message = f"not {name}: a conclusion cannot be negated"
        self._problem("R709", path, message, expected="not with a fact of the profile")
        return None

    def _not(self, value: Any, path: Path, *, negated: bool) -> Test | None:
        name, inner, where = self._single(value, path)
        if name is None:
            return None
        if negated or name == "any":
            self._problem("R705", where, f"not {name}", expected="not with one plain condition")
            return None
        return self._test(name, inner, where, negated=True)

    def _fact(self, name: str, value: Any, path: Path, *, negated: bool) -> Fact | None:
        found = arguments(name, value)
        if found is None:
            keys = [key for key, _allowed in PAIRS.get(name, ())]
            expected = f"keys {' and '.join(keys)}" if keys else "one name"
            self._problem("R705", path, f"{name}", expected=expected)
            return None
        if name == "sex":
            self._word(found[0], SEXES, path)
        elif name in TERMS:
            if found[0] != WORDS.get(name):
                self.term(found[0], path, TERMS[name])
        else:
            for (key, allowed), each in zip(PAIRS[name], found, strict=True):
                if allowed[0] in ("drug", "event"):
                    self.term(each, (*path, key), allowed)  # type: ignore[arg-type]
                else:
                    self._word(each, allowed, (*path, key))
        return Fact((name, *found), negated, path)

    def _word(self, value: str, allowed: Iterable[str], path: Path) -> None:
        choices = tuple(allowed)
        if value not in choices:
            self._problem(
                "R705",
                path,
                f"{value!r}",
                expected=f"one of {', '.join(choices)}",
                near=nearest(value, choices),
            )

    def _comparison(self, name: str, value: Any, path: Path, *, negated: bool) -> Comparison | None:
        if negated:
            self._problem("R705", path, f"not {name}", expected="the opposite comparison")
            return None
        if not isinstance(value, dict) or len(value) != 1:
            self._problem("R705", path, name, expected=f"one of {', '.join(OPERATORS)}")
            return None
        word, constant = next(iter(value.items()))
        where = (*path, word)
        if word not in OPERATORS:
            near = nearest(word, OPERATORS)
            expected = f"one of {', '.join(OPERATORS)}"
            self._problem("R705", where, f"{word!r}", expected=expected, near=near, key=True)
            return None
        symbolic = name == "age" and constant in SYMBOLIC_AGES
        number = isinstance(constant, (int, float)) and not isinstance(constant, bool)
        if not (symbolic or number):
            also = ", youngest or oldest" if name == "age" else ""
            self._problem("R705", where, f"{constant!r}", expected=f"a number{also}")
            return None
        return Comparison(name, OPERATORS[word], constant, path)

    def _observation(self, value: Any, path: Path, *, negated: bool) -> Test | None:
        if not isinstance(value, dict) or len(value) != 1:
            self._problem("R705", path, "observation", expected="one observation")
            return None
        name, wanted = next(iter(value.items()))
        where = (*path, name)
        observations = self.knowledge.vocabulary.observations
        if name not in observations:
            self._problem(
                "R702",
                where,
                f"unknown observation {name!r}",
                expected="an observation of rules/vocabulary.yaml",
                near=nearest(name, observations),
                key=True,
            )
            return None
        if observations[name].type == "number":
            found = self._comparison("age", wanted, where, negated=negated)
            if found is None or isinstance(found.value, str):
                return None
            return Comparison(f"observation {name}", found.operator, found.value, where)
        if not isinstance(wanted, bool):
            self._problem("R705", where, f"{wanted!r}", expected="true or false")
            return None
        return Fact(("observation", name), negated is wanted, where)

    def conclusion(self, name: str, value: Any, path: Path) -> Fact | None:
        """A conclusion with its arguments: one, a list, or `true` if it takes none."""
        wanted = self.knowledge.vocabulary.conclusions[name].of
        if wanted:
            given = tuple(value) if isinstance(value, list) else (value,)
        else:
            given = () if value is True else (value,)
        if len(given) != len(wanted) or not all(isinstance(each, str) for each in given):
            expected = " and ".join(wanted) or "true"
            self._problem("R705", path, f"{name}: {value!r}", expected=expected)
            return None
        for position, (each, kind) in enumerate(zip(given, wanted, strict=True)):
            where = (*path, position) if isinstance(value, list) else path
            self.term(each, where, (kind,))
        return Fact((name, *given), negated=False, path=path)

    def _problem(
        self,
        code: str,
        path: Path,
        message: str,
        *,
        expected: str = "",
        near: Iterable[str] = (),
        key: bool = False,
    ) -> None:
        self.diagnostics.append(
            self.document.problem(code, path, message, expected=expected, nearest=near, key=key)
        )
