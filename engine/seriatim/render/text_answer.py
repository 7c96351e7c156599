"""The ten-second answer: what labels say, then each finding counted, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import outcome_parts
from seriatim.render.beside import caution_names, cautions, design, not_known
from seriatim.render.canvas import GLUE, Span, Text, cells, glued
from seriatim.render.counting import events, months, part, patients
from seriatim.render.glyphs import STYLES
from seriatim.render.groups import as_here, label_of, lines
from seriatim.render.text_labels import write_label_gate
from seriatim.render.words import upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.evidence import Finding, Outcomes
    from seriatim.render.canvas import Style
    from seriatim.render.view import View


def write_answer(view: View) -> None:
    """Labels, findings and a pointer to the cautions."""
    write_label_gate(view)
    report = view.report
    if not report.findings:
        view.canvas.write(Span(report.summary[-1], "bold"))
    column = max((cells(each.name) for each in report.findings), default=0) + 3
    for relation in ("direct", "ambiguous", "indirect"):
        findings = [each for each in report.findings if each.relation == relation]
        if findings:
            _lead(view, findings)
        for each in findings:
            _finding(view, each, column)
    found = cautions(report)
    if found:
        names = "; ".join(caution_names(report))
        safety = any(each.concerns == "safety" for each in found)
        style: Style | None = "red" if safety else None
        lead = Span("Cautions, see below:", style)
        view.canvas.row([(Span(view.glyphs.warning, style), 2)], [lead, " ", names])


# --- findings -------------------------------------------------------------------------------------


def _lead(view: View, findings: list[Finding]) -> None:
    """What has to be known before the counts of findings that are not direct."""
    relation = findings[0].relation
    if relation == "direct":
        return
    if relation == "indirect":
        reasons = dict.fromkeys(each for finding in findings for each in finding.because)
        view.canvas.write(
            Span("In other diagnoses (indirect):", "bold"),
            f" {' '.join(map(upper_first, reasons))}",
        )
        return
    cases = [case for finding in findings for case in view.of(finding)]
    view.canvas.row(
        [(Span(view.glyphs.warning, "red"), 2)],
        [Span("MAY NOT BE THIS PATIENT'S DIAGNOSIS.", "red"), f" {not_known(cases)}"],
    )


def _finding(view: View, finding: Finding, column: int) -> None:
    name: Text = Span(finding.name.upper(), "bold")
    if only := part(finding):
        view.canvas.row([(name, column)], [Span(f"{only}.", "bold")])
        name = ""
    for counted in _counted(view, finding):
        view.canvas.row([(name, column)], counted, hang=2)
        name = ""
    if line := as_here(lines(finding, view.ids, view.cases)):
        label = label_of(view.report, line)
        view.canvas.row([("", column)], [Span(f"{label}:", "bold"), f" {line.said}"])
    about = f"{patients(finding)}, {months(finding.months)}; {design(finding)}"
    if len(finding.by_diagnosis) == 1:
        about += f"; {events(finding, view.ids)}"
    else:
        each_one = (f"{group.name}: {events(group, view.ids)}" for group in finding.by_diagnosis)
        about += f"; {'; '.join(each_one)}; unlike diagnoses are counted one by one, never pooled"
    view.canvas.row([("", column)], [about])


def _counted(view: View, finding: Finding) -> Iterable[list[Text]]:
    active = [each for each in view.report.profile.diagnoses if each.status == "active"]
    plain = finding.relation == "direct" and len(active) == 1
    for group in finding.by_diagnosis:
        if plain and len(finding.by_diagnosis) == 1:
            yield counts(group.outcomes)
        else:
            yield [f"{group.name}: ", *counts(group.outcomes)]


def counts(outcomes: Outcomes) -> list[Text]:
    """`no response 1 of 4   partial 1 of 4   complete 2 of 4 (95% CI …)`, coloured."""
    found: list[Text] = []
    parts = outcome_parts(outcomes)
    for position, (level, said) in enumerate(parts, start=1):
        style = STYLES.get(level) if level and getattr(outcomes, level).k else None
        gap = f"{GLUE * 2} " if position < len(parts) else ""
        found += [Span(glued(said), style), gap]
    return found
