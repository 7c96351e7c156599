"""Which adverse event a CodeableConcept names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seriatim.fhir.names import Match, Names
    from seriatim.fhir.values import Concept


def event_of(names: Names, said: Concept) -> Match | None:
    """The one event that its codes name, else its text as a whole; None if it is unclear."""
    coded = (names.code(system, code, "event") for system, code in said.codings)
    found = {each.concept: each for each in coded if each and each.concept}
    if not found:
        named = (names.whole(each, "event") for each in said.texts)
        found = {each.concept: each for each in named if each and each.concept}
    return next(iter(found.values())) if len(found) == 1 else None
