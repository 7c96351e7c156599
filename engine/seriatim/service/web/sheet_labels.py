"""What the sheet and the letter say of labels, and which of their doses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.canvas import GLUE
from seriatim.render.text_labels import dose_sentences, label_sentences, no_label_sentences
from seriatim.render.words import upper_first

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
    found = [each for each in report.stronger_evidence if each.applies_to_age is not False]
    return tuple(f"{upper_first(each)}." for each in dose_sentences(report, found))


def _unglued(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(each.replace(GLUE, " ") for each in texts)
