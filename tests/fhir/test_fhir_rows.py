"""Each patient of the series, sent as FHIR, is answered with the row's own neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fhir_charts import of_course

from seriatim import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.fhir import Reading

COURSES = sorted(Engine.default().knowledge.courses)


@pytest.mark.parametrize("course", COURSES)
def test_a_row_sent_as_fhir_finds_its_neighbours(
    course: str, engine: Engine, reads: Callable[..., Reading]
) -> None:
    knowledge = engine.knowledge
    view = knowledge.courses[course]
    data, drafts = of_course(view, knowledge.lexicon)
    reading = reads(data, draft_orders=drafts)
    means = view.course.diagnosis.concept or view.course.diagnosis.could_be[0]

    assert reading.conflicts == ()
    assert reading.unrecognised == {}
    report = engine.look_up(reading.profile)
    assert [each.concept for each in report.profile.diagnoses] == [means]
    neighbours = {
        each.id
        for each in knowledge.courses.values()
        if each.course.drug == view.course.drug
        and means in (each.diagnosis, *each.course.diagnosis.could_be)
    }
    assert course in neighbours
    assert neighbours <= {each.course for each in report.cases}


@pytest.mark.parametrize("course", COURSES)
def test_the_answer_is_that_of_the_same_profile_typed_by_hand(
    course: str, engine: Engine, reads: Callable[..., Reading]
) -> None:
    view = engine.knowledge.courses[course]
    data, drafts = of_course(view, engine.knowledge.lexicon)
    read = engine.look_up(reads(data, draft_orders=drafts).profile)
    row = view.course
    concurrent = row.concurrent.drugs if row.concurrent else ()
    previous = row.previous.drugs if row.previous else ()
    typed = engine.look_up(
        {
            "age": float(int(row.age.years)) if row.age else None,
            "sex": row.sex.sex if row.sex else "unknown",
            "diagnoses": [row.diagnosis.concept or row.diagnosis.could_be[0]],
            "therapies": [
                *({"drug": each, "status": "current"} for each in concurrent),
                *(each for each in previous if each not in concurrent),
            ]
            or None,
            "therapies_complete": False,
            "considering": [row.drug],
        }
    )
    assert [each.course for each in read.cases] == [each.course for each in typed.cases]
    assert [each.statement for each in read.findings] == [each.statement for each in typed.findings]
    assert [each.fact for each in read.missing] == [each.fact for each in typed.missing]
