"""Grounds a rule that ranges over the library: one binding for each combination that exists."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from seriatim.knowledge.lexicon import KIND_NAMES
from seriatim.knowledge.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seriatim.errors import Diagnostic
    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.knowledge.yamltext import Document
    from seriatim.model.rule import Rule
    from seriatim.model.terms import Kind

Bindings = dict[str, str]

VARIABLES: dict[str, Kind] = {
    "diagnosis": "diagnosis",
    "drug": "drug",
    "prior": "drug",
    "concurrent": "drug",
    "therapy": "drug",
    "class": "class",
    "event": "event",
}
"""What a rule may range over, and the kind of term each variable holds."""

RANGES = ("any", "without_courses", "labelled")
"""Of any variable; of `therapy` also WITHOUT_LABEL."""
WITHOUT_LABEL = "without_label"
SPECIFICATIONS = (
    *(*RANGES, WITHOUT_LABEL),
    *("in", "not_in", "except", "labelled_for", "not_printed_with"),
)
RELATED: dict[str, Kind] = {
    "in": "class",
    "not_in": "class",
    "labelled_for": "drug",
    "not_printed_with": "drug",
}
"""Ranges that hang on a term, and its kind; `except` goes with `in` and takes a drug out."""


class Domains:
    """The values each variable can take in this library."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        lexicon = knowledge.lexicon
        drugs: set[str] = set()
        diagnoses: set[str] = set()
        prior: set[str] = set()
        concurrent: set[str] = set()
        self.printed_with: dict[str, set[str]] = defaultdict(set)
        for view in knowledge.courses.values():
            course = view.course
            drugs.add(course.drug)
            diagnoses.update({view.diagnosis} if view.diagnosis else (), view.could_be)
            diagnoses.update(also.concept for also in view.individual.also)
            prior.update(course.previous.drugs if course.previous else ())
            concurrent.update(course.concurrent.drugs if course.concurrent else ())
            for event in course.adverse_events.events if course.adverse_events else ():
                self.printed_with[course.drug].update({event}, lexicon.ancestors[event])
        self.labelled = {
            (label.drug, diagnosis)
            for label in knowledge.labels
            for indication in label.indications
            for diagnosis in indication.diagnoses
        }
        self.any: dict[str, set[str]] = {
            "diagnosis": diagnoses,
            "drug": drugs,
            "prior": prior | drugs,
            "concurrent": concurrent,
            "therapy": set(lexicon.of_kind("drug")),
            "class": set(lexicon.of_kind("class")),
            "event": set().union(*self.printed_with.values()),
        }

    def values(self, name: str, specification: Any, bound: Bindings) -> list[str]:
        """The values of a variable, sorted; `specification` has been checked."""
        if specification == "any":
            return sorted(self.any[name])
        if specification == "without_courses":
            return self._without_courses(name)
        if specification == WITHOUT_LABEL:
            read = {label.drug for label in self.knowledge.labels}
            return [each for each in self.knowledge.lexicon.of_kind("drug") if each not in read]
        if specification == "labelled":
            position = 0 if VARIABLES[name] == "drug" else 1
            return sorted({pair[position] for pair in self.labelled})
        if isinstance(specification, list):
            return list(dict.fromkeys(specification))
        return self._related(name, specification, bound)

    def _related(self, name: str, specification: dict[str, str], bound: Bindings) -> list[str]:
        """The drugs inside or outside a class, or what labels and prints leave for a drug."""
        terms = {
            key: bound.get(each.removeprefix("$"), each) for key, each in specification.items()
        }
        if "labelled_for" in terms:
            wanted = terms["labelled_for"]
            return sorted(diagnosis for drug, diagnosis in self.labelled if drug == wanted)
        if "not_printed_with" in terms:
            printed = self.printed_with.get(terms["not_printed_with"], set())
            return sorted(set(self.knowledge.lexicon.of_kind("event")) - printed)
        if "not_in" in terms:
            return sorted(self.any[name] - set(self.knowledge.lexicon.members(terms["not_in"])))
        members = set(self.knowledge.lexicon.members(terms["in"])) - {terms.get("except")}
        return sorted(members if name == "therapy" else members & self.any[name])

    def _without_courses(self, name: str) -> list[str]:
        kind = VARIABLES[name]
        everything = self.knowledge.lexicon.of_kind(kind)
        if kind == "class":
            drugs, members = self.any["drug"], self.knowledge.lexicon.members
            return [each for each in everything if drugs.isdisjoint(members(each))]
        taken = self.any["drug" if kind == "drug" else name]
        return [each for each in everything if each not in taken]


