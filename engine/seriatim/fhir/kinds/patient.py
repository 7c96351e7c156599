"""Patient: age and sex. The date of birth is used to work out the age, and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from seriatim.fhir.results import Conflict, Fact
from seriatim.fhir.values import day, label, objects, text
from seriatim.model.profile import MAX_AGE, Months

if TYPE_CHECKING:
    from datetime import date

    from seriatim.fhir.chart import Chart
    from seriatim.fhir.values import Day

IN_MONTHS_BELOW = 2
"""Years."""
_GENDERS = {"female", "male", "other", "unknown"}


def read_patient(chart: Chart, patients: list[dict[str, Any]]) -> None:
    """What all versions of the one Patient say."""
    if not patients:
        return
    labels = tuple(dict.fromkeys(label(each) for each in patients))
    _age(chart, patients, labels)
    _sex(chart, patients, labels)
    if any(_dead(each) for each in patients):
        chart.conflicts.append(Conflict("The patient is recorded as deceased.", labels))
    if any(_replaced(each) for each in patients):
        statement = "This patient's record was replaced by another one."
        chart.conflicts.append(Conflict(statement, labels))
    if any(each.get("active") is False for each in patients):
        chart.conflicts.append(Conflict("The patient's record is marked as not in use.", labels))


def _age(chart: Chart, patients: list[dict[str, Any]], labels: tuple[str, ...]) -> None:
    given = {each["birthDate"] for each in patients if isinstance(each.get("birthDate"), str)}
    births = {born for each in given if (born := day(each))}
    if len(births) > 1:
        chart.conflicts.append(Conflict("The patient has two dates of birth; no age.", labels))
    if len(births) != 1:
        if given and not births:
            chart.skipped["Patient", "its date of birth is not a date; no age"] += 1
        return
    age = _between(births.pop(), chart.today)
    if isinstance(age, str):
        chart.skipped["Patient", age] += 1
        return
    chart.age = age
    chart.facts.append(Fact("age", "age", labels[0], "value", "birthDate", "worked out for today"))


def _between(born: Day, today: date) -> float | Months | str:
    """The age in whole years, or months below two years; text says why there is none."""
    oldest, youngest = _months(born.first, today), _months(born.last, today)
    if oldest < 0:
        return "its date of birth lies in the future; no age"
    if oldest // 12 > MAX_AGE:
        return f"its date of birth makes it older than {MAX_AGE} years; no age"
    if youngest // 12 >= IN_MONTHS_BELOW and oldest // 12 == youngest // 12:
        return float(oldest // 12)
    if oldest // 12 < IN_MONTHS_BELOW and oldest == youngest:
        return Months(months=float(oldest))
    return "its date of birth is not exact enough for the age; no age"


def _months(born: date, today: date) -> int:
    """Whole months from one day to another."""
    return (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)


def _sex(chart: Chart, patients: list[dict[str, Any]], labels: tuple[str, ...]) -> None:
    given = {text(each.get("gender")).lower() for each in patients} - {""}
    said = given & _GENDERS - {"unknown"}
    if given - _GENDERS:
        chart.skipped["Patient", "its gender is none of FHIR's codes"] += 1
    if len(said) > 1:
        chart.conflicts.append(Conflict("The patient is recorded with two genders.", labels))
    if len(said) != 1:
        return
    chart.sex = cast("Literal['female', 'male', 'other']", said.pop())
    note = "administrative gender"
    chart.facts.append(Fact("sex", chart.sex, labels[0], "value", "gender", note))


def _dead(patient: dict[str, Any]) -> bool:
    return patient.get("deceasedBoolean") is True or bool(text(patient.get("deceasedDateTime")))


def _replaced(patient: dict[str, Any]) -> bool:
    return any(text(each.get("type")) == "replaced-by" for each in objects(patient.get("link")))
