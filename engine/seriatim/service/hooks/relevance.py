"""Which drugs of a report deserve a card: a card on every chart is noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seriatim.model.evidence import (
        Caution,
        EvidenceReport,
        Finding,
        NoLabel,
        StrongerEvidence,
    )
    from seriatim.service.hooks.catalogue import Catalogue, Ordered

MOST_CARDS = 3
SAFETY = "safety"
Topic = Literal["same-diagnosis", "possible-diagnosis", "other-diagnosis", "no-course", "caution"]
TOPICS: Mapping[str, Topic] = {
    "direct": "same-diagnosis",
    "ambiguous": "possible-diagnosis",
    "indirect": "other-diagnosis",
}

FAILURES = {
    "no_response": "failed here",
    "intolerance": "not tolerated",
    "insufficient_response": "partial here",
    "loss_of_response": "response lost here",
}
"""How a drug fails, by the conclusion that says so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is to say of one drug: one card.

    `findings` has the strongest relation first, and none if no course is cited. `siblings` are the
    findings of other drugs of its class, for a drug of which there is no course at all.
    """

    drug: str
    name: str
    topic: Topic
    findings: tuple[Finding, ...]
    labels: tuple[StrongerEvidence, ...]
    silent: tuple[NoLabel, ...]
    cautions: tuple[Caution, ...]
    warnings: tuple[Caution, ...]
    """Those of `cautions` that concern safety with this drug, if it is ordered or being given."""
    failed: str
    """How the drug has failed in this patient, as rules conclude; empty if it has not."""
    siblings: tuple[Finding, ...] = ()

    @property
    def warns(self) -> bool:
        """Whether the card is a warning."""
        return bool(self.warnings)


def for_view(report: EvidenceReport, catalogue: Catalogue) -> tuple[Answer, ...]:
    """Drugs with courses of the patient's diagnosis, settled or possible, or that are in play.

    A drug is in play if the patient has or had a drug of the library: then courses of other
    diagnoses count too, and a caution about a drug that is being given is a card of its own.
    """
    played = in_play(report, catalogue)
    current = _therapies(report, {"current"})
    found = []
    for drug in catalogue.courses:
        answer = _answer(report, catalogue, drug, loud=drug in current)
        close = any(each.relation != "indirect" for each in answer.findings)
        if close or (answer.findings and played) or (drug in current and answer.warns):
            found.append(answer)
    order = {drug: index for index, drug in enumerate(_order(report))}
    found.sort(key=lambda each: (bool(each.failed), order.get(each.drug, len(order))))
    return tuple(found)


def in_play(report: EvidenceReport, catalogue: Catalogue) -> set[str]:
    """The drugs with courses that the patient has or had."""
    return _therapies(report, {"past", "current"}) & set(catalogue.courses)


def for_order(report: EvidenceReport, catalogue: Catalogue, ordered: Ordered) -> tuple[Answer, ...]:
    """The drugs being ordered: what is published, or that nothing is.

    Silent where a label names every diagnosis that was understood and nothing else is to be said:
    the prescriber needs no case series for that.
    """
    own = [_answer(report, catalogue, drug, loud=True) for drug in ordered.drugs]
    found = [each for each in own if each.findings or each.warns or not _on_label(report, each)]
    for drug, siblings in ordered.kin.items():
        near = tuple(
            each
            for each in report.findings
            if each.drug in siblings and each.relation != "indirect"
        )
        if near:
            found.append(_answer(report, catalogue, drug, loud=True, siblings=near))
    found.sort(key=lambda each: (not each.warns, not each.findings))
    return tuple(found)


def _answer(
    report: EvidenceReport,
    catalogue: Catalogue,
    drug: str,
    *,
    loud: bool,
    siblings: tuple[Finding, ...] = (),
) -> Answer:
    findings = tuple(each for each in report.findings if each.drug == drug)
    cautions = tuple(each for each in report.cautions if _concerns(each, drug, report, catalogue))
    warnings = tuple(each for each in cautions if loud and _warns_of(each, drug, catalogue))
    topic: Topic = TOPICS[findings[0].relation] if findings else "no-course"
    if not findings and warnings:
        topic = "caution"
    return Answer(
        drug=drug,
        name=catalogue.lexicon.name(drug),
        topic=topic,
        findings=findings,
        labels=tuple(each for each in report.stronger_evidence if each.drug == drug),
        silent=tuple(each for each in report.no_label if each.drug == drug),
        cautions=cautions,
        warnings=warnings,
        failed=_failed(report, drug),
        siblings=siblings,
    )


def _failed(report: EvidenceReport, drug: str) -> str:
    """The gravest kind that rules conclude, in a word or two."""
    of_drug = {each.conclusion for each in report.conclusions if drug in each.of}
    if "failure" not in of_drug:
        return ""
    return next((short for kind, short in FAILURES.items() if kind in of_drug), "counted as failed")


def _on_label(report: EvidenceReport, answer: Answer) -> bool:
    """Whether every label that was read names every active diagnosis, at this age."""
    active = [each for each in report.profile.diagnoses if each.status == "active"]
    sure = [each for each in answer.labels if each.holds == "yes"]
    fitting = sure and all(each.applies_to_age is not False for each in sure)
    return bool(active and fitting) and not answer.silent


def _order(report: EvidenceReport) -> list[str]:
    """Drugs that a label names first, then as the report has them."""
    labelled = [each.drug for each in report.stronger_evidence if each.holds == "yes"]
    return list(dict.fromkeys([*labelled, *(each.drug for each in report.findings)]))


def _therapies(report: EvidenceReport, status: set[str]) -> set[str]:
    return {
        each.concept
        for each in report.profile.therapies or ()
        if each.concept is not None and each.status in status
    }


# --- cautions -------------------------------------------------------------------------------------


def _warns_of(caution: Caution, drug: str, catalogue: Catalogue) -> bool:
    """Whether it concerns safety with the drug: it names the drug, or no drug at all."""
    named = catalogue.named(caution.text)
    return caution.concerns == SAFETY and (drug in named or not named)


def _concerns(caution: Caution, drug: str, report: EvidenceReport, catalogue: Catalogue) -> bool:
    """Whether it belongs on the drug's card: it names the drug, or no drug of the library."""
    named = catalogue.named(caution.text)
    if drug in named:
        return True
    if not named.isdisjoint(catalogue.courses):
        return False
    drugs: Sequence[str] = [each.drug for each in report.cases if each.course in caution.courses]
    return not drugs or drug in drugs
