"""Which drugs a resource is about: by code, by its ingredients, else by whole words of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seriatim.fhir.drug_texts import is_doubted, is_product, named_in, of_allergies, of_orders
from seriatim.fhir.results import Conflict
from seriatim.fhir.values import concept_of, label, mapping, objects, text

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart
    from seriatim.fhir.drug_texts import Named, Wording
    from seriatim.fhir.names import Match, Names
    from seriatim.fhir.values import Concept

LOCAL = "a form for one part of the body, which is another treatment"
SEVERAL = "its codes or names do not agree on the drug"
NAMES_SEVERAL = "its text names several"
MORE = "its text says more than a name"
MISSING = "its medication is not in the data"
NO_MEDICATION = "no medication"
ATC_OF_ONE_DRUG = 7
"""Characters of an ATC code that names a substance; shorter ones are groups."""
DEEPEST = 2
_OTHER_CHOICES = ("medicationReference", "medication")
_JOINED = re.compile(r"[/+&]|\band\b", re.IGNORECASE)


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
    disagree: tuple[str, ...] = ()
    """What it is said to be, where that is not one and the same."""


def leave_out(chart: Chart, resource: dict[str, Any], drugs: Drugs) -> None:
    """Count a resource whose drugs are left out; what contradicts itself is said."""
    chart.skip(resource, drugs.problem)
    if drugs.disagree:
        named = " and as ".join(chart.name(each) for each in drugs.disagree)
        statement = f"One resource gives its drug as {named}; none was taken from it."
        chart.conflicts.append(Conflict(statement, (label(resource),)))


def drugs_of(chart: Chart, resource: dict[str, Any]) -> Drugs:
    """The drugs that `medication[x]` of a resource names, in R4 or as R5 has it."""
    concept = resource.get("medicationCodeableConcept")
    drugs: Drugs | None
    if type(concept) is dict and resource.keys().isdisjoint(_OTHER_CHOICES):  # as most have it
        drugs = chart.names.of(drugs_named, concept)
    else:
        drugs = _of_choice(chart, resource, "medication", resource, 0)
    if drugs is None:
        return Drugs(problem=NO_MEDICATION)
    if drugs.found and _is_local(chart.names, resource):
        return Drugs(problem=LOCAL)
    return drugs


def _of_choice(
    chart: Chart, element: dict[str, Any], name: str, holder: dict[str, Any], depth: int
) -> Drugs | None:
    """The drugs of a choice of concept or reference, which must agree; None if there is neither."""
    both = mapping(element.get(name))
    answers = [
        chart.names.of(drugs_named, each)
        for each in (element.get(f"{name}CodeableConcept"), both.get("concept"))
        if type(each) is dict
    ]
    answers += [
        of_reference(chart, each, holder, depth)
        for each in (element.get(f"{name}Reference"), both.get("reference"))
        if type(each) is dict and depth <= DEEPEST
    ]
    return _together(answers) if answers else None


def _together(answers: list[Drugs]) -> Drugs:
    """What all say that say something; a Medication that is missing says nothing."""
    wrong = [each for each in answers if each.problem]
    found = [each for each in answers if each.found]
    for each in wrong:
        if each.problem != MISSING or not found:
            return each
    if any(_ids(each) != _ids(found[0]) for each in found):
        return _several(*(_ids(each) for each in found))
    return found[0] if found else Drugs()


def _several(*said: set[str]) -> Drugs:
    return Drugs(problem=SEVERAL, disagree=tuple(sorted(set().union(*said))))


def of_reference(
    chart: Chart, reference: dict[str, Any], holder: dict[str, Any], depth: int = 0
) -> Drugs:
    """The drugs of the Medication or Substance that a Reference points to, else of its display."""
    pointed = chart.index.find(reference, holder)
    display = text(reference.get("display"))
    if pointed is not None and pointed[0]["resourceType"] in ("Medication", "Substance"):
        medication, inside = pointed
        key = (id(medication), depth)
        if key not in chart.medications:
            chart.medications[key] = _of_medication(chart, medication, inside, depth)
        drugs = chart.medications[key]
        return _unless_said(chart.names, drugs, (display,), of_orders()) if display else drugs
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
        drugs = _unless_said(chart.names, drugs, code.texts, of_orders())
        return _unless_local(chart.names, drugs, (*form.texts, *code.texts))
    drugs = _by_text(chart.names, code, of_orders()) if text_may_speak else drugs
    return _unless_local(chart.names, drugs, form.texts)


def _agreed(by_code: Drugs, by_ingredient: Drugs) -> Drugs:
    """What the codes and the ingredients say, if they do not say different things."""
    if by_code.problem or by_ingredient.problem:
        return by_code if by_code.problem else by_ingredient
    if by_code.found and by_ingredient.found and _ids(by_code) != _ids(by_ingredient):
        return _several(_ids(by_code), _ids(by_ingredient))
    return by_code if by_code.found else by_ingredient


def drugs_named(names: Names, said: Concept) -> Drugs:
    """The drugs that a CodeableConcept names."""
    return _named(names, said, of_orders())


def drugs_listed(names: Names, said: Concept) -> Drugs:
    """The same in a list of allergies, where its own words (`allergy to`) cast no doubt."""
    return _named(names, said, of_allergies())


def _named(names: Names, said: Concept, wording: Wording) -> Drugs:
    drugs, text_may_speak = _by_codes(names, said)
    if drugs.found or drugs.problem:
        drugs = _unless_said(names, drugs, said.texts, wording)
        return _unless_local(names, drugs, said.texts)
    return _by_text(names, said, wording) if text_may_speak else drugs


def _unless_said(names: Names, drugs: Drugs, texts: tuple[str, ...], wording: Wording) -> Drugs:
    """The drugs of a code or a product, unless a text beside it doubts them or names another."""
    if not drugs.found:
        return drugs
    if any(is_doubted(each, wording) for each in texts):
        return Drugs(problem=MORE)
    ids = _ids(drugs)
    for each in texts:
        named = {
            concept
            for concept, _name in named_in(names, each)
            if concept not in names.lexicon.classes
        }
        another = named and not named & ids if wording.more_than_a_name else named - ids
        if another:
            return _several(ids, named)
    return drugs


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
        return _several(set(matches)), False
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
        if drugs.problem not in ("", MISSING):
            return drugs
        for drug in drugs.found:
            how = "ingredient" if drug.how != "text" else "ingredient text"
            found.setdefault(drug.concept, Drug(drug.concept, how, drug.matched))
    return Drugs(tuple(found.values()))


def _ingredient(
    chart: Chart, holder: dict[str, Any], ingredient: dict[str, Any], depth: int
) -> Drugs:
    return _of_choice(chart, ingredient, "item", holder, depth + 1) or Drugs()


def _by_text(names: Names, said: Concept, wording: Wording) -> Drugs:
    """By whole words; every text that names a known drug must name the same.

    One text at least must be a name and no more, where another could say that it is not given.
    """
    answers: list[Named] = []
    doubted, plain = False, wording.more_than_a_name
    for each in said.texts:
        named = named_in(names, each)
        doubted = doubted or is_doubted(each, wording)
        if not named:
            continue
        if names.is_local([each]):
            return Drugs(problem=LOCAL)
        if len(named) > 1 and not _JOINED.search(each):
            return Drugs(problem=MORE if doubted else NAMES_SEVERAL)
        answers.append(named)
        plain = plain or is_product(names, each, named)
    if answers and (doubted or not plain):
        return Drugs(problem=MORE)
    return _together([_narrowest(names, answers, each) for each in answers])


def _narrowest(names: Names, answers: list[Named], named: Named) -> Drugs:
    """The drugs of one text; not a class to which a drug of another belongs."""
    ancestors = names.lexicon.ancestors
    wider = {up for each in answers for concept, _name in each for up in ancestors[concept]}
    return Drugs(tuple(Drug(drug, "text", name) for drug, name in named if drug not in wider))


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
