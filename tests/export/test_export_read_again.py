"""What is exported as FHIR and read again: the same patient, and not more than is printed."""

from __future__ import annotations

from datetime import date

import pytest

from seriatim import Engine
from seriatim.export import fhir_bundle
from seriatim.fhir import read

COURSES = sorted(Engine.default().cases)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


@pytest.mark.parametrize("course", COURSES)
def test_a_course_finds_itself(engine: Engine, course: str) -> None:
    view, case = engine.knowledge.courses[course], engine.cases[course]
    bundle = fhir_bundle(engine.knowledge, [view])
    reading = read(bundle, engine.knowledge, today=date(2026, 11, 22))
    report = engine.look_up(reading.profile)
    if view.diagnosis is None:  # printed as an abbreviation, which alone is nobody's diagnosis
        assert report.profile.diagnoses == ()
        assert "an abbreviation alone" in {each.why for each in reading.skipped}
        return
    [diagnosis] = report.profile.diagnoses
    assert diagnosis.concept == view.diagnosis
    events = {(each.concept, each.with_drug) for each in report.profile.adverse_events or ()}
    assert events == {(each.event, case.drug_name) for each in case.adverse_events or ()}
    assert report.profile.sex == case.sex
    assert report.profile.age is None  # no birth date is printed, and none is made up
    assert course in [each.course for each in report.cases]
    assert reading.conflicts == ()
