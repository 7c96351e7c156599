"""Counts of a group of courses: responses with exact intervals, doses, duration, adverse events."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from seriatim.evidence.intervals import clopper_pearson
from seriatim.kept import Kept
from seriatim.knowledge.claims import individuals
from seriatim.model.evidence import DoseUsed, EventCount, Months, Outcomes, Share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import CourseCase


class Counter:
    """Counts groups of courses; each group is counted once and remembered."""

    def __init__(self, knowledge: KnowledgeBase, cases: Mapping[str, CourseCase]) -> None:
        self.knowledge = knowledge
        self.cases = cases
        self._kept: Kept[dict[str, Any]] = Kept(4096)

    def count(self, courses: tuple[str, ...]) -> dict[str, Any]:
        """The fields of `Counts` for these courses, in this order."""
        return self._kept.get(courses, lambda: self._count(courses))

    def _count(self, courses: tuple[str, ...]) -> dict[str, Any]:
        cases = [self.cases[each] for each in courses]
        views = [self.knowledge.courses[each] for each in courses]
        library = self.knowledge.courses
        with_events = [each for each in cases if each.adverse_events is not None]
        return {
            "courses": courses,
            "n_courses": len(courses),
            "n_patients": len(individuals(views, library, probable=False)),
            "n_patients_if_probable_links": len(individuals(views, library, probable=True)),
            "outcomes": outcomes(cases),
            "doses": _doses(cases),
            "months": _months(cases),
            "adverse_events": _events(with_events),
            "any_adverse_event": share(
                sum(bool(each.adverse_events) for each in with_events), len(with_events)
            ),
        }


def share(k: int, n: int) -> Share:
    """A share, `k` of `n`, with its exact interval."""
    return Share(k=k, n=n, ci95=clopper_pearson(k, n))


def outcomes(cases: Sequence[CourseCase]) -> Outcomes:
    """Responses by level over the courses that print one."""
    levels = [each.response.level for each in cases if each.response.level is not None]
    n = len(levels)
    return Outcomes(
        complete=share(levels.count("complete"), n),
        partial=share(levels.count("partial"), n),
        none=share(levels.count("none"), n),
        any_response=share(n - levels.count("none"), n),
        not_printed=len(cases) - n,
    )


def _doses(cases: Sequence[CourseCase]) -> tuple[DoseUsed, ...]:
    by_print: dict[str, list[CourseCase]] = defaultdict(list)
    for each in cases:
        if each.dose.printed is not None:
            by_print[each.dose.printed].append(each)
    used = [
        DoseUsed(
            printed=printed,
            courses=tuple(each.course for each in group),
            roles=tuple(regimen.role for regimen in group[0].dose.regimens),
            unit_missing=any(
                regimen.amount is not None and regimen.amount.unit is None
                for regimen in group[0].dose.regimens
            ),
        )
        for printed, group in by_print.items()
    ]
    return tuple(sorted(used, key=lambda each: (-len(each.courses), each.printed)))


def _months(cases: Sequence[CourseCase]) -> Months:
    known = [each.months for each in cases if each.months is not None]
    if not known:
        return Months(min=None, median=None, max=None, n=0)
    return Months(min=min(known), median=statistics.median(known), max=max(known), n=len(known))


def _events(cases: Sequence[CourseCase]) -> tuple[EventCount, ...]:
    found: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for case in cases:
        for each in case.adverse_events or ():
            found[each.event].append(case.course)
            names[each.event] = each.name
    counts = [
        EventCount(event=event, name=names[event], k=len(where), n=len(cases), courses=tuple(where))
        for event, where in found.items()
    ]
    return tuple(sorted(counts, key=lambda each: (-each.k, each.name)))
