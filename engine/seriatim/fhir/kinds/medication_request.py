"""MedicationRequest: an order. What it says is that a drug was ordered, not that it was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.uses import add_uses, known_drugs, why_left_out
from seriatim.fhir.values import code_of, day, text

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart, UseStatus

ORDERED = "ordered; whether it is taken is not said"
COMPLETED = "an order that was carried out; whether it was taken is not said"
_NOT_ORDERS = {"proposal", "plan", "option"}
_LEFT_OUT = {
    "cancelled": "cancelled before it was given",
    "entered-in-error": "entered in error",
    "draft": "a draft, not yet an order",
    "unknown": "its status is not known",
}
_USED: dict[str, tuple[UseStatus, str]] = {
    "active": ("current", ORDERED),
    "on-hold": ("current", "the order is on hold: paused, to be continued"),
    "completed": ("past", COMPLETED),
    "stopped": ("past", ""),
}
_CAN_BE_CONSIDERED = {"draft", "active", "on-hold", ""}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """An order of the record."""
    if drugs := known_drugs(chart, resource, _why_not):
        status = code_of(resource.get("status"))
        use, note = _USED[status]
        add_uses(
            chart,
            resource,
            drugs,
            use,
            stopped=status == "stopped",
            reasons=resource.get("statusReason"),
            when=day(resource.get("authoredOn")),
            note=note,
        )


def _why_not(resource: dict[str, Any]) -> str:
    if _is_forbidden(resource):
        return "an order not to give it"
    if code_of(resource.get("intent")) in _NOT_ORDERS:
        return "a proposal or plan, not an order"
    return why_left_out(resource, _USED, _LEFT_OUT)


def read_draft(chart: Chart, resource: dict[str, Any]) -> None:
    """A draft order of the call: the drug is under consideration."""
    if drugs := known_drugs(chart, resource, _why_not_considered):
        add_uses(chart, resource, drugs, "considering")


def _why_not_considered(resource: dict[str, Any]) -> str:
    if _is_forbidden(resource):
        return "an order not to give it"
    if code_of(resource.get("status")) not in _CAN_BE_CONSIDERED:
        return "a draft order that is being ended, not made"
    return ""


def _is_forbidden(resource: dict[str, Any]) -> bool:
    """Whether it is an order not to give it; some servers send texts for true and false."""
    said = resource.get("doNotPerform")
    return said is not None and said is not False and text(said).lower() != "false"
