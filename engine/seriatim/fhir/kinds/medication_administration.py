"""MedicationAdministration: a dose that was given. Whether more followed is not said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.uses import add_uses
from seriatim.fhir.values import code_of, day, mapping

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart

_LEFT_OUT = {
    "not-done": "not given",
    "entered-in-error": "entered in error",
    "unknown": "its status is not known",
}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """A dose."""
    status = code_of(resource.get("status"))
    when = day(resource.get("effectiveDateTime"))
    when = when or day(mapping(resource.get("effectivePeriod")).get("start"))
    if status in ("in-progress", "on-hold"):
        add_uses(chart, resource, "current", when=when, note="being given")
    elif status == "completed":
        note = "was given; whether it still is, is not said"
        add_uses(chart, resource, "past", when=when, note=note)
    elif status == "stopped":
        reasons = resource.get("statusReason")
        add_uses(chart, resource, "past", stopped=True, reasons=reasons, when=when)
    else:
        chart.skip(resource, _LEFT_OUT.get(status, "its status is none of FHIR's"))
