"""What the sheet and the letter say of a finding: its counts, its harms and its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seriatim.evidence.statements import k_of_n
from seriatim.render.beside import not_known, reasons_open
from seriatim.render.counting import events
from seriatim.render.courses import place, told_of
from seriatim.render.glyphs import UNICODE
from seriatim.render.groups import Line, as_here, label_of, lines
from seriatim.render.text_courses import RELATION
from seriatim.render.words import listed, person, response, short, upper_first
from seriatim.service.web import sheet_counts as counts
from seriatim.service.web.table import regimen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.base import Response
    from seriatim.model.evidence import Case, CourseCase, DiagnosisGroup, EvidenceReport, Finding

    Courses = Mapping[str, CourseCase]

MAYBE = ", which may or may not be this patient's diagnosis"
"""What a statement adds, and the warning before it has said."""
NOT_THIS = "May not be this patient's diagnosis."
ANOTHER = "Another disease than this patient's."


@dataclass(frozen=True, slots=True)
class Row:
    """A cited course in one line of a table; every text is as in every other rendering."""

    course: str
    short: str
    who: str
    diagnosis: str
    level: Response | None
    response: str
    mark: str
    months: str
    drug: str
    dose: str
    events: str
    has_events: bool
    besides: tuple[str, ...]
    """What the text says of the patient too, its prior therapies, and each course of the same."""
    place: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One of several diagnoses: k of n with the interval of each level, failures first."""

    name: str
    levels: tuple[tuple[str, str], ...]
    """`no response` and `1 of 7 (95% CI 0.4-57.9%)`; empty if no response is printed."""
    unprinted: str
    events: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One finding: what must be known before it, its count, its harms, and its rows."""

    title: str
    relation: str
    drug: str
    warning: tuple[str, ...]
    """Why the courses may not be of the patient's diagnosis, or why another one is worth seeing."""
    statement: str
    """The count in a sentence; of several diagnoses only what is counted and whose courses."""
    counted: tuple[Counted, ...]
    """Each diagnosis, if there are several."""
    harms: str
    failures: str
    here: tuple[str, str] | None
    """The group that is like this patient, and what is counted in it."""
    groups: tuple[tuple[str, str], ...]
    """All other groups."""
    rows: tuple[Row, ...]

    @property
    def several(self) -> bool:
        """Whether its courses are of several diagnoses."""
        return bool(self.counted)

    @property
    def said(self) -> str:
        """All that stands before the rows, to know how much room it needs."""
        parts = [*self.warning, self.statement, self.failures, self.harms, *(self.here or ())]
        for each in self.counted:
            parts += [each.name, each.events, *(text for level in each.levels for text in level)]
        return " ".join(parts)

    @property
    def beneath(self) -> str:
        """The rows and the groups under them, for the same."""
        parts = [text for group in self.groups for text in group]
        for row in self.rows:
            parts += [row.who, row.diagnosis, row.dose, row.events, *row.besides]
        return " ".join(parts)


def answers_of(report: EvidenceReport, ids: dict[str, str], courses: Courses) -> Iterable[Answer]:
    """Each finding; why a diagnosis is open is said once, that it is open each time."""
    said: set[str] = set()
    for finding in report.findings:
        made = _answer(report, finding, ids, courses)
        first, why = made.warning[:1], made.warning[1:]
        if finding.relation == "ambiguous" and said.issuperset(first):
            first = (NOT_THIS,)
        yield replace(made, warning=(*first, *(each for each in why if each not in said)))
        said.update(made.warning)


def _answer(
    report: EvidenceReport, finding: Finding, ids: dict[str, str], courses: Courses
) -> Answer:
    cases = {each.course: each for each in report.cases}
    own = [cases[each] for each in finding.courses]
    names = listed(each.name for each in finding.by_diagnosis)
    groups = lines(finding, ids, courses)
    here = as_here(groups)
    several = len(finding.by_diagnosis) > 1
    return Answer(
        title=f"{upper_first(finding.name)} in {names}{_relation(report, finding)}",
        relation=finding.relation,
        drug=finding.drug,
        warning=tuple(_warning(report, finding, own)),
        statement=_several(finding) if several else finding.statement,
        counted=tuple(_counted(each, ids) for each in finding.by_diagnosis) if several else (),
        harms=counts.harms(finding, ids),
        failures=counts.failures(own, ids),
        here=_group(report, here) if here else None,
        groups=tuple(_group(report, each) for each in groups if each is not here),
        rows=tuple(_row(report, each, ids, courses) for each in own),
    )


def _several(finding: Finding) -> str:
    """The statement without the counts, which stand in a table, and the names of its rows."""
    names = ", ".join(each.name for each in finding.by_diagnosis)
    lead, _colon, said = finding.statement.partition(": ")
    lead = lead.replace(f" in {names}", " in several diagnoses").replace(f" ({names})", "")
    lead = lead.removesuffix(MAYBE)
    return f"{lead}, not pooled. {said.rpartition('. ')[2]}"


def _counted(group: DiagnosisGroup, ids: dict[str, str]) -> Counted:
    of, unprinted = group.outcomes, group.outcomes.not_printed
    shares = (("no response", of.none), ("partial", of.partial), ("complete", of.complete))
    return Counted(
        upper_first(group.name),
        tuple((level, k_of_n(share)) for level, share in shares) if of.complete.n else (),
        f"not printed {unprinted}" if unprinted else "",
        events(group, ids),
    )


def _group(report: EvidenceReport, line: Line) -> tuple[str, str]:
    return upper_first(label_of(report, line)), line.said


def _warning(report: EvidenceReport, finding: Finding, cases: list[Case]) -> Iterable[str]:
    if finding.relation == "indirect":
        another = [ANOTHER] if _has_diagnosis(report) else []
        yield " ".join([*another, *map(upper_first, finding.because)])
    elif finding.relation == "ambiguous":
        yield f"{NOT_THIS} {not_known(cases)}"
        yield from reasons_open(report, finding)


def _relation(report: EvidenceReport, finding: Finding) -> str:
    if finding.relation == "indirect" and _has_diagnosis(report):
        return " (another disease than this patient's)"
    return RELATION[finding.relation]


def _has_diagnosis(report: EvidenceReport) -> bool:
    return any(each.status == "active" for each in report.profile.diagnoses)


def _row(report: EvidenceReport, case: Case, ids: dict[str, str], courses: Courses) -> Row:
    return Row(
        course=case.course,
        short=short(case.course, ids),
        who=person(case.age, case.sex, " ") or "not printed",
        diagnosis=case.diagnosis.name or f"{case.diagnosis.printed} as printed",
        level=case.response.level,
        response=response(case.response.level),
        mark=UNICODE.of(case.response.level),
        months="not printed" if case.months is None else f"{case.months:g}",
        drug=case.drug_name,
        dose=_dose(case),
        events=counts.row_events(case),
        has_events=bool(case.adverse_events),
        besides=(
            *told_of(case),
            counts.prior(case, report.profile),
            *counts.row_links(case, ids, courses),
        ),
        place=place(case),
    )


def _dose(case: Case) -> str:
    """`150 mg every 28 days, with colchicine`: the dose in words."""
    printed = f"\u201c{case.dose.printed}\u201d" if case.dose.printed else "dose not printed"
    text = "; ".join(map(regimen, case.dose.regimens)) or printed
    if case.concurrent is None:
        return f"{text}, concurrent therapy not printed"
    alongside = ", ".join(each.name for each in case.concurrent)
    return f"{text}, with {alongside}" if alongside else text
