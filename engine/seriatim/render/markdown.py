"""The report as GitHub-flavoured Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import k_of_n
from seriatim.render.beside import design, not_known, reasons_open
from seriatim.render.counting import events, months, part, patients
from seriatim.render.courses import course_events, dose, links, place, shared, told_of
from seriatim.render.groups import label_of, lines
from seriatim.render.markdown_beside import beside, sources, why_section
from seriatim.render.markup import bullets, escape, table
from seriatim.render.text_labels import label_sentences, no_label_sentences
from seriatim.render.words import (
    headline,
    listed,
    person,
    provenance,
    response,
    short,
    short_ids,
    upper_first,
)

if TYPE_CHECKING:
    from seriatim.model.evidence import Case, EvidenceReport, Finding

Block = list[str]
COURSE_COLUMNS = (
    "Course",
    "Patient",
    "Diagnosis",
    "Response",
    "Months",
    "Dose",
    "Adverse events",
    "Prior therapies and links",
    "Place",
)


def render_markdown(report: EvidenceReport, *, why: bool = False, everything: bool = False) -> str:
    """The whole report; `why` adds the rules, `everything` leaves nothing out."""
    labels = [*label_sentences(report.stronger_evidence), *no_label_sentences(report.no_label)]
    blocks = [
        [f"# {escape(headline(report))}"],
        [f"*{escape(provenance(report))}*"],
        bullets(labels),
    ]
    if not report.findings:
        blocks.append([f"**{escape(report.summary[-1])}**"])
    ids = short_ids(report.cases)
    for finding in report.findings:
        blocks += _finding(report, finding, ids)
    blocks += beside(report, ids, everything=everything)
    blocks += why_section(report) if why else []
    blocks.append(sources(report))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _finding(report: EvidenceReport, finding: Finding, ids: dict[str, str]) -> list[Block]:
    cases = {each.course: each for each in report.cases}
    own = [cases[each] for each in finding.courses]
    names = listed(each.name for each in finding.by_diagnosis)
    title = f"{upper_first(finding.name)} in {names} ({finding.relation})"
    groups = (f"{label_of(report, each)}: {each.said}" for each in lines(finding, ids, cases))
    about = f"{patients(finding)}, {months(finding.months)}; {design(finding)}."
    return [
        [f"## {escape(title)}"],
        _lead(report, finding, own),
        [f"**{escape(only)}.**"] if (only := part(finding)) else [],
        _counts(finding, ids),
        [escape(about)],
        bullets(groups),
        table(COURSE_COLUMNS, (_course(report, each, ids) for each in own)),
    ]


def _lead(report: EvidenceReport, finding: Finding, cases: list[Case]) -> Block:
    """Loudly, that the diagnosis may be another, and why."""
    if finding.relation == "direct":
        return []
    if finding.relation == "indirect":
        return [escape(" ".join(map(upper_first, finding.because)))]
    said = " ".join((not_known(cases), *reasons_open(report, finding)))
    return [f"> **May not be this patient's diagnosis.** {escape(said)}"]


def _counts(finding: Finding, ids: dict[str, str]) -> Block:
    """Each diagnosis in its own row; unlike diseases are not pooled."""
    rows = []
    for each in finding.by_diagnosis:
        out = each.outcomes
        missing = f"; not printed {out.not_printed}" if out.not_printed else ""
        none = f"{k_of_n(out.none)}{missing}"
        said = (none, k_of_n(out.partial), k_of_n(out.complete))
        rows.append((each.name, *said, events(each, ids)))
    return table(("Diagnosis", "No response", "Partial", "Complete", "Adverse events"), rows)


def _course(report: EvidenceReport, case: Case, ids: dict[str, str]) -> tuple[str, ...]:
    return (
        short(case.course, ids),
        person(case.age, case.sex, " "),
        case.diagnosis.name or f"{case.diagnosis.printed} as printed",
        response(case.response.level),
        "not printed" if case.months is None else f"{case.months:g}",
        dose(case),
        course_events(case),
        "; ".join([*told_of(case), shared(case, report.profile), *links(case, ids)]),
        place(case),
    )
