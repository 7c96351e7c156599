"""Counts in words: k of n with the interval, never a bare percentage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import failures_first
from seriatim.render.words import plural, short

if TYPE_CHECKING:
    from seriatim.model.evidence import Counts, Finding, Months, Outcomes


def brief_counts(outcomes: Outcomes) -> str:
    """The counts, failures first, with the interval of complete responses alone."""
    return failures_first(outcomes, brief=True)


def bare_counts(outcomes: Outcomes) -> str:
    """`no response 1 of 4, partial 1, complete 2`; the interval then stands in the detail."""
    none, missing = outcomes.none, outcomes.not_printed
    if not none.n:
        return brief_counts(outcomes)
    said = f"no response {none.k} of {none.n}, partial {outcomes.partial.k}, "
    said += f"complete {outcomes.complete.k}"
    return f"{said}, not printed {missing}" if missing else said


def months(of: Months) -> str:
    """`4–20 months`, `12 months`, or that none are printed."""
    if of.min is None or of.max is None:
        return "months not printed"
    if of.min == of.max:
        return f"{of.min:g} month{'' if of.min == 1 else 's'}"
    return f"{of.min:g}\u2013{of.max:g} months"


def patients(counts: Counts) -> str:
    """`4 patients`, and the other total if probable links would change it."""
    n, fewer = counts.n_patients, counts.n_patients_if_probable_links
    text = plural(n, "patient")
    if counts.n_courses != n:
        text = f"{plural(counts.n_courses, 'course')} in {text}"
    return text if fewer == n else f"{text} ({fewer} if probable links hold)"


def part(finding: Finding) -> str:
    """That only some of the courses are counted, and which; empty if it is all of them.

    Of another disease than the patient's it is said why they are cited at all.
    """
    if not finding.only or finding.relation == "indirect":
        return ""
    those = " or ".join(finding.only)
    return f"Only {finding.n_courses} of the library's {finding.of_courses} courses: those {those}"


def events(counts: Counts, ids: dict[str, str]) -> str:
    """`transaminitis 1 of 4 (T2R3)`, or that none is printed, which does not say that none was."""
    among = counts.any_adverse_event
    if among.n == 0:
        return "adverse events not printed"
    if among.k == 0:
        return f"no adverse event printed in {among.n} of {among.n}"
    found = (
        f"{each.name} {each.k} of {each.n} ({', '.join(short(c, ids) for c in each.courses)})"
        for each in counts.adverse_events
    )
    return ", ".join(found)
