"""A printed dose as FHIR Dosage: the text always, the structure as far as units are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.export.resources import number, quantity, text

if TYPE_CHECKING:
    from seriatim.model.series import Amount, Course, DoseCell, Every, Regimen

UCUM_OF = {"mg": "mg", "mg/kg": "mg/kg", "g": "g", "microgram": "ug"}
PERIODS = {"hour": "h", "day": "d", "week": "wk", "month": "mo"}
MAINTENANCE = "maintenance"


def dosages(course: Course) -> list[dict[str, Any]]:
    """One Dosage for each printed regimen; each carries the whole cell as its text."""
    cell = course.dose
    if cell is None:
        return [{"route": text(course.route)}] if course.route else []
    return [_dosage(at, each, cell, course) for at, each in enumerate(cell.regimens, 1)]


def _dosage(at: int, regimen: Regimen, cell: DoseCell, course: Course) -> dict[str, Any]:
    found: dict[str, Any] = {"sequence": at, "text": cell.printed}
    if len(cell.regimens) > 1:
        found["additionalInstruction"] = [text(f"{regimen.role} dose")]
    if regimen.every:
        found["timing"] = {"repeat": _repeat(regimen.every)}
    if regimen.as_needed:
        found["asNeededBoolean"] = True
    elif regimen.role != MAINTENANCE:
        found["asNeededCodeableConcept"] = text(regimen.role)
    if course.route:
        found["route"] = text(course.route)
    if regimen.amount and regimen.amount.unit:
        found["doseAndRate"] = [_amount(regimen.amount, regimen.amount.unit)]
    return found


def _repeat(every: Every) -> dict[str, Any]:
    return {"frequency": 1, "period": number(every.count), "periodUnit": PERIODS[every.unit]}


def _amount(amount: Amount, unit: str) -> dict[str, Any]:
    low, high = (quantity(each, unit, UCUM_OF[unit]) for each in (amount.low, amount.high))
    return {"doseQuantity": low} if low == high else {"doseRange": {"low": low, "high": high}}
