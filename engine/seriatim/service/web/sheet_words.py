"""What the evidence sheet says: one report for the chart, its limits before its table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seriatim.render.beside import (
    FULL_NEAR_MISSES,
    caution,
    cautions,
    discrepancies,
    discrepancy,
    lacking,
    limits,
    not_known,
    reasons_open,
)
from seriatim.render.courses import dose, place, shared
from seriatim.render.glyphs import UNICODE
from seriatim.render.groups import label_of, lines
from seriatim.render.text_courses import RELATION
from seriatim.render.words import (
    headline,
    listed,
    person,
    provenance,
    response,
    short,
    short_ids,
    understood,
    upper_first,
)
from seriatim.service.web import sheet_counts as counts
from seriatim.service.web import sheet_labels as labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.base import Response
    from seriatim.model.evidence import Case, CourseCase, EvidenceReport, Finding

    Courses = Mapping[str, CourseCase]

FITS = 3000
"""Characters before the rows that fit on a page at the usual size of print."""
FITS_SMALL = 6000
"""Those that fit at the smaller size."""
NOT_THIS = "May not be this patient's diagnosis."
ANOTHER = "Another disease than this patient's."
SAFETY = "safety"


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
    dose: str
    events: str
    has_events: bool
    prior: str
    links: tuple[str, ...]
    place: str
    differs: str
    same: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One finding: what must be known before it, its count, its harms, and its rows."""

    title: str
    relation: str
    drug: str
    warning: tuple[str, ...]
    """Why the courses may not be of the patient's diagnosis, or why another one is worth seeing."""
    statement: str
    harms: str
    failures: str
    groups: tuple[str, ...]
    several: bool
    """Whether its courses are of several diagnoses."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the sheet and the letter draw on, in words."""

    headline: str
    provenance: str
    report_id: str
    engine: str
    stronger: tuple[str, ...]
    """What labels name the patient's diagnosis, which comes before all else."""
    labels_are_sure: bool
    """Whether one names the diagnosis itself, not only what it could be."""
    not_for_age: tuple[str, ...]
    """What labels name it for older patients alone."""
    silent: tuple[str, ...]
    """What labels do not name it."""
    doses: tuple[str, ...]
    """Those of the drugs in question, for this age."""
    safety: tuple[str, ...]
    """Cautions about harm, which come before the counts."""
    failed: tuple[str, ...]
    """That a drug which is answered for has already failed in this patient."""
    answers: tuple[Answer, ...]
    nothing: str | None
    """What is said if no course is cited."""
    cautions: tuple[str, ...]
    """All other cautions."""
    limits: tuple[str, ...]
    discrepancies: tuple[str, ...]
    more: int
    """How many further ones the page of the series has."""
    nearest: tuple[str, ...]
    """The rules that came nearest, if no course is cited."""
    missing: tuple[str, ...]
    understood: tuple[str, ...]
    sources: tuple[str, ...]
    series: tuple[str, ...]
    """The series that are cited."""

    @property
    def labels(self) -> tuple[str, ...]:
        """All that is said of labels."""
        older = (f"{labels.OTHER_AGE}: {each}" for each in self.not_for_age)
        return (*self.stronger, *older, *self.silent)

    @property
    def is_long(self) -> bool:
        """Whether what must stand on the first page needs smaller print to fit there."""
        return self._before_rows > FITS

    @property
    def is_crowded(self) -> bool:
        """Whether it also needs its cautions one after the other."""
        return self._before_rows > FITS_SMALL

    @property
    def _before_rows(self) -> int:
        first = [*self.labels, *self.safety, *self.failed, *self.limits, *self.sources]
        for each in self.answers:
            first += [*each.warning, each.statement, each.failures, each.harms]
        return sum(map(len, first))


def sheet_of(report: EvidenceReport, courses: Courses, *, everything: bool = False) -> Sheet:
    """The words of a report; `everything` has every discrepancy, else the most specific ones.

    `courses` has those that cited ones are linked with.
    """
    ids = short_ids(report.cases)
    nearest = () if report.findings else report.near_misses[:FULL_NEAR_MISSES]
    shown, more = discrepancies(report, everything=everything)
    texts, _left = limits(report, everything=True)
    return Sheet(
        headline=headline(report),
        provenance=provenance(report),
        report_id=report.report_id,
        engine=report.engine,
        stronger=labels.stronger(report),
        labels_are_sure=any(each.holds == "yes" for each in report.stronger_evidence),
        not_for_age=labels.not_for_age(report),
        silent=labels.silent(report),
        doses=labels.doses(report),
        safety=_cautions(report, ids, safety=True),
        failed=tuple(failed(report).values()),
        answers=tuple(_answers(report, ids, courses)),
        nothing=None if report.findings else report.summary[-1],
        cautions=_cautions(report, ids, safety=False),
        limits=tuple(each.text for each in texts),
        discrepancies=tuple(discrepancy(each, ids) for each in shown),
        more=more,
        nearest=tuple(f"{each.title}: {lacking(each)}." for each in nearest),
        missing=tuple(each.fact for each in report.missing),
        understood=tuple(understood(report.profile)),
        sources=tuple(sources(report)),
        series=tuple(sorted({each.at.series for each in report.cases})),
    )


def _cautions(report: EvidenceReport, ids: dict[str, str], *, safety: bool) -> tuple[str, ...]:
    return tuple(
        caution(each, ids) for each in cautions(report) if (each.concerns == SAFETY) is safety
    )


def failed(report: EvidenceReport) -> dict[str, str]:
    """For each drug that is answered for or considered and has failed here: that it has."""
    drugs = {each.drug: each.name for each in report.findings}
    drugs |= {
        each.concept: each.name or each.given for each in report.profile.considering if each.concept
    }
    return {
        drug: f"{upper_first(name)} has already been given to this patient: {each.statement}."
        for each in report.conclusions
        if each.conclusion == "failure"
        for drug, name in drugs.items()
        if drug in each.of
    }


def sources(report: EvidenceReport) -> list[str]:
    """How to cite what is cited, and what was read of it."""
    cited = {each.at.series for each in report.cases}
    return [
        f"{each.citation} (read: {each.read})."
        for each in report.knowledge.series
        if each.id in cited
    ]


def _answers(report: EvidenceReport, ids: dict[str, str], courses: Courses) -> Iterable[Answer]:
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
    groups = (f"{label_of(report, each)}: {each.said}" for each in lines(finding, ids, courses))
    return Answer(
        title=f"{upper_first(finding.name)} in {names}{_relation(report, finding)}",
        relation=finding.relation,
        drug=finding.drug,
        warning=tuple(_warning(report, finding, own)),
        statement=finding.statement,
        harms=counts.harms(finding, ids),
        failures=counts.failures(own, ids),
        groups=tuple(upper_first(each) for each in groups),
        several=len(finding.by_diagnosis) > 1,
        rows=tuple(_row(report, each, ids, courses) for each in own),
    )


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
        dose=dose(case),
        events=counts.row_events(case),
        has_events=bool(case.adverse_events),
        prior=shared(case, report.profile),
        links=tuple(counts.row_links(case, ids, courses)),
        place=place(case),
        differs="; ".join(case.differs_on),
        same="; ".join(case.matched_on),
    )
