"""Examples of every answer, taken from the service's own knowledge: none is typed in."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from seriatim.errors import ProfileError
from seriatim.export import fhir_bundle
from seriatim.fhir import read
from seriatim.render.changes import Changes, result
from seriatim.render.plain import plain
from seriatim.service.problems import Problem
from seriatim.service.rest import faults
from seriatim.service.rest.negotiation import not_acceptable
from seriatim.service.rest.queries import read_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seriatim.knowledge.library import CourseView
    from seriatim.service.context import Context
    from seriatim.service.rest.operations import Operation

SHOWN = 2
"""Items of a list that an example shows."""


class Examples:
    """Examples over the knowledge of a context; the patient is one of the published courses."""

    def __init__(self, context: Context) -> None:
        self.context, self.known = context, context.engine.knowledge
        self.view = self._course()

    def _course(self) -> CourseView:
        """Of the diagnosis with fewest courses: its answer is short."""
        every = list(self.known.courses.values())
        n = Counter(each.diagnosis for each in every)
        return min(every, key=lambda each: (each.diagnosis is None, n[each.diagnosis], each.order))

    @property
    def profile(self) -> dict[str, Any]:
        """The profile of the published patient, as someone would send it."""
        course, lexicon = self.view.course, self.known.lexicon
        given: dict[str, Any] = {"considering": [course.drug]}
        if self.view.diagnosis:
            given["diagnoses"] = [lexicon.name(self.view.diagnosis)]
        if course.age:
            given["age"] = course.age.years
        if course.sex:
            given["sex"] = course.sex.sex
        if course.previous:
            given["therapies"] = list(course.previous.drugs)
        return given

    @property
    def report(self) -> dict[str, Any]:
        """The answer to it."""
        return plain(self.context.engine.look_up(self.profile))

    @property
    def bundle(self) -> dict[str, Any]:
        """The same patient as FHIR: the export of the course, without what describes it."""
        found = fhir_bundle(self.known, [self.view])
        wanted = {"Patient", "Condition", "MedicationStatement"}
        kept = [e for e in found["entry"] if e["resource"]["resourceType"] in wanted]
        return {**found, "entry": kept}

    @property
    def fhir_answer(self) -> dict[str, Any]:
        """The answer to it, with what was read."""
        today = self.context.clock().date()
        reading = read(self.bundle, self.known, today=today)
        report = plain(self.context.engine.look_up(reading.profile))
        return {"report": report, "reading": reading.as_json()}

    @property
    def replay(self) -> dict[str, Any]:
        """The report replayed."""
        report = self.report
        return result(report, report, Changes.between(report, report))

    def parts(self, operation: Operation) -> dict[str, str]:
        """The parts of a path."""
        known = {
            "series": self.view.series,
            "course": self.view.course.id,
            "rule": self.known.rules[0].id,
            "term": self.view.course.drug,
            "kind": "profile",
        }
        return {each: known[each] for each in operation.parts}

    def query(self, operation: Operation) -> dict[str, str]:
        """A query that shows what the parameters do."""
        known = {
            "q": self.known.lexicon.name(self.view.course.drug)[:5],
            "drug": self.view.course.drug,
            "verdict": "contradicted",
        }
        return {each.name: known[each.name] for each in operation.params if each.name in known}

    def answer(self, operation: Operation) -> Any:
        """The JSON of an operation; of many things alike the first few, or the last."""
        given = list(self.query(operation).items())
        query = read_query(given, operation.params)
        made = operation.read(query, **self.parts(operation))
        value = json.loads(made.makers[next(iter(made.makers))]())
        if "additionalProperties" in operation.schema and operation.path:
            return dict(list(value.items())[-1:])
        return value[:SHOWN] if isinstance(value, list) else value

    def problems(self) -> dict[str, Any]:
        """A real one of each status that a request can bring about by itself."""
        misspelt = {**self.profile, "considering": [f"{self.view.course.drug}x"]}
        return {
            "400": _raised(lambda: read_query([("drugs", "x")], _params("drug", "diagnosis"))),
            "404": faults.not_found("course", "T99", (e.course.id for e in [self.view])).as_json(),
            "406": not_acceptable(["json", "markdown", "html"]).as_json(),
            "422": self._refused(misspelt),
        }

    def _refused(self, profile: Mapping[str, Any]) -> dict[str, Any]:
        try:
            self.context.engine.look_up(profile)
        except ProfileError as error:
            return faults.of_profile(error).as_json()
        return {}


def _params(*names: str) -> Any:
    from seriatim.service.rest.queries import Param  # noqa: PLC0415 - here alone

    return [Param(each, "") for each in names]


def _raised(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        call()
    except Problem as problem:
        return problem.as_json()
    return {}
