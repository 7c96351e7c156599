"""The line of a card: under 140 characters, made of whole parts, so that no number is ever cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.canvas import clean
from seriatim.render.counting import bare_counts, brief_counts
from seriatim.render.words import listed, plural, upper_first
from seriatim.service.hooks.counted import (
    after_failure,
    any_event,
    bare_complete,
    complete,
    events,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seriatim.model.evidence import (
        DiagnosisGroup,
        EvidenceReport,
        Finding,
        StrongerEvidence,
        Subgroup,
    )
    from seriatim.service.hooks.catalogue import Catalogue
    from seriatim.service.hooks.relevance import Answer

LONGEST = 139
ELSEWHERE = {"ambiguous": "in what may be this diagnosis", "indirect": "in other diagnoses"}


def fits(text: str) -> bool:
    """Counted as a browser counts, in UTF-16 units."""
    return len(text.encode("utf-16-le")) <= 2 * LONGEST


def first_fitting(candidates: Iterable[str], last: str) -> str:
    """The first that fits, else `last`, which must."""
    return clean(next((each for each in candidates if fits(each)), last))


def summary(
    report: EvidenceReport, answer: Answer, catalogue: Catalogue, *, blind: bool = False
) -> str:
    """The richest line that fits; `blind` if the diagnoses of the patient were not to be had."""
    if blind and not answer.findings:
        lines = _blind(report, answer)
    else:
        lines = _lines(report, answer, catalogue)
    n = sum(each.n_courses for each in answer.findings)
    last = f"{plural(n, 'published course')} of one drug: see the detail"
    return first_fitting(lines, last)


def _blind(report: EvidenceReport, answer: Answer) -> Iterator[str]:
    drug = upper_first(answer.name)
    unknown = f"{drug}: the diagnoses on this record were not available"
    if answer.warns:
        yield f"Caution: {_caution(report, answer)}. {unknown}"
    yield f"{unknown}, so no published course is matched"


def _lines(report: EvidenceReport, answer: Answer, catalogue: Catalogue) -> Iterator[str]:
    if answer.warns:
        caution = _caution(report, answer)
        for each in (*_without_caution(report, answer, catalogue), *_shortest(answer)):
            yield f"Caution: {caution}. {each}"
        n = len(answer.warnings)
        for each in _without_caution(report, answer, catalogue):
            yield f"{plural(n, 'caution')}. {each}"
    yield from _without_caution(report, answer, catalogue)


def _caution(report: EvidenceReport, answer: Answer) -> str:
    """The event that the patient had with the drug, else the title of the rule that cautions."""
    first = answer.warnings[0]
    for each in report.profile.adverse_events or ():
        name = each.name or each.given
        if each.with_drug in (answer.name, answer.drug) and name in first.text:
            return f"{name} with {answer.name} before"
    titles = (each.title for each in report.fired if each.rule == first.rule)
    title = next(titles, "see the detail")
    return f"{title[:1].lower()}{title[1:]}"


def _shortest(answer: Answer) -> Iterator[str]:
    """Beside a caution with a long name: which caution it is, is worth more than what follows."""
    if not answer.findings:
        yield f"{upper_first(answer.name)}: see the detail"
        return
    finding = answer.findings[0]
    drug = _drug(answer, finding)
    if len(finding.by_diagnosis) == 1:
        yield f"{drug}: {bare_counts(finding.outcomes)}"
    yield f"{drug}: {plural(finding.n_courses, 'published course')}, see the detail"


def _without_caution(report: EvidenceReport, answer: Answer, catalogue: Catalogue) -> Iterator[str]:
    if answer.siblings:
        return _no_course_of_drug(answer, catalogue)
    if not answer.findings:
        return _no_course(report, answer)
    finding = answer.findings[0]
    if len(finding.by_diagnosis) > 1:
        return _several(answer, finding, catalogue)
    return _one(report, answer, finding, catalogue)


# --- courses of one diagnosis ---------------------------------------------------------------------


def _one(
    report: EvidenceReport, answer: Answer, finding: Finding, catalogue: Catalogue
) -> Iterator[str]:
    names = _names(finding.by_diagnosis[0], catalogue)
    said = any(each.rule in catalogue.of_failure for each in answer.warnings[:1])
    failed = bool(answer.failed) and not said
    leads = [_lead(report, answer, finding, name, failed=failed) for name in names]
    for extras in _extras(finding, _of_failure(finding, catalogue)):
        for words in (brief_counts, bare_counts):
            counted = words(finding.outcomes)
            for lead in leads:
                for extra in extras:
                    yield f"{lead}: {counted}{extra}"
    drug = _drug(answer, finding)
    if finding.any_adverse_event.k:
        yield f"{drug}: {bare_counts(finding.outcomes)}; {any_event(finding)}"
    yield f"{drug}: {brief_counts(finding.outcomes)}"


def _drug(answer: Answer, finding: Finding) -> str:
    """The drug where there is no room for a diagnosis; that it is another one is still said."""
    where = ELSEWHERE.get(finding.relation)
    return f"{upper_first(answer.name)} {where}" if where else upper_first(answer.name)


def _extras(finding: Finding, group: Subgroup | None) -> list[list[str]]:
    """What follows the counts, in order of weight: adverse events by name or at least how many.

    They and the courses after a failure are worth more than the longer name and the interval,
    which stand in the detail.
    """
    after = [f"; {after_failure(group)}"] if group else []
    seen = [f"; {events(finding)}", f"; {any_event(finding)}"]
    if not finding.any_adverse_event.k:
        return [after, [""]] if after else [[""]]
    if group is None:
        return [seen, [""]]
    both = [f"{after[0]}{each}" for each in seen]
    return [both, *([after, seen] if group.outcomes.none.k else [seen, after]), [""]]


def _names(group: DiagnosisGroup, catalogue: Catalogue) -> list[str]:
    """The full name of a diagnosis, and its abbreviation if it has one."""
    known = catalogue.lexicon.concepts.get(group.diagnosis)
    return [group.name, known.short] if known is not None and known.short else [group.name]


def _meant(report: EvidenceReport, finding: Finding) -> str:
    """The patient's diagnosis that an open printed term may mean."""
    open_ = {
        each
        for case in report.cases
        if case.course in finding.courses
        for each in case.diagnosis.could_be
    }
    names = [
        each.name
        for each in report.profile.diagnoses
        if each.status == "active" and each.name and each.concept in open_
    ]
    return listed(names, "or") or "this diagnosis"


