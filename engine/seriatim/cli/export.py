"""`seriatim export`: published courses as FHIR R4 or GA4GH Phenopackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.cli.output import say_json
from seriatim.cli.problems import CannotRunError
from seriatim.errors import ProfileError
from seriatim.export import cohort, courses_named, fhir_bundle, phenopacket
from seriatim.knowledge.load import load_knowledge

if TYPE_CHECKING:
    from collections.abc import Sequence


def export_courses(
    ids: Sequence[str], *, series: str | None, knowledge: str | None, form: str
) -> None:
    """One Bundle; one Phenopacket for one course that was named, else a Cohort."""
    known = load_knowledge(knowledge)
    try:
        found = courses_named(known, ids, series)
    except ProfileError as error:
        raise CannotRunError("\n".join(f"{each}" for each in error.problems)) from None
    if form == "fhir":
        say_json(fhir_bundle(known, found))
    elif len(ids) == 1:
        say_json(phenopacket(known, found[0]))
    else:
        say_json(cohort(known, found, series or "seriatim"))
