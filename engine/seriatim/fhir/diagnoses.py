"""The diagnoses of all Conditions together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.fhir.results import Conflict
from seriatim.fhir.weigh import fact, grouped, labels
from seriatim.model.profile import Diagnosis

if TYPE_CHECKING:
    from collections.abc import Hashable

    from seriatim.fhir.chart import Chart, DiagnosisSeen

Group = list["DiagnosisSeen"]


def diagnoses(chart: Chart) -> tuple[Diagnosis, ...]:
    """Diagnoses of the profile: present ones first; the suspected are facts, but not in it."""
    refuted = _refuted(chart)
    said = [each for each in chart.diagnoses if each.standing in ("active", "history")]
    groups = []
    for group in grouped(said, _meaning).values():
        if _taken_back(group, refuted):
            chart.skipped["Condition", "refuted later"] += len(group)
        else:
            groups.append(group)
    groups = _without_explained(groups)
    found = []
    for position, group in enumerate(sorted(groups, key=_order)):
        best = min(group, key=_rank)
        found.append(Diagnosis(term=best.term, status="active" if _active(group) else "history"))
        _note(chart, f"diagnoses[{position}]", group)
    _unsure(chart, {each.match.concept for group in groups for each in group})
    return tuple(found)


def _meaning(seen: DiagnosisSeen) -> Hashable:
    meaning = seen.match.meaning
    return (meaning.concept, meaning.could_be if meaning.why or not meaning.concept else ())


def _active(group: Group) -> bool:
    return any(each.standing == "active" for each in group)


def _rank(seen: DiagnosisSeen) -> tuple[bool, bool, str, str]:
    return (bool(seen.match.meaning.why), seen.match.how == "text", seen.term, seen.resource)


def _order(group: Group) -> tuple[bool, bool, str]:
    best = min(group, key=_rank)
    return (not _active(group), best.match.concept is None, best.term)


def _note(chart: Chart, field: str, group: Group) -> None:
    best = min(group, key=_rank)
    term = best.match.concept or best.term
    shown = [
        (each.resource, each.match.how, each.match.matched, each.note)
        for each in sorted(group, key=_rank)
    ]
    chart.facts.append(fact(field, term, shown))


def _refuted(chart: Chart) -> dict[str, Group]:
    """Refuted diagnoses by concept, with a Conflict for each that is also asserted."""
    found: dict[str, Group] = {}
    for each in chart.diagnoses:
        if each.standing == "refuted":
            chart.skipped["Condition", "refuted"] += 1
            if each.match.concept:
                found.setdefault(each.match.concept, []).append(each)
    for concept in sorted(found):
        said = [
            each
            for each in chart.diagnoses
            if each.standing in ("active", "history") and each.match.concept == concept
        ]
        if said:
            name = chart.name(concept)
            statement = f"{name[:1].upper()}{name[1:]} is both asserted and refuted."
            refs = labels(each.resource for each in (*said, *found[concept]))
            chart.conflicts.append(Conflict(statement, refs))
    return found


def _taken_back(group: Group, refuted: dict[str, Group]) -> bool:
    """Whether it was refuted later than it was ever asserted; without dates it stays, in doubt."""
    against = refuted.get(group[0].match.concept or "", [])
    ruled_out = [each.when.first for each in against if each.when]
    asserted = [each.when.last for each in group if each.when]
    return len(asserted) == len(group) and bool(ruled_out) and max(ruled_out) > max(asserted)


def _without_explained(groups: list[Group]) -> list[Group]:
    """Leave out a code of several diseases if one of them is settled with the same status."""
    settled = {
        (each.match.concept, _active(group)): group
        for group in groups
        for each in group[:1]
        if each.match.concept and not each.match.meaning.why
    }
    kept = []
    for group in groups:
        meaning = group[0].match.meaning
        could_be = (*meaning.could_be, meaning.concept) if meaning.why else ()
        keys = ((concept, _active(group)) for concept in could_be if concept)
        owners = [settled[key] for key in keys if key in settled]
        if owners:
            owners[0].extend(group)
        else:
            kept.append(group)
    return kept


def _unsure(chart: Chart, asserted: set[str | None]) -> None:
    """Suspected diagnoses are shown as facts; nothing is concluded from them."""
    suspected = [each for each in chart.diagnoses if each.standing == "unconfirmed"]
    unsure = [each for each in suspected if each.match.concept not in asserted]
    if len(unsure) < len(suspected):
        chart.skipped["Condition", "suspected, and elsewhere asserted"] += len(suspected) - len(
            unsure
        )
    groups = grouped(unsure, _meaning)
    for key in sorted(groups, key=str):
        _note(chart, "unconfirmed", groups[key])
