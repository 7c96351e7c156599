"""What stands beside an answer, in words, and how much of it is shown unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.knowledge.claims import DOES_NOT_HOLD
from seriatim.render.words import (
    as_written,
    left_open,
    listed,
    lower_first,
    short,
    upper_first,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.model.evidence import (
        Case,
        Caution,
        Discrepancy,
        EvidenceReport,
        Finding,
        Limit,
        NearMiss,
    )

FULL_DISCREPANCIES = 3
FULL_LIMITS = 2
FULL_NEAR_MISSES = 3
COPIES_READ = (
    "What labels warn of was read in copies of the dates given with it, which are older than the "
    "copies of the indications or not dated: the current label decides."
)
DIAGNOSIS = "diagnosis "
NOT_GIVEN = "the patient's diagnosis; "
"""How a comparison begins that leaves the diagnosis open because none is given."""
MOST_NAMED = 4
"""Cautions that are named where the answer points to them; the others are counted."""
CITED_FOR = "There are courses to cite, some only perhaps of it or of one near it, for:"
HERE = {
    "it is so": "so here",
    "it is not so": "not so here",
    "not known": "not known here",
}


def design(finding: Finding) -> str:
    """What no count mends, beside every count; a report of old has it only in the statement."""
    return finding.origin or finding.statement.rpartition("; ")[2].removesuffix(".")


def not_known(cases: Sequence[Case]) -> str:
    """What leaves open whether courses are of the patient's diagnosis."""
    found: dict[str, list[str]] = {}
    every = list(dict.fromkeys(each for case in cases for each in case.unknown_on[:1]))
    if every and all(each.startswith(NOT_GIVEN) for each in every):
        printed = (each.removeprefix(NOT_GIVEN).removesuffix(" is printed") for each in every)
        are = "are" if len(every) > 1 else "is"
        return f"No active diagnosis is given here; printed {are} {listed(printed)}."
    for each in every:
        asked, is_, name = each.partition(" is ")
        found.setdefault(f"{asked}{is_}", []).append(name)
    said = (f"{asked}{listed(names, 'or')}" for asked, names in found.items())
    return f"Not known {'; '.join(said)}."


def reasons_open(report: EvidenceReport, finding: Finding) -> list[str]:
    """Why the diagnosis is open: what is said of the term as typed, then of it as printed."""
    own = [each.diagnosis for each in report.cases if each.course in finding.courses]
    meant = {concept for each in own for concept in (each.concept, *each.could_be)}
    rest = "" if any(not each.concept for each in own) else " No course is cited of the others."
    typed = [
        left_open(each)
        if len(each.could_be) == 1
        else f"{each.why.rstrip('.')}.{'' if meant.issuperset(each.could_be) else rest}"
        for each in report.profile.diagnoses
        if each.why and each.status == "active" and meant.intersection(each.could_be)
    ]
    return list(dict.fromkeys([*typed, *(each.why for each in own if each.why)]))


def cautions(report: EvidenceReport) -> Sequence[Caution]:
    """All but what another says in the same words and more.

    Without findings, that the diagnosis has no course is the answer and no caution.
    """
    found = [each for each in report.cautions if not _is_begun_by(each, report.cautions)]
    if report.findings:
        return found
    own = [each.name or each.given for each in report.profile.diagnoses if each.status == "active"]
    return [each for each in found if not _is_the_answer(each, own)]


def _is_begun_by(each: Caution, others: Sequence[Caution]) -> bool:
    return any(
        len(other.text) > len(each.text)
        and other.text.startswith(each.text)
        and set(each.courses) <= set(other.courses)
        for other in others
    )


def _is_the_answer(each: Caution, diagnoses: Sequence[str]) -> bool:
    plain = each.concerns == "limits" and not each.courses
    return plain and any(each.text.endswith(f" {name}.") for name in diagnoses)


def caution_names(report: EvidenceReport) -> list[str]:
    """The titles of the rules that caution, the most pressing first, with what each is about."""
    about: dict[str, dict[str, None]] = {}
    titles: dict[str, str] = {}
    for each in report.fired:
        titles[each.rule] = each.title
        names = about.setdefault(each.rule, {})
        names |= {_known_as(report, id_): None for id_ in each.bindings.values()}
    said = [
        f"{lower_first(titles.get(rule, rule))}{_in_brackets(about.get(rule, ()))}"
        for rule in dict.fromkeys(each.rule for each in cautions(report))
    ]
    left = len(said) - MOST_NAMED
    return said if left < 2 else [*said[:MOST_NAMED], f"{left} more"]  # noqa: PLR2004 - one is named


