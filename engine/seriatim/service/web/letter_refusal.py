"""Why no letter is drafted, and what there is instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from seriatim.render.beside import not_known, reasons_open
from seriatim.render.words import diagnosis_name, left_open, listed, upper_first
from seriatim.service.web.sheet_words import failed, sheet_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.model.evidence import (
        EvidenceReport,
        Finding,
        StrongerEvidence,
        UnderstoodDiagnosis,
    )
    from seriatim.service.web.sheet_findings import Answer, Courses

_STRONGER = (
    "An approved indication is stronger evidence than a case series. A letter from these rows "
    "would argue with less than there is: cite the current label instead."
)
_AGAIN = (
    "A draft from these rows would ask for it as if it had not been tried. If it is to be given "
    "again, why and what is to be different is for the prescriber to write."
)
Why = Literal[
    "which drug",
    "failed",
    "no case",
    "label",
    "open diagnosis",
    "other diagnosis",
    "no response",
]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no draft, and what there is instead."""

    why: Why
    title: str
    says: tuple[str, ...]
    labels: tuple[str, ...] = ()
    drugs: tuple[tuple[str, str], ...] = ()
    """Drugs that a draft could be about, by id and name."""


def refusal(report: EvidenceReport, drug: str, courses: Courses) -> Refused | None:
    """Why there is no letter about the drug, if there is a reason; None if it can be drafted."""
    if drug in failed(report):
        return _failed(report, drug, courses)
    answers = [each for each in report.findings if each.drug == drug]
    if not answers:
        return _no_case(report, courses)
    if labelled := _labelled(report, drug):
        return _on_label(report, labelled, courses)
    direct = [each for each in answers if each.relation == "direct"]
    if not direct:
        return _not_direct(report, answers, courses)
    if not any(each.outcomes.any_response.k for each in direct):
        return _no_response(report, drug, courses)
    return None


def which(report: EvidenceReport, courses: Courses) -> Refused:
    """No drug is under consideration, or several, or a class."""
    if not report.findings:
        return _no_case(report, courses)
    direct = {each.drug: each.name for each in report.findings if each.relation == "direct"}
    if not direct:
        return _not_direct(report, report.findings, courses)
    none = {drug: why for drug in direct if (why := refusal(report, drug, courses))}
    if len(none) == len(direct):
        return _about_none(list(none.values()))
    return Refused(
        "which drug",
        "Which drug is the letter about?",
        (
            "A letter is about one drug. Choose the one that you have decided on.",
            *(f"About {direct[drug]} none is drafted: {_reason(e)}." for drug, e in none.items()),
            *(said for drug in direct if drug not in none for said in _by_some(report, drug)),
        ),
        drugs=tuple((drug, name) for drug, name in direct.items() if drug not in none),
    )


def _reason(refused: Refused) -> str:
    """`the US label of canakinumab names the diagnosis`."""
    return refused.title.partition(": ")[2]


def _about_none(refused: Sequence[Refused]) -> Refused:
    """Every drug is refused, each for its own reason."""
    if len({each.title for each in refused}) == 1:
        title, said = refused[0].title, [each for one in refused for each in one.says]
    else:
        title = "No letter is drafted about any of the drugs"
        said = [each for one in refused for each in (f"{one.title}.", *one.says)]
    labels = (each for one in refused for each in one.labels)
    return Refused(refused[0].why, title, tuple(dict.fromkeys(said)), tuple(dict.fromkeys(labels)))


def _failed(report: EvidenceReport, drug: str, courses: Courses) -> Refused:
    """The drug has been tried: the same rows are no ground for asking for it anew."""
    return Refused(
        "failed",
        "No letter is drafted: the drug has already failed in this patient",
        (failed(report)[drug], _AGAIN),
        labels=sheet_of(report, courses).labels,
    )


def _no_case(report: EvidenceReport, courses: Courses) -> Refused:
    return Refused(
        "no case",
        "No letter is drafted: no published case is cited",
        (
            report.summary[-1] if not report.findings else "No course of this drug is cited.",
            *(each.text for each in report.limits if each.id == "nothing-cited"),
            *_typed_open(report),
            "A letter that cites nothing would only state a wish.",
        ),
        labels=sheet_of(report, courses).labels,
    )


# --- labels ---------------------------------------------------------------------------------------


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


