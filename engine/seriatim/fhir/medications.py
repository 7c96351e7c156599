"""Which drugs a resource is about: by code, by its ingredients, else by whole words of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.fhir.values import concept_of, objects, text

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart
    from seriatim.fhir.names import Match, Names
    from seriatim.fhir.values import Concept

LOCAL = "a form for one part of the body, which is another treatment"
SEVERAL = "its codes or names do not agree on the drug"
MISSING = "its medication is not in the data"
NO_MEDICATION = "no medication"
ATC_OF_ONE_DRUG = 7
"""Characters of an ATC code that names a substance; shorter ones are groups."""
DEEPEST = 2
NOTHING_MORE: frozenset[str] = frozenset()


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
        drugs = chart.names.of(drugs_named, concept)
    elif type(reference) is dict:
        drugs = of_reference(chart, reference, resource)
    else:
        return Drugs(problem=NO_MEDICATION)
    if drugs.found and _is_local(chart.names, resource):
        return Drugs(problem=LOCAL)
    return drugs


def of_reference(
    chart: Chart, reference: dict[str, Any], holder: dict[str, Any], depth: int = 0
) -> Drugs:
    """The drugs of the Medication or Substance that a Reference points to, else of its display."""
    pointed = chart.index.find(reference, holder)
    if pointed is not None and pointed[0]["resourceType"] in ("Medication", "Substance"):
        medication, inside = pointed
        key = (id(medication), depth)
        if key not in chart.medications:
            chart.medications[key] = _of_medication(chart, medication, inside, depth)
        return chart.medications[key]
    display = text(reference.get("display"))
    named = chart.names.of(drugs_named, {"text": display}) if display else Drugs()
    return named if named.found or named.problem else Drugs(problem=MISSING)


def _of_medication(
    chart: Chart, medication: dict[str, Any], holder: dict[str, Any], depth: int
) -> Drugs:
    if medication.get("status") == "entered-in-error":
        return Drugs(problem="its medication was entered in error")
    code, form = concept_of(medication.get("code")), concept_of(medication.get("form"))
    by_code, text_may_speak = _by_codes(chart.names, code)
    drugs = _agreed(by_code, _ingredients(chart, medication, holder, depth))
    if drugs.found or drugs.problem:
        return _unless_local(chart.names, drugs, (*form.texts, *code.texts))
    drugs = _by_text(chart.names, code, NOTHING_MORE) if text_may_speak else drugs
    return _unless_local(chart.names, drugs, form.texts)


def _agreed(by_code: Drugs, by_ingredient: Drugs) -> Drugs:
    """What the codes and the ingredients say, if they do not say different things."""
    if by_code.problem or not by_ingredient.found:
        return by_code if by_code.found or by_code.problem else by_ingredient
    if by_code.found and _ids(by_code) != _ids(by_ingredient):
        return Drugs(problem=SEVERAL)
    return by_code if by_code.found else by_ingredient


def drugs_named(names: Names, said: Concept) -> Drugs:
    """The drugs that a CodeableConcept names."""
    return _named(names, said, NOTHING_MORE)


def drugs_listed(names: Names, said: Concept) -> Drugs:
    """The same in a list of allergies, where its own words (`allergy to`) cast no doubt."""
    return _named(names, said, names.tables.allergy_words)


def _named(names: Names, said: Concept, expected: frozenset[str]) -> Drugs:
    drugs, text_may_speak = _by_codes(names, said)
    if drugs.found or drugs.problem:
        return _unless_local(names, drugs, said.texts)
    return _by_text(names, said, expected) if text_may_speak else drugs


def _unless_local(names: Names, drugs: Drugs, texts: tuple[str, ...]) -> Drugs:
    """A cream of a drug is another treatment; an ATC code has settled that already."""
    if drugs.found and drugs.found[0].how != "atc" and names.is_local(texts):
        return Drugs(problem=LOCAL)
    return drugs


def _by_codes(names: Names, said: Concept) -> tuple[Drugs, bool]:
    """By code; and whether the text may speak: not beside an ATC code for something else."""
    matches: dict[str, Match] = {}
    blocked = False
    for system, code in said.codings:
        match = names.code(system, code, "drug")
        if match and match.concept:
            matches.setdefault(match.concept, match)
        elif len(code) == ATC_OF_ONE_DRUG and names.tables.systems.get(system) == "ATC":
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
        return chart.names.of(drugs_named, concept)
    reference = ingredient.get("itemReference")
    if type(reference) is dict and depth < DEEPEST:
        return of_reference(chart, reference, holder, depth + 1)
    return Drugs()


def _by_text(names: Names, said: Concept, expected: frozenset[str]) -> Drugs:
    """By whole words; every text that names a known drug must name the same."""
    answers: list[tuple[Drug, ...]] = []
    for each in said.texts:
        whole = names.whole(each, "drug", "class")
        if whole and whole.concept and whole.meaning.how != "abbreviation":
            answers.append((Drug(whole.concept, "text", whole.matched),))
            continue
        mentions = names.mentions(each, "drug", expected)
        if mentions.problem:
            return Drugs(problem=LOCAL if mentions.local else mentions.problem)
        if mentions.found:
            answers.append(tuple(Drug(drug, "text", name) for drug, name in mentions.found))
    if len({frozenset(each.concept for each in answer) for answer in answers}) > 1:
        return Drugs(problem=SEVERAL)
    return Drugs(answers[0]) if answers else Drugs()


def _ids(drugs: Drugs) -> set[str]:
    return {each.concept for each in drugs.found}


def _is_local(names: Names, resource: dict[str, Any]) -> bool:
    """Whether it is given by no other way than to one part of the body."""
    routes = _routes(resource)
    return bool(routes) and all(names.is_local([each]) for each in routes)


def _routes(resource: dict[str, Any]) -> list[str]:
    """Every way of giving it that is written down."""
    found: list[str] = []
    for name in ("dosageInstruction", "dosage"):
        found.extend(
            " ".join(concept_of(each["route"]).texts)
            for each in objects(resource.get(name))
            if "route" in each
        )
    return found
