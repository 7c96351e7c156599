"""A draft letter of medical necessity, or the reason why none is drafted.

It holds what the report says and nothing more: the cited rows with the failures, the harms and the
limits in the text. What the report does not know stands in brackets for the prescriber.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seriatim.render.beside import FULL_DISCREPANCIES, discrepancy, limits
from seriatim.render.words import (
    diagnosis_name,
    listed,
    patient,
    short_ids,
    therapy,
    upper_first,
)
from seriatim.service.web.letter_refusal import Refused, refusal, which
from seriatim.service.web.sheet_words import Sheet, sheet_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seriatim.model.evidence import (
        Discrepancy,
        EvidenceReport,
        UnderstoodProfile,
        UnderstoodTherapy,
    )
    from seriatim.service.web.sheet_findings import Answer, Courses

NOT_ASKED = "not-asked-for"
"""The limit that tells of a drug which the writer has not asked for."""
_VOICE = (
    (re.compile(r"\(this patient: "), "("),
    (re.compile(r"\bhere\b"), "in my patient"),
    (re.compile(r"\bthis patient\b"), "my patient"),
)
_EACH_THERAPY = "[each therapy with dates, dose, response and why it was stopped]"


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
    references: tuple[str, ...]
    report: Sheet


def letter_of(
    report: EvidenceReport, citations: Mapping[str, str], courses: Courses
) -> Letter | Refused:
    """A draft about the one drug under consideration, if a published patient has the diagnosis.

    `citations` has each series in full, `courses` those that cited ones are linked with.
    """
    drug = _drug(report)
    refused = refused_for(report, courses)
    if refused is not None or drug is None:
        return refused or which(report, courses)
    return _letter(report, drug, citations, courses)


def refused_for(report: EvidenceReport, courses: Courses) -> Refused | None:
    """Why there would be no draft, or which drug it is to be about; None if there is one."""
    drug = _drug(report)
    return which(report, courses) if drug is None else refusal(report, drug, courses)


def is_offered(report: EvidenceReport, courses: Courses) -> bool:
    """Whether a letter can be drafted, if only after a drug is chosen for it."""
    refused = refused_for(report, courses)
    return refused is None or refused.why == "which drug"


def _drug(report: EvidenceReport) -> str | None:
    """The one drug that the letter can be about."""
    considered = {each.concept for each in report.profile.considering}
    cited = {each.drug for each in report.findings}
    if len(considered) == 1 and (considered & cited or not cited):
        return considered.pop()
    return None


# --- the draft ------------------------------------------------------------------------------------


def _letter(
    report: EvidenceReport, drug: str, citations: Mapping[str, str], courses: Courses
) -> Letter:
    sheet = sheet_of(report, courses, everything=True)
    answers = tuple(_own_voice(each) for each in sheet.answers if each.drug == drug)
    cited = {row.course for each in answers for row in each.rows}
    name = next(each.name for each in report.findings if each.drug == drug)
    touching = [each for each in report.discrepancies if cited & set(each.courses)]
    ids = short_ids(report.cases)
    against = [_unheaded(each, ids) for each in touching if each.verdict == "contradicted"]
    return Letter(
        drug=name,
        subject=f"{upper_first(name)} for {_subject(report, drug)}",
        opening=_opening(report, drug, name),
        before=tuple(_before(report)),
        labels=sheet.labels,
        answers=answers,
        cautions=(*sheet.safety, *sheet.cautions),
        limits=tuple(e.text for e in limits(report, everything=True)[0] if e.id != NOT_ASKED),
        contradicted=tuple(against[:FULL_DISCREPANCIES]),
        annex=tuple(against[FULL_DISCREPANCIES:]),
        unchecked=tuple(_unheaded(e, ids) for e in touching if e.verdict != "contradicted"),
        references=tuple(_references(report, citations)),
        report=sheet,
    )


def _unheaded(each: Discrepancy, ids: dict[str, str]) -> str:
    """What a publication says without the verdict, which the heading above it gives."""
    return discrepancy(each, ids).partition(": ")[2]


def _own_voice(answer: Answer) -> Answer:
    """A finding in the words of who signs: the patient is the writer's, and not only `here`."""
    return replace(
        answer,
        title=_mine(answer.title),
        warning=tuple(map(_mine, answer.warning)),
        statement=_mine(answer.statement),
        here=_mine_both(*answer.here) if answer.here else None,
        groups=tuple(_mine_both(*each) for each in answer.groups),
    )


def _mine_both(label: str, said: str) -> tuple[str, str]:
    return _mine(label), _mine(said)


def _mine(text: str) -> str:
    """`tried in my patient too`, `after anakinra, as in my patient (partial response only)`."""
    for said, mine in _VOICE:
        text = said.sub(mine, text)
    return text


def _diagnoses(report: EvidenceReport) -> str:
    active = [each for each in report.profile.diagnoses if each.status == "active"]
    return listed(map(diagnosis_name, active)) or "[diagnosis]"


def _subject(report: EvidenceReport, drug: str) -> str:
    """The patient's diagnoses that published patients had; not those for which none is cited."""
    direct = (f for f in report.findings if f.drug == drug and f.relation == "direct")
    published = {group.diagnosis for each in direct for group in each.by_diagnosis}
    active = [each for each in report.profile.diagnoses if each.status == "active"]
    own = [each for each in active if each.concept in published]
    return listed(map(diagnosis_name, own or active))


def _opening(report: EvidenceReport, drug: str, name: str) -> str:
    who = patient(report.profile)
    patient_is = f"[patient's name], {_article(who)}" if who else "[patient's name]"
    return (
        f"I am writing about my patient, {patient_is}, with {_diagnoses(report)}, for whom I ask "
        f"you to consider {name}, [dose, interval, route and duration that you ask for]."
        f"{_again(report, drug)}"
    )


def _again(report: EvidenceReport, drug: str) -> str:
    """That the drug is no new one for this patient, if it is not."""
    had = {each.status for each in report.profile.therapies or () if each.concept == drug}
    if "current" in had:
        return " It is being given now [since when, with what response, and why it is to go on]."
    if "past" in had:
        return " It has been given before [why it is to be given again]."
    return ""


def _article(who: str) -> str:
    return f"{'an' if who[0] in 'aeiou' else 'a'} {who}"


def _before(report: EvidenceReport) -> Iterable[str]:
    profile = report.profile
    if profile.therapies is None:
        yield f"Given before: {_EACH_THERAPY}."
        return
    past, current = _therapies(profile, "past"), _therapies(profile, "current")
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


def _therapies(profile: UnderstoodProfile, status: str) -> list[str]:
    """The therapies of one status, each once, with what was entered if that was no name of it."""
    own = [each for each in profile.therapies or () if each.status == status]
    return list(dict.fromkeys(map(_entered, own)))


def _entered(each: UnderstoodTherapy) -> str:
    """`mycophenolate mofetil (entered as “mycophenolate”; no response)`."""
    said = therapy(each)
    if each.name is None or each.name.casefold() == each.given.casefold():
        return said
    entered = f"{each.name} (entered as \u201c{each.given}\u201d"
    rest = said.removeprefix(each.name).removeprefix(" (")
    return f"{entered}; {rest}" if rest else f"{entered})"


def _references(report: EvidenceReport, citations: Mapping[str, str]) -> Iterable[str]:
    cited = {each.at.series for each in report.cases}
    for each in report.knowledge.series:
        if each.id in cited:
            yield citations[each.id]
    yield from dict.fromkeys(
        f"Label of {e.name}, {e.jurisdiction}, as of {e.as_of}: {e.source}"
        for e in report.stronger_evidence
    )
