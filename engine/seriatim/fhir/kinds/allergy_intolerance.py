"""AllergyIntolerance: a drug that is not to be given, and reactions that came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.chart import AllergySeen, EventSeen, ObservationSeen
from seriatim.fhir.drug_texts import is_doubted, of_allergies
from seriatim.fhir.events import event_of
from seriatim.fhir.medications import drugs_listed, leave_out
from seriatim.fhir.values import Day, code_of, concept_of, items, label, objects
from seriatim.knowledge.lexicon import fold

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart
    from seriatim.fhir.medications import Drug, Drugs

_NOT_SO = {"refuted": "refuted", "entered-in-error": "entered in error"}
_KNOWN = {"", "confirmed", "unconfirmed", "presumed"}


def read(chart: Chart, resource: dict[str, Any]) -> None:
    """An entry of the list; without a reaction it says no more than `not tolerated`."""
    verified = code_of(resource.get("verificationStatus"))
    if verified in _NOT_SO or verified not in _KNOWN:
        chart.skip(resource, _NOT_SO.get(verified, "its status is none of FHIR's"))
        return
    drugs = chart.names.of(drugs_listed, resource.get("code"))
    if drugs.problem:
        leave_out(chart, resource, drugs)
        return
    hypersensitivity = _hypersensitivity(chart, resource, verified, drugs)
    unsure = "" if verified == "confirmed" else "not confirmed"
    found = False
    for reaction in objects(resource.get("reaction")):
        found |= _reaction(chart, resource, reaction, drugs.found, unsure)
    for drug in drugs.found:
        chart.allergies.append(
            AllergySeen(
                drug.concept,
                drug.how,
                drug.matched,
                label(resource),
                verified == "confirmed",
                _note(resource, unsure),
            )
        )
    if not drugs.found and not found and not hypersensitivity:
        chart.not_known(resource)


def _note(resource: dict[str, Any], unsure: str) -> str:
    kind = code_of(resource.get("type"))
    said = kind if kind in ("allergy", "intolerance") else "allergy or intolerance"
    over = code_of(resource.get("clinicalStatus")) in ("inactive", "resolved")
    parts = [f"recorded as {said}", "no longer" if over else "", unsure]
    return ", ".join(each for each in parts if each)


def _reaction(
    chart: Chart,
    resource: dict[str, Any],
    reaction: dict[str, Any],
    drugs: tuple[Drug, ...],
    unsure: str,
) -> bool:
    """Reactions to a drug that is known; to another substance they are no events of a drug."""
    substance = chart.names.of(drugs_listed, reaction.get("substance")).found
    suspects = sorted({each.concept for each in substance or drugs})
    drug = suspects[0] if len(suspects) == 1 else None
    note = unsure if drug else "with one of several drugs"
    found = False
    for concept in items(reaction.get("manifestation")) if suspects else ():
        event = chart.names.of(event_of, concept)
        if event is None:
            continue
        found = True
        chart.add_event(
            EventSeen(event.concept or "", drug, event.how, event.matched, label(resource), note)
        )
    return found


def _hypersensitivity(chart: Chart, resource: dict[str, Any], verified: str, drugs: Drugs) -> bool:
    """Whether it is one that rules ask for; only a confirmed, present allergy counts as such."""
    said = concept_of(resource.get("code")).texts
    texts = {_allergen(chart, each) for each in said if not is_doubted(each, of_allergies())}
    texts |= {fold(chart.name(each.concept)) for each in drugs.found}
    found = [name for name, allergens in chart.asked.allergens.items() if allergens & texts]
    present = code_of(resource.get("clinicalStatus")) in ("", "active")
    if found and (not present or code_of(resource.get("type")) == "intolerance"):
        chart.skip(resource, "a hypersensitivity that is over, or an intolerance only")
        return True
    for name in found:
        if verified == "confirmed":
            matched = min(chart.asked.allergens[name] & texts)
            today = Day(chart.today, chart.today)
            chart.seen.append(
                ObservationSeen(
                    name,
                    value=True,
                    how="text",
                    matched=matched,
                    resource=label(resource),
                    when=today,
                )
            )
        else:
            chart.skip(resource, "a hypersensitivity that is not confirmed")
    return bool(found)


def _allergen(chart: Chart, text: str) -> str:
    """What an entry is about, folded: without the words that the list has for every entry."""
    tables = chart.names.tables
    words = fold(chart.names.untagged(text)).split()
    return " ".join(
        each
        for each in words
        if each not in tables.allergy_words and each not in tables.allergy_links
    )
