"""The body of a card in GitHub-flavoured Markdown: the answer first, then what limits it.

What came from the patient's record is escaped; nothing of it can begin a link, HTML or a table.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from seriatim.evidence.statements import failures_first
from seriatim.kept import Kept
from seriatim.render import markup
from seriatim.render.beside import caution, design, discrepancy, limits, reasons_open
from seriatim.render.counting import events, months, part, patients
from seriatim.render.courses import course_events, dose
from seriatim.render.groups import lines
from seriatim.render.text_labels import label_sentences, no_label_sentences
from seriatim.render.words import listed, person, plural, short, short_ids, upper_first
from seriatim.service.hooks.relevance import FAILURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.model.evidence import Caution, CourseCase, DiagnosisGroup, EvidenceReport, Finding
    from seriatim.service.hooks.catalogue import Catalogue
    from seriatim.service.hooks.relevance import Answer

MOST_ROWS = 8
MOST_GROUPS = 3
MOST_DISCREPANCIES = 2
MOST_MISSING = 5
MOST_LIMITS = 3

ALWAYS_OPEN = frozenset({"current therapies", "prior therapies"})
"""Facts of the engine's that a record never settles: no list of it is known to be whole."""

Block = list[str]

escape = lru_cache(maxsize=4096)(markup.escape)
"""For text of the knowledge, which comes again and again; never for text of a record."""


def detail(
    report: EvidenceReport, answer: Answer, catalogue: Catalogue, record: Sequence[str]
) -> str:
    """Everything that a card says below its line.

    `record` holds a list, in Markdown, of what there is to say of the record itself: what was not
    there, what contradicts itself, how it was read.
    """
    ids = short_ids(report.cases)
    rest = [each for each in answer.cautions if each not in answer.warnings]
    blocks: list[Block] = [_bullets(_labels(answer)), *_cautions("Caution", answer.warnings, ids)]
    if not answer.findings:
        blocks.append([escape(_nothing(report, answer))])
    if answer.failed:
        blocks.append([escape(_failure(report, answer))])
    for finding in answer.findings:
        blocks += _finding(report, finding, ids, rows=finding is answer.findings[0])
    blocks += [
        *_cautions("To keep in mind", rest, ids),
        *_section(
            "The publication and its own rows disagree", _contradictions(report, answer, ids)
        ),
        *_section("Not known, and would change this", _missing(report, answer, catalogue)),
        *_section("Limits", _limits(report)),
        *([["**The record**"], [*record]] if record else []),
        [_source(report, answer)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _cautions(title: str, found: Sequence[Caution], ids: dict[str, str]) -> list[Block]:
    return _section(title, [caution(each, ids) for each in found])


def _section(title: str, items: Sequence[str]) -> list[Block]:
    return [[f"**{title}**"], _bullets(items)] if items else []


def _bullets(items: Sequence[str]) -> Block:
    return [f"- {escape(each)}" for each in items]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Block:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(escape, row))} |" for row in rows)]


def _labels(answer: Answer) -> list[str]:
    doses = [
        f"Dose on the {each.jurisdiction} label for {each.diagnosis_name}: {listed(each.doses)}."
        for each in answer.labels
        if each.doses and each.holds == "yes"
    ]
    sentences = [*label_sentences(answer.labels), *no_label_sentences(answer.silent)]
    return [*sentences, *doses]


def _failure(report: EvidenceReport, answer: Answer) -> str:
    """What rules conclude of the drug in this patient, in their words."""
    kinds = (*FAILURES, "failure")
    said = [
        e.statement for e in report.conclusions if answer.drug in e.of and e.conclusion in kinds
    ]
    return f"In this patient: {'; '.join(dict.fromkeys(said))}."


def _nothing(report: EvidenceReport, answer: Answer) -> str:
    active = [each for each in report.profile.diagnoses if each.status == "active"]
    named = listed([each.name or "a diagnosis that is open" for each in active], "or")
    what = f"in {named}" if active else "is cited: no active diagnosis was recognised"
    text = f"No course in this library of {answer.name} {what}. "
    text += "That is not evidence that it does not work."
    for each in answer.siblings:
        text += f" Of its class: {each.statement}"
    return text


# --- one finding ----------------------------------------------------------------------------------


def _finding(
    report: EvidenceReport, finding: Finding, ids: dict[str, str], *, rows: bool
) -> list[Block]:
    """Whose diagnosis it is of, and then what is the same for every patient with this finding."""
    about = design(finding)
    # the engine keeps findings; while one is kept here too, no other has its identity
    key = (id(finding), rows, about, tuple(ids), tuple(ids.values()))
    kept = _SAID.get(key, lambda: (finding, _said(finding, report.cases, ids, about, rows=rows)))
    return [_relation(report, finding), *kept[1]]


_SAID: Kept[tuple[Finding, list[Block]]] = Kept()


