"""What labels say: before the answer if the diagnosis is settled, else in a section of its own."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seriatim.evidence.labels import CHECK_CURRENT
from seriatim.evidence.statements import not_named
from seriatim.render.canvas import Span, glued
from seriatim.render.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.evidence import EvidenceReport, NoLabel, StrongerEvidence
    from seriatim.render.view import View

LABEL = (Span("LABEL", "bold"), 6)


def write_label_gate(view: View) -> None:
    """Stronger evidence comes first; if it hangs on which diagnosis it is, that is said first."""
    if not _open(view):
        _sentences(view, indent=0)
        return
    names = dict.fromkeys(
        f"{each.name} ({each.jurisdiction})" for each in view.report.stronger_evidence
    )
    view.canvas.row(
        [LABEL],
        [f"Which diagnosis it is decides what labels say, of {listed(names)}: see below."],
    )


def write_labels(view: View) -> None:
    """Doses on the labels, and what they say if that has not been said yet."""
    doses = dose_sentences(view.report, view.report.stronger_evidence)
    if not doses and not _open(view):
        return
    view.canvas.heading("Labels")
    if _open(view):
        _sentences(view, indent=2)
    for each in doses:
        view.canvas.write(f"Dose of {each}.", indent=2, hang=2)


def _open(view: View) -> bool:
    """Whether no label names the patient's diagnosis for sure, and some name what it could be."""
    found = view.report.stronger_evidence
    return bool(found) and all(each.holds == "if" for each in found)


def _sentences(view: View, *, indent: int) -> None:
    for text in label_sentences(view.report.stronger_evidence):
        view.canvas.row([LABEL], [text], indent=indent)
    for text in no_label_sentences(view.report.no_label):
        view.canvas.write(text, indent=indent, hang=2)


def dose_sentences(report: EvidenceReport, found: Iterable[StrongerEvidence]) -> list[str]:
    """The dose of each label in `found` that names a drug in question, or that it was not read.

    Diagnoses for which a label gives the same dose stand together. A dose that was read in another
    copy than the indication says so.
    """
    asked = in_question(report)
    by_dose: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in found:
        if not asked or each.drug in asked:
            by_dose[each.name, each.jurisdiction, _dose(each)].append(each.diagnosis_name)
    return [
        f"{name}, {where}, {listed(diagnoses)}: {dose}"
        for (name, where, dose), diagnoses in by_dose.items()
    ]


def _dose(each: StrongerEvidence) -> str:
    if not each.doses:
        return "not read for this library"
    said = listed(each.doses)
    if all(f"as of {each.as_of}" in dose for dose in each.doses):
        return said
    return f"{said}; another copy than the indication's: the current label decides"


def in_question(report: EvidenceReport) -> set[str]:
    """The drugs under consideration, those of a class too; empty if none is."""
    considered = {each.concept for each in report.profile.considering if each.concept}
    if not considered:
        return set()
    concluded = {
        each.of[0] for each in report.conclusions if each.conclusion == "in_question" and each.of
    }
    return considered | concluded


def label_sentences(found: Iterable[StrongerEvidence]) -> list[str]:
    """One sentence for each label, with what it names."""
    groups: dict[tuple[str, str, str, bool], list[str]] = defaultdict(list)
    for each in found:
        key = (each.name, each.jurisdiction, each.as_of, each.holds == "yes")
        groups[key].append(_indication(each))
    return [
        f"The {jurisdiction} label of {name} names{'' if sure else ', if that is the diagnosis,'} "
        f"{listed(said)}, as of {glued(as_of)}; {CHECK_CURRENT}."
        for (name, jurisdiction, as_of, sure), said in groups.items()
    ]


def _indication(each: StrongerEvidence) -> str:
    text = each.says if each.holds == "yes" else each.diagnosis_name
    inside = [
        *([each.population] if each.population else []),
        *([f"section {each.section}"] if each.section else []),
        *(["THE PATIENT IS YOUNGER THAN THAT"] if each.applies_to_age is False else []),
    ]
    return f"{text} ({'; '.join(inside)})" if inside else text


def no_label_sentences(found: Iterable[NoLabel]) -> list[str]:
    """Diagnoses that share drugs and labels in one sentence."""
    by_diagnosis: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for each in found:
        labels = ", ".join(glued(label) for label in each.labels)
        by_diagnosis[each.diagnosis_name, each.named_elsewhere].append(f"{each.name} ({labels})")
    by_drugs: dict[tuple[bool, tuple[str, ...]], list[str]] = defaultdict(list)
    for (diagnosis, elsewhere), drugs in by_diagnosis.items():
        by_drugs[elsewhere, tuple(drugs)].append(diagnosis)
    return [
        not_named(listed(diagnoses, "or"), listed(drugs, "or"), elsewhere=elsewhere)
        for (elsewhere, drugs), diagnoses in by_drugs.items()
    ]
