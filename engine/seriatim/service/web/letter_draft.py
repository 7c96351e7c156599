"""A draft letter of medical necessity, or the reason why none is drafted.

It holds what the report says and nothing more: the cited rows with the failures, the harms and the
limits in the text. What the report does not know stands in brackets for the prescriber.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from seriatim.render.beside import FULL_DISCREPANCIES, discrepancy
from seriatim.render.words import (
    diagnosis_name,
    listed,
    patient,
    short_ids,
    therapies,
    upper_first,
)
from seriatim.service.web.sheet_words import Answer, Sheet, sheet_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.evidence import Discrepancy, EvidenceReport, StrongerEvidence

_STRONGER = (
    "An approved indication is stronger evidence than a case series. A letter from these rows "
    "would argue with less than there is: cite the current label instead."
)
_EACH_THERAPY = "[each therapy with dates, dose, response and why it was stopped]"
Why = Literal["which drug", "no case", "label", "no response"]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no draft, and what there is instead."""

    why: Why
    title: str
    says: tuple[str, ...]
    labels: tuple[str, ...] = ()
    drugs: tuple[tuple[str, str], ...] = ()
    """Drugs that a draft could be about, by id and name."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A draft about one drug. Text in brackets is for the prescriber to fill in."""

    drug: str
    subject: str
    opening: str
    before: tuple[str, ...]
    labels: tuple[str, ...]
    answers: tuple[Answer, ...]
    cautions: tuple[str, ...]
    limits: tuple[str, ...]
    contradicted: tuple[str, ...]
    """Statements of the publication against its rows, the most specific to these rows."""
    annex: tuple[str, ...]
    """All others that its rows contradict."""
    unchecked: tuple[str, ...]
    missing: tuple[str, ...]
    references: tuple[str, ...]
    report: Sheet


def letter_of(report: EvidenceReport, citations: Mapping[str, str]) -> Letter | Refused:
    """A draft about the one drug under consideration; `citations` has each series in full."""
    drug = _drug(report)
    if drug is None:
        return _which(report)
    answers = [each for each in report.findings if each.drug == drug]
    if not answers:
        return _no_case(report)
    if labelled := _labelled(report, drug):
        return _on_label(report, labelled)
    if not any(each.outcomes.any_response.k for each in answers):
        return _no_response(report, drug)
    return _letter(report, drug, citations)


# --- whether to draft -----------------------------------------------------------------------------


def _drug(report: EvidenceReport) -> str | None:
    """The one drug that the letter can be about."""
    considered = {each.concept for each in report.profile.considering}
    cited = {each.drug for each in report.findings}
    if len(considered) == 1 and (considered & cited or not cited):
        return considered.pop()
    return None


def _which(report: EvidenceReport) -> Refused:
    """No drug is under consideration, or several, or a class."""
    drugs = dict.fromkeys((each.drug, each.name) for each in report.findings)
    if not drugs:
        return _no_case(report)
    return Refused(
        "which drug",
        "Which drug is the letter about?",
        ("A letter is about one drug. Choose the one that you have decided on.",),
        drugs=tuple(drugs),
    )


def _no_case(report: EvidenceReport) -> Refused:
    return Refused(
        "no case",
        "No letter is drafted: no published case is cited",
        (
            report.summary[-1] if not report.findings else "No course of this drug is cited.",
            *(each.text for each in report.limits if each.id == "nothing-cited"),
            "A letter that cites nothing would only state a wish.",
        ),
        labels=sheet_of(report).labels,
    )


def _labelled(report: EvidenceReport, drug: str) -> list[StrongerEvidence]:
    """Labels that name the diagnosis for the drug, if every label that was read does.

    Where one jurisdiction's label is silent, a letter has its use there: it opens with the label
    of the other. Nor is a letter pointless for a patient who is younger than the label says.
    """
    if any(each.drug == drug for each in report.no_label):
        return []
    return [
        each
        for each in report.stronger_evidence
        if each.drug == drug and each.applies_to_age is not False
    ]


