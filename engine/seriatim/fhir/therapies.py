"""All medication resources together: a therapy for each drug, and one for each known stop."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from seriatim.fhir.results import Conflict, Fact
from seriatim.fhir.weigh import fact, grouped, labels
from seriatim.model.profile import StopReason, Therapy

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart, DrugSeen

Part = tuple[Literal["current", "past"], str, list["DrugSeen"]]
"""A status, the reason for a stop, and the uses that say so."""


def therapies(chart: Chart) -> tuple[Therapy, ...] | None:
    """Therapies of the profile, by drug; None if nothing is known of any.

    What FHIR does not say stays unknown: the response always, the reason for a stop unless it is
    given.
    """
    used = [each for each in chart.drugs if each.status != "considering"]
    groups = grouped(used, lambda each: each.concept)
    found: list[Therapy] = []
    for concept in sorted(groups):
        found.extend(_of_drug(chart, concept, groups[concept], len(found)))
    return tuple(found) or None


def considering(chart: Chart) -> tuple[str, ...]:
    """Drugs of the draft orders."""
    groups = grouped(
        (each for each in chart.drugs if each.status == "considering"), lambda each: each.concept
    )
    found = sorted(groups)
    for position, concept in enumerate(found):
        chart.facts.append(fact(f"considering[{position}]", concept, _shown(groups[concept])))
    return tuple(found)


def _of_drug(chart: Chart, concept: str, seen: list[DrugSeen], start: int) -> list[Therapy]:
    current = [each for each in seen if each.status == "current"]
    past = [each for each in seen if each.status == "past"]
    not_taken = [each for each in seen if each.status == "not-taken"]
    clash = _contradictions(chart, concept, current, past, not_taken)
    parts, less = _parts(current, past, clash=clash)
    found: list[Therapy] = []
    for status, means, part in parts:
        field = f"therapies[{start + len(found)}]"
        chart.facts.append(fact(field, concept, _shown(part), less if not found else ()))
        found.append(_therapy(chart, field, part, status, means))
    if not_taken:
        why = "not taken; whether it ever was is not known"
        chart.skipped["MedicationStatement", why] += len(not_taken)
    return found


def _parts(
    current: list[DrugSeen], past: list[DrugSeen], *, clash: bool
) -> tuple[list[Part], list[str]]:
    """The uses of one drug by what they say, and the resources that say the same with less."""
    reasons = grouped(past, lambda each: each.reason[0] if each.reason else "")
    unexplained = reasons.pop("", [])
    parts: list[Part] = [("current", "unknown", current)] if current else []
    parts += [("past", means, reasons[means]) for means in sorted(reasons)]
    if unexplained and not reasons and (clash or not current):
        return [*parts, ("past", "unknown", unexplained)], []
    return parts, [each.resource for each in unexplained]


def _therapy(
    chart: Chart,
    field: str,
    seen: list[DrugSeen],
    status: Literal["current", "past"],
    means: str,
) -> Therapy:
    for each in sorted(seen, key=lambda each: each.resource):
        if each.reason and means != "unknown":
            _means, how, matched = each.reason
            said = Fact(f"{field}.stopped_because", means, each.resource, how, matched)
            chart.facts.append(said)
            break
    months = {each.months for each in seen if each.months is not None}
    return Therapy(
        drug=seen[0].concept,
        status=status,
        stopped_because=cast("StopReason", means),
        months=months.pop() if len(months) == 1 else None,
    )


def _contradictions(
    chart: Chart,
    concept: str,
    current: list[DrugSeen],
    past: list[DrugSeen],
    not_taken: list[DrugSeen],
) -> bool:
    """Say what does not go together; whether the drug is given and stopped at once."""
    name = chart.name(concept)
    name = name[:1].upper() + name[1:]
    if not current:
        return False
    if not_taken:
        refs = labels(each.resource for each in (*current, *not_taken))
        statement = f"{name} is given as current and as not taken."
        chart.conflicts.append(Conflict(statement, refs))
    latest = max((each.when.first for each in current if each.when), default=date.min)
    stopped = [each for each in past if each.stopped and not _earlier(each, latest)]
    if stopped:
        refs = labels(each.resource for each in (*current, *stopped))
        statement = f"{name} is given as active and as stopped at once."
        chart.conflicts.append(Conflict(statement, refs))
    return bool(stopped)


def _earlier(stopped: DrugSeen, latest: date) -> bool:
    """Whether a newer order follows: then a stop is a change of the order."""
    return stopped.when is not None and stopped.when.last < latest


def _shown(seen: list[DrugSeen]) -> list[tuple[str, str, str, str]]:
    return sorted((each.resource, each.how, each.matched, each.note) for each in seen)
