"""Reads the scenarios: plain YAML that a clinician can write, one file for each rule.

Everything that is wrong with a file is told at once: where it stands, what was found, what was
expected and the nearest valid name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import Field, ValidationError

from seriatim.cli.profile_file import path_of
from seriatim.errors import ProfileProblem
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.problems import dotted, problems_of
from seriatim.knowledge.shape import fields_at
from seriatim.knowledge.yamltext import Document, read_yaml
from seriatim.model.base import Frozen, Relation, Text
from seriatim.model.scenario import RuleScenarios, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim import Engine
    from seriatim.knowledge.yamltext import Path as Where

HERE = Path(__file__).parent / "scenarios"
ROOT = HERE.parents[1]
ANSWERS = "answers"
ALWAYS = ("name", "profile", "fires", "bindings")
"""What a scenario may say of a patient for whom its rule does not fire."""
COURSES = ("cites", "probable", "names")
Texts = tuple[str, ...]


class At(Frozen):
    series: str = ""
    table: str = ""
    row: int = 0
    section: str = ""
    page: int = 0


class Months(Frozen):
    min: float
    median: float
    max: float
    n: int


class Group(Frozen):
    courses: Texts
    probable: Texts
    none: str = ""


class WantedFinding(Frozen):
    """A finding: all its courses in order; the rest is held where it is given."""

    drug: str
    relation: Relation
    courses: Texts
    complete: str = ""
    partial: str = ""
    none: str = ""
    any: str = ""
    patients: int = 0
    patients_if_probable_links: int = 0
    months: Months = Field(default_factory=lambda: Months(min=0, median=0, max=0, n=0))
    because: Texts = ()
    by_diagnosis: dict[str, str] = Field(default_factory=dict)
    groups: dict[str, Group] = Field(default_factory=dict)


class WantedCase(Frozen):
    matched: Texts = ()
    differs: Texts = ()
    unknown: Texts = ()
    linked: Texts = ()
    never: Texts = ()
    at: At = Field(default_factory=At)
    response: str = ""
    months: float = 0
    dose: str = ""
    why: str = ""


class WantedTerm(Frozen):
    could_be: Texts
    why: str


class Answer(Frozen):
    """A whole answer: its findings in order, and fragments of the rest; or an error."""

    name: Text
    profile: dict[str, Any]
    error: Text = ""
    findings: tuple[WantedFinding, ...] = ()
    cases: dict[str, WantedCase] = Field(default_factory=dict)
    events: dict[str, Texts] = Field(default_factory=dict)
    labels: Texts = ()
    cautions: Texts = ()
    caution_courses: Texts = ()
    missing: Texts = ()
    first_missing: str = ""
    not_missing: Texts = ()
    near_misses: Texts = ()
    limits: Texts = ()
    discrepancies: Texts = ()
    concludes: Texts = ()
    not_concluded: Texts = ()
    says: Texts = ()
    first_says: str = ""
    notes: Texts = ()
    never: Texts = ()
    understood: WantedTerm = WantedTerm(could_be=(), why="")


class Answers(Frozen):
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A file with the place of every value, and everything that is wrong with it."""

    document: Document
    problems: tuple[str, ...]

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        """Its scenarios or answers; none if anything is wrong with it."""
        if self.problems:
            return []
        found: list[dict[str, Any]] = self.document.value[_list_of(self.document)]
        return found

    def problem(
        self, where: Where, message: str, near: Iterable[str] = (), *, key: bool = False
    ) -> str:
        """What is wrong at a place of the file."""
        return _told(self.document, where, message, near, key=key)

    def insist(self) -> None:
        """Fail with all that is wrong, in words."""
        if self.problems:
            pytest.fail("\n".join(self.problems), pytrace=False)


def read_file(path: Path) -> ScenarioFile:
    """One file of scenarios or answers."""
    return read_text(path.read_bytes(), path.relative_to(ROOT).as_posix())


def read_text(data: bytes | str, path: str) -> ScenarioFile:
    """The text of one file; `path` says which."""
    document = read_yaml(data, path)
    found = [(each.line, each.column, str(each)) for each in document.diagnostics]
    if document.value is not None or not found:
        found += _problems(document)
    return ScenarioFile(document, tuple(text for *_place, text in sorted(found)))


def read(path: Path) -> Any:
    """The values of one file; fails with everything that is wrong with it."""
    file = read_file(path)
    file.insist()
    return file.document.value


def rule_files() -> list[Path]:
    """The files that belong to rules, one each."""
    return [path for path in sorted(HERE.glob("*/*.yaml")) if path.parent.name != ANSWERS]