def _known_as(report: EvidenceReport, concept: str) -> str:
    """The name of a concept that the report speaks of; of others the id in words."""
    profile = report.profile
    terms = (
        *profile.diagnoses,
        *(profile.therapies or ()),
        *(profile.adverse_events or ()),
        *profile.considering,
    )
    named = (each.name for each in terms if each.concept == concept and each.name)
    return next(named, concept.replace("-", " "))


def _in_brackets(names: Iterable[str]) -> str:
    found = ", ".join(names)
    return f" ({found})" if found else ""


def caution(each: Caution, ids: dict[str, str]) -> str:
    """What it concerns, what it says, the courses and the source."""
    courses = ", ".join(short(course, ids) for course in each.courses)
    where = f" ({courses})" if courses else ""
    source = f" [{each.source}]" if each.source else ""
    return f"{upper_first(each.concerns)}: {as_written(upper_first(each.text))}{where}{source}"


def copies_read(report: EvidenceReport) -> str:
    """Of what copies of labels the warnings are, said once beside them; empty without any."""
    return COPIES_READ if any(each.source for each in cautions(report)) else ""


def discrepancies(report: EvidenceReport, *, everything: bool) -> tuple[Sequence[Discrepancy], int]:
    """The most specific, and how many are left."""
    found = report.discrepancies
    shown = found if everything else found[:FULL_DISCREPANCIES]
    return shown, len(found) - len(shown)


def discrepancy(each: Discrepancy, ids: dict[str, str]) -> str:
    """The verdict before what the publication says, so that no skimmed line reads as true.

    Then how that is printed and where, and what its rows give.
    """
    printed = f"{each.says} Printed: \u201c{each.printed}\u201d ({each.at})."
    if each.verdict == "cannot be checked":
        text = f"Cannot be checked: {printed} {upper_first(each.why or 'no row prints it.')}"
    else:
        text = f"Not borne out: {printed} {_recomputed(each, ids)}"
    if each.alternatives:
        text += f" Other readings: {'; '.join(each.alternatives)}."
    return f"{text} {each.note}" if each.note else text


def _recomputed(each: Discrepancy, ids: dict[str, str]) -> str:
    """`Recomputed: 14.3%.`, or `Against it: T2R4.`."""
    against = ", ".join(short(course, ids) for course in each.counterexamples)
    if against and each.rows_give == DOES_NOT_HOLD:
        return f"Against it: {against}."
    return f"Recomputed: {each.rows_give}{f' (against it: {against})' if against else ''}."


def nearest(report: EvidenceReport) -> list[str]:
    """Without a finding: for which diagnoses there are courses, and what else came nearest."""
    if report.findings:
        return []
    of_diagnosis = [each for each in report.near_misses if _lacks_the_diagnosis(each)]
    names = {
        fact.removeprefix(DIAGNOSIS)
        for each in of_diagnosis
        for one in each.lacking
        for fact in one.need
    }
    courses = [f"{CITED_FOR} {listed(sorted(names, key=str.casefold))}."]
    rest = [near_miss(each) for each in report.near_misses if each not in of_diagnosis]
    return [*(courses if names else []), *rest[:FULL_NEAR_MISSES]]


def _lacks_the_diagnosis(each: NearMiss) -> bool:
    return all(
        one.have == "it is not so" and all(fact.startswith(DIAGNOSIS) for fact in one.need)
        for one in each.lacking
    )


def near_miss(each: NearMiss) -> str:
    """`Courses of the same diagnosis (same-diagnosis): would need: … or …; not known here.`."""
    return f"{each.title} ({each.rule}): {lacking(each)}."


def lacking(each: NearMiss) -> str:
    """`would need: diagnosis … or …; not known here`."""
    said = (
        f"would need: {_needed(one.need)}; {HERE.get(one.have, f'here: {one.have}')}"
        for one in each.lacking
    )
    return as_written("; ".join(said))


def _needed(facts: Sequence[str]) -> str:
    """`diagnosis A, B or C` of facts of one kind."""
    kind = facts[0].partition(" ")[0] + " "
    alike = len(facts) > 1 and all(each.startswith(kind) for each in facts)
    return (
        f"{kind}{listed((each.removeprefix(kind) for each in facts), 'or')}"
        if alike
        else listed(facts, "or")
    )


def limits(report: EvidenceReport, *, everything: bool) -> tuple[list[Limit], int]:
    """The first of each series, then those of this answer, and how many are left."""
    general = [each for each in report.limits if each.series and not _of_a_course(each)]
    own = [each for each in report.limits if not each.series or _of_a_course(each)]
    shown = general if everything else general[:FULL_LIMITS]
    return [*shown, *own], len(general) - len(shown)


def _of_a_course(each: Limit) -> bool:
    return each.id == "dose-unit-not-printed"
