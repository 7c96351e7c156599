"""MedicationDispense: a supply that was handed out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from seriatim.fhir.uses import add_uses, known_drugs, why_left_out
from seriatim.fhir.values import code_of, day, mapping, number, text

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart
    from seriatim.fhir.medications import Drug
    from seriatim.fhir.values import Day

LONGEST_SUPPLY = 400
"""Days; a longer one is a mistake."""
_DAYS = {"d", "day", "days"}
_HANDED_OUT = frozenset({"completed", "stopped"})
_LEFT_OUT = {
    "preparation": "not handed out yet",
    "in-progress": "not handed out yet",
    "on-hold": "not handed out yet",
    "cancelled": "not handed out",
    "declined": "not handed out",
    "entered-in-error": "entered in error",
    "unknown": "its status is not known",
}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """A supply: current while it lasts, if it says for how many days it does."""
    if drugs := known_drugs(chart, resource, _why_not):
        _use(chart, resource, drugs, stopped=code_of(resource.get("status")) == "stopped")


def _why_not(resource: dict[str, Any]) -> str:
    return why_left_out(resource, _HANDED_OUT, _LEFT_OUT)


def _use(chart: Chart, resource: dict[str, Any], drugs: tuple[Drug, ...], *, stopped: bool) -> None:
    when = day(resource.get("whenHandedOver")) or day(resource.get("whenPrepared"))
    if stopped:
        reasons = resource.get("statusReasonCodeableConcept")
        add_uses(chart, resource, drugs, "past", stopped=True, reasons=reasons, when=when)
    elif _lasts(chart, resource, when):
        note = "a supply that lasts until today"
        add_uses(chart, resource, drugs, "current", when=when, note=note)
    else:
        note = "was dispensed; whether it is still taken is not said"
        add_uses(chart, resource, drugs, "past", when=when, note=note)


def _lasts(chart: Chart, resource: dict[str, Any], when: Day | None) -> bool:
    supply = mapping(resource.get("daysSupply"))
    days = number(supply.get("value"))
    unit = text(supply.get("code")) or text(supply.get("unit")) or "d"
    if when is None or not when.exact or days is None or unit.lower() not in _DAYS:
        return False
    if not 0 < days <= LONGEST_SUPPLY or when.first > chart.today:
        return False
    return when.first + timedelta(days=days) >= chart.today
