"""What stands beside an answer, in words, and how much of it is shown unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.words import left_open, short, upper_first

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def design(report: EvidenceReport) -> str:
    """What no count mends, beside every count."""
    one = any(each.id == "one-centre" for each in report.limits)
    alone = len({each.at.series for each in report.cases}) == 1
    return f"one centre{'' if one and alone else ' or few'}, no control group"


def not_known(cases: Sequence[Case]) -> str:
    """What leaves open whether courses are of the patient's diagnosis."""
    found = dict.fromkeys(each for case in cases for each in case.unknown_on[:1])
    return f"Not known {'; '.join(found)}."


def reasons_open(report: EvidenceReport, finding: Finding) -> list[str]:
    """Why the diagnosis is open: what is said of the printed term, else of the typed one."""
    own = set(finding.courses)
    printed = [
        each.diagnosis.why for each in report.cases if each.course in own and each.diagnosis.why
    ]
    typed = [
        left_open(each)
        for each in report.profile.diagnoses
        if each.could_be and each.why and each.status == "active"
    ]
    return list(dict.fromkeys(printed or typed))


def caution(each: Caution, ids: dict[str, str]) -> str:
    """What it concerns, what it says, the courses and the source."""
    courses = ", ".join(short(course, ids) for course in each.courses)
    where = f" ({courses})" if courses else ""
    source = f" [{each.source}]" if each.source else ""
    return f"{upper_first(each.concerns)}: {each.text}{where}{source}"


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
        against = ", ".join(short(course, ids) for course in each.counterexamples)
        against = f" (against it: {against})" if against else ""
        text = f"Not borne out: {printed} Rows: {each.rows_give}{against}."
    if each.alternatives:
        text += f" Other readings: {'; '.join(each.alternatives)}."
    return f"{text} {each.note}" if each.note else text


def near_miss(each: NearMiss) -> str:
    """`Courses of the same diagnosis (same-diagnosis): needs … or …; here: not known.`."""
    lacking = "; ".join(f"needs {' or '.join(one.need)}; here: {one.have}" for one in each.lacking)
    return f"{each.title} ({each.rule}): {lacking}."


def limits(report: EvidenceReport, *, everything: bool) -> tuple[list[Limit], int]:
    """The first of each series, then those of this answer, and how many are left."""
    general = [each for each in report.limits if each.series and not _of_a_course(each)]
    own = [each for each in report.limits if not each.series or _of_a_course(each)]
    shown = general if everything else general[:FULL_LIMITS]
    return [*shown, *own], len(general) - len(shown)


def _of_a_course(each: Limit) -> bool:
    return each.id == "dose-unit-not-printed"