def _on_label(report: EvidenceReport, labelled: list[StrongerEvidence]) -> Refused:
    name, sheet = labelled[0].name, sheet_of(report)
    open_ = all(each.holds == "if" for each in labelled)
    says = [_STRONGER]
    if open_:
        says.insert(0, f"Which diagnosis it is decides what the label of {name} says; settle it.")
    title = "may name the diagnosis" if open_ else "names the diagnosis"
    return Refused(
        "label",
        f"No letter is drafted: the label of {name} {title}",
        tuple(says),
        labels=(*(each.statement for each in labelled), *sheet.doses),
    )


def _no_response(report: EvidenceReport, drug: str) -> Refused:
    sheet = sheet_of(report)
    said = [each for each in sheet.answers if each.drug == drug]
    return Refused(
        "no response",
        "No letter is drafted: no cited course is printed with a response",
        (*(each.statement for each in said), "These rows do not speak for the drug."),
        labels=sheet.labels,
    )


# --- the draft ------------------------------------------------------------------------------------


def _letter(report: EvidenceReport, drug: str, citations: Mapping[str, str]) -> Letter:
    sheet = sheet_of(report, everything=True)
    answers = tuple(each for each in sheet.answers if each.drug == drug)
    cited = {row.course for each in answers for row in each.rows}
    name = next(each.name for each in report.findings if each.drug == drug)
    touching = [each for each in report.discrepancies if cited & set(each.courses)]
    ids = short_ids(report.cases)
    against = [discrepancy(each, ids) for each in touching if each.verdict == "contradicted"]
    return Letter(
        drug=name,
        subject=f"{upper_first(name)} for {_diagnoses(report)}",
        opening=_opening(report, name),
        before=tuple(_before(report)),
        labels=sheet.labels,
        answers=answers,
        cautions=sheet.cautions,
        limits=sheet.limits,
        contradicted=tuple(against[:FULL_DISCREPANCIES]),
        annex=tuple(against[FULL_DISCREPANCIES:]),
        unchecked=tuple(_short(e) for e in touching if e.verdict != "contradicted"),
        missing=sheet.missing,
        references=tuple(_references(report, citations)),
        report=sheet,
    )


def _short(each: Discrepancy) -> str:
    return f"{each.says.rstrip('.')} ({each.at})."


def _diagnoses(report: EvidenceReport) -> str:
    active = [each for each in report.profile.diagnoses if each.status == "active"]
    return listed(map(diagnosis_name, active)) or "[diagnosis]"


def _opening(report: EvidenceReport, drug: str) -> str:
    who = patient(report.profile)
    patient_is = f"[patient's name], {_article(who)}" if who else "[patient's name]"
    return (
        f"I am writing about my patient, {patient_is}, with {_diagnoses(report)}, for whom I ask "
        f"you to consider {drug}, [dose, interval, route and duration that you ask for]."
    )


def _article(who: str) -> str:
    return f"{'an' if who[0] in 'aeiou' else 'a'} {who}"


def _before(report: EvidenceReport) -> Iterable[str]:
    profile = report.profile
    if profile.therapies is None:
        yield f"Given before: {_EACH_THERAPY}."
        return
    past, current = therapies(profile, "past"), therapies(profile, "current")
    if past:
        yield f"Given before: {listed(past)}. [Dates, doses, response, and why each was stopped.]"
    if current:
        yield f"Given now: {listed(current)}. [Since when, doses, response.]"
    if not past and not current and profile.therapies_complete:
        yield "Given before: nothing, as far as was entered. [Check.]"
    elif not past:
        yield f"Given before: {_EACH_THERAPY}."
    if profile.adverse_events:
        had = (
            f"{each.name}{f' with {each.with_drug}' if each.with_drug else ''}"
            for each in profile.adverse_events
        )
        yield f"Adverse events so far: {listed(had)}."


def _references(report: EvidenceReport, citations: Mapping[str, str]) -> Iterable[str]:
    cited = {each.at.series for each in report.cases}
    for each in report.knowledge.series:
        if each.id in cited:
            yield f"{citations[each.id]} Read: {each.read}."
    yield from dict.fromkeys(
        f"Label of {e.name}, {e.jurisdiction}, as of {e.as_of}: {e.source}"
        for e in report.stronger_evidence
    )
