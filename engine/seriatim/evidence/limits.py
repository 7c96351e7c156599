"""What no interval mends, said beside every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.model.evidence import Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import Case, Finding


def limits_of(
    knowledge: KnowledgeBase,
    findings: Sequence[Finding],
    cases: Sequence[Case],
    not_asked: Sequence[tuple[str, str, int]],
) -> tuple[Limit, ...]:
    """Limits of this answer, then those of each series it draws on."""
    found = [
        Limit.trusted(
            id="not-asked-for",
            series=None,
            text=f"{drug[:1].upper()}{drug[1:]} was not asked for; the library has {n} "
            f"course{'s' if n != 1 else ''} of it in {diagnosis}.",
        )
        for drug, diagnosis, n in not_asked
    ]
    if not cases:
        found.append(
            Limit.trusted(
                id="nothing-cited",
                series=None,
                text="No published course of this library matches. That is not evidence that the "
                "drugs do not work.",
            )
        )
        return tuple(found)
    found += _small(findings)
    found += _doses(cases)
    for series_id in dict.fromkeys(each.at.series for each in cases):
        found += [
            Limit.trusted(id=each.id, series=series_id, text=each.says)
            for each in knowledge.series[series_id].limits
        ]
    return tuple(found)


def _small(findings: Sequence[Finding]) -> list[Limit]:
    smallest = min(finding.n_courses for finding in findings)
    return [
        Limit.trusted(
            id="few-courses",
            series=None,
            text=f"Few courses (the smallest group has {smallest}): the intervals show how little "
            "the counts settle; they do not mend selection or the lack of a control group.",
        )
    ]


def _doses(cases: Sequence[Case]) -> list[Limit]:
    bare = [
        each
        for each in cases
        if any(r.amount is not None and r.amount.unit is None for r in each.dose.regimens)
    ]
    return [
        Limit.trusted(
            id="dose-unit-not-printed",
            series=each.at.series,
            text=f"The dose of {each.course.rpartition('/')[2]} is printed as "
            f"{each.dose.printed!r}, without a unit; none is assumed.",
        )
        for each in bare
    ]
