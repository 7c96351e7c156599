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
    moment,
    number,
    objects,
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
            if why := _why_not(chart, resource, part, name):
                chart.skip(resource, f"{chart.asked.kinds[name].says}: {why}")
            else:
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


def _why_not(chart: Chart, resource: dict[str, Any], part: dict[str, Any], name: str) -> str:
    """Why a part is not what it is called, or has no value; empty if nothing says so."""
    if part.get("dataAbsentReason"):
        return "said to have no value"
    if part.get("modifierExtension"):
        return "an extension changes its meaning"
    if _bound(part):
        return "a bound, not a value"
    records = chart.asked.kinds[name].in_records
    if records is not None and records.in_blood and _is_of_another(chart, resource, part):
        return "not of the blood"
    return ""


def _bound(part: dict[str, Any]) -> str:
    """The comparator (`<`) of a value."""
    return text(mapping(part.get("valueQuantity")).get("comparator"))


def _is_of_another(chart: Chart, resource: dict[str, Any], part: dict[str, Any]) -> bool:
    """Whether its name, its specimen or its site is said to be of something else than blood."""
    said = [resource.get("code"), part.get("code"), resource.get("bodySite")]
    texts: list[str] = []
    for each in objects(resource.get("specimen")):
        texts.append(text(each.get("display")))
        if found := chart.index.find(each, resource):
            said += [found[0].get("type"), mapping(found[0].get("collection")).get("bodySite")]
    for concept in said:
        texts += concept_of(concept).texts
    others = chart.names.tables.other_materials
    return any(not others.isdisjoint(fold(each).split()) for each in texts)


def _take(
    chart: Chart,
    resource: dict[str, Any],
    part: dict[str, Any],
    name: str,
    by: tuple[str, str],
) -> None:
    kind = chart.asked.kinds[name]
    given = _given(resource)
    when = day(given)
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
        seen = ObservationSeen(name, value, how, matched, label(resource), when, moment(given))
        chart.seen.append(seen)


def is_recent(chart: Chart, name: str, when: Day) -> bool:
    """Whether a value of this day still counts as now; a part of it in the future does not."""
    records = chart.asked.kinds[name].in_records
    days = (chart.today - when.first).days
    return records is not None and when.last <= chart.today and days <= records.current_days


def _quantity(part: dict[str, Any], records: InRecords) -> float | None:
    """The value in the unit of the vocabulary."""
    quantity = mapping(part.get("valueQuantity"))
    value = number(quantity.get("value"))
    unit = text(quantity.get("code")) or text(quantity.get("unit"))
    factor = records.units.get(_ucum(unit))
    return None if value is None or factor is None else value * factor


def _ucum(unit: str) -> str:
    """`x10^9/L` as UCUM writes it: `10*9/L`."""
    return "".join(unit.split()).replace("^", "*").replace("\u00b5", "u").removeprefix("x")


def _yes_or_no(chart: Chart, part: dict[str, Any], records: InRecords) -> bool | None:
    if type(part.get("valueBoolean")) is bool:
        return bool(part["valueBoolean"])
    said = concept_of(part.get("valueCodeableConcept")).texts
    texts = {fold(chart.names.untagged(each)) for each in said}
    texts.add(fold(text(part.get("valueString"))))
    yes = bool(texts & {fold(each) for each in records.yes})
    no = bool(texts & {fold(each) for each in records.no})
    return yes if yes != no else None


def _given(resource: dict[str, Any]) -> Any:
    """When it was observed, or else issued, as it stands."""
    period = mapping(resource.get("effectivePeriod"))
    said = (resource.get("effectiveDateTime"), resource.get("effectiveInstant"))
    return next(filter(day, (*said, period.get("end"), resource.get("issued"))), None)
