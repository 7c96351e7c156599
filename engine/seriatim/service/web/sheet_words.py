"""What the evidence sheet says: one report for the chart, its limits before its table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seriatim.render.beside import (
    FULL_NEAR_MISSES,
    caution,
    discrepancies,
    discrepancy,
    limits,
    near_miss,
    not_known,
    reasons_open,
)
from seriatim.render.canvas import GLUE
from seriatim.render.counting import events, group_counts, months, worth_seeing
from seriatim.render.courses import course_events, dose, links, place, shared
from seriatim.render.glyphs import UNICODE
from seriatim.render.markdown_beside import label_doses
from seriatim.render.text_courses import RELATION
from seriatim.render.text_labels import label_sentences, no_label_sentences
from seriatim.render.words import (
    headline,
    listed,
    person,
    provenance,
    short,
    short_ids,
    understood,
    upper_first,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.base import Response
    from seriatim.model.evidence import Case, EvidenceReport, Finding

FITS = 3000
"""Characters before the rows that fit on a page at the usual size of print."""
NOT_THIS = "May not be this patient's diagnosis."


@dataclass(frozen=True, slots=True)
class Row:
    """A cited course in one line of a table; every text is as in every other rendering."""

    course: str
    short: str
    who: str
    diagnosis: str
    level: Response | None
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
    silent: tuple[str, ...]
    """What labels do not name it."""
    doses: tuple[str, ...]
    answers: tuple[Answer, ...]
    nothing: str | None
    """What is said if no course is cited."""
    cautions: tuple[str, ...]
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
        return (*self.stronger, *self.silent)

    @property
    def is_long(self) -> bool:
        """Whether what must stand on the first page needs smaller print to fit there."""
        first = [*self.labels, *self.limits, *self.sources]
        for each in self.answers:
            first += [*each.warning, each.statement, each.failures, each.harms]
        return sum(map(len, first)) > FITS


def sheet_of(report: EvidenceReport, *, everything: bool = False) -> Sheet:
    """The words of a report; `everything` has every discrepancy, else the most specific ones."""
    ids = short_ids(report.cases)
    nearest = () if report.findings else report.near_misses[:FULL_NEAR_MISSES]
    shown, more = discrepancies(report, everything=everything)
    texts, _left = limits(report, everything=True)
    return Sheet(
        headline=headline(report),
        provenance=provenance(report),
        report_id=report.report_id,
        engine=report.engine,
        stronger=tuple(map(_unglued, label_sentences(report.stronger_evidence))),
        silent=tuple(map(_unglued, no_label_sentences(report.no_label))),
        doses=tuple(f"{upper_first(each)}." for each in label_doses(report)),
        answers=tuple(_answers(report, ids)),
        nothing=None if report.findings else report.summary[-1],
        cautions=tuple(caution(each, ids) for each in report.cautions),
        limits=tuple(each.text for each in texts),
        discrepancies=tuple(discrepancy(each, ids) for each in shown),
        more=more,
        nearest=tuple(map(near_miss, nearest)),
        missing=tuple(each.fact for each in report.missing),
        understood=tuple(understood(report.profile)),
        sources=tuple(sources(report)),
        series=tuple(sorted({each.at.series for each in report.cases})),
    )


def _unglued(text: str) -> str:
    return text.replace(GLUE, " ")


def sources(report: EvidenceReport) -> list[str]:
    """How to cite what is cited, and what was read of it."""
    cited = {each.at.series for each in report.cases}
    return [
        f"{each.citation} (read: {each.read})."
        for each in report.knowledge.series
        if each.id in cited
    ]


def _answers(report: EvidenceReport, ids: dict[str, str]) -> Iterable[Answer]:
    """Each finding; why a diagnosis is open is said once for all of them."""
    said: set[str] = set()
    for finding in report.findings:
        made = _answer(report, finding, ids)
        first, why = made.warning[:1], made.warning[1:]
        yield replace(made, warning=(*first, *(each for each in why if each not in said)))
        said.update(why)


def _answer(report: EvidenceReport, finding: Finding, ids: dict[str, str]) -> Answer:
    cases = {each.course: each for each in report.cases}
    own = [cases[each] for each in finding.courses]
    names = listed(each.name for each in finding.by_diagnosis)
    groups = (f"{each.label}: {group_counts(each, ids, cases)}" for each in worth_seeing(finding))
    return Answer(
        title=f"{upper_first(finding.name)} in {names}{RELATION[finding.relation]}",
        relation=finding.relation,
        drug=finding.drug,
        warning=tuple(_warning(report, finding, own)),
        statement=finding.statement,
        harms=harms(finding, ids),
        failures=failures(own, ids),
        groups=tuple(upper_first(each) for each in groups),
        several=len(finding.by_diagnosis) > 1,
        rows=tuple(_row(report, each, ids) for each in own),
    )


def _warning(report: EvidenceReport, finding: Finding, cases: list[Case]) -> Iterable[str]:
    if finding.relation == "indirect":
        yield " ".join(map(upper_first, finding.because))
    elif finding.relation == "ambiguous":
        yield f"{NOT_THIS} {not_known(cases)}"
        yield from reasons_open(report, finding)


def harms(finding: Finding, ids: dict[str, str]) -> str:
    """Months and adverse events; those of unlike diagnoses one by one."""
    said = f"Duration: {months(finding.months)}. "
    if len(finding.by_diagnosis) == 1:
        return f"{said}{upper_first(events(finding, ids))}."
    each_one = (f"{group.name}: {events(group, ids)}" for group in finding.by_diagnosis)
    return f"{said}{upper_first('; '.join(each_one))}."


def failures(cases: Iterable[Case], ids: dict[str, str]) -> str:
    """Every course without response by name; empty if there is none."""
    found = [
        f"{short(each.course, ids)} ({', '.join(filter(None, _brief(each)))})"
        for each in cases
        if each.response.level == "none"
    ]
    return f"No response: {listed(found)}." if found else ""


def _brief(case: Case) -> tuple[str, ...]:
    return (
        person(case.age, case.sex, " "),
        "" if case.months is None else f"{case.months:g} months",
        place(case),
    )


def _row(report: EvidenceReport, case: Case, ids: dict[str, str]) -> Row:
    return Row(
        course=case.course,
        short=short(case.course, ids),
        who=person(case.age, case.sex, " ") or "not printed",
        diagnosis=case.diagnosis.name or f"{case.diagnosis.printed} as printed",
        level=case.response.level,
        mark=UNICODE.of(case.response.level),
        months="not printed" if case.months is None else f"{case.months:g}",
        dose=dose(case),
        events=course_events(case),
        has_events=bool(case.adverse_events),
        prior=shared(case, report.profile) or "",
        links=tuple(links(case, ids)),
        place=place(case),
        differs="; ".join(case.differs_on),
        same="; ".join(case.matched_on),
    )
