"""What the kinds of medication resources share: a drug, its use and why it was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.chart import DrugSeen, EventSeen
from seriatim.fhir.medications import drugs_of, leave_out
from seriatim.fhir.reasons import reasons_of
from seriatim.fhir.values import Concept, code_of, concept_of, items, label

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from seriatim.fhir.chart import Chart, UseStatus
    from seriatim.fhir.medications import Drug
    from seriatim.fhir.values import Day

Reason = tuple[str, str, str]
REASONS_DIFFER = "used without its reasons for the stop, which differ"
REASON_UNKNOWN = "used without its reason for the stop, which is not recognised"
USED_WITHOUT_REASON = {REASONS_DIFFER: "several that differ", REASON_UNKNOWN: "not recognised"}
"""Of what is counted though it was used: why, in short, the reason for the stop was left out."""


def known_drugs(
    chart: Chart, resource: dict[str, Any], why_not: Callable[[dict[str, Any]], str]
) -> tuple[Drug, ...]:
    """The drugs of a resource that are known; what is not known, or is left out, is counted.

    `why_not` says why the resource does not count, nothing if it does. It is asked only of one
    that names something: most drugs of a record are none of the library's, whatever their status.
    """
    drugs = drugs_of(chart, resource)
    if not drugs.found and not drugs.problem:
        chart.not_known(resource)
    elif why := why_not(resource):
        chart.skip(resource, why)
    elif drugs.problem:
        leave_out(chart, resource, drugs)
    else:
        return drugs.found
    return ()


def why_left_out(resource: dict[str, Any], used: Container[str], reasons: Mapping[str, str]) -> str:
    """Why a resource of this status does not count; empty if the status is one of `used`."""
    status = code_of(resource.get("status"))
    return "" if status in used else reasons.get(status, "its status is none of FHIR's")


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
    """Why it was stopped, if that is said in one way that is known.

    An adverse event that is given as the reason came with the drug that was stopped for it.
    """
    found: list[Reason] = []
    for concept in items(value):
        said = Concept((), (concept,)) if type(concept) is str else concept_of(concept)
        for each in reasons_of(chart.names, said, drug.concept):
            found.append((each.means, each.how, each.matched))
            if each.event:
                note = "given as the reason for the stop"
                seen = (each.event, drug.concept, each.how, each.matched, label(resource), note)
                chart.add_event(EventSeen(*seen))
    if len({each[0] for each in found}) > 1:
        chart.skip(resource, REASONS_DIFFER)
        return None
    if not found and items(value):
        chart.skip(resource, REASON_UNKNOWN)
    return found[0] if found else None