def _said(
    finding: Finding, cited: Sequence[CourseCase], ids: dict[str, str], about: str, *, rows: bool
) -> list[Block]:
    """The counts and what no count mends, the groups within, and the courses if `rows`.

    All of it is of the finding and of published courses: nothing of the patient, as it is kept.
    """
    cases = {each.course: each for each in cited}
    groups = [
        f"{upper_first(each.label)}: {each.said}."
        for each in lines(finding, ids, cases, MOST_GROUPS)
    ]
    only = part(finding)
    return [
        [f"**{escape(only)}.**"] if only else [],
        *([_counted(each, finding, ids)] for each in finding.by_diagnosis),
        [escape(f"{patients(finding)}, {months(finding.months)}; {about}.")],
        _bullets(groups),
        _rows(finding, [cases[each] for each in finding.courses], ids) if rows else [],
    ]


def _relation(report: EvidenceReport, finding: Finding) -> Block:
    """Loudly, that it may not be this patient's diagnosis, or is not."""
    if finding.relation == "ambiguous":
        why = " ".join(reasons_open(report, finding))
        return [f"> **Perhaps not this patient's diagnosis.** {escape(why)}"]
    if finding.relation == "indirect":
        why = " ".join(map(upper_first, finding.because))
        return [f"> **Another diagnosis.** {escape(why)}"]
    return []


def _counted(group: DiagnosisGroup, finding: Finding, ids: dict[str, str]) -> str:
    """Failures first, then the rest with the exact interval, then adverse events."""
    said = failures_first(group.outcomes)
    lead = f"{upper_first(finding.name)} in {group.name}: {said}."
    return f"**{escape(lead)}** {escape(upper_first(events(group, ids)))}."


def _rows(finding: Finding, cases: list[CourseCase], ids: dict[str, str]) -> Block:
    """The first rows, failures before the others."""
    several = len(finding.by_diagnosis) > 1
    where = ("Diagnosis",) if several else ()
    head = ("Course", *where, "Patient", "Response", "Months", "Dose", "Adverse events")
    lines = _table(head, (_row(each, ids, several=several) for each in cases[:MOST_ROWS]))
    left = len(cases) - MOST_ROWS
    if left > 0:
        more = "counted above with their adverse events, and shown on the page of the series"
        lines += ["", f"{plural(left, 'more course')}, {more}."]
    return lines


def _row(case: CourseCase, ids: dict[str, str], *, several: bool) -> tuple[str, ...]:
    diagnosis = case.diagnosis.name or f"{case.diagnosis.printed} as printed"
    return (
        short(case.course, ids),
        *((diagnosis,) if several else ()),
        person(case.age, case.sex, " "),
        case.response.level or "not printed",
        "not printed" if case.months is None else f"{case.months:g}",
        dose(case),
        course_events(case),
    )


# --- beside it ------------------------------------------------------------------------------------


def _contradictions(report: EvidenceReport, answer: Answer, ids: dict[str, str]) -> list[str]:
    """Those that a row of this card contradicts, then those about no other rows than these."""
    shown = {course for finding in answer.findings for course in finding.courses}
    against, own, other = [], [], 0
    for each in report.discrepancies:
        if not shown.isdisjoint(each.counterexamples):
            against.append(each)
        elif shown.issuperset(each.courses):
            own.append(each)
        elif not shown.isdisjoint(each.courses):
            other += 1
    said = [discrepancy(each, ids) for each in [*against, *own][:MOST_DISCREPANCIES]]
    left = len(against) + len(own) + other - len(said)
    return [*said, f"{left} more on the page of the series."] if said and left else said


def _missing(report: EvidenceReport, answer: Answer, catalogue: Catalogue) -> list[str]:
    """What to ask for of this drug; what a record never settles comes last."""
    own = (
        each.fact
        for each in report.missing
        if any(catalogue.about.get(rule, answer.drug) == answer.drug for rule in each.would_decide)
    )
    facts = sorted(own, key=ALWAYS_OPEN.__contains__)
    left = len(facts) - MOST_MISSING
    text = "; ".join(facts[:MOST_MISSING])
    return [f"{text}{f'; {left} more' if left > 0 else ''}."] if facts else []


def _limits(report: EvidenceReport) -> list[str]:
    """The first few; that nothing is cited has been said already."""
    found, _left = limits(report, everything=False)
    return [each.text for each in found if each.id != "nothing-cited"][:MOST_LIMITS]


def _source(report: EvidenceReport, answer: Answer) -> str:
    cited = {each.partition("/")[0] for finding in answer.findings for each in finding.courses}
    found = [
        f"{each.citation} (read: {each.read})"
        for each in report.knowledge.series
        if each.id in cited
    ]
    said = f"Source: {'; '.join(found)}. " if found else ""
    said += f"Knowledge {report.knowledge.version}, report {report.report_id[:15]}. "
    return f"*{escape(said)}It cites published cases; it does not advise for or against a drug.*"
