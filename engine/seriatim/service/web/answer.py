"""The answer as a page shows it: words of `seriatim.render` beside links, and its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from markupsafe import Markup

from seriatim.figures import figures_of
from seriatim.kept import Kept
from seriatim.render import beside
from seriatim.render.glyphs import UNICODE
from seriatim.render.text_labels import dose_sentences, label_sentences, no_label_sentences
from seriatim.render.words import as_written, headline, plural, provenance, short_ids, understood
from seriatim.service.web.findings import Findings, Shown
from seriatim.service.web.letter_draft import is_offered
from seriatim.service.web.linking import Linker
from seriatim.service.web.sheet_words import failed
from seriatim.service.web.table import Column, columns, is_order
from seriatim.service.web.together import kept_together
from seriatim.service.web.wanted import Wanted, wanted

if TYPE_CHECKING:
    from seriatim.model.evidence import Case, EvidenceReport, Fired, SeriesRef
    from seriatim.service.web.asking import Asked
    from seriatim.service.web.site import Site
    from seriatim.service.web.state import State

KEPT = 128
"""Answers that are kept as HTML with their figures, by the id of the report; 150 KB each."""
DRAWINGS = 2048
"""Drawings that are kept; they depend on the cited courses alone."""
RELATIONS = ("direct", "ambiguous", "indirect")


class Answers:
    """Makes answers; what was made for a report is kept by its id, in memory alone."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.linker = Linker(site.context.engine.cases, site.course)
        self._kept: Kept[Markup] = Kept(KEPT)
        self._drawings: Kept[str] = Kept(DRAWINGS)

    def of(self, asked: Asked) -> Answer | None:
        """The answer, if there is a report."""
        if asked.report is None:
            return None
        state = asked.state
        if not is_order(state.sort):
            state = replace(state, sort="")
        return Answer(asked.report, state, self.site, self.linker)

    def html(self, answer: Answer) -> Markup:
        """The answer as HTML; its links hold the state, which a report's id stands for."""
        report = answer.report

        def make() -> Markup:
            figures = figures_of(report, link=self.site.course, kept=self._drawings)
            html = self.site.html("_report.html", answer=answer, figures=figures)
            return Markup(kept_together(html))  # noqa: S704 - made here, by a template that escapes

        return self._kept.get((report.report_id, answer.state.sort), make)

    def title(self, asked: Asked) -> str:
        """What a browser shows in its tab: of a patient, only what was understood."""
        if asked.report is not None and asked.report.profile.diagnoses:
            return headline(asked.report)
        return "Look up" if asked.report or not asked.faults else "Something to correct"


