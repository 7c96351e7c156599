"""Which published courses someone asks for: by drug, diagnosis, response, series, event, before."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from seriatim.errors import ProfileError, ProfileProblem
from seriatim.knowledge.lexicon import Unresolved
from seriatim.knowledge.nearest import nearest
from seriatim.knowledge.select import Selection
from seriatim.model.selector import Selector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.knowledge.lexicon import Resolved
    from seriatim.knowledge.library import CourseView, KnowledgeBase
    from seriatim.model.base import Response
    from seriatim.model.terms import Kind

ANY_EVENT = ("any", "nothing")
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; None takes all.

    `event` and `after` take `nothing` too, `event` also `any`.
    """

    drug: str | None = None
    diagnosis: str | None = None
    response: Response | None = None
    series: str | None = None
    event: str | None = None
    after: str | None = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of all filters."""
        return tuple(each.name for each in fields(cls))


def select(knowledge: KnowledgeBase, filters: Filters) -> tuple[CourseView, ...]:
    """The courses for which every filter holds, in the order of the library.

    Raises ProfileError with every term that is not known, under the name of its filter.
    """
    reader = _Terms(knowledge)
    diagnosis = reader.term("diagnosis", filters.diagnosis, "diagnosis")
    event = filters.event
    selector = Selector(
        drug=reader.one("drug", filters.drug, "drug", "class"),
        response=filters.response,
        series=reader.series(filters.series),
        event=event if event in ANY_EVENT else reader.one("event", event, "event"),
        previous=NOTHING
        if filters.after == NOTHING
        else reader.one("after", filters.after, "drug", "class"),
    )
    if reader.problems:
        raise ProfileError(reader.problems)
    found = Selection(knowledge.courses.values(), knowledge.lexicon).select(selector)
    return found if diagnosis is None else tuple(c for c in found if _could_be(c, diagnosis))


def unknown_series(wanted: str, known: Iterable[str]) -> ProfileError:
    """That there is no such series, with the nearest, or all."""
    names = tuple(known)
    near = nearest(wanted, names) or names
    return ProfileError(
        [ProfileProblem("series", f"{wanted!r} is not a series of this library", near)]
    )


def _could_be(view: CourseView, wanted: Resolved) -> bool:
    """Whether the printed diagnosis is, or could be, what was asked for or something within it."""
    names = {*wanted.could_be, *([wanted.concept] if wanted.concept else [])}
    return view.diagnosis in names or (view.diagnosis is None and bool(names & set(view.could_be)))


class _Terms:
    """Resolves the terms of the filters; problems gather in `problems`."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.problems: list[ProfileProblem] = []

    def term(self, name: str, typed: str | None, *kinds: Kind) -> Resolved | None:
        if typed is None:
            return None
        found = self.knowledge.lexicon.resolve(typed, *kinds)
        if isinstance(found, Unresolved):
            self.problems.append(ProfileProblem(name, found.reason, found.nearest))
            return None
        return found

    def one(self, name: str, typed: str | None, *kinds: Kind) -> str | None:
        """The one concept that a term means."""
        found = self.term(name, typed, *kinds)
        if found is not None and found.concept is None:
            reason = found.why or "the name stands for more than one concept"
            self.problems.append(ProfileProblem(name, f"{typed!r}: {reason}", found.could_be))
        return found.concept if found else None

    def series(self, wanted: str | None) -> str | None:
        """A series of the library."""
        known = self.knowledge.series
        if wanted is not None and wanted not in known:
            self.problems += unknown_series(wanted, known).problems
        return wanted
