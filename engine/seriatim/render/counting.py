"""Counts in words: k of n with the interval, never a bare percentage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.evidence.statements import failures_first, interval, k_of_n
from seriatim.render.words import plural, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seriatim.model.evidence import (
        Case,
        Counts,
        Finding,
        Months,
        Outcomes,
        Share,
        Subgroup,
    )

MOST_SUBGROUPS = 6


def bare_counts(outcomes: Outcomes) -> str:
    """The counts, failures first, without the interval, which then stands in the detail."""
    return failures_first(outcomes).replace(f" ({interval(outcomes.complete)})", "")


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


def outcome_parts(outcomes: Outcomes) -> list[tuple[str, str]]:
    """`no response 1`, `partial 1`, `complete 2 of 4 (95% CI …)`, each with its level."""
    parts = [
        ("none", f"no response {outcomes.none.k}"),
        ("partial", f"partial {outcomes.partial.k}"),
        ("complete", f"complete {k_of_n(outcomes.complete)}"),
    ]
    if outcomes.not_printed:
        parts.append(("", f"not printed {outcomes.not_printed}"))
    return parts


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


def worth_seeing(finding: Finding) -> list[Subgroup]:
    """The groups that say something of their own: each set of courses once, not the whole again."""
    whole = (frozenset(finding.courses), frozenset[str]())
    found: dict[tuple[frozenset[str], frozenset[str]], Subgroup] = {}
    for each in finding.subgroups:
        key = (frozenset(each.courses), frozenset(each.probable_courses))
        if key != whole or len(finding.courses) == 1:
            found.setdefault(key, each)
    return list(found.values())[:MOST_SUBGROUPS]


def group_counts(group: Subgroup, ids: dict[str, str], cases: dict[str, Case]) -> str:
    """`no response 1 of 1 (95% CI …; T2R4, 20 months)`, and who belongs only probably."""
    if len({cases[each].diagnosis.name for each in group.courses}) > 1:
        text = ", ".join(_with_response(each, ids, cases) for each in group.courses)
    else:
        text = _counted(group, ids)
    if group.probable_courses:
        more = " more" if group.courses else ""
        text += f"; {len(group.probable_courses)}{more} only probably: "
        text += ", ".join(_with_response(each, ids, cases) for each in group.probable_courses)
    return text


def _counted(group: Subgroup, ids: dict[str, str]) -> str:
    """Every level that occurs, with the interval of the only one, or of complete responses."""
    where = ", ".join(short(each, ids) for each in group.courses)
    found = [(level, share) for level, share in _levels(group.outcomes) if share.k]
    said = ", ".join(f"{level} {share.k} of {share.n}" for level, share in found)
    if len(found) == 1:
        return f"{said} ({interval(found[0][1])}; {where}, {months(group.months)})"
    if found:
        return f"{said} (complete {interval(group.outcomes.complete)}; {where})"
    return f"response not printed ({where})" if where else "no course for certain"


def _levels(outcomes: Outcomes) -> Sequence[tuple[str, Share]]:
    return (
        ("no response", outcomes.none),
        ("partial", outcomes.partial),
        ("complete", outcomes.complete),
    )


def _with_response(course: str, ids: dict[str, str], cases: dict[str, Case]) -> str:
    name = short(course, ids)
    return f"{name} {cases[course].response.level or 'not printed'}" if course in cases else name
