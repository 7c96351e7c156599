"""AdverseEvent: something that happened, and the drug that is suspected of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.chart import EventSeen
from seriatim.fhir.events import event_of
from seriatim.fhir.medications import Drugs, drugs_of, of_reference
from seriatim.fhir.values import code_of, label, mapping, objects, said_of

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart

_ACQUITTED = {"unlikely", "unlikely-related", "unlikely-to-be-related", "not-related", "unrelated"}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """An event; with a drug only if exactly one is suspected and known."""
    if code_of(resource.get("status")) == "entered-in-error":  # of R5; R4 has no status here
        chart.skip(resource, "entered in error")
        return
    if "potential" in said_of(resource.get("actuality")):
        chart.skip(resource, "a potential event, which did not happen")
        return
    event = chart.names.of(event_of, resource.get("event"))
    if event is None or event.concept is None:
        chart.not_known(resource)
        return
    drug, note = _suspect(chart, resource)
    chart.add_event(EventSeen(event.concept, drug, event.how, event.matched, label(resource), note))


def _suspect(chart: Chart, resource: dict[str, Any]) -> tuple[str | None, str]:
    suspects = [
        _drugs(chart, resource, mapping(each.get("instance")))
        for each in objects(resource.get("suspectEntity"))
        if not _acquitted(each)
    ]
    known = {drug.concept for drugs in suspects for drug in drugs.found}
    if len(suspects) == 1 and len(known) == 1:
        return known.pop(), ""
    if known:
        return None, "with one of several that are suspected"
    return None, "with something that is not known here" if suspects else "no drug is named"


def _acquitted(suspect: dict[str, Any]) -> bool:
    return any(
        not _ACQUITTED.isdisjoint(said_of(each.get("assessment")))
        for each in objects(suspect.get("causality"))
    )


def _drugs(chart: Chart, resource: dict[str, Any], instance: dict[str, Any]) -> Drugs:
    """The drugs of a Medication, or of an order, dose or statement that is pointed to."""
    pointed = chart.index.find(instance, resource)
    if pointed is not None and pointed[0]["resourceType"] not in ("Medication", "Substance"):
        return drugs_of(chart, pointed[0])
    return of_reference(chart, instance, resource)