def check_domains(rule: Rule, document: Document, knowledge: KnowledgeBase) -> Iterator[Diagnostic]:
    """R703 and R705 for variables and ranges that are not known; T301 for unknown terms."""
    seen: set[str] = set()
    for name, specification in rule.for_.items():
        path = ("for", name)
        if name not in VARIABLES:
            yield document.problem(
                "R703",
                path,
                f"unknown variable {name!r}",
                expected=f"one of {', '.join(VARIABLES)}",
                nearest=nearest(name, VARIABLES),
                key=True,
            )
            continue
        kind = VARIABLES[name]
        if isinstance(specification, list):
            known = knowledge.lexicon.of_kind(kind)
            for position, each in enumerate(specification):
                if each not in known:
                    yield document.problem(
                        "T301",
                        (*path, position),
                        f"unknown {kind} {each!r}",
                        expected=f"the id of {KIND_NAMES[kind]} in cases/terms/",
                        nearest=nearest(str(each), known),
                    )
        elif isinstance(specification, dict):
            yield from _check_mapping(document, path, specification, knowledge, seen)
        elif specification not in (ranges := _ranges(name)):
            yield document.problem(
                "R705",
                path,
                f"{specification!r}",
                expected=f"{', '.join(ranges)}, a list, or {{in: class}}",
                nearest=nearest(str(specification), SPECIFICATIONS),
            )
        seen.add(name)


def _ranges(name: str) -> tuple[str, ...]:
    """The ranges in one word that a variable may have."""
    return (*RANGES, WITHOUT_LABEL) if name == "therapy" else RANGES


def _check_mapping(
    document: Document,
    path: tuple[str, str],
    specification: dict[str, Any],
    knowledge: KnowledgeBase,
    seen: set[str],
) -> Iterator[Diagnostic]:
    keys = set(specification) - ({"except"} if "in" in specification else set())
    if len(keys) != 1 or not keys <= set(RELATED):
        expected = "{in: class}, {in: class, except: drug} or {labelled_for: drug}"
        yield document.problem("R705", path, "a range", expected=expected)
        return
    for key, value in specification.items():
        kind = RELATED.get(key, "drug")
        where = (*path, key)
        if isinstance(value, str) and value.startswith("$"):
            if value[1:] not in seen:
                expected = "one that stands before it"
                message = f"unknown variable {value}"
                yield document.problem("R703", where, message, expected=expected)
        elif value not in knowledge.lexicon.of_kind(kind):
            yield document.problem(
                "T301",
                where,
                f"unknown {kind} {value!r}",
                expected=f"the id of {KIND_NAMES[kind]} in cases/terms/",
                nearest=nearest(str(value), knowledge.lexicon.of_kind(kind)),
            )


def groundings(rule: Rule, domains: Domains) -> Iterator[Bindings]:
    """Every combination of the variables, in the order of the file and of the ids."""
    names = list(rule.for_)

    def extend(position: int, bound: Bindings) -> Iterator[Bindings]:
        if position == len(names):
            yield dict(bound)
            return
        name = names[position]
        for value in domains.values(name, rule.for_[name], bound):
            yield from extend(position + 1, {**bound, name: value})

    yield from extend(0, {})


def substitute(value: Any, bindings: Bindings) -> Any:
    """A copy of plain data in which `$name` stands for its value."""
    if isinstance(value, str):
        return bindings.get(value[1:], value) if value.startswith("$") else value
    if isinstance(value, dict):
        return {key: substitute(each, bindings) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [substitute(each, bindings) for each in value]
    return value
