"""MedicationAdministration: a dose that was given. Whether more followed is not said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.uses import add_uses, known_drugs, why_left_out
from seriatim.fhir.values import code_of, day, mapping

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart, UseStatus

_USED: dict[str, tuple[UseStatus, str]] = {
    "in-progress": ("current", "being given"),
    "on-hold": ("current", "being given"),
    "completed": ("past", "was given; whether it still is, is not said"),
    "stopped": ("past", ""),
}
_LEFT_OUT = {
    "not-done": "not given",
    "entered-in-error": "entered in error",
    "unknown": "its status is not known",
}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """A dose."""
    if drugs := known_drugs(chart, resource, _why_not):
        status = code_of(resource.get("status"))
        use, note = _USED[status]
        stopped = status == "stopped"
        when = day(resource.get("effectiveDateTime"))
        add_uses(
            chart,
            resource,
            drugs,
            use,
            stopped=stopped,
            reasons=resource.get("statusReason") if stopped else None,
            when=when or day(mapping(resource.get("effectivePeriod")).get("start")),
            note=note,
        )


def _why_not(resource: dict[str, Any]) -> str:
    return why_left_out(resource, _USED, _LEFT_OUT)