@dataclass(frozen=True)
class Answer:
    """A report being shown; what it does not hold in full it makes when it is asked."""

    report: EvidenceReport
    state: State
    site: Site
    link: Linker

    @cached_property
    def ids(self) -> dict[str, str]:
        """The id under which each course is shown."""
        return short_ids(self.report.cases)

    @cached_property
    def cases(self) -> dict[str, Case]:
        """The cited courses by their ids."""
        return {each.course: each for each in self.report.cases}

    @property
    def headline(self) -> str:
        """The patient in a line."""
        return headline(self.report)

    @property
    def provenance(self) -> str:
        """Which knowledge answered."""
        return provenance(self.report)

    @property
    def understood(self) -> list[str]:
        """The profile as it was taken."""
        return understood(self.report.profile)

    # --- what comes first -----------------------------------------------------------------------

    @property
    def labels(self) -> list[str]:
        """What labels name the diagnosis: stronger evidence."""
        return label_sentences(self.report.stronger_evidence)

    @property
    def labels_are_sure(self) -> bool:
        """Whether a label names the diagnosis itself, not only what it could be."""
        return any(each.holds == "yes" for each in self.report.stronger_evidence)

    @property
    def no_labels(self) -> list[str]:
        """That no label does."""
        return no_label_sentences(self.report.no_label)

    @property
    def label_doses(self) -> list[str]:
        """Doses on the labels that name the diagnosis."""
        return dose_sentences(self.report, self.report.stronger_evidence)

    @property
    def nothing(self) -> str:
        """What is said if no course is cited."""
        return "" if self.report.findings else self.report.summary[-1]

    def cautions(self, *, safety: bool) -> list[tuple[str, str]]:
        """Rule and text of the cautions that concern safety, or of the others."""
        return [
            (each.rule, beside.caution(each, self.ids))
            for each in beside.cautions(self.report)
            if (each.concerns == "safety") is safety
        ]

    @property
    def copies_read(self) -> str:
        """Of what copies of labels the cautions are."""
        return beside.copies_read(self.report)

    @property
    def spoken(self) -> str:
        """The answer in a sentence or two, for who hears it change."""
        report = self.report
        cautions = beside.cautions(report)
        number = plural(len(cautions), "caution")
        said = [each.statement for each in report.findings[:2]] or [report.summary[-1]]
        more = [f"{number}."] if cautions else []
        return " ".join([*said, *more])

    # --- findings -------------------------------------------------------------------------------

    @cached_property
    def findings(self) -> dict[str, list[Shown]]:
        """The findings by their relation to the patient."""
        found: dict[str, list[Shown]] = {}
        courses = self.site.context.engine.cases
        making = Findings(self.report, self.cases, self.ids, courses)
        for number, each in enumerate(self.report.findings):
            shown = making.shown(each, number, self.state.sort)
            found.setdefault(each.relation, []).append(shown)
        return {name: found[name] for name in RELATIONS if name in found}

    @cached_property
    def failed(self) -> dict[str, str]:
        """Of each drug that has already failed in this patient: that it has."""
        return failed(self.report)

    @property
    def has_shared(self) -> bool:
        """Whether a published patient had a therapy that this one has had."""
        before = [row.before or () for each in self.all_findings for row in each.rows]
        return any(drug.shared for drugs in before for drug in drugs)

    @property
    def all_findings(self) -> list[Shown]:
        """All of them, in the order of the report."""
        return [each for found in self.findings.values() for each in found]

    def lead(self, relation: str) -> str:
        """What has to be known before the counts of findings that are not direct."""
        findings = [each.finding for each in self.findings[relation]]
        if relation == "indirect":
            reasons = dict.fromkeys(each for finding in findings for each in finding.because)
            return " ".join(each[:1].upper() + each[1:] for each in reasons)
        if relation == "ambiguous":
            own = [self.cases[each] for finding in findings for each in finding.courses]
            return beside.not_known(own)
        return ""

    def reasons_open(self, relation: str) -> list[str]:
        """Why it is open whether courses are of the patient's diagnosis."""
        found = dict.fromkeys(
            reason
            for each in self.findings[relation]
            for reason in beside.reasons_open(self.report, each.finding)
        )
        return list(found) if relation == "ambiguous" else []

    def mark(self, level: str | None) -> str:
        """The mark of a response."""
        return UNICODE.of(level)  # type: ignore[arg-type]

    @property
    def columns(self) -> list[Column]:
        """The columns of the evidence tables."""
        return columns(
            self.state.sort,
            lambda sort: f"{self.site.at('/', replace(self.state, sort=sort))}#evidence",
        )

    # --- beside ---------------------------------------------------------------------------------

    @property
    def discrepancies(self) -> list[tuple[str, str, str]]:
        """Series, claim and text of everything in the paper that its rows contradict."""
        return [
            (each.series, each.claim, beside.discrepancy(each, self.ids))
            for each in self.report.discrepancies
        ]

    @property
    def unfolded(self) -> int:
        """How many of them are shown before the rest is unfolded."""
        return beside.FULL_DISCREPANCIES

    @property
    def limits(self) -> list[str]:
        """Every limit: none is hidden."""
        found, _none_left = beside.limits(self.report, everything=True)
        return [each.text for each in found]

    @property
    def wanted(self) -> list[Wanted]:
        """What is not known and would change the answer."""
        return wanted(self.report, self.state, self.site)

    @property
    def nearest(self) -> list[str]:
        """What comes nearest if no course is cited."""
        return beside.nearest(self.report)

    @property
    def near_misses(self) -> list[tuple[str, str, str]]:
        """Title, rule, and what it lacked, of the rules that came nearest."""
        return [(each.title, each.rule, beside.lacking(each)) for each in self.report.near_misses]

    @property
    def fired(self) -> list[tuple[Fired, list[str]]]:
        """Each rule that fired, once, with everything that it fired for."""
        by_rule: dict[str, tuple[Fired, list[str]]] = {}
        for each in self.report.fired:
            matched = as_written("; ".join(each.matched))
            by_rule.setdefault(each.rule, (each, []))[1].append(matched)
        return list(by_rule.values())

    @property
    def has_letter(self) -> bool:
        """Whether a letter can be drafted, if only after a drug is chosen for it."""
        return is_offered(self.report, self.site.context.engine.cases)

    @property
    def sources(self) -> list[SeriesRef]:
        """The publications that are cited."""
        cited = {each.at.series for each in self.report.cases}
        return [each for each in self.report.knowledge.series if each.id in cited]
