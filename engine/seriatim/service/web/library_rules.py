"""Rules as their pages show them: one in full, and all of them by family."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.inference.program import CautionEffect, CiteEffect, ConcludeEffect
from seriatim.knowledge.lexicon import fold
from seriatim.render.rulebook import conditions, consequence, drawn_from
from seriatim.service.web.library_rule_words import CITED, RuleWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.inference.program import GroundRule
    from seriatim.model.label import Label, LabelSource
    from seriatim.model.rule import DrawnFrom, Rule
    from seriatim.service.web.library_index import Index
    from seriatim.service.web.library_scenarios import Scenario, Sources


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place that a rule is drawn from, and the series whose page shows it, if it is one."""

    text: str
    series: str | None
    facts: tuple[LabelFact, ...] = ()
    """What the label says that it names."""


@dataclass(frozen=True, slots=True)
class LabelFact:
    """A fact of a label: in our words, where and when it was read."""

    says: str
    read: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Combination:
    """A rule for one combination of what it ranges over: what follows, and the rows."""

    over: tuple[tuple[str, str], ...]
    follows: str
    courses: tuple[str, ...]
    probable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """Everything that the page of a rule shows."""

    rule: Rule
    family: str
    conditions: tuple[str, ...]
    consequence: str
    ranges: str
    drawn: tuple[Drawn, ...]
    combinations: tuple[Combination, ...]
    courses: tuple[str, ...]
    probable: tuple[str, ...]
    yaml: str | None
    """The text of its file, if that is as it was read."""
    scenarios: tuple[Scenario, ...] | None
    """None if their folder is not there."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of rules, what it is about, and its rules."""

    name: str
    says: str
    rules: tuple[Rule, ...]


def unused(index: Index) -> list[tuple[str, int]]:
    """How many rules have each status that keeps them out of answers: `draft`."""
    found = Counter(each.status for each in index.rules.values() if each.status != "active")
    return sorted(found.items())


def rule_view(index: Index, sources: Sources, rule: Rule) -> RuleView:
    """One rule of the library."""
    courses, probable = index.cited_by(rule.id)
    words = RuleWords(rule, index.known)
    return RuleView(
        rule=rule,
        family=index.known.vocabulary.families[rule.family],
        conditions=tuple(words.conditions()),
        consequence=words.consequence(),
        ranges=words.ranges(),
        drawn=tuple(_drawn(each, index) for each in rule.drawn_from),
        combinations=tuple(_combination(each) for each in index.ground.get(rule.id, ())),
        courses=courses,
        probable=probable,
        yaml=sources.text(rule),
        scenarios=sources.scenarios(rule),
    )


def _drawn(source: DrawnFrom, index: Index) -> Drawn:
    known = source.series if source.series in index.known.series else None
    labels = [each for each in index.known.labels if each.id == source.label]
    facts = (fact for label in labels for fact in _facts(label, source.fact))
    text = drawn_from(source)
    if known is not None:
        text = text.replace(known, index.known.series[known].citation.name)
    return Drawn(text, known, tuple(facts))


def _facts(label: Label, wanted: str | None) -> Iterable[LabelFact]:
    """The fact of a label by its id; every indication if the rule draws on them all."""
    for each in label.indications:
        if wanted in (None, each.id):
            population = f" ({each.population})" if each.population else ""
            yield _fact(label, f"{each.says}{population}", each.section, label.source)
    for dose in label.doses:
        if wanted == dose.id:
            yield _fact(label, dose.dose, dose.section, dose.source)
    for warning in label.warnings:
        if wanted == warning.id:
            yield _fact(label, warning.says, warning.section, warning.source)


def _fact(label: Label, says: str, section: str | None, source: LabelSource) -> LabelFact:
    parts = [
        source.title or f"{label.jurisdiction} label",
        f"section {section}" if section else "",
        f"as of {source.as_of}" if source.as_of != "unknown" else "date of the copy unknown",
        source.trust or "",
    ]
    return LabelFact(says, ", ".join(filter(None, parts)), source.address)


def _combination(each: GroundRule) -> Combination:
    effect = each.effect
    over, follows = each.binding_names, ""
    if isinstance(effect, CiteEffect):
        group = f", in the group “{effect.subgroup}”" if effect.subgroup else ""
        cited = f"cited {CITED[effect.relation]}{group}"
        return Combination(over, cited, effect.courses, effect.probable)
    if isinstance(effect, CautionEffect):
        return Combination(over, effect.text, effect.courses, ())
    follows = effect.statement if isinstance(effect, ConcludeEffect) else effect.fact
    return Combination(over, follows, (), ())


def families(index: Index, query: str = "", family: str = "") -> list[Family]:
    """The families that have rules for a query: every word of it stands somewhere in the rule."""
    words = fold(query).split()
    found = []
    for name, says in index.known.vocabulary.families.items():
        if family in ("", name):
            own = tuple(
                e for e in index.rules.values() if e.family == name and _has(e, words, index)
            )
            found += [Family(name, says, own)] if own else []
    return found


def _has(rule: Rule, words: Sequence[str], index: Index) -> bool:
    if not words:
        return True
    text = fold(" ".join(_texts(rule, index)))
    return all(each in text for each in words)


def _texts(rule: Rule, index: Index) -> Iterable[str]:
    yield from (rule.id, rule.title, rule.family, rule.rationale)
    yield from conditions(rule, index.known)
    yield consequence(rule.then, index.known)
    yield from map(drawn_from, rule.drawn_from)
