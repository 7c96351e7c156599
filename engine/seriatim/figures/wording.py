"""What figures say of a course or a group, in the words of every rendering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.courses import course_events, dose
from seriatim.render.words import person, short
from seriatim.render.words import response as in_words

if TYPE_CHECKING:
    from seriatim.figures.people import Step
    from seriatim.model.base import Relation, Response
    from seriatim.model.evidence import Case, Share

NOT_PRINTED = "not printed"
RELATIONS: dict[Relation, str] = {
    "direct": "same diagnosis",
    "ambiguous": "may or may not be this patient's diagnosis",
    "indirect": "another diagnosis",
}
BETWEEN = "time between courses is not printed"


def level(response: str | None) -> str:
    """`no response`, `partial`, or that it is not printed."""
    return in_words(response)


def response(of: Response | None) -> str:
    """`no response`, `partial response`, or that it is not printed."""
    return f"{'no' if of == 'none' else of} response" if of else f"response {NOT_PRINTED}"


def duration(case: Case) -> str:
    """`20 months`, or that they are not printed."""
    return f"months {NOT_PRINTED}" if case.months is None else plural_of(case.months)


def plural_of(value: float) -> str:
    """`1 month`, `2.5 months`."""
    return f"{value:g} month{'' if value == 1 else 's'}"


def who(case: Case) -> str:
    """`woman of 30`, or that neither age nor sex is printed."""
    return person(case.age, case.sex) or f"age and sex {NOT_PRINTED}"


def given(case: Case) -> str:
    """The drug with its dose as printed and what was given alongside."""
    return f"{case.drug_name} {dose(case)}"


def outcome(case: Case) -> str:
    """`20 months, no response`."""
    level_said = {"none": "no response", None: f"response {NOT_PRINTED}"}
    return f"{duration(case)}, {level_said.get(case.response.level, case.response.level)}"


def tooltip(case: Case, ids: dict[str, str]) -> str:
    """One course in a line: what a link says."""
    parts = (who(case), given(case), outcome(case), course_events(case))
    return f"{ids[case.course]}: {'; '.join(parts)}"


def outside(step: Step, ids: dict[str, str]) -> str:
    """What is known of a linked course that is not counted."""
    return f"{short(step.course, ids)}: {step.drug}; {response(step.level)}; not in these counts"


def joint(certainty: str) -> str:
    """How sure it is that two courses are of one patient."""
    return "same patient" if certainty == "stated" else "perhaps the same patient"


def k_of_n(share: Share) -> str:
    """`2 of 4`."""
    return f"{share.k} of {share.n}"
