"""What the resources say together: duplicates merged, contradictions named, a fact for each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from seriatim.fhir.results import MOST_RESOURCES, Conflict, Fact
from seriatim.model.profile import AdverseEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from seriatim.fhir.chart import Chart, ObservationSeen

T = TypeVar("T")
K = TypeVar("K", bound="Hashable")


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Items by their key, in the order in which keys first appear."""
    groups: dict[K, list[T]] = defaultdict(list)
    for each in items:
        groups[key(each)].append(each)
    return groups


def labels(resources: Iterable[str]) -> tuple[str, ...]:
    """References without repeats, in order of their text, as many as are shown."""
    return tuple(sorted(set(resources))[:MOST_RESOURCES])


def fact(
    field: str, term: str, seen: list[tuple[str, str, str, str]], also: Iterable[str] = ()
) -> Fact:
    """One fact from sightings (resource, how, matched, note); the first of the surest is shown.

    `also` names resources that say the same with less.
    """
    resource, how, matched, _note = min(seen, key=lambda each: _RANK.get(each[1], 9))
    notes = "; ".join(sorted({each[3] for each in seen if each[3]})[:3])
    every = [each[0] for each in seen] + list(also)
    return Fact(field, term, resource, how, matched, notes, labels(every), len(every))


_RANK = {"code": 0, "ingredient": 1, "atc": 2, "text": 3, "ingredient text": 4}


def events(chart: Chart) -> tuple[AdverseEvent, ...] | None:
    """Adverse events of the profile; None if none is known, which is not the same as none."""
    groups = grouped(chart.events, lambda each: (each.concept, each.drug or ""))
    named = {each.concept for each in chart.events if each.drug}
    kept = sorted(key for key in groups if key[1] or key[0] not in named)
    found = []
    less = {key[0]: [e.resource for e in groups[key]] for key in groups if key not in kept}
    for position, key in enumerate(kept):
        seen = groups[key]
        event, drug = seen[0].concept, seen[0].drug
        found.append(AdverseEvent(event=event, with_drug=drug))
        chart.facts.append(
            fact(
                f"adverse_events[{position}]",
                event,
                sorted((each.resource, each.how, each.matched, each.note) for each in seen),
                less.pop(event, ()),
            )
        )
    return tuple(found) or None


def allergies(chart: Chart, given: set[str], considered: set[str]) -> None:
    """Drugs that are listed as not tolerated: facts that a profile has no field for."""
    groups = grouped(chart.allergies, lambda each: each.concept)
    for concept in sorted(groups):
        seen = groups[concept]
        shown = sorted((each.resource, each.how, each.matched, each.note) for each in seen)
        chart.facts.append(fact("intolerance", concept, shown))
        states = (("is being given", given), ("is under consideration", considered))
        for says, drugs in states:
            if concept in drugs:
                statement = (
                    f"{_capital(chart.name(concept))} {says} and is listed as an allergy or "
                    "intolerance."
                )
                refs = labels(each.resource for each in seen)
                chart.conflicts.append(Conflict(statement, refs))


def observations(chart: Chart) -> dict[str, float | bool]:
    """The latest value of each; a `no` is left unknown, for it goes out of date without a word."""
    found: dict[str, float | bool] = {}
    for name, seen in sorted(grouped(chart.seen, lambda each: each.name).items()):
        latest = _latest(seen)
        why, says = _unusable(chart, name, latest), chart.asked.kinds[name].says
        for each in seen:
            if why or each not in latest:
                kind = each.resource.partition("/")[0]
                chart.skipped[kind, why or f"{says}: an earlier value than the one used"] += 1
        if not why:
            found[name] = latest[0].value
            shown = sorted((e.resource, e.how, e.matched, _age(chart, e)) for e in latest)
            chart.facts.append(fact(f"observations.{name}", name, shown))
    return found


def _age(chart: Chart, seen: ObservationSeen) -> str:
    """How old a value is; an allergy holds as listed, whenever that was, so nothing is said."""
    if seen.resource.partition("/")[0] == "AllergyIntolerance":
        return ""
    return f"{(chart.today - seen.when.last).days} days old"


def _unusable(chart: Chart, name: str, latest: list[ObservationSeen]) -> str:
    """Why the latest values say nothing of now; a Conflict if they contradict something."""
    kind = chart.asked.kinds[name]
    refs = labels(each.resource for each in latest)
    if len({each.value for each in latest}) > 1:
        statement = f"Different values on one day for {kind.says}; none was used."
        chart.conflicts.append(Conflict(statement, refs))
        return f"{kind.says}: different values on one day"
    if kind.type == "yes-no" and not latest[0].value:
        return f"{kind.says}: not so when it was recorded; asked for anew"
    if chart.sex in kind.not_of:
        statement = f"{_capital(kind.says)} is recorded, which does not go with sex {chart.sex}."
        chart.conflicts.append(Conflict(statement, refs))
        return f"{kind.says}: does not go with the sex"
    return ""


def _latest(seen: list[ObservationSeen]) -> list[ObservationSeen]:
    """Those of the last day; of its last moment if each of them says when on that day it was."""
    last = max(each.when.last for each in seen)
    found = [each for each in seen if each.when.last == last]
    moments = [each.at for each in found if each.at]
    if len(moments) < len(found):
        return found
    return [each for each in found if each.at == max(moments)]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
