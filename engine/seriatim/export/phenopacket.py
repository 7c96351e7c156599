"""A course as a GA4GH Phenopacket v2, and several as a Cohort.

The schema has no place for a prior against a concurrent therapy, for text beside a code, or for a
dose without dates: what it cannot hold stands in words at the reference to the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.export.codes import (
    LIBRARY,
    LIBRARY_PREFIX,
    SYSTEMS,
    curie,
    said_of,
    verified_code,
    version_of,
)
from seriatim.export.printed import cells, not_held, notes, place, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seriatim.knowledge.library import CourseView, KnowledgeBase
    from seriatim.model.terms import Code, Concept

SCHEMA_VERSION = "2.0.2"
SEXES = {"female": "FEMALE", "male": "MALE", "other": "OTHER_SEX", "unknown": "UNKNOWN_SEX"}
NO_INTERVALS = (
    "No dose interval is given: the schema wants the dates of each, and none are printed. "
    "Previous and concurrent therapies are given here only: the schema cannot tell them apart."
)


def phenopacket(knowledge: KnowledgeBase, view: CourseView) -> dict[str, Any]:
    """One course as a Phenopacket in its JSON form."""
    course, concepts = view.course, knowledge.lexicon.concepts
    used: list[Code] = []
    disease = concepts[course.diagnosis.concept] if course.diagnosis.concept else None
    target = _term(disease, used) if disease else None
    events = course.adverse_events.events if course.adverse_events else ()
    action = {
        "treatment": {"agent": _term(concepts[course.drug], used)},
        "treatmentTarget": target,
        "responseToTreatment": _response(view),
        "adverseEvents": [_term(concepts[each], used) for each in events],
    }
    return _kept(
        {
            "id": view.id,
            "subject": _subject(view),
            "diseases": [{"term": target}] if target else [],
            "medicalActions": [_kept(action)],
            "metaData": _meta(knowledge, view, used),
        }
    )


def cohort(
    knowledge: KnowledgeBase, courses: Sequence[CourseView], name: str = "seriatim"
) -> dict[str, Any]:
    """Several courses as a Cohort of Phenopackets; `name` becomes its id."""
    members = [phenopacket(knowledge, each) for each in courses]
    patients = {each.individual_id for each in courses}
    resources = {each["id"]: each for member in members for each in member["metaData"]["resources"]}
    references = {
        each["id"]: each
        for member in members
        for each in member["metaData"]["externalReferences"][:1]
    }
    meta = {
        **_made(knowledge, max((knowledge.series[c.series].revised for c in courses), default="")),
        "resources": list(resources.values()),
        "externalReferences": list(references.values()),
    }
    said = f"{len(courses)} published courses of {len(patients)} patients, one course a member."
    return _kept({"id": name, "description": said, "members": members, "metaData": _kept(meta)})


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [], "")}


def _subject(view: CourseView) -> dict[str, Any]:
    age, sex = view.course.age, view.course.sex
    return _kept(
        {
            "id": view.individual_id,
            "timeAtLastEncounter": {"age": {"iso8601duration": _duration(age.years)}}
            if age
            else None,
            "sex": SEXES[sex.sex] if sex else None,
        }
    )


def _duration(years: float) -> str:
    """`P30Y`, or years and months for a fraction."""
    whole, months = divmod(round(years * 12), 12)
    return f"P{whole}Y{f'{months}M' if months else ''}"


def _term(concept: Concept, used: list[Code]) -> dict[str, str]:
    """The concept by a verified code; one without any by its id in this library."""
    code = verified_code(concept)
    if code is None:
        return {"id": f"{LIBRARY_PREFIX}:{concept.id}", "label": concept.name}
    used.append(code)
    return {"id": curie(code), "label": code.display or concept.name}


def _response(view: CourseView) -> dict[str, str] | None:
    cell = view.course.response
    if cell is None:
        return None
    label = f"{cell.level} response as the series defines it, printed {quoted(cell.printed)}"
    return {"id": f"{LIBRARY_PREFIX}:response-{cell.level}", "label": label}


def _made(knowledge: KnowledgeBase, revised: str) -> dict[str, Any]:
    """When the courses were last transcribed, to the day, and by whom."""
    return {
        "created": f"{revised}T00:00:00Z" if revised else "",
        "createdBy": knowledge.library.maintained_by,
        "phenopacketSchemaVersion": SCHEMA_VERSION,
    }


def _meta(knowledge: KnowledgeBase, view: CourseView, used: Iterable[Code]) -> dict[str, Any]:
    series = knowledge.series[view.series]
    systems = {each.system: each for each in used}
    resources = [_resource(each, knowledge) for each in systems.values()]
    paper = {
        "id": series.citation.publisher_id or series.id,
        "description": series.citation.full,
    }
    row = {"id": view.id, "description": " ".join(_said(knowledge, view, list(used)))}
    return {
        **_made(knowledge, series.revised),
        "resources": [*resources, _library(knowledge)],
        "externalReferences": [paper, row],
    }


def _said(knowledge: KnowledgeBase, view: CourseView, used: list[Code]) -> list[str]:
    """Everything of the row that the schema has no place for."""
    printed = "; ".join(f"{name} {quoted(text)}" for name, text in cells(view.course))
    open_term = "" if view.diagnosis else "The diagnosis is open and therefore not coded."
    route = f"Route: {view.course.route}." if view.course.route else ""
    outcome = knowledge.series[view.series].outcome
    levels = "; ".join(f"{each.level} {quoted(each.printed)}" for each in outcome.levels)
    limits = " ".join(each.says for each in knowledge.series[view.series].limits)
    said = [
        f"{place(view, knowledge)}. As printed: {printed}.",
        open_term,
        route,
        *notes(view, knowledge),
        f"Levels of response as printed: {levels}.",
        NO_INTERVALS,
        not_held(view),
        f"Codes: {said_of(dict.fromkeys(used))}.",
        f"Limits of the series: {limits}" if limits else "",
    ]
    return [each for each in said if each]


def _resource(code: Code, knowledge: KnowledgeBase) -> dict[str, str]:
    system = SYSTEMS[code.system]
    return {
        "id": system.prefix.lower(),
        "name": system.name,
        "url": system.uri,
        "version": version_of(code, knowledge),
        "namespacePrefix": system.prefix,
        "iriPrefix": system.iri,
    }


def _library(knowledge: KnowledgeBase) -> dict[str, str]:
    return {
        "id": LIBRARY_PREFIX.lower(),
        "name": "Seriatim, terms of the library",
        "url": LIBRARY,
        "version": f"{knowledge.library.version}, sha256:{knowledge.hash}",
        "namespacePrefix": LIBRARY_PREFIX,
        "iriPrefix": f"{LIBRARY}#",
    }
