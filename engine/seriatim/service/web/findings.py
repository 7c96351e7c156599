"""A finding as the page shows it: its counts failures first, each with the rows it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.evidence.statements import outcome_parts
from seriatim.render import beside, counting
from seriatim.render.groups import Line, as_here, label_of, lines
from seriatim.render.text_courses import RELATION
from seriatim.render.words import listed, short, upper_first
from seriatim.service.web.table import Row, regimen, rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seriatim.model.evidence import (
        At,
        Case,
        CourseCase,
        DoseUsed,
        EvidenceReport,
        Finding,
    )

LEVELS = (
    ("none", "no response"),
    ("partial", "partial"),
    ("complete", "complete"),
    (None, "not printed"),
)
"""Failures first, as everywhere."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of one printed diagnosis; `name` is empty if it is the patient's alone.

    `check` names the rows behind each count and where they are printed.
    """

    name: str
    parts: list[tuple[str, str]]
    check: str


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose in words and as printed, and the courses of one diagnosis that had it.

    `diagnosis` is empty if the finding has no other.
    """

    diagnosis: str
    said: str
    printed: str
    is_for_flares: bool
    courses: list[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as shown."""

    finding: Finding
    id: str
    title: str
    part: str
    """That only some of the library's courses are counted; empty if it is all of them."""
    counted: list[Counted]
    here: tuple[str, str] | None
    groups: list[tuple[str, str]]
    about: str
    events: list[tuple[str, str]]
    doses: list[Dose]
    """Those of one diagnosis together, and of these the ones with failures first."""
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Findings:
    """Shows the findings of a report; `courses` has those that cited ones are linked with."""

    report: EvidenceReport
    cases: Mapping[str, Case]
    ids: dict[str, str]
    courses: Mapping[str, CourseCase]

    def shown(self, finding: Finding, number: int, sort: str) -> Shown:
        """A finding, `number` among all, its rows in the order of `sort`."""
        said = lines(finding, self.ids, self.courses)
        here = as_here(said)
        own = [self.cases[each] for each in finding.courses]
        return Shown(
            finding,
            f"finding-{number}",
            _title(finding),
            counting.part(finding),
            self._counted(finding),
            self._group(here) if here else None,
            [self._group(each) for each in said if each is not here],
            f"{counting.patients(finding)}, {counting.months(finding.months)}; "
            f"{beside.design(finding)}",
            [(each.name, counting.events(each, self.ids)) for each in finding.by_diagnosis],
            self._doses(finding),
            rows(own, self.ids, self.courses, self.report.profile, sort),
        )

    def _doses(self, finding: Finding) -> list[Dose]:
        """Unlike diagnoses never share a line."""
        found = []
        for group in finding.by_diagnosis:
            name = group.name if len(finding.by_diagnosis) > 1 else ""
            own = [
                self._dose(name, dose, [each for each in dose.courses if each in group.courses])
                for dose in finding.doses
                if set(dose.courses) & set(group.courses)
            ]
            found += sorted(own, key=self._worst)
        return found

    def _dose(self, diagnosis: str, dose: DoseUsed, courses: list[str]) -> Dose:
        regimens = self.cases[courses[0]].dose.regimens
        said = "; ".join(map(regimen, regimens))
        return Dose(diagnosis, said, dose.printed, "flare" in dose.roles, courses)

    def _worst(self, dose: Dose) -> int:
        order = [level for level, _said in LEVELS]
        return min(order.index(self.cases[each].response.level) for each in dose.courses)

    def _counted(self, finding: Finding) -> list[Counted]:
        active = [each for each in self.report.profile.diagnoses if each.status == "active"]
        alone = len(finding.by_diagnosis) == 1 and len(active) == 1
        plain = finding.relation == "direct" and alone
        return [
            Counted(
                "" if plain else each.name,
                outcome_parts(each.outcomes),
                self._check([self.cases[course] for course in each.courses]),
            )
            for each in finding.by_diagnosis
        ]

    def _check(self, cases: Sequence[Case]) -> str:
        """`Table 2, p. 208: no response T2R4; partial T2R5; complete T2R2, T2R3`."""
        where = listed(dict.fromkeys(printed_at(each.at) for each in cases))
        found = []
        for level, said in LEVELS:
            own = [short(each.course, self.ids) for each in cases if each.response.level == level]
            found += [f"{said} {', '.join(own)}"] if own else []
        return f"{where}: {'; '.join(found)}"

    def _group(self, line: Line) -> tuple[str, str]:
        return label_of(self.report, line), line.said


def printed_at(at: At) -> str:
    """`Table 2, p. 208`, as far as it is known."""
    table = f"Table {at.table}" if at.table else at.section or ""
    page = f"p. {at.page}" if at.page else ""
    return ", ".join(filter(None, (table, page))) or at.series


def _title(finding: Finding) -> str:
    names = listed(each.name for each in finding.by_diagnosis)
    return f"{upper_first(finding.name)} in {names}{RELATION[finding.relation]}"
