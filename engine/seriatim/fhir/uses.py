"""What the kinds of medication resources share: a drug, its use and why it was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.chart import DrugSeen, EventSeen
from seriatim.fhir.medications import drugs_of
from seriatim.fhir.values import Concept, concept_of, items, label

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart, UseStatus
    from seriatim.fhir.medications import Drug
    from seriatim.fhir.values import Day

Reason = tuple[str, str, str]
REASONS_DIFFER = "used without its reasons for the stop, which differ"
REASON_UNKNOWN = "used without its reason for the stop, which is not recognised"
USED_WITHOUT_REASON = {REASONS_DIFFER: "several that differ", REASON_UNKNOWN: "not recognised"}
"""Of what is counted though it was used: why, in short, the reason for the stop was left out."""


def known_drugs(chart: Chart, resource: dict[str, Any]) -> tuple[Drug, ...]:
    """The drugs of a resource that are known; what is not known, or is left out, is counted."""
    drugs = drugs_of(chart, resource)
    if drugs.problem:
        chart.skip(resource, drugs.problem)
    elif not drugs.found:
        chart.not_known(resource)
    return drugs.found


def add_uses(
    chart: Chart,
    resource: dict[str, Any],
    drugs: tuple[Drug, ...],
    status: UseStatus,
    *,
    stopped: bool = False,
    reasons: Any = None,
    when: Day | None = None,
    months: float | None = None,
    note: str = "",
) -> None:
    """Note the drugs of a resource with this status; `reasons` is its statusReason as it stands."""
    for drug in drugs:
        reason = _reason(chart, resource, reasons, drug) if status == "past" else None
        chart.drugs.append(
            DrugSeen(
                drug.concept,
                drug.how,
                drug.matched,
                label(resource),
                status,
                stopped,
                reason,
                when,
                months,
                note,
            )
        )


def _reason(chart: Chart, resource: dict[str, Any], value: Any, drug: Drug) -> Reason | None:
    """Why it was stopped, if that is said in one way that is known."""
    found: list[Reason] = []
    for concept in items(value):
        found.extend(_of_concept(chart, resource, concept, drug))
    if len({each[0] for each in found}) > 1:
        chart.skip(resource, REASONS_DIFFER)
        return None
    if not found and items(value):
        chart.skip(resource, REASON_UNKNOWN)
    return found[0] if found else None


def _of_concept(chart: Chart, resource: dict[str, Any], concept: Any, drug: Drug) -> list[Reason]:
    tables = chart.names.tables
    found: list[Reason] = []
    said = Concept((), (concept,)) if type(concept) is str else concept_of(concept)
    for system, code in said.codings:
        if system == tables.reason_system and code in tables.reason_codes:
            return [(tables.reason_codes[code], "code", f"{system}|{code}")]
        match = chart.names.code(system, code, "event")
        if match and match.concept:
            return [_event(chart, resource, match.concept, match.how, match.matched, drug)]
    for each in said.texts:
        match = chart.names.whole(each, "event")
        if match and match.concept:
            return [_event(chart, resource, match.concept, match.how, match.matched, drug)]
        if reason := chart.names.reason(each):
            found.append((reason[0], "text", reason[1]))
    return found


def _event(
    chart: Chart, resource: dict[str, Any], event: str, how: str, matched: str, drug: Drug
) -> Reason:
    """An adverse event that is given as the reason came with the drug that was stopped for it."""
    note = "given as the reason for the stop"
    chart.add_event(EventSeen(event, drug.concept, how, matched, label(resource), note))
    return ("intolerance", how, matched)