def answer_files() -> list[Path]:
    """The files of whole answers."""
    return sorted((HERE / ANSWERS).glob("*.yaml"))


def short(course: str) -> str:
    """`T2R4` of `nyu-2022-il1/T2R4`."""
    return course.rpartition("/")[2]


def unknown_names(file: ScenarioFile, engine: Engine) -> Iterator[str]:
    """What a rule's file names that the knowledge does not have: a rule, a variable, a course."""
    rules = {each.id: each for each in engine.knowledge.rules}
    name = file.document.value["rule"]
    rule = rules.get(name)
    if rule is None:
        yield file.problem(("rule",), f"there is no rule {name!r}", nearest(name, rules))
        return
    courses = {short(each) for each in engine.cases}
    for number, scenario in enumerate(file.scenarios):
        where = ("scenarios", number)
        for variable, value in scenario.get("bindings", {}).items():
            at = (*where, "bindings", variable)
            if variable not in rule.for_:
                message = f"the rule has no variable {variable!r}; it has {_listed(rule.for_)}"
                yield file.problem(at, message, nearest(variable, rule.for_), key=True)
            elif value not in engine.knowledge.lexicon.concepts:
                near = nearest(value, engine.knowledge.lexicon.concepts)
                yield file.problem(at, f"{value!r} is not the id of a term", near)
        for key in COURSES:
            for position, course in enumerate(scenario.get(key, ())):
                if course not in courses:
                    message = f"{course!r} is not a course of the library"
                    near = nearest(course, courses)
                    yield file.problem((*where, key, position), message, near)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _list_of(document: Document) -> Literal["answers", "scenarios"]:
    return "answers" if Path(document.path).parent.name == ANSWERS else "scenarios"


def _problems(document: Document) -> Iterator[tuple[int, int, str]]:
    """Place and text of each: keys and kinds of values first, then what they say together."""
    model = Answers if _list_of(document) == "answers" else RuleScenarios
    value = document.value
    if not isinstance(value, dict):
        found = "the file is empty" if value is None else "the file has another form"
        expected = f"{found}; expected the keys {' and '.join(model.model_fields)}"
        yield 1, 1, _told(document, (), expected)
        return
    try:
        model.model_validate(value)
    except ValidationError as error:
        for each in problems_of(error, model, value, {}):
            where = path_of(each.field)
            fields = fields_at(model, where[:-1])
            key = bool(fields) and where[-1] not in fields
            line, column = document.place(where, key=key)
            yield line, column, f"{document.path}:{line}:{column}: {each}"
    scenarios = value.get(_list_of(document))
    if scenarios == []:
        where = (_list_of(document),)
        yield (
            *document.place(where),
            _told(document, where, "nothing is in it; expected one or more"),
        )
    together = _of_rule if model is RuleScenarios else _of_answers
    each_one = scenarios if isinstance(scenarios, list) else []
    for where, message, key in (*_names_twice(document, each_one), *together(document, each_one)):
        yield *document.place(where, key=key), _told(document, where, message, key=key)


Found = tuple["Where", str, bool]
"""Where, what, and whether the key is meant."""


def _of_rule(document: Document, scenarios: list[Any]) -> Iterator[Found]:
    rule, stem = document.value.get("rule"), Path(document.path).stem
    if isinstance(rule, str) and rule != stem:
        yield ("rule",), f"{rule!r} is not the file's name; expected {stem!r}", False
    for number, each in enumerate(scenarios):
        if isinstance(each, dict) and each.get("fires") is False:
            for key in each:
                if key not in ALWAYS and key in Scenario.model_fields:
                    where = ("scenarios", number, key)
                    yield where, "held only where the rule fires; here fires is false", True


def _of_answers(_document: Document, answers: list[Any]) -> Iterator[Found]:
    for number, each in enumerate(answers):
        if isinstance(each, dict) and each.keys().isdisjoint(("findings", "error")):
            yield ("answers", number), "neither findings nor error; expected one of them", False


def _names_twice(document: Document, scenarios: list[Any]) -> Iterator[Found]:
    first: dict[str, int] = {}
    for number, each in enumerate(scenarios):
        name = each.get("name") if isinstance(each, dict) else None
        if isinstance(name, str):
            where = (_list_of(document), number, "name")
            if name in first:
                yield where, f"{name!r} stands twice (first in line {first[name]})", False
            first.setdefault(name, document.place(where)[0])


def _told(
    document: Document, where: Where, message: str, near: Iterable[str] = (), *, key: bool = False
) -> str:
    line, column = document.place(where, key=key)
    problem = ProfileProblem(dotted(where) or "the file", message, tuple(near))
    return f"{document.path}:{line}:{column}: {problem}"
