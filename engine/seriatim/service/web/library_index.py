"""The library turned round: of a row the claims and rules that touch it, of a rule its rows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seriatim.evidence.discrepancies import recomputed_claims
from seriatim.inference.program import CautionEffect, CiteEffect
from seriatim.knowledge.select import Selection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from seriatim.inference.program import GroundRule
    from seriatim.knowledge.claims import Recomputed
    from seriatim.model.evidence import CourseCase
    from seriatim.pipeline import Engine

WORST_FIRST = ("none", "partial", "complete", None)
"""Levels of response in the order in which rows are shown."""


class Index:
    """What the pages of one library look things up in; made once, depends on nothing else."""

    def __init__(self, engine: Engine) -> None:
        self.known = engine.knowledge
        self.cases = engine.cases
        self.rules = {each.id: each for each in self.known.rules}
        self.claims: Mapping[str, Mapping[str, Recomputed]] = {
            series: {each.claim.id: each for each in found}
            for series, found in recomputed_claims(self.known).items()
        }
        self.rows = {
            series: Selection(
                (each for each in self.known.courses.values() if each.series == series),
                self.known.lexicon,
            )
            for series in self.known.series
        }
        self.ground: Mapping[str, tuple[GroundRule, ...]] = _by_rule(engine.program.rules)
        self.rules_of = self._rules_of_courses()

    def claims_of(self, course: str) -> list[Recomputed]:
        """The claims that touch a course: contradicted ones first, then the most specific.

        A claim that is about all rows of its series says nothing of this one, unless the row
        speaks against it; it is left out.
        """
        series = course.partition("/")[0]
        everything = len(self.rows[series].courses)
        found = [
            each
            for each in self.claims[series].values()
            if course in each.counterexamples
            or (course in each.courses and len(each.courses) < everything)
        ]
        order = ("contradicted", "cannot be checked", "reproduced")
        return sorted(found, key=lambda e: (order.index(e.verdict), len(e.courses)))

    def cited_by(self, rule: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The courses that a rule can cite or name, and those only if a probable link holds."""
        sure: dict[str, None] = {}
        probable: dict[str, None] = {}
        for each in self.ground.get(rule, ()):
            if isinstance(each.effect, CiteEffect):
                sure.update(dict.fromkeys(each.effect.courses))
                probable.update(dict.fromkeys(each.effect.probable))
            elif isinstance(each.effect, CautionEffect):
                sure.update(dict.fromkeys(each.effect.courses))
        only = (each for each in probable if each not in sure)
        return tuple(self.failures_first(sure)), tuple(self.failures_first(only))

    def failures_first(self, courses: Iterable[str], against: Collection[str] = ()) -> list[str]:
        """Courses by response, the worst first, then as in print; `against` before all others."""

        def rank(course: str) -> tuple[bool, int, object]:
            case: CourseCase = self.cases[course]
            level = WORST_FIRST.index(case.response.level)
            return course not in against, level, self.known.courses[course].order

        return sorted(courses, key=rank)

    def _rules_of_courses(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for rule in self.rules:
            sure, probable = self.cited_by(rule)
            for course in (*sure, *probable):
                found[course][rule] = None
        return {course: tuple(rules) for course, rules in found.items()}


def _by_rule(ground: Iterable[GroundRule]) -> Mapping[str, tuple[GroundRule, ...]]:
    found: dict[str, list[GroundRule]] = defaultdict(list)
    for each in ground:
        found[each.rule.id].append(each)
    return {rule: tuple(each) for rule, each in found.items()}