def _by_some(report: EvidenceReport, drug: str) -> Iterable[str]:
    """That some labels name the diagnosis, where others that were read do not."""
    name = {each.drug: each.name for each in report.stronger_evidence}.get(drug)
    silent = [each.labels for each in report.no_label if each.drug == drug and each.named_elsewhere]
    if name and silent:
        named = [each for each in report.stronger_evidence if each.drug == drug]
        verb = "names" if all(each.holds == "yes" for each in named) else "may name"
        others = listed(dict.fromkeys(label for labels in silent for label in labels))
        yield (
            f"{upper_first(_label_of(named))} {verb} the diagnosis; another ({others}) does not. "
            "Where the first is in force, cite it: it is stronger than these rows."
        )


def _label_of(found: Iterable[StrongerEvidence]) -> str:
    """`the US label of canakinumab`."""
    labels = {each.jurisdiction: each.name for each in found}
    return f"the {' and the '.join(labels)} label of {next(iter(labels.values()))}"


def _on_label(
    report: EvidenceReport, labelled: list[StrongerEvidence], courses: Courses
) -> Refused:
    name, sheet = labelled[0].name, sheet_of(report, courses)
    open_ = all(each.holds == "if" for each in labelled)
    says = [_STRONGER]
    if open_:
        says.insert(0, f"Which diagnosis it is decides what the label of {name} says; settle it.")
    title = "may name the diagnosis" if open_ else "names the diagnosis"
    return Refused(
        "label",
        f"No letter is drafted: {_label_of(labelled)} {title}",
        tuple(says),
        labels=(*(each.statement for each in labelled), *sheet.doses),
    )


# --- what the courses are of ----------------------------------------------------------------------


def _not_direct(report: EvidenceReport, answers: Iterable[Finding], courses: Courses) -> Refused:
    """No cited patient surely has this patient's diagnosis."""
    found = list(answers)
    drugs = listed(dict.fromkeys(each.name for each in found), "or")
    active = _active(report)
    what = listed(map(diagnosis_name, active), "or") or "a diagnosis that has not been given"
    none = f"No published course of {drugs} in {what} in this library"
    says = _what_there_is(report, {each.drug for each in found}, courses)
    labels = sheet_of(report, courses).labels
    ambiguous = [each for each in found if each.relation == "ambiguous"]
    if not ambiguous and all(each.concept for each in active):
        title = "no patient in this library has this diagnosis"
        reason = f"{none}; the courses cited are of other diagnoses."
        return Refused("other diagnosis", f"No letter is drafted: {title}", (reason, *says), labels)
    reason = f"{none} is sure to be of the same diagnosis."
    title = "which diagnosis it is has to be settled first"
    if not any(each.could_be for each in active):
        title = "whether the published patients have this diagnosis is not settled"
    if not active:
        title = "no diagnosis of this patient is given"
    said = (reason, *_to_settle(report, ambiguous), *says)
    return Refused("open diagnosis", f"No letter is drafted: {title}", said, labels)


def _to_settle(report: EvidenceReport, ambiguous: Iterable[Finding]) -> Iterable[str]:
    """What is open: of the patient's term, or of a printed one, which only its authors know."""
    found = list(ambiguous)
    cited = {each for finding in found for each in finding.courses}
    if cited:
        yield not_known([each for each in report.cases if each.course in cited])
    open_ = (why for each in found for why in reasons_open(report, each))
    yield from dict.fromkeys((*open_, *_typed_open(report)))


def _typed_open(report: EvidenceReport) -> Iterable[str]:
    """The terms of the profile that could be several diagnoses, to be settled by who typed them."""
    for each in _active(report):
        if each.could_be and each.concept is None:
            yield left_open(each)


def _active(report: EvidenceReport) -> list[UnderstoodDiagnosis]:
    return [each for each in report.profile.diagnoses if each.status == "active"]


def _what_there_is(report: EvidenceReport, drugs: set[str], courses: Courses) -> list[str]:
    """The counts with their failures and harms."""
    answers = zip(report.findings, sheet_of(report, courses).answers, strict=True)
    return [
        " ".join(filter(None, (finding.statement, each.failures, each.harms, _harmed(each))))
        for finding, each in answers
        if finding.drug in drugs
    ]


def _harmed(answer: Answer) -> str:
    """The adverse events of several diagnoses; those of one stand with its duration."""
    return " ".join(f"{each.name}: {each.events}." for each in answer.counted)


def _no_response(report: EvidenceReport, drug: str, courses: Courses) -> Refused:
    return Refused(
        "no response",
        "No letter is drafted: no cited course of this diagnosis is printed with a response",
        (*_what_there_is(report, {drug}, courses), "These rows do not speak for the drug."),
        labels=sheet_of(report, courses).labels,
    )
