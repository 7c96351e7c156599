"""What the sheet and the letter say of labels, and which of their doses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.canvas import GLUE
from seriatim.render.text_labels import label_sentences, no_label_sentences
from seriatim.render.words import listed, upper_first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.model.evidence import EvidenceReport

OTHER_AGE = "Label, but not for this age"


def stronger(report: EvidenceReport) -> tuple[str, ...]:
    """What labels name the patient's diagnosis, but for those of older patients."""
    found = [each for each in report.stronger_evidence if each.applies_to_age is not False]
    return _unglued(label_sentences(found))


def not_for_age(report: EvidenceReport) -> tuple[str, ...]:
    """What labels name the patient's diagnosis for older patients alone."""
    found = [each for each in report.stronger_evidence if each.applies_to_age is False]
    return _unglued(label_sentences(found))


def silent(report: EvidenceReport) -> tuple[str, ...]:
    """What labels do not name it."""
    return _unglued(no_label_sentences(report.no_label))


def doses(report: EvidenceReport) -> tuple[str, ...]:
    """Doses of the drugs in question for an age that the label names; of others, none.

    Diagnoses for which a label gives the same dose stand together.
    """
    asked = in_question(report)
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for each in report.stronger_evidence:
        if each.doses and each.applies_to_age is not False and (not asked or each.drug in asked):
            key = (each.name, each.jurisdiction, each.doses)
            found.setdefault(key, []).append(each.diagnosis_name)
    return tuple(
        f"{upper_first(name)}, {where}, {listed(diagnoses)}: {listed(own)}."
        for (name, where, own), diagnoses in found.items()
    )


def in_question(report: EvidenceReport) -> set[str]:
    """The drugs under consideration, those of a class too; empty if none is."""
    considered = {each.concept for each in report.profile.considering if each.concept}
    if not considered:
        return set()
    concluded = {
        each.of[0] for each in report.conclusions if each.conclusion == "in_question" and each.of
    }
    return considered | concluded


def _unglued(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(each.replace(GLUE, " ") for each in texts)
