"""Observation: only what the rules of the knowledge ask for, and only if it is recent and final."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.chart import ObservationSeen
from seriatim.fhir.values import (
    code_of,
    concept_of,
    day,
    label,
    mapping,
    number,
    objects,
    period_end,
    text,
)
from seriatim.inference.measured import is_possible
from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart
    from seriatim.fhir.names import Names
    from seriatim.fhir.values import Concept, Day
    from seriatim.model.rule import InRecords

_FINAL = {"final", "amended", "corrected"}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """An observation, or the parts of one."""
    of, parts = chart.names.of, [resource]
    if "component" in resource:
        parts += objects(resource["component"])
    named = [(part, found) for part in parts if (found := of(asked_for, part.get("code")))]
    if not named:
        chart.not_known(resource)
    elif resource.get("focus"):
        chart.skip(resource, "asked for, but about something else than the patient")
    elif code_of(resource.get("status")) not in _FINAL:
        chart.skip(resource, "asked for, but not final")
    else:
        for part, (name, how, matched) in named:
            _take(chart, resource, part, name, (how, matched))


def asked_for(names: Names, said: Concept) -> tuple[str, str, str] | None:
    """The observation of the vocabulary that it is, with how and by what it was recognised."""
    for uri, code in said.codings:
        name = names.asked.codes.get((names.tables.systems.get(uri, ""), code))
        if name:
            return name, "code", f"{uri}|{code}"
    for each in said.texts:
        name = names.asked.names.get(fold(each))
        if name:
            return name, "text", fold(each)
    return None


def _take(
    chart: Chart,
    resource: dict[str, Any],
    part: dict[str, Any],
    name: str,
    by: tuple[str, str],
) -> None:
    kind = chart.asked.kinds[name]
    when = _when(resource)
    value: float | bool | None
    records = kind.in_records
    if records is None:
        return
    value = _quantity(part, records) if kind.type == "number" else _yes_or_no(chart, part, records)
    if when is None:
        chart.skip(resource, f"{kind.says}: undated")
    elif when.last > chart.today:
        chart.skip(resource, f"{kind.says}: dated in the future")
    elif not is_recent(chart, name, when):
        chart.skip(resource, f"{kind.says}: older than {records.current_days} days")
    elif value is None:
        chart.skip(resource, f"{kind.says}: no value in a unit or word that is known")
    elif kind.type == "number" and not is_possible(value, kind):
        chart.skip(resource, f"{kind.says}: not a possible value")
    else:
        how, matched = by
        chart.seen.append(ObservationSeen(name, value, how, matched, label(resource), when))


def is_recent(chart: Chart, name: str, when: Day) -> bool:
    """Whether a value of this day still counts as now; a part of it in the future does not."""
    records = chart.asked.kinds[name].in_records
    days = (chart.today - when.first).days
    return records is not None and when.last <= chart.today and days <= records.current_days


def _quantity(part: dict[str, Any], records: InRecords) -> float | None:
    """The value in the unit of the vocabulary; a bound (`<`) is no value."""
    quantity = mapping(part.get("valueQuantity"))
    value = number(quantity.get("value"))
    factor = records.units.get(text(quantity.get("code")) or text(quantity.get("unit")))
    if value is None or factor is None or text(quantity.get("comparator")):
        return None
    return value * factor


def _yes_or_no(chart: Chart, part: dict[str, Any], records: InRecords) -> bool | None:
    if type(part.get("valueBoolean")) is bool:
        return bool(part["valueBoolean"])
    said = concept_of(part.get("valueCodeableConcept")).texts
    texts = {fold(chart.names.untagged(each)) for each in said}
    texts.add(fold(text(part.get("valueString"))))
    yes = bool(texts & {fold(each) for each in records.yes})
    no = bool(texts & {fold(each) for each in records.no})
    return yes if yes != no else None


def _when(resource: dict[str, Any]) -> Day | None:
    return (
        day(resource.get("effectiveDateTime"))
        or day(resource.get("effectiveInstant"))
        or period_end(resource.get("effectivePeriod"))
        or day(resource.get("issued"))
    )
