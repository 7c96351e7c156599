"""MedicationRequest: an order. What it says is that a drug was ordered, not that it was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.uses import add_uses
from seriatim.fhir.values import code_of, day

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart

ORDERED = "ordered; whether it is taken is not said"
COMPLETED = "an order that was carried out; whether it was taken is not said"
_NOT_ORDERS = {"proposal", "plan", "option"}
_LEFT_OUT = {
    "cancelled": "cancelled before it was given",
    "entered-in-error": "entered in error",
    "draft": "a draft, not yet an order",
    "unknown": "its status is not known",
}
_CAN_BE_CONSIDERED = {"draft", "active", "on-hold", ""}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """An order of the record."""
    status = code_of(resource.get("status"))
    when = day(resource.get("authoredOn"))
    if resource.get("doNotPerform") is True:
        chart.skip(resource, "an order not to give it")
    elif code_of(resource.get("intent")) in _NOT_ORDERS:
        chart.skip(resource, "a proposal or plan, not an order")
    elif status == "active":
        add_uses(chart, resource, "current", when=when, note=ORDERED)
    elif status == "on-hold":
        note = "the order is on hold: paused, to be continued"
        add_uses(chart, resource, "current", when=when, note=note)
    elif status == "completed":
        reasons = resource.get("statusReason")
        add_uses(chart, resource, "past", reasons=reasons, when=when, note=COMPLETED)
    elif status == "stopped":
        reasons = resource.get("statusReason")
        add_uses(chart, resource, "past", stopped=True, reasons=reasons, when=when)
    else:
        chart.skip(resource, _LEFT_OUT.get(status, "its status is none of FHIR's"))


def read_draft(chart: Chart, resource: dict[str, Any]) -> None:
    """A draft order of the call: the drug is under consideration."""
    if resource.get("doNotPerform") is True:
        chart.skip(resource, "an order not to give it")
    elif code_of(resource.get("status")) not in _CAN_BE_CONSIDERED:
        chart.skip(resource, "a draft order that is being ended, not made")
    else:
        add_uses(chart, resource, "considering")
