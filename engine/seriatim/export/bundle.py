"""Courses as one FHIR R4 collection Bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.export.course import course_entries
from seriatim.export.resources import Entry, entry, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.knowledge.library import CourseView, KnowledgeBase
    from seriatim.model.series import Series


def fhir_bundle(knowledge: KnowledgeBase, courses: Iterable[CourseView]) -> dict[str, Any]:
    """The courses with their patients and publications; the same courses, the same Bundle.

    Each individual is one Patient, without name, identifier or date of birth. There is no
    timestamp: nothing here depends on when it is made.
    """
    found: dict[str, Entry] = {}
    for view in courses:
        paper = _publication(view, knowledge)
        patient = _patient(view)
        for each in (paper, patient, *course_entries(view, knowledge, patient, paper)):
            found.setdefault(each.url, each)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        **({"entry": [each.as_json() for each in found.values()]} if found else {}),
    }


def _patient(view: CourseView) -> Entry:
    """The individual as the row shows it; age is an Observation, for no birth date is known."""
    sex = view.course.sex
    said = f"Individual {view.course.individual} of the series {view.series}."
    return entry("Patient", view.individual_id, [said], gender=sex.sex if sex else None)


def _publication(view: CourseView, knowledge: KnowledgeBase) -> Entry:
    series = knowledge.series[view.series]
    cited = series.citation
    number = {"type": text("publisher's item identifier"), "value": cited.publisher_id}
    return entry(
        "DocumentReference",
        series.id,
        [cited.full, series.document.note, *_limits(series)],
        identifier=[number] if cited.publisher_id else None,
        status="current",
        type=text(cited.kind),
        author=[{"display": each} for each in cited.authors],
        description=cited.full,
        content=[{"attachment": {"title": cited.title}}],
    )


def _limits(series: Series) -> list[str]:
    """What no count of these courses mends, so that they do not travel without it."""
    return [
        f"Read: {series.document.read}. {series.study.design}.",
        *(e.says for e in series.limits),
    ]
