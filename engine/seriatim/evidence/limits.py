"""What no interval mends, said beside every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.kept import Kept
from seriatim.model.evidence import Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.knowledge.library import KnowledgeBase
    from seriatim.model.evidence import Case, Finding


NO_MATCH = "That no course matches is not evidence that the drugs do not work. Nor that they do."


class Limits:
    """Words the limits of answers over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._kept: Kept[tuple[Limit, ...]] = Kept()

    def of(
        self,
        findings: Sequence[Finding],
        cited: Sequence[str],
        cases: Sequence[Case],
        not_asked: Sequence[tuple[str, str, int]],
    ) -> tuple[Limit, ...]:
        """Limits of this answer, then those of each series it draws on.

        `cited` are the ids of `cases`.
        """
        smallest = min(
            (group.n_courses for finding in findings for group in finding.by_diagnosis), default=0
        )
        key = (smallest, frozenset(cited))
        limits = self._kept.get(key, lambda: self._of_cases(smallest, cases))
        return (*(_not_asked(*each) for each in not_asked), *limits) if not_asked else limits

    def _of_cases(self, smallest: int, cases: Sequence[Case]) -> tuple[Limit, ...]:
        if not cases:
            return (
                Limit(
                    id="nothing-cited",
                    series=None,
                    text=NO_MATCH,
                ),
            )
        cited = sorted({each.at.series for each in cases})
        controlled = all(self.knowledge.series[each].study.control_group for each in cited)
        found = [_small(smallest, controlled=controlled), *_doses(cases)]
        for series_id in cited:
            found += [
                Limit(id=each.id, series=series_id, text=each.says)
                for each in self.knowledge.series[series_id].limits
            ]
        return tuple(found)


def _not_asked(drug: str, diagnosis: str, n: int) -> Limit:
    return Limit.trusted(
        id="not-asked-for",
        series=None,
        text=f"{drug[:1].upper()}{drug[1:]} was not asked for; the library has {n} "
        f"course{'s' if n != 1 else ''} of it in {diagnosis}.",
    )


def _small(smallest: int, *, controlled: bool) -> Limit:
    lacking = "" if controlled else " or the lack of a control group"
    return Limit(
        id="few-courses",
        series=None,
        text=f"Few courses (the smallest group has {smallest}): the intervals show how little "
        f"the counts settle; they do not mend selection{lacking}.",
    )


def _doses(cases: Sequence[Case]) -> list[Limit]:
    bare = sorted(
        (
            each
            for each in cases
            if any(r.amount is not None and r.amount.unit is None for r in each.dose.regimens)
        ),
        key=lambda each: each.course,
    )
    return [
        Limit(
            id="dose-unit-not-printed",
            series=each.at.series,
            text=f"The dose of {each.course.rpartition('/')[2]} is printed as "
            f"“{each.dose.printed}”, without a unit; none is assumed.",
        )
        for each in bare
    ]
