"""Published courses as cases: what is printed, beside what it means, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.model.evidence import (
    At,
    CitedAmount,
    CitedDiagnosis,
    CitedDose,
    CitedDrug,
    CitedEvent,
    CitedInterval,
    CitedLink,
    CitedRegimen,
    CitedResponse,
    CourseCase,
)

if TYPE_CHECKING:
    from seriatim.knowledge.library import CourseView, KnowledgeBase
    from seriatim.model.series import DiagnosisCell, DoseCell, TherapyCell


def course_cases(knowledge: KnowledgeBase) -> dict[str, CourseCase]:
    """Every course of the library as a case, in its order."""
    return {view.id: _case(view, knowledge) for view in knowledge.courses.values()}


def _case(view: CourseView, knowledge: KnowledgeBase) -> CourseCase:
    course = view.course
    series = knowledge.series[view.series]
    name = knowledge.lexicon.name
    events = course.adverse_events
    return CourseCase.trusted(
        course=view.id,
        individual=view.individual_id,
        at=At.trusted(series=view.series, **vars(course.at), read=series.document.read),
        citation=series.citation.short,
        age=course.age.years if course.age else None,
        sex=course.sex.sex if course.sex else None,
        diagnosis=_diagnosis(course.diagnosis, knowledge),
        also=tuple(name(each.concept) for each in view.individual.also),
        drug=course.drug,
        drug_name=name(course.drug),
        route=course.route,
        dose=_dose(course.dose),
        concurrent=_therapies(course.concurrent, knowledge),
        previous=_therapies(course.previous, knowledge),
        months=course.months.months if course.months else None,
        response=CitedResponse.trusted(
            printed=course.response.printed if course.response else None,
            level=course.response.level if course.response else None,
        ),
        adverse_events=None
        if events is None
        else tuple(CitedEvent.trusted(event=each, name=name(each)) for each in events.events),
        adverse_events_printed=events.printed if events else None,
        marks=course.diagnosis.marks,
        linked=tuple(_linked(view, knowledge)),
        note=course.note,
    )


def _diagnosis(cell: DiagnosisCell, knowledge: KnowledgeBase) -> CitedDiagnosis:
    return CitedDiagnosis.trusted(
        printed=cell.printed,
        concept=cell.concept,
        could_be=cell.could_be,
        why=cell.why,
        name=knowledge.lexicon.name(cell.concept) if cell.concept else None,
    )


def _dose(cell: DoseCell | None) -> CitedDose:
    regimens = tuple(
        CitedRegimen.trusted(
            role=each.role,
            amount=CitedAmount.trusted(**vars(each.amount)) if each.amount else None,
            every=CitedInterval.trusted(**vars(each.every)) if each.every else None,
            as_needed=each.as_needed,
            note=each.note,
        )
        for each in (cell.regimens if cell else ())
    )
    return CitedDose.trusted(printed=cell.printed if cell else None, regimens=regimens)


def _therapies(cell: TherapyCell | None, knowledge: KnowledgeBase) -> tuple[CitedDrug, ...] | None:
    if cell is None:
        return None
    printed = cell.printed if cell.drugs else ()
    return tuple(
        CitedDrug.trusted(printed=line, drug=drug, name=knowledge.lexicon.name(drug))
        for line, drug in zip(printed, cell.drugs, strict=True)
    )


def _linked(view: CourseView, knowledge: KnowledgeBase) -> list[CitedLink]:
    found = []
    for link in view.links:
        other = knowledge.courses[link.course].course
        found.append(
            CitedLink.trusted(
                course=link.course,
                follows=link.follows,
                certainty="stated" if link.certainty == "stated" else "probable",
                basis=link.basis,
                against=link.against,
                drug=other.drug,
                response=other.response.level if other.response else None,
            )
        )
    return found
