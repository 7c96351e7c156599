"""Which adverse event a CodeableConcept names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seriatim.fhir.values import mapping, objects, text, texts_of

if TYPE_CHECKING:
    from seriatim.fhir.chart import Chart
    from seriatim.fhir.names import Match


def event_of(chart: Chart, concept: Any) -> Match | None:
    """The one event that its codes name, else its text as a whole; None if it is unclear."""
    concept = mapping(concept)
    coded = (
        chart.names.code(text(each.get("system")), text(each.get("code")), "event")
        for each in objects(concept.get("coding"))
    )
    found = {each.concept: each for each in coded if each and each.concept}
    if not found:
        named = (chart.names.whole(each, "event") for each in texts_of(concept))
        found = {each.concept: each for each in named if each and each.concept}
    return next(iter(found.values())) if len(found) == 1 else None
