"""Which drugs a resource is about: by code, by its ingredients, else by whole words of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.fhir.values import mapping, objects, text, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.fhir.chart import Chart
    from seriatim.fhir.names import Match

LOCAL = "a form for one part of the body, which is another treatment"
SEVERAL = "its codes or names do not agree on the drug"
MISSING = "its medication is not in the data"
NO_MEDICATION = "no medication"
ATC_OF_ONE_DRUG = 7
"""Characters of an ATC code that names a substance; shorter ones are groups."""
DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug that was recognised, and how."""

    concept: str
    how: str
    matched: str


@dataclass(frozen=True, slots=True)
class Drugs:
    """The drugs of one resource, or why they are left out (empty if nothing is known of them)."""

    found: tuple[Drug, ...] = ()
    problem: str = ""


def drugs_of(chart: Chart, resource: dict[str, Any]) -> Drugs:
    """The drugs that `medication[x]` of a resource names."""
    concept = resource.get("medicationCodeableConcept")
    reference = resource.get("medicationReference")
    if type(concept) is dict:
        drugs = of_concept(chart, concept)
    elif type(reference) is dict:
        drugs = of_reference(chart, reference, resource)
    else:
        return Drugs(problem=NO_MEDICATION)
    routes = _routes(resource)
    if drugs.found and routes and all(chart.names.is_local([each]) for each in routes):
        return Drugs(problem=LOCAL)
    return drugs


def of_reference(
    chart: Chart, reference: dict[str, Any], holder: dict[str, Any], depth: int = 0
) -> Drugs:
    """The drugs of the Medication or Substance that a Reference points to, else of its display."""
    medication = chart.index.find(reference, holder)
    if medication is not None and medication["resourceType"] in ("Medication", "Substance"):
        return _of_medication(chart, medication, holder, depth)
    display = text(reference.get("display"))
    named = of_concept(chart, {"text": display}) if display else Drugs()
    return named if named.found or named.problem else Drugs(problem=MISSING)


def _of_medication(
    chart: Chart, medication: dict[str, Any], holder: dict[str, Any], depth: int
) -> Drugs:
    if medication.get("status") == "entered-in-error":
        return Drugs(problem="its medication was entered in error")
    code = mapping(medication.get("code"))
    by_code, text_may_speak = _by_codes(chart, code)
    drugs = _agreed(by_code, _ingredients(chart, medication, holder, depth))
    if drugs.found or drugs.problem:
        return _unless_local(chart, drugs, [*texts_of(medication.get("form")), *texts_of(code)])
    drugs = _by_text(chart, code) if text_may_speak else drugs
    return _unless_local(chart, drugs, texts_of(medication.get("form")))


def _agreed(by_code: Drugs, by_ingredient: Drugs) -> Drugs:
    """What the codes and the ingredients say, if they do not say different things."""
    if by_code.problem or not by_ingredient.found:
        return by_code if by_code.found or by_code.problem else by_ingredient
    if by_code.found and _ids(by_code) != _ids(by_ingredient):
        return Drugs(problem=SEVERAL)
    return by_code if by_code.found else by_ingredient


def of_concept(
    chart: Chart, concept: dict[str, Any], expected: frozenset[str] = frozenset()
) -> Drugs:
    """The drugs that a CodeableConcept names; `expected` words beside a name cast no doubt."""
    drugs, text_may_speak = _by_codes(chart, concept)
    if drugs.found or drugs.problem:
        return _unless_local(chart, drugs, texts_of(concept))
    return _by_text(chart, concept, expected) if text_may_speak else drugs


def _unless_local(chart: Chart, drugs: Drugs, texts: Iterable[str]) -> Drugs:
    """A cream of a drug is another treatment; an ATC code has settled that already."""
    if drugs.found and drugs.found[0].how != "atc" and chart.names.is_local(texts):
        return Drugs(problem=LOCAL)
    return drugs


def _by_codes(chart: Chart, concept: dict[str, Any]) -> tuple[Drugs, bool]:
    """By code; and whether the text may speak: not beside an ATC code for something else."""
    matches: dict[str, Match] = {}
    blocked = False
    for coding in objects(concept.get("coding")):
        system, code = text(coding.get("system")), text(coding.get("code"))
        match = chart.names.code(system, code, "drug")
        if match and match.concept:
            matches.setdefault(match.concept, match)
        elif len(code) == ATC_OF_ONE_DRUG and chart.names.tables.systems.get(system) == "ATC":
            blocked = True
    if len(matches) > 1:
        return Drugs(problem=SEVERAL), False
    found = tuple(Drug(each, match.how, match.matched) for each, match in matches.items())
    return Drugs(found), not blocked


def _ingredients(
    chart: Chart, medication: dict[str, Any], holder: dict[str, Any], depth: int
) -> Drugs:
    """The drugs among the ingredients; those that are not known are other drugs or fillers."""
    found: dict[str, Drug] = {}
    for each in objects(medication.get("ingredient")):
        if each.get("isActive") is False:
            continue
        drugs = _ingredient(chart, holder, each, depth)
        if drugs.problem == SEVERAL:
            return drugs
        for drug in drugs.found:
            how = "ingredient" if drug.how != "text" else "ingredient text"
            found.setdefault(drug.concept, Drug(drug.concept, how, drug.matched))
    return Drugs(tuple(found.values()))


def _ingredient(
    chart: Chart, holder: dict[str, Any], ingredient: dict[str, Any], depth: int
) -> Drugs:
    concept = ingredient.get("itemCodeableConcept")
    if type(concept) is dict:
        return of_concept(chart, concept)
    reference = ingredient.get("itemReference")
    if type(reference) is dict and depth < DEEPEST:
        return of_reference(chart, reference, holder, depth + 1)
    return Drugs()


def _by_text(
    chart: Chart, concept: dict[str, Any], expected: frozenset[str] = frozenset()
) -> Drugs:
    """By whole words; every text that names a known drug must name the same."""
    answers: list[tuple[Drug, ...]] = []
    problem = ""
    for each in texts_of(concept):
        whole = chart.names.whole(each, "drug", "class")
        if whole and whole.concept and whole.meaning.how != "abbreviation":
            answers.append((Drug(whole.concept, "text", whole.matched),))
            continue
        mentions = chart.names.mentions(each, "drug", expected)
        problem = problem or mentions.problem
        if mentions.found:
            answers.append(tuple(Drug(drug, "text", name) for drug, name in mentions.found))
    if problem:
        return Drugs(problem=LOCAL if "form" in problem else problem)
    if len({frozenset(each.concept for each in answer) for answer in answers}) > 1:
        return Drugs(problem=SEVERAL)
    return Drugs(answers[0]) if answers else Drugs()


def _ids(drugs: Drugs) -> set[str]:
    return {each.concept for each in drugs.found}


def _routes(resource: dict[str, Any]) -> list[str]:
    """Every way of giving it that is written down."""
    found = []
    for name in ("dosageInstruction", "dosage"):
        for dosage in objects(resource.get(name)):
            found.extend([" ".join(texts_of(dosage.get("route")))] if "route" in dosage else [])
    return found