def _lead(
    report: EvidenceReport, answer: Answer, finding: Finding, diagnosis: str, *, failed: bool
) -> str:
    drug = upper_first(answer.name) + (f" ({answer.failed})" if failed else "")
    label = _label(answer, finding.by_diagnosis[0].diagnosis)
    if finding.relation == "ambiguous":
        return f"{drug} in {diagnosis}, perhaps {_meant(report, finding)}{label}"
    if finding.relation == "indirect":
        return f"{drug} in another diagnosis ({diagnosis}){label}"
    return f"{drug} in {diagnosis}{label}"


def _label(answer: Answer, diagnosis: str = "") -> str:
    """`, on label (EU and UK, not US)`: stronger evidence is said first.

    A label that names another diagnosis than the one just said is given with that diagnosis.
    """
    sure = [each for each in answer.labels if each.holds == "yes"]
    own = [each for each in sure if each.diagnosis == diagnosis]
    if not sure:
        return ""
    told = own or sure
    where = ", ".join(dict.fromkeys(each.jurisdiction for each in told))
    what = "" if own else f" for {listed(dict.fromkeys(each.diagnosis_name for each in told))}"
    if all(each.applies_to_age is False for each in told):
        return f", on label{what} for another age ({where})"
    without = _silent_elsewhere(answer, told) if own else ""
    return f", on label{what} ({where}{f', not {without}' if without else ''})"


