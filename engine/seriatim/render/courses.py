"""One published course in words: its dose, events, links and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.render.words import listed, plural, response, short

if TYPE_CHECKING:
    from seriatim.model.evidence import CourseCase, UnderstoodProfile


def dose(case: CourseCase) -> str:
    """The dose as printed, and what was given alongside."""
    text = case.dose.printed or "dose not printed"
    if any(each.amount is not None and each.amount.unit is None for each in case.dose.regimens):
        text += " (no unit printed)"
    if case.concurrent is None:
        return f"{text}, concurrent therapy not printed"
    alongside = ", ".join(each.name for each in case.concurrent)
    return f"{text} with {alongside}" if alongside else text


def course_events(case: CourseCase) -> str:
    """The adverse events of one course."""
    if case.adverse_events is None:
        return "adverse events not printed"
    return ", ".join(each.name for each in case.adverse_events) or "no adverse event printed"


def shared(case: CourseCase, profile: UnderstoodProfile) -> str:
    """`2 of 5 prior therapies shared, etanercept is given now`; `after etanercept` if not known.

    Prior is what was tried in the past, as `seriatim.evidence.comparison` counts it.
    """
    if case.previous is None:
        return "prior therapies not printed"
    before = {each.drug: each.name for each in case.previous}
    if not before:
        return "no prior therapy printed"
    if profile.therapies is None:
        return f"after {', '.join(before.values())}"
    past = {each.concept for each in profile.therapies if each.status == "past"}
    now = {each.concept for each in profile.therapies if each.status == "current"} - past
    if not past | now and profile.therapies_complete:
        return f"after {plural(len(before), 'prior therapy', 'prior therapies')}"
    of = plural(len(before), "prior therapy", "prior therapies")
    said = f"{len(before.keys() & past)} of {of} shared"
    given = [name for drug, name in before.items() if drug in now]
    return (
        f"{said}, {listed(given)} {'is' if len(given) == 1 else 'are'} given now" if given else said
    )


def links(case: CourseCase, ids: dict[str, str]) -> list[str]:
    """`same patient: T1R9 anakinra partial`, and how sure that is."""
    words = {"stated": "same patient", "probable": "perhaps the same patient"}
    return [
        f"{words[each.certainty]}: {short(each.course, ids)} {each.drug} "
        f"{response(each.response) if each.response else 'response not printed'}"
        for each in case.linked
    ]


def told_of(case: CourseCase) -> list[str]:
    """What else the patient had by the text of the publication, which does not name the row."""
    return [f"the text gives the patient {each} too, or probably does" for each in case.also]


def place(case: CourseCase) -> str:
    """`p. 208`, or the section of a course that is told in prose."""
    at = case.at
    where = f"p. {at.page}" if at.page else at.section or f"Table {at.table}"
    return where if at.read != "abstract" else f"{where} (abstract only)"
