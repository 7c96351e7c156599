"""What the evidence sheet says: one report for the chart, its limits before its table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seriatim.render.beside import (
    caution,
    cautions,
    copies_read,
    discrepancies,
    discrepancy,
    limits,
)
from seriatim.render.words import (
    headline,
    listed,
    provenance,
    series_name,
    short,
    short_ids,
    understood,
    upper_first,
)
from seriatim.service.web import sheet_labels as labels
from seriatim.service.web.sheet_findings import Answer, answers_of

if TYPE_CHECKING:
    from seriatim.model.evidence import EvidenceReport, SeriesRef
    from seriatim.service.web.sheet_findings import Courses

FITS = 3000
"""Characters before the rows that fit on a page with them at the usual size of print."""
FITS_ONE_PAGE = 4000
"""Characters in all that do."""
FITS_SMALL = 6000
"""Those that fit at the smaller size."""
SAFETY = "safety"
_REASON = re.compile(r"(?P<reason>.+?\.) (?=[A-Z])(?P<rest>.+)", re.DOTALL)


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
    copies_read: str
    """Of what copies of labels the cautions are."""
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
    holds: tuple[str, ...]
    """The diagnoses that the library has courses of, if none is cited."""
    understood: tuple[str, ...]
    citations: tuple[str, ...]
    """How to cite what is cited."""
    sources: tuple[str, ...]
    """The same, and what was read of it."""
    rows_are: str
    """What the id of a row means."""
    series: tuple[tuple[str, str], ...]
    """Id and name of each series that is cited."""

    @property
    def labels(self) -> tuple[str, ...]:
        """All that is said of labels."""
        older = (f"{labels.OTHER_AGE}: {each}" for each in self.not_for_age)
        return (*self.stronger, *older, *self.silent)

    @property
    def harm(self) -> tuple[tuple[str, str], ...]:
        """The safety cautions under their heading: the reason, and what follows from it."""
        return tuple(_reason(each.partition(": ")[2]) for each in self.safety)

    @property
    def is_long(self) -> bool:
        """Whether it needs smaller print to stand on one page, or its first page to hold."""
        return self._before_rows > FITS or self._whole > FITS_ONE_PAGE

    @property
    def is_crowded(self) -> bool:
        """Whether it also needs its cautions one after the other."""
        return self._before_rows > FITS_SMALL

    @property
    def _before_rows(self) -> int:
        first = [*self.labels, *self.safety, *self.failed, *self.limits, *self.sources]
        return sum(map(len, (*first, *(each.said for each in self.answers))))

    @property
    def _whole(self) -> int:
        rest = [*self.cautions, *self.doses, *self.discrepancies, *self.understood]
        return self._before_rows + sum(map(len, (*rest, *(e.beneath for e in self.answers))))


def sheet_of(report: EvidenceReport, courses: Courses, *, everything: bool = False) -> Sheet:
    """The words of a report; `everything` has every discrepancy, else the most specific ones.

    `courses` has those that cited ones are linked with.
    """
    ids = short_ids(report.cases)
    shown, more = discrepancies(report, everything=everything)
    texts, _left = limits(report, everything=True)
    return Sheet(
        headline=headline(report),
        provenance=f"Library: {provenance(report)}",
        report_id=report.report_id,
        engine=report.engine,
        stronger=labels.stronger(report),
        labels_are_sure=any(each.holds == "yes" for each in report.stronger_evidence),
        not_for_age=labels.not_for_age(report),
        silent=labels.silent(report),
        doses=labels.doses(report),
        safety=_cautions(report, ids, safety=True),
        copies_read=copies_read(report),
        failed=tuple(failed(report).values()),
        answers=tuple(answers_of(report, ids, courses)),
        nothing=None if report.findings else report.summary[-1],
        cautions=_cautions(report, ids, safety=False),
        limits=tuple(each.text for each in texts),
        discrepancies=tuple(discrepancy(each, ids) for each in shown),
        more=more,
        holds=() if report.findings else diagnoses_of(courses),
        understood=tuple(understood(report.profile)),
        citations=tuple(each.citation for each in _cited(report)),
        sources=tuple(f"{each.citation} (read: {each.read})." for each in _cited(report)),
        rows_are=rows_are(report, ids),
        series=tuple((each.id, series_name(each)) for each in _cited(report)),
    )


def _cautions(report: EvidenceReport, ids: dict[str, str], *, safety: bool) -> tuple[str, ...]:
    return tuple(
        caution(each, ids) for each in cautions(report) if (each.concerns == SAFETY) is safety
    )


def _reason(text: str) -> tuple[str, str]:
    """The first sentence of a caution, and the rest."""
    found = _REASON.match(text)
    return (found["reason"], found["rest"]) if found else (text, "")


def failed(report: EvidenceReport) -> dict[str, str]:
    """For each drug that is answered for or considered and has failed here: that it has, and how.

    `Anakinra has already been given to this patient and is counted as failed: anakinra brought
    no response.`
    """
    drugs = {each.drug: each.name for each in report.findings}
    drugs |= {
        each.concept: each.name or each.given for each in report.profile.considering if each.concept
    }
    how: dict[str, dict[str, None]] = {}
    for each in report.conclusions:
        if each.conclusion == "failure":
            for drug in drugs.keys() & set(each.of):
                reasons = (_without(reason, drugs[drug]) for reason in each.from_)
                how.setdefault(drug, {}).update(dict.fromkeys(reasons))
    return {
        drug: f"{upper_first(name)} has already been given to this patient and is counted as "
        f"failed: it {listed(how[drug])}."
        for drug, name in drugs.items()
        if drug in how
    }


def _without(reason: str, drug: str) -> str:
    return reason.removeprefix(f"{drug} ")


def _cited(report: EvidenceReport) -> list[SeriesRef]:
    cited = {each.at.series for each in report.cases}
    return [each for each in report.knowledge.series if each.id in cited]


def rows_are(report: EvidenceReport, ids: dict[str, str]) -> str:
    """`T2R4 is Table 2, row 4.`: the id of the first row of a table as an example."""
    printed = (each for each in report.cases if each.at.table and each.at.row)
    first = next(printed, None)
    if first is None:
        return ""
    return f"{short(first.course, ids)} is Table {first.at.table}, row {first.at.row}."


def diagnoses_of(courses: Courses) -> tuple[str, ...]:
    """Every diagnosis that the library has courses of, as it is called."""
    found = {
        each.diagnosis.name or f"{each.diagnosis.printed} as printed" for each in courses.values()
    }
    return tuple(sorted(found, key=str.casefold))