def _silent_elsewhere(answer: Answer, told: list[StrongerEvidence]) -> str:
    """Where the label, as read, does not name the same diagnosis."""
    has = {each.jurisdiction for each in told}
    named = {each.diagnosis for each in told}
    silent = [
        where for each in answer.silent if each.diagnosis in named for where in each.jurisdictions
    ]
    return ", ".join(dict.fromkeys(where for where in silent if where not in has))


def _of_failure(finding: Finding, catalogue: Catalogue) -> Subgroup | None:
    """The courses of those who came from a drug that has failed here, for certain."""
    for each in finding.subgroups:
        if each.rule in catalogue.after_failure and each.courses:
            return each
    return None


# --- several diagnoses, or none -------------------------------------------------------------------


def _several(answer: Answer, finding: Finding, catalogue: Catalogue) -> Iterator[str]:
    """Unlike diagnoses are counted one by one, never pooled."""
    where = ELSEWHERE.get(finding.relation, "in the diagnoses on record")
    group = _of_failure(finding, catalogue)
    if finding.relation == "indirect" and group and set(group.courses) == set(finding.courses):
        where = f"{group.label.partition(',')[0]}, {where}"
    lead = f"{upper_first(answer.name)} {where}{_label(answer)}"
    k = finding.any_adverse_event.k
    for with_events in (f", {k} with adverse events", "") if k else ("",):
        yield from _each_diagnosis(lead, finding, catalogue, with_events)
        yield from _all_courses(answer, lead, finding, with_events)


def _each_diagnosis(
    lead: str, finding: Finding, catalogue: Catalogue, with_events: str
) -> Iterator[str]:
    events_of_all = f"; {with_events[2:]}" if with_events else ""
    for counted in (complete, bare_complete):
        for which in (0, -1):
            parts = (
                f"{_names(each, catalogue)[which]} {counted(each.outcomes)}"
                for each in finding.by_diagnosis
            )
            yield f"{lead}: {'; '.join(parts)}{events_of_all}"


def _all_courses(answer: Answer, lead: str, finding: Finding, with_events: str) -> Iterator[str]:
    n, none = plural(finding.n_courses, "course"), finding.outcomes.none.k
    failed, drug = f"{n}, {none} without response", upper_first(answer.name)
    partial = f"{finding.outcomes.partial.k} partial"
    yield f"{lead}: {failed}, {partial}{with_events}; not pooled"
    yield f"{drug}{_label(answer)}: {failed}{with_events}; not pooled"
    yield f"{drug}: {failed}{with_events}; unlike diagnoses, not pooled"


def _no_course(report: EvidenceReport, answer: Answer) -> Iterator[str]:
    drug = upper_first(answer.name)
    active = [each for each in report.profile.diagnoses if each.status == "active"]
    names = listed([each.name or "an open diagnosis" for each in active], "or")
    if active:
        unseen = "; no label seen names it" if answer.silent and not answer.labels else ""
        label = _label(answer, active[0].concept or "") if len(active) == 1 else _label(answer)
        for name in (names, "the diagnoses on record"):
            yield f"{drug}: no published course in {name} in this library{label}{unseen}"
            yield f"{drug}: no published course in {name} in this library"
    yield f"{drug}: no diagnosis on this record matches a published course"


def _no_course_of_drug(answer: Answer, catalogue: Catalogue) -> Iterator[str]:
    """The drug has none; others of its class have some, of the diagnosis if they share one."""
    drug = f"{upper_first(answer.name)}: no published course in this library"
    by_drug = {each.name: each for each in reversed(answer.siblings)}
    others = listed(f"{name} {plural(each.n_courses, 'course')}" for name, each in by_drug.items())
    groups = {group.diagnosis: group for each in answer.siblings for group in each.by_diagnosis}
    if len(groups) == 1:
        for name in _names(next(iter(groups.values())), catalogue):
            yield f"{drug}; in {name} it has {others}"
    yield f"{drug}; for the diagnoses on record it has {others}"
    yield drug
