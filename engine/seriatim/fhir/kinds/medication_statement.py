"""MedicationStatement: what the patient takes or took, as somebody says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.results import Conflict
from seriatim.fhir.uses import add_uses, known_drugs, why_left_out
from seriatim.fhir.values import code_of, day, label, mapping, period_end

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart
    from seriatim.fhir.medications import Drug
    from seriatim.fhir.values import Day

DAYS_OF_A_MONTH = 365.25 / 12
_USED = frozenset({"active", "on-hold", "completed", "stopped", "not-taken"})
_NOT_YET = "intended for the future, not taken yet"
_LEFT_OUT = {
    "entered-in-error": "entered in error",
    "intended": _NOT_YET,
    "unknown": "its status is not known",
}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """A statement of use."""
    status = code_of(resource.get("status"))
    later = status in ("active", "on-hold") and _begins_later(chart, resource)
    if status == "active" and not later:
        _ended_already(chart, resource)

    def why_not(resource: dict[str, Any]) -> str:
        return _NOT_YET if later else why_left_out(resource, _USED, _LEFT_OUT)

    if drugs := known_drugs(chart, resource, why_not):
        _use(chart, resource, drugs, status)


def _use(chart: Chart, resource: dict[str, Any], drugs: tuple[Drug, ...], status: str) -> None:
    when = _start(resource)
    if status == "active":
        months = _months(chart, resource, ended=False)
        add_uses(chart, resource, drugs, "current", when=when, months=months)
    elif status == "on-hold":
        note = "on hold: paused, to be continued"
        add_uses(chart, resource, drugs, "current", when=when, note=note)
    elif status == "not-taken":
        add_uses(chart, resource, drugs, "not-taken", when=when)
    else:
        add_uses(
            chart,
            resource,
            drugs,
            "past",
            stopped=status == "stopped",
            reasons=resource.get("statusReason"),
            when=period_end(resource.get("effectivePeriod")) or when,
            months=_months(chart, resource, ended=True),
        )


def _start(resource: dict[str, Any]) -> Day | None:
    start = day(mapping(resource.get("effectivePeriod")).get("start"))
    return start or day(resource.get("effectiveDateTime"))


def _begins_later(chart: Chart, resource: dict[str, Any]) -> bool:
    start = _start(resource)
    return start is not None and start.first > chart.today


def _ended_already(chart: Chart, resource: dict[str, Any]) -> None:
    end = period_end(resource.get("effectivePeriod"))
    if end and end.last < chart.today:
        statement = "A medication is stated as active although its period has ended."
        chart.conflicts.append(Conflict(statement, (label(resource),)))


def _months(chart: Chart, resource: dict[str, Any], *, ended: bool) -> float | None:
    """Months of use, only from a period of two exact days, or from one until today."""
    period = mapping(resource.get("effectivePeriod"))
    start, end = day(period.get("start")), day(period.get("end"))
    if start is None or not start.exact or (end is not None and not end.exact):
        return None
    if end is None and ended:
        return None
    last = end.first if end else chart.today
    if not ended and last < chart.today:
        return None
    days = (min(last, chart.today) - start.first).days
    return round(days / DAYS_OF_A_MONTH, 1) if days > 0 else None
